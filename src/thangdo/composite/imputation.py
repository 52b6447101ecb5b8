"""Filling gaps: from the indicator, from the group, from the row, from the unit's own past."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def _statistic(values: Array, name: str) -> Array:
    if name not in ("mean", "median"):
        raise ValueError(name)
    there = ~np.isnan(values)
    found = np.full(values.shape[1], np.nan)
    for column in np.flatnonzero(there.any(axis=0)):
        given = values[there[:, column], column]
        found[column] = given.mean() if name == "mean" else np.median(given)
    return found


def by_indicator(values: Array, statistic: str, groups: Sequence[str] | None = None) -> Array:
    """Gaps of (units, indicators) filled with each indicator's mean or median, over all units or the unit's group.

    A group without any value of an indicator keeps its gaps.
    """
    found = values.copy()
    labels = np.array(["" for _ in range(values.shape[0])] if groups is None else list(groups))
    for label in dict.fromkeys(labels.tolist()):
        rows = np.flatnonzero(labels == label)
        fill = _statistic(values[rows], statistic)
        gaps = np.isnan(values[rows])
        found[rows] = np.where(gaps, fill[None, :], values[rows])
    return found


def by_row(values: Array, statistic: str, directions: Array, pillars: Sequence[Sequence[int]] | None = None) -> Array:
    """Gaps filled from the unit's other indicators (of the same pillar, if given).

    Indicators are brought to 0..1 with their direction, the row's mean or median fills the gap, and the
    filled value is brought back to the indicator's own scale.
    """
    turned = values * directions
    low, high = np.nanmin(turned, axis=0), np.nanmax(turned, axis=0)
    width = np.where(high > low, high - low, 1.0)
    scaled = (turned - low) / width
    found = scaled.copy()
    for columns in pillars if pillars is not None else (range(values.shape[1]),):
        part = scaled[:, list(columns)]
        fill = _statistic(part.T, statistic)
        found[:, list(columns)] = np.where(np.isnan(part), fill[:, None], part)
    back: Array = (found * width + low) / directions
    return np.where(np.isnan(values), back, values)


def panel(values: Array, times: Sequence[float], units: Sequence[str], method: str) -> Array:
    """Gaps of a panel (rows of units × times) from the same unit's other years.

    `latest`: the last earlier value is carried forward. `linear`: on the line between the nearest earlier
    and later values; outside them gaps stay.
    """
    if method not in ("latest", "linear"):
        raise ValueError(method)
    found = values.copy()
    clock = np.array(times, dtype=float)
    labels = np.array(list(units))
    for label in dict.fromkeys(labels.tolist()):
        rows = np.flatnonzero(labels == label)
        rows = rows[np.argsort(clock[rows], kind="stable")]
        for column in range(values.shape[1]):
            series = values[rows, column]
            there = ~np.isnan(series)
            if there.all() or not there.any():
                continue
            if method == "latest":
                last = np.maximum.accumulate(np.where(there, np.arange(rows.size), -1))
                found[rows, column] = np.where(last >= 0, series[np.maximum(last, 0)], np.nan)
            else:
                known = clock[rows][there]
                inside = (clock[rows] >= known[0]) & (clock[rows] <= known[-1])
                line = np.interp(clock[rows], known, series[there])
                found[rows, column] = np.where(inside & ~there, line, series)
    return found
