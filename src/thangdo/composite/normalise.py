"""Normalisation of indicators, column by column: bare array functions with the field's names.

Every function takes values (…, units) along the last axis, NaN where missing, already multiplied by their
direction (`directed`), and returns the same shape. Definitions: OECD/JRC Handbook (2008), step 5, as COINr
computes them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Array = NDArray[np.float64]


class NoRange(ValueError):
    """An indicator without the variation its normalisation needs."""


def directed(values: Array, direction: float) -> Array:
    """Values so that more is better: multiplied by the direction (+1 or −1)."""
    return values * direction


def _spread(values: Array) -> tuple[Array, Array]:
    if np.isnan(values).all(axis=-1).any():
        raise NoRange("all missing")
    low = np.nanmin(values, axis=-1, keepdims=True)
    high = np.nanmax(values, axis=-1, keepdims=True)
    if (low == high).any():
        raise NoRange("no variance")
    return low, high


def minmax(values: Array, l_u: tuple[float, float] = (0.0, 100.0)) -> Array:
    """(x − min) / (max − min) × (u − l) + l over the units present. Raises NoRange."""
    low, high = _spread(values)
    lower, upper = l_u
    found: Array = (values - low) / (high - low) * (upper - lower) + lower
    return found


def fixed_range(
    values: Array, low: float, high: float, l_u: tuple[float, float] = (0.0, 100.0), *, clip: bool = False
) -> Array:
    """Min–max against stated ends instead of the sample's; outside values leave the range unless clipped."""
    if low == high:
        raise NoRange("low = high")
    share = (values - low) / (high - low)
    if clip:
        share = np.clip(share, 0.0, 1.0)
    lower, upper = l_u
    found: Array = share * (upper - lower) + lower
    return found


def zscore(values: Array, m_sd: tuple[float, float] = (0.0, 1.0)) -> Array:
    """(x − mean) / sd(n − 1) × sd' + mean'. Raises NoRange."""
    _spread(values)
    mean = np.nanmean(values, axis=-1, keepdims=True)
    sd = np.nanstd(values, axis=-1, ddof=1, keepdims=True)
    found: Array = (values - mean) / sd * m_sd[1] + m_sd[0]
    return found


def scaled(values: Array, npara: tuple[float, float] = (0.0, 100.0), factor: float = 100.0) -> Array:
    """(x − a) / (b − a) × factor."""
    if npara[0] == npara[1]:
        raise NoRange("a = b")
    found: Array = (values - npara[0]) / (npara[1] - npara[0]) * factor
    return found


def rank(values: Array) -> Array:
    """Ascending ranks, ties share the lowest, missing stay missing."""
    found = np.full(values.shape, np.nan)
    flat, out = values.reshape(-1, values.shape[-1]), found.reshape(-1, values.shape[-1])
    for row, target in zip(flat, out, strict=True):
        there = ~np.isnan(row)
        target[there] = rankdata(row[there], method="min")
    return found


def borda(values: Array) -> Array:
    """rank − 1: how many units are strictly below."""
    found: Array = rank(values) - 1.0
    return found


def prank(values: Array) -> Array:
    """(rank − 1) / (n − 1), n the units present."""
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    found: Array = (rank(values) - 1.0) / (count - 1.0)
    return found


def fracmax(values: Array) -> Array:
    """x / max."""
    found: Array = values / np.nanmax(values, axis=-1, keepdims=True)
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


def dist2targ(values: Array, targ: float, *, cap_max: bool = False) -> Array:
    """(x − min) / (target − min), capped at 1 if asked; the target is directed like the values."""
    low = np.nanmin(values, axis=-1, keepdims=True)
    if (low == targ).any():
        raise NoRange("the target is the minimum")
    found: Array = (values - low) / (targ - low)
    return np.minimum(found, 1.0) if cap_max else found


def goalposts(values: Array, low: float, high: float, scale: float = 1.0, *, trunc2posts: bool = True) -> Array:
    """(x − lower) / (upper − lower), cut to 0..1 unless told not to, × scale."""
    if low == high:
        raise NoRange("lower = upper")
    share = (values - low) / (high - low)
    if trunc2posts:
        share = np.clip(share, 0.0, 1.0)
    found: Array = share * scale
    return found
