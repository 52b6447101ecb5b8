"""Aggregation of one node from its children: bare functions on (units, children), NaN where missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.outranking import NotComplete, condorcet, copeland

__all__ = [
    "AGGREGATIONS",
    "METHODS",
    "NotComplete",
    "NotPositive",
    "amean",
    "genmean",
    "gmean",
    "hmean",
    "median",
    "minimum",
    "mpi",
    "weighted_sum",
    "with_threshold",
]

Array = NDArray[np.float64]
Aggregation = Callable[..., Array]


class NotPositive(ValueError):
    """A mean that needs positive values met another."""


def _weighted(values: Array, weights: Array) -> tuple[Array, Array]:
    there = ~np.isnan(values)
    return np.where(there, values, 0.0), there * weights


def _exact_sum(values: Array) -> Array:
    """Sums over the last axis in extended precision, rounded once.

    R sums like this; with shares made first, scores equal COINr's to the last bit, and so do their ties.
    """
    found: Array = values.sum(axis=-1, dtype=np.longdouble).astype(np.float64)
    return found


def amean(values: Array, weights: Array) -> Array:
    """Σ w x / Σ w over the children present."""
    filled, used = _weighted(values, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = used / used.sum(axis=-1, keepdims=True)
        return _exact_sum(filled * shares)


def gmean(values: Array, weights: Array) -> Array:
    """exp(Σ w ln x / Σ w). Raises NotPositive at x ≤ 0."""
    if (values[~np.isnan(values)] <= 0).any():
        raise NotPositive("x <= 0")
    with np.errstate(invalid="ignore"):
        return np.exp(amean(np.log(values), weights))


def hmean(values: Array, weights: Array) -> Array:
    """Σ w / Σ (w / x). Raises NotPositive at 0."""
    if (values == 0).any():
        raise NotPositive("x = 0")
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = (there * weights).sum(axis=-1) / np.where(
            there, weights / np.where(there, values, 1.0), 0.0
        ).sum(axis=-1)
    return found


def genmean(values: Array, weights: Array, p: float) -> Array:
    """(Σ w x^p / Σ w)^(1/p) over the children present; the geometric mean for p = 0. Raises NotPositive."""
    if p == 0:
        return gmean(values, weights)
    given = values[~np.isnan(values)]
    if (given < 0).any() or (p < 0 and (given == 0).any()):
        raise NotPositive("x < 0")
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        found: Array = amean(values**p, weights) ** (1.0 / p)
    return found


def weighted_sum(values: Array, weights: Array) -> Array:
    """Σ w x: points with their maxima as weights; a missing child leaves the sum missing."""
    found: Array = (values * weights).sum(axis=-1)
    return found


def minimum(values: Array, weights: Array) -> Array:
    """The least child."""
    found: Array = np.fmin.reduce(values, axis=-1)
    return found


def median(values: Array, weights: Array) -> Array:
    """The median child, unweighted."""
    there = ~np.isnan(values).all(axis=-1)
    found = np.full(values.shape[:-1], np.nan)
    found[there] = np.nanmedian(values[there], axis=-1)
    return found


def mpi(values: Array, weights: Array, sign: int = -1) -> Array:
    """Mazziotta–Pareto: mean ± sd × cv of the row, the penalty for uneven children (sign −1 for "more is better").

    M. Mazziotta, A. Pareto (2016), Social Indicators Research 127; children normalised around 100 with sd 10. Mean and
    sd are weighted; with equal weights they are the paper's. Raises NotPositive where a mean is not above 0: a
    coefficient of variation has no meaning there.
    """
    mean = amean(values, weights)
    if (mean <= 0).any():
        raise NotPositive("mean <= 0")
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = amean((values - mean[..., None]) ** 2, weights)
        found: Array = mean + sign * variance / mean
    return found


def _kemeny(values: Array, weights: Array) -> Array:
    return condorcet(values, weights).scores


AGGREGATIONS: Mapping[str, Aggregation] = {
    "amean": amean,
    "gmean": gmean,
    "hmean": hmean,
    "genmean": genmean,
    "sum": weighted_sum,
    "minimum": minimum,
    "median": median,
    "mpi": mpi,
    "copeland": copeland,
    "kemeny": _kemeny,
}


@dataclass(frozen=True, slots=True)
class Method:
    """A row: what a method is called and does. `uses_weights`: whether weights matter. `is_pairwise`: units are
    compared with each other, so that cost grows with their square and gaps cannot be.
    """

    code: str
    name_vi: str
    name_en: str
    formula: str
    uses_weights: bool = True
    is_pairwise: bool = False
    source: str = "OECD/JRC Handbook (2008), step 6; COINr 1.1.14"


METHODS = {
    row.code: row
    for row in (
        Method("amean", "trung bình cộng", "arithmetic mean", "Σwx/Σw"),
        Method("gmean", "trung bình nhân", "geometric mean", "exp(Σw ln x/Σw), x > 0"),
        Method("hmean", "trung bình điều hòa", "harmonic mean", "Σw/Σ(w/x), x ≠ 0"),
        Method("genmean", "trung bình lũy thừa", "generalised mean", "(Σw xᵖ/Σw)^(1/p), key `p`"),
        Method("sum", "tổng có trọng số", "weighted sum of points", "Σwx; a gap leaves the sum missing"),
        Method("minimum", "thấp nhất", "minimum", "min x", uses_weights=False),
        Method("median", "trung vị", "median", "median x", uses_weights=False),
        Method(
            "mpi",
            "Mazziotta–Pareto",
            "Mazziotta–Pareto",
            "M − S²/M, M and S weighted mean and deviation of the row, key `sign`",
            source="Mazziotta and Pareto (2016), Social Indicators Research 127",
        ),
        Method("copeland", "Copeland", "Copeland", "comparisons won − lost, by share of weight", is_pairwise=True),
        Method(
            "kemeny",
            "Condorcet–Kemeny–Young",
            "Condorcet–Kemeny–Young",
            "units − units ahead in every order of most agreement",
            is_pairwise=True,
            source="Young (1988), American Political Science Review 82; Handbook 6.3",
        ),
    )
}


def with_threshold(scores: Array, values: Array, dat_thresh: float | None) -> Array:
    """Scores made missing where the share of available children is below the threshold."""
    if dat_thresh is None:
        return scores
    available = (~np.isnan(values)).mean(axis=-1)
    return np.where(available < dat_thresh, np.nan, scores)
