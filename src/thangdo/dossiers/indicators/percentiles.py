"""Percentiles of processing time against the legal time, exact, from counts per number of working days."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PERCENTS = (50, 75, 90, 95, 99)


def weighted_percentile(values: NDArray[np.float64], counts: NDArray[np.int64], percent: float) -> float:
    """The smallest value that at least `percent` of the dossiers do not exceed (the inverse of the distribution)."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(counts[order])
    # Integer arithmetic: percent/100 × total without rounding a share.
    needed = -(-int(running[-1]) * int(percent * 10) // 1000)
    return float(values[order][np.searchsorted(running, max(needed, 1))])


def processing_times(cells: pd.DataFrame) -> pd.DataFrame:
    """Per unit: working days taken (p50 … p99), and taken over allowed; from `recomputed.duration_cells`.

    The ratio leaves out dossiers due on the day of receipt: they have no working day to be measured by.
    """
    rows = []
    for unit, group in cells.groupby("unit", sort=True):
        counts = group["n"].to_numpy(dtype=np.int64)
        spent = group["spent"].to_numpy(dtype=np.float64)
        long = (group["allowed"] > 0).to_numpy()
        row: dict[str, object] = {"unit": unit, "resolved": int(counts.sum())}
        for percent in PERCENTS:
            row[f"working_days_p{percent}"] = weighted_percentile(spent, counts, percent)
        ratio = spent[long] / group["allowed"].to_numpy(dtype=np.float64)[long]
        row["with_legal_days"] = int(counts[long].sum())
        for percent in PERCENTS:
            row[f"of_legal_time_p{percent}"] = weighted_percentile(ratio, counts[long], percent) if long.any() else None
        rows.append(row)
    names = ["unit", "resolved", *(f"working_days_p{p}" for p in PERCENTS)]
    names += ["with_legal_days", *(f"of_legal_time_p{p}" for p in PERCENTS)]
    return pd.DataFrame(rows, columns=names)
