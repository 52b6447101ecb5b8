"""Open overdue dossiers as the censored data they are: how long what is late stays late (Kaplan–Meier).

Counting only finished dossiers rewards leaving the worst ones open. Here time runs from the due date; a dossier
finished late is an event, one still open at the end of the year is censored: known to be at least that late.
E. L. Kaplan, P. Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958) 457–481.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HORIZON = 60


@dataclass(frozen=True, slots=True)
class Curve:
    """Share not yet finished after each of `days` (ascending, days with an event or a censoring).

    Beyond the last day it is taken to stay level (R. D. Gill, Censoring and stochastic integrals, 1980): where dossiers
    are still open then, an upper bound that never flatters.
    """

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
    """Per unit: late dossiers, finished and still open, medians without and with the open ones, mean and longest days late.

    `cells` has `unit, days_late, is_finished, n` (`indicators.signals.lateness_cells`).
    """
    days = cells.assign(events=cells["n"].where(cells["is_finished"] == 1, 0))
    days = days.groupby(["unit", "days_late"], sort=True)[["events", "n"]].sum().reset_index()
    rows = []
    for unit, part in parts_of(days["unit"]):
        lateness = days["days_late"].to_numpy(dtype=np.int64)[part]
        events = days["events"].to_numpy(dtype=np.int64)[part]
        late = days["n"].to_numpy(dtype=np.int64)[part]
        curve = kaplan_meier(lateness, events, late - events)
        finished = np.repeat(lateness, events)
        row = (
            *(unit, int(late.sum()), int(events.sum()), int((late - events).sum())),
            float(np.median(finished)) if len(finished) else None,
            *(curve.median(), curve.restricted_mean(), curve.at(10), curve.at(30), int(lateness[-1])),
        )
        rows.append(row)
    names = (
        *("unit", "late", "finished_late", "open_late", "median_days_of_finished"),
        *("median_days", "mean_days_within_60", "open_after_10_days", "open_after_30_days", "longest_days"),
    )
    return pd.DataFrame(rows, columns=list(names))


def parts_of(units: pd.Series) -> Iterator[tuple[str, slice]]:
    """Each unit of a sorted column with where its rows stand."""
    names = units.to_numpy(dtype=object)
    if not len(names):
        return
    starts = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]])).tolist()
    for start, end in zip(starts, [*starts[1:], len(names)]):
        yield str(names[start]), slice(start, end)
