"""Outliers: winsorise by the skewness–kurtosis rule, logarithms where that does not help; what was done is kept.

Values are (units, indicators) with gaps as NaN; every function works on all columns at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


class NoTransform(ValueError):
    """Values that a function cannot take."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What one indicator went through: shape before and after, points winsorised, the function applied.

    `winsorised`: how many points were pulled in (COINr's nwin), also where a function of the original values followed;
    `high`, `low`: the units whose value in the result is a pulled-in one.
    """

    code: str
    skew_before: float
    kurtosis_before: float
    passed_before: bool
    winsorised: int
    function: str
    skew_after: float
    kurtosis_after: float
    passed_after: bool
    high: tuple[str, ...] = ()
    low: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Winsorised:
    """`values` (units, indicators); `high`, `low` (indicators,): points pulled in at either end; `passed` (indicators,):
    whether the rule is satisfied in the end."""

    values: Array
    high: Places
    low: Places
    passed: Flags

    @property
    def count(self) -> Places:
        found: Places = self.high + self.low
        return found


def shapes(values: Array) -> tuple[Array, Array]:
    """Type-2 sample skewness and excess kurtosis of each column, gaps left out; NaN below four values or at no variance.

    D. N. Joanes, C. A. Gill, "Comparing measures of sample skewness and kurtosis", The Statistician 47 (1998).
    """
    there = ~np.isnan(values)
    n = there.sum(axis=0).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        if there.all():
            centred = values - values.mean(axis=0)
        else:
            centred = np.where(there, values - np.where(there, values, 0.0).sum(axis=0) / n, 0.0)
        squares = centred * centred
        second = squares.sum(axis=0)
        third = np.einsum("ij,ij->j", centred, squares)
        fourth = np.einsum("ij,ij->j", squares, squares)
        skew = np.sqrt(n) * third / second**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        excess = n * fourth / second**2 - 3.0
        kurtosis = ((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3))
    is_short = (n < 4) | (second == 0)
    return np.where(is_short, np.nan, skew), np.where(is_short, np.nan, kurtosis)


def shape(values: Array) -> tuple[float, float]:
    """Type-2 skewness and excess kurtosis of one indicator (units,)."""
    skew, kurtosis = shapes(values[:, None])
    return float(skew[0]), float(kurtosis[0])


def all_pass(values: Array, skew_thresh: float = 2.0, kurt_thresh: float = 3.5) -> Flags:
    """Of each column: |skew| below its threshold or kurtosis below its; one without variance passes."""
    skew, kurtosis = shapes(values)
    return ~fails(skew, kurtosis, skew_thresh, kurt_thresh)


def passes(values: Array, skew_thresh: float = 2.0, kurt_thresh: float = 3.5) -> bool:
    """The rule for one indicator (units,)."""
    return bool(all_pass(values[:, None], skew_thresh, kurt_thresh)[0])


def fails(skew: Array, kurtosis: Array, skew_thresh: float = 2.0, kurt_thresh: float = 3.5) -> Flags:
    """The rule on shapes: |skew| and kurtosis both at their thresholds or above; NaN fails nothing."""
    with np.errstate(invalid="ignore"):
        found: Flags = (np.abs(skew) >= skew_thresh) & (kurtosis >= kurt_thresh)
    return found


def winsorise_columns(
    values: Array,
    winmax: int | None = 5,
    skew_thresh: float = 2.0,
    kurt_thresh: float = 3.5,
    *,
    force_win: bool = False,
) -> Winsorised:
    """Columns winsorised until they pass or `winmax` points are pulled in (None: no limit).

    Where skewness is not negative all maxima take the next lower value, else all minima the next higher; points tied
    at a plateau count together, so the number may pass `winmax`. `force_win` goes on to `winmax` whatever the shape.
    """
    ordered = np.sort(values, axis=0)
    columns = values.shape[1]
    there = (~np.isnan(values)).sum(axis=0)
    low, high = np.zeros(columns, np.int64), np.maximum(there - 1, 0)
    pulled_high, pulled_low = np.zeros(columns, np.int64), np.zeros(columns, np.int64)
    passed = np.ones(columns, dtype=np.bool_)
    active = np.flatnonzero(there >= 4)
    every = np.arange(columns)
    while active.size:
        part = ordered[:, active]
        least, most = ordered[low[active], active], ordered[high[active], active]
        series = np.clip(part, least, most)
        skew, kurtosis = shapes(series)
        still = fails(skew, kurtosis, skew_thresh, kurt_thresh)
        passed[active] = ~still
        goes_on = still | force_win
        # Without variance there is no next value to take.
        goes_on &= most > least
        if winmax is not None:
            goes_on &= pulled_high[active] + pulled_low[active] < winmax
        is_right = goes_on & ~(skew < 0)
        is_left = goes_on & (skew < 0)
        right, left = active[is_right], active[is_left]
        # Of the points below the maximum the last one is the next bound, and all above it are pulled.
        high[right] = (series[:, is_right] < most[is_right]).sum(axis=0) - 1
        pulled_high[right] = there[right] - 1 - high[right]
        low[left] = there[left] - (series[:, is_left] > least[is_left]).sum(axis=0)
        pulled_low[left] = low[left]
        active = active[goes_on]
    # With gaps only, a bound is a gap and nothing is cut.
    treated = np.clip(values, ordered[low, every], ordered[high, every])
    return Winsorised(treated, pulled_high, pulled_low, passed)


def winsorise(
    values: Array, winmax: int | None = 5, skew_thresh: float = 2.0, kurt_thresh: float = 3.5
) -> tuple[Array, int]:
    """One indicator (units,) winsorised, and how many points were pulled in."""
    found = winsorise_columns(values[:, None], winmax, skew_thresh, kurt_thresh)
    return found.values[:, 0], int(found.count[0])


def log(values: Array) -> Array:
    """ln x. Raises NoTransform where a value is not positive."""
    if (values[~np.isnan(values)] <= 0).any():
        raise NoTransform("x ≤ 0")
    found: Array = np.log(values)
    return found


def log_ct(values: Array) -> Array:
    """ln(x − min + 0.01 (max − min)). Raises NoTransform without variance."""
    low, high = _ends(values)
    found: Array = np.log(values - low + 0.01 * (high - low))
    return found


def log_ct_plus(values: Array) -> Array:
    """As `log_ct` for positive skew; for negative or no skew −ln(max + 0.01 (max − min) − x)."""
    skew, _ = shape(values)
    if skew > 0:
        return log_ct(values)
    low, high = _ends(values)
    found: Array = -np.log(high + 0.01 * (high - low) - values)
    return found


def log_ct_orig(values: Array) -> Array:
    """ln(x − min + 1)."""
    found: Array = np.log(values - np.nanmin(values) + 1.0)
    return found


def log_gii(values: Array) -> Array:
    """ln((max − 1)(x − min) / (max − min) + 1), the Global Innovation Index's. Raises NoTransform for max ≤ 1, where
    it would turn the direction."""
    low, high = _ends(values)
    if high <= 1:
        raise NoTransform("max ≤ 1")
    found: Array = np.log((high - 1.0) * (values - low) / (high - low) + 1.0)
    return found


def boxcox(values: Array, power: float = 0.0, *, makepos: bool = True) -> Array:
    """Box–Cox of x − min + 1 (of x without `makepos`): ln for power 0, else (x^λ − 1) / λ.

    Raises NoTransform where what it is taken of is not positive.
    """
    moved = values - np.nanmin(values) + 1.0 if makepos else values
    if (moved[~np.isnan(moved)] <= 0).any():
        raise NoTransform("x ≤ 0")
    found: Array = np.log(moved) if power == 0 else (moved**power - 1.0) / power
    return found


def _ends(values: Array) -> tuple[float, float]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low == high:
        raise NoTransform("max = min")
    return low, high


TRANSFORMS: Mapping[str, Callable[[Array], Array]] = {
    "log": log,
    "log_CT": log_ct,
    "log_CT_plus": log_ct_plus,
    "log_CT_orig": log_ct_orig,
    "log_GII": log_gii,
}
FORMULAS: Mapping[str, str] = {
    "log": "ln x",
    "log_CT": "ln(x − min + 0.01 (max − min))",
    "log_CT_plus": "skew > 0: log_CT; else −ln(max + 0.01 (max − min) − x)",
    "log_CT_orig": "ln(x − min + 1)",
    "log_GII": "ln((max − 1)(x − min)/(max − min) + 1)",
    "boxcox": "(y^λ − 1)/λ of y = x − min + 1; ln y for λ = 0",
}
