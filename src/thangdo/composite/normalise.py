"""Normalisation of indicators: bare array functions with the field's names.

Every function takes values (…, units) along the last axis, NaN where missing, already multiplied by their direction
(`directed`), and returns the same shape. Parameters are numbers, or arrays that broadcast against the values (one a
row). Definitions: OECD/JRC Handbook (2008), step 5, as COINr computes them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# A parameter: one for all, or one for each row of values.
Parameter = float | Array


class NoRange(ValueError):
    """An indicator without the variation its normalisation needs."""


def directed(values: Array, direction: Parameter) -> Array:
    """Values so that more is better: multiplied by the direction (+1 or −1)."""
    return values * direction


def lowest(values: Array) -> Array:
    """Least value present, kept as an axis; NaN where there is none."""
    found: Array = np.fmin.reduce(values, axis=-1, keepdims=True)
    return found


def highest(values: Array) -> Array:
    """Largest value present, kept as an axis; NaN where there is none."""
    found: Array = np.fmax.reduce(values, axis=-1, keepdims=True)
    return found


def _spread(values: Array) -> tuple[Array, Array]:
    low, high = lowest(values), highest(values)
    if np.isnan(low).any():
        raise NoRange("all missing")
    if (low == high).any():
        raise NoRange("no variance")
    return low, high


def _differ(first: Any, second: Any, text: str) -> None:
    if np.any(np.asarray(first) == np.asarray(second)):
        raise NoRange(text)


def minmax(values: Array, l_u: tuple[Parameter, Parameter] = (0.0, 100.0)) -> Array:
    """(x − min) / (max − min) × (u − l) + l over the units present. Raises NoRange."""
    low, high = _spread(values)
    lower, upper = l_u
    found: Array = (values - low) / (high - low) * (upper - lower) + lower
    return found


def fixed_range(
    values: Array,
    low: Parameter,
    high: Parameter,
    l_u: tuple[Parameter, Parameter] = (0.0, 100.0),
    *,
    clip: bool = False,
) -> Array:
    """Min–max against stated ends instead of the sample's; outside values leave the range unless clipped."""
    _differ(low, high, "low = high")
    share = (values - low) / (high - low)
    if clip:
        share = np.clip(share, 0.0, 1.0)
    lower, upper = l_u
    found: Array = share * (upper - lower) + lower
    return found


def zscore(values: Array, m_sd: tuple[Parameter, Parameter] = (0.0, 1.0)) -> Array:
    """(x − mean) / sd(n − 1) × sd' + mean'. Raises NoRange."""
    _spread(values)
    mean = np.nanmean(values, axis=-1, keepdims=True)
    sd = np.nanstd(values, axis=-1, ddof=1, keepdims=True)
    found: Array = (values - mean) / sd * m_sd[1] + m_sd[0]
    return found


def scaled(values: Array, npara: tuple[Parameter, Parameter] = (0.0, 100.0), factor: float = 100.0) -> Array:
    """(x − a) / (b − a) × factor. Raises NoRange for a = b."""
    _differ(npara[0], npara[1], "a = b")
    found: Array = (values - npara[0]) / (npara[1] - npara[0]) * factor
    return found


def rank(values: Array) -> Array:
    """Ascending ranks, ties share the lowest, missing stay missing."""
    gaps = np.isnan(values)
    # Gaps stand behind everything, so that they move nobody's rank.
    # Loaded where ranks are asked for: half of a server's start otherwise.
    from scipy.stats import rankdata

    found: Array = rankdata(np.where(gaps, np.inf, values), method="min", axis=-1).astype(np.float64)
    found[gaps] = np.nan
    return found


def borda(values: Array) -> Array:
    """rank − 1: how many units are strictly below."""
    found: Array = rank(values) - 1.0
    return found


def prank(values: Array) -> Array:
    """(rank − 1) / (n − 1), n the units present. Raises NoRange for one unit."""
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    if (count == 1).any():
        raise NoRange("one value")
    found: Array = (rank(values) - 1.0) / (count - 1.0)
    return found


def fracmax(values: Array) -> Array:
    """x / max. Raises NoRange for a maximum of 0."""
    most = highest(values)
    if (most == 0).any():
        raise NoRange("max = 0")
    found: Array = values / most
    return found


def dist2max(values: Array) -> Array:
    """1 − (max − x) / (max − min). Raises NoRange."""
    low, high = _spread(values)
    found: Array = 1.0 - (high - values) / (high - low)
    return found


def dist2ref(values: Array, iref: int, *, cap_max: bool = False) -> Array:
    """1 − (x_ref − x) / (x_ref − min), `iref` the row of the reference unit (from 0). Raises NoRange."""
    low, _ = _spread(values)
    reference = values[..., [iref]]
    if np.isnan(reference).any() or (reference == low).any():
        raise NoRange("the reference unit is missing or the lowest")
    found: Array = 1.0 - (reference - values) / (reference - low)
    return np.minimum(found, 1.0) if cap_max else found


def dist2targ(values: Array, targ: Parameter, *, cap_max: bool | NDArray[np.bool_] = False) -> Array:
    """(x − min) / (target − min), capped at 1 if asked; the target is directed like the values."""
    low = lowest(values)
    _differ(low, targ, "the target is the minimum")
    found: Array = (values - low) / (targ - low)
    return np.where(cap_max, np.minimum(found, 1.0), found)


def goalposts(
    values: Array,
    low: Parameter,
    high: Parameter,
    scale: Parameter = 1.0,
    *,
    trunc2posts: bool | NDArray[np.bool_] = True,
) -> Array:
    """(x − lower) / (upper − lower), cut to 0..1 unless told not to, × scale."""
    _differ(low, high, "lower = upper")
    share = (values - low) / (high - low)
    share = np.where(trunc2posts, np.clip(share, 0.0, 1.0), share)
    found: Array = share * scale
    return found
