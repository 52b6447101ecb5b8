"""Outliers: winsorise by the skewness–kurtosis rule, logarithms where that does not help; what was done is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.uncertainty_treatment import shape_of

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What one indicator went through: shape before and after, points winsorised, the function applied."""

    code: str
    skew_before: float
    kurtosis_before: float
    passed_before: bool
    winsorised: int
    function: str
    skew_after: float
    kurtosis_after: float
    passed_after: bool


def shape(values: Array) -> tuple[float, float]:
    """Type-2 skewness and excess kurtosis of one indicator, gaps left out."""
    given = values[~np.isnan(values)]
    skew, kurtosis = shape_of(given, 0)
    return float(skew), float(kurtosis)


def passes(values: Array, skew_thresh: float = 2.0, kurt_thresh: float = 3.5) -> bool:
    """|skew| below its threshold or kurtosis below its; an indicator without variance passes."""
    skew, kurtosis = shape(values)
    return not (abs(skew) >= skew_thresh and kurtosis >= kurt_thresh)


def winsorise(values: Array, winmax: int = 5, skew_thresh: float = 2.0, kurt_thresh: float = 3.5) -> tuple[Array, int]:
    """One indicator winsorised until it passes or `winmax` points are pulled in; and how many were.

    Where skewness is not negative all maxima take the next lower value, else all minima the next higher; points
    tied at a plateau count together, so the number may pass `winmax`.
    """
    found = values.copy()
    high = low = 0
    while not passes(found, skew_thresh, kurt_thresh) and high + low < winmax:
        given = found[~np.isnan(found)]
        skew, _ = shape(found)
        if skew >= 0:
            top = np.flatnonzero(found == given.max())
            found[top] = given[given < given.max()].max()
            high = top.size
        else:
            bottom = np.flatnonzero(found == given.min())
            found[bottom] = given[given > given.min()].min()
            low = bottom.size
    return found, high + low


def log(values: Array) -> Array:
    """ln x. Raises ValueError where a value is not positive."""
    if (values[~np.isnan(values)] <= 0).any():
        raise ValueError("x <= 0")
    found: Array = np.log(values)
    return found


def log_ct(values: Array) -> Array:
    """ln(x − min + 0.01 (max − min))."""
    low, high = np.nanmin(values), np.nanmax(values)
    found: Array = np.log(values - low + 0.01 * (high - low))
    return found


def log_ct_plus(values: Array) -> Array:
    """As `log_ct` for positive skew; for negative or no skew −ln(max + 0.01 (max − min) − x)."""
    skew, _ = shape(values)
    if skew > 0:
        return log_ct(values)
    low, high = np.nanmin(values), np.nanmax(values)
    found: Array = -np.log(high + 0.01 * (high - low) - values)
    return found


def log_ct_orig(values: Array) -> Array:
    """ln(x − min + 1)."""
    found: Array = np.log(values - np.nanmin(values) + 1.0)
    return found


def boxcox(values: Array, power: float = 0.0) -> Array:
    """Box–Cox of x − min + 1: ln for power 0, else (x^λ − 1) / λ."""
    moved = values - np.nanmin(values) + 1.0
    found: Array = np.log(moved) if power == 0 else (moved**power - 1.0) / power
    return found


TRANSFORMS: Mapping[str, Callable[[Array], Array]] = {
    "log": log,
    "log_CT": log_ct,
    "log_CT_plus": log_ct_plus,
    "log_CT_orig": log_ct_orig,
}
