"""Open overdue dossiers as the censored data they are: how long what is late stays late (Kaplan–Meier).

Counting only finished dossiers rewards leaving the worst ones open. Here time runs from the due date; a dossier
finished late is an event, one still open at the end of the year is censored: known to be at least that late.
E. L. Kaplan, P. Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958) 457–481.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HORIZON = 60


@dataclass(frozen=True, slots=True)
class Curve:
    """Share not yet finished after each of `days` (ascending, days with an event or a censoring)."""

    days: NDArray[np.int64]
    surviving: NDArray[np.float64]

    def at(self, day: int) -> float:
        """Share still open `day` days after the due date."""
        before = np.searchsorted(self.days, day, side="right")
        return float(self.surviving[before - 1]) if before else 1.0

    def median(self) -> float | None:
        """First day by which half are finished; None if the curve never comes down to a half."""
        # A product of fractions that is one half may come out a last digit above it.
        reached = np.flatnonzero(self.surviving <= 0.5 + 1e-12)
        return float(self.days[reached[0]]) if len(reached) else None

    def restricted_mean(self, horizon: int = HORIZON) -> float:
        """Mean days late, counting nothing beyond `horizon`: the area under the curve up to there."""
        inside = self.days < horizon
        edges = np.concatenate([[0], self.days[inside], [horizon]])
        heights = np.concatenate([[1.0], self.surviving[inside]])
        return float(np.sum(np.diff(edges) * heights))


def kaplan_meier(days: NDArray[np.int64], events: NDArray[np.int64], censored: NDArray[np.int64]) -> Curve:
    """The curve from counts per day late; at a tie events come before censorings. Empty input gives an empty curve."""
    order = np.argsort(days, kind="stable")
    days, events, censored = days[order], events[order], censored[order]
    leaving = events + censored
    at_risk = leaving[::-1].cumsum()[::-1]
    surviving = np.cumprod(1.0 - events / np.maximum(at_risk, 1))
    return Curve(days, surviving)


def survival_table(cells: pd.DataFrame) -> pd.DataFrame:
    """Per unit: late dossiers, finished and still open, medians without and with the open ones, mean days late.

    `cells` has `unit, days_late, is_finished, n` (`indicators.signals.lateness_cells`).
    """
    rows = []
    for unit, group in cells.groupby("unit", sort=True):
        done = group["n"].where(group["is_finished"] == 1, 0)
        days = group.assign(events=done).groupby("days_late")[["events", "n"]].sum()
        lateness = days.index.to_numpy(dtype=np.int64)
        events = days["events"].to_numpy(dtype=np.int64)
        censored = days["n"].to_numpy(dtype=np.int64) - events
        curve = kaplan_meier(lateness, events, censored)
        finished = np.repeat(lateness, events)
        rows.append(
            {
                "unit": unit,
                "late": int(days["n"].sum()),
                "finished_late": int(events.sum()),
                "open_late": int(censored.sum()),
                "median_days_of_finished": float(np.median(finished)) if len(finished) else None,
                "median_days": curve.median(),
                "mean_days_within_60": curve.restricted_mean(),
                "open_after_10_days": curve.at(10),
                "open_after_30_days": curve.at(30),
            }
        )
    names = [
        "unit",
        "late",
        "finished_late",
        "open_late",
        "median_days_of_finished",
        "median_days",
        "mean_days_within_60",
        "open_after_10_days",
        "open_after_30_days",
    ]
    return pd.DataFrame(rows, columns=names)
