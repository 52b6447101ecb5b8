"""Percentiles of processing time against the legal time, exact, from counts per number of working days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thangdo.dossiers.survival import parts_of

PERCENTS = (50, 75, 90, 95, 99)


def weighted_percentiles(
    values: NDArray[np.float64], counts: NDArray[np.int64], percents: Sequence[float]
) -> list[float]:
    """For each percent the smallest value that at least so many of the dossiers do not exceed."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(counts[order])
    # Integer arithmetic: percent/100 × total without rounding a share.
    needed = [max(-(-int(running[-1]) * int(percent * 10) // 1000), 1) for percent in percents]
    return [float(value) for value in values[order][np.searchsorted(running, needed)]]


def processing_times(cells: pd.DataFrame) -> pd.DataFrame:
    """Per unit: working days taken (p50 … p99), and taken over allowed; from `durations.duration_cells`.

    The ratio leaves out dossiers due on the day of receipt: they have no working day to be measured by.
    """
    cells = cells.sort_values("unit", kind="stable", ignore_index=True)
    counted = cells["n"].to_numpy(dtype=np.int64)
    days = cells["spent"].to_numpy(dtype=np.float64)
    allowed = cells["allowed"].to_numpy(dtype=np.float64)
    rows = []
    for unit, part in parts_of(cells["unit"]):
        counts, spent, long = counted[part], days[part], allowed[part] > 0
        row: dict[str, object] = {"unit": unit, "resolved": int(counts.sum())}
        row |= zip((f"working_days_p{percent}" for percent in PERCENTS), weighted_percentiles(spent, counts, PERCENTS))
        row["with_legal_days"] = int(counts[long].sum())
        ratios: list[float | None] = [None] * len(PERCENTS)
        if long.any():
            ratios = [*weighted_percentiles(spent[long] / allowed[part][long], counts[long], PERCENTS)]
        row |= zip((f"of_legal_time_p{percent}" for percent in PERCENTS), ratios)
        rows.append(row)
    names = ["unit", "resolved", *(f"working_days_p{p}" for p in PERCENTS)]
    names += ["with_legal_days", *(f"of_legal_time_p{p}" for p in PERCENTS)]
    return pd.DataFrame(rows, columns=names)
