"""Filling gaps: from the indicator, from the group, from the row, from the unit's own past."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# A group that is not known is no group: its units keep their gaps.
NO_GROUP = frozenset({"", "NA", "NaN", "nan", "N/A", "n/a"})


def _statistic(values: Array, name: str) -> Array:
    """Mean or median of each column, NaN where it has no value."""
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

    A group without any value of an indicator keeps its gaps, and so does a unit whose group is not known.
    """
    found = values.copy()
    columns = np.flatnonzero(np.isnan(values).any(axis=0))
    if columns.size == 0:
        return found
    labels = np.array(["*"] * values.shape[0] if groups is None else list(groups))
    for label in dict.fromkeys(labels.tolist()):
        if label in NO_GROUP:
            continue
        rows = np.flatnonzero(labels == label)
        part = values[np.ix_(rows, columns)]
        fill = _statistic(part, statistic)
        found[np.ix_(rows, columns)] = np.where(np.isnan(part), fill[None, :], part)
    return found


def by_row(
    values: Array,
    statistic: str,
    directions: Array,
    pillars: Sequence[Sequence[int]] | None = None,
    *,
    normalise_first: bool = True,
) -> Array:
    """Gaps filled from the unit's other indicators (of the same pillar, if given).

    Indicators are brought to 0..1 with their direction, the row's mean or median fills the gap, and the filled value is
    brought back to the indicator's own scale. Without `normalise_first` the values are taken as they are.
    """
    if not normalise_first:
        low, width, turned = 0.0, np.ones(values.shape[1]), values
        directions = np.ones(values.shape[1])
    else:
        turned = values * directions
        low = np.fmin.reduce(turned, axis=0)
        high = np.fmax.reduce(turned, axis=0)
        width = np.where(high > low, high - low, 1.0)
    scaled = (turned - low) / width
    found = scaled.copy()
    whole = np.arange(values.shape[1])
    for columns in (whole,) if pillars is None else [np.array(pillar, dtype=np.int64) for pillar in pillars]:
        part = scaled[:, columns]
        rows = np.flatnonzero(np.isnan(part).any(axis=1))
        fill = _statistic(part[rows].T, statistic)
        found[np.ix_(rows, columns)] = np.where(np.isnan(part[rows]), fill[:, None], part[rows])
    back: Array = (found * width + low) / directions
    return np.where(np.isnan(values), back, values)


def panel(
    values: Array, times: Sequence[float], units: Sequence[str], method: str, max_time: int | None = None
) -> Array:
    """Gaps of a panel (rows of units × times) from the same unit's other years.

    `latest`: the last earlier value is carried forward, at most `max_time` of the panel's times. `constant`: the same
    without limit, and before its first value a unit takes that. `linear`: on the line between the nearest earlier and
    later values, and beyond them the nearest value. As COINr's `impute_panel`.
    """
    if method not in ("latest", "constant", "linear"):
        raise ValueError(method)
    clock = np.array(times, dtype=float)
    _, owner = np.unique(np.array(list(units)), return_inverse=True)
    order = np.lexsort((clock, owner))
    series, who, when = values[order], owner[order], clock[order]
    every = np.arange(len(order))[:, None]
    there = ~np.isnan(series)
    start = np.searchsorted(who, who)[:, None]
    end = np.searchsorted(who, who, side="right")[:, None] - 1
    # Nearest row of the same unit with a value, before and after.
    before = np.maximum.accumulate(np.where(there, every, -1), axis=0)
    after = np.minimum.accumulate(np.where(there, every, len(order))[::-1], axis=0)[::-1]
    has_before, has_after = before >= start, after <= end
    earlier = np.take_along_axis(series, np.where(has_before, before, 0), axis=0)
    later = np.take_along_axis(series, np.where(has_after, after, 0), axis=0)
    if method == "latest":
        if max_time is not None:
            position = np.searchsorted(np.unique(clock), when)
            has_before &= position[:, None] - position[np.where(has_before, before, 0)] <= max_time
        filled = np.where(has_before, earlier, np.nan)
    elif method == "constant":
        filled = np.where(has_before, earlier, np.where(has_after, later, np.nan))
    else:
        first, last = when[np.where(has_before, before, 0)], when[np.where(has_after, after, 0)]
        with np.errstate(divide="ignore", invalid="ignore"):
            line = earlier + (later - earlier) / (last - first) * (when[:, None] - first)
        filled = np.where(has_before & has_after, line, np.where(has_before, earlier, later))
        filled[~(has_before | has_after)] = np.nan
    found = np.empty(values.shape)
    found[order] = np.where(there, series, filled)
    return found
