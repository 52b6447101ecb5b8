"""Outlier treatment of many tables at once: the winsorise rule of the pipeline, redone in every replication.

The rule (skewness and kurtosis of each indicator, points pulled in one after another, a logarithm where that does not
help) is the pipeline's own; here it runs on sorted values, so that pulling in a point is moving a bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WinsoriseRule:
    """Limits of the rule: an indicator passes where |skewness| < `skew` or kurtosis < `kurtosis`."""

    winmax: int = 5
    skew: float = 2.0
    kurtosis: float = 3.5


def shape_of(values: Array, axis: int) -> tuple[Array, Array]:
    """Type-2 sample skewness and kurtosis along `axis`; values without gaps.

    D. N. Joanes, C. A. Gill, "Comparing measures of sample skewness and kurtosis", The Statistician 47 (1998).
    """
    n = values.shape[axis]
    if n < 4:
        gap = np.full(np.delete(values.shape, axis), np.nan)
        return gap, gap
    centred = values - values.mean(axis=axis, keepdims=True)
    squares = centred * centred
    second = squares.sum(axis=axis)
    third = np.multiply(centred, squares, out=centred).sum(axis=axis)
    fourth = np.multiply(squares, squares, out=squares).sum(axis=axis)
    with np.errstate(divide="ignore", invalid="ignore"):
        skew = np.sqrt(n) * third / second**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        excess = n * fourth / second**2 - 3.0
    return skew, ((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3))


def winsorise_many(tables: Array, rule: WinsoriseRule) -> tuple[Array, Flags]:
    """Winsorised copies of `tables` (replications, units, indicators), and where the rule still fails afterwards.

    Gaps (NaN) stay; the pattern of gaps is the same in every replication. The second result is
    (replications, indicators): the indicators that need another treatment.
    """
    found = tables.copy()
    is_failing = np.zeros((tables.shape[0], tables.shape[2]), dtype=np.bool_)
    available = ~np.isnan(tables[0])
    for units, columns in _patterns(available):
        if units.size < 4:
            continue
        is_whole = units.size == tables.shape[1] and columns.size == tables.shape[2]
        part = tables if is_whole else tables[:, units[:, None], columns[None, :]]
        skew, kurtosis = shape_of(part, axis=1)
        rows, places = np.nonzero(_fails(skew, kurtosis, rule))
        if rows.size == 0:
            continue
        series = part[rows, :, places]
        low, high, fails = _bounds(np.sort(series, axis=1), rule)
        found[rows[:, None], units[None, :], columns[places][:, None]] = np.clip(series, low[:, None], high[:, None])
        is_failing[rows, columns[places]] = fails
    return found, is_failing


def _patterns(available: Flags) -> list[tuple[Places, Places]]:
    """Units that are there, and the indicators that have exactly these, from (units, indicators)."""
    if available.all():
        return [(np.arange(available.shape[0]), np.arange(available.shape[1]))]
    patterns, group = np.unique(available, axis=1, return_inverse=True)
    return [
        (np.flatnonzero(patterns[:, number]), np.flatnonzero(group == number)) for number in range(patterns.shape[1])
    ]


def log_coefficient_of_variation(series: Array) -> Array:
    """ln(x - min + 0.01 (max - min)) along the last axis, gaps kept (the pipeline's `log_CT`)."""
    low, high = np.nanmin(series, axis=-1, keepdims=True), np.nanmax(series, axis=-1, keepdims=True)
    found: Array = np.log(series - low + 0.01 * (high - low))
    return found


def _fails(skew: Array, kurtosis: Array, rule: WinsoriseRule) -> Flags:
    """An indicator without variance has neither and is left alone, as a passing one is."""
    return (np.abs(skew) >= rule.skew) & (kurtosis >= rule.kurtosis)


def _bounds(ordered: Array, rule: WinsoriseRule) -> tuple[Array, Array, Flags]:
    """Lowest and highest value left in each sorted series (series, units), and whether it still fails.

    One round pulls all points at the maximum (the minimum where skewness is negative) to the next value; a series is
    done when it passes or when `winmax` points or more have been pulled.
    """
    count, units = ordered.shape
    every = np.arange(count)
    low, high = np.zeros(count, np.int64), np.full(count, units - 1, np.int64)
    pulled = np.zeros((2, count), np.int64)
    fails = np.ones(count, dtype=np.bool_)
    active = every
    while active.size:
        lowest, highest = ordered[active, low[active]], ordered[active, high[active]]
        series = np.clip(ordered[active], lowest[:, None], highest[:, None])
        skew, kurtosis = shape_of(series, axis=1)
        still = _fails(skew, kurtosis, rule)
        fails[active] = still
        still &= pulled[:, active].sum(axis=0) < rule.winmax
        is_right = still & (skew >= 0)
        is_left = still & (skew < 0)
        right, left = active[is_right], active[is_left]
        # Of the points below the maximum the last one is the next bound, and all above it are pulled.
        high[right] = (series[is_right] < highest[is_right, None]).sum(axis=1) - 1
        pulled[0, right] = units - 1 - high[right]
        low[left] = units - (series[is_left] > lowest[is_left, None]).sum(axis=1)
        pulled[1, left] = low[left]
        active = active[still]
    return ordered[every, low], ordered[every, high], fails
