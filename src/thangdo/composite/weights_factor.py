"""Weights by factor analysis: rotated components, each indicator weighed by what it explains of its factor.

Source: G. Nicoletti, S. Scarpetta, O. Boylaud, OECD Economics Department Working Paper 226 (2000), as in the OECD/JRC
Handbook (2008), section 6.1. Rotation: H. F. Kaiser, "The varimax criterion", Psychometrika 23 (1958).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.principal_components import principal_components

Array = NDArray[np.float64]
# The Handbook's rule: eigenvalue above 1, at least 10 % of the variance each, until 60 % is explained.
EIGENVALUE, EACH, TOGETHER = 1.0, 0.10, 0.60
ROTATIONS = 1_000


@dataclass(frozen=True, slots=True)
class FactorWeights:
    """`weights`: (columns,), summing to 1. `loadings`: (columns, factors) rotated; `factor`: the one each column
    counts for; `explained`: each factor's share of the variance that the factors kept explain together.
    """

    weights: Array
    loadings: Array
    factor: NDArray[np.int64]
    explained: Array


def factor_weights(values: Array, factors: int | None = None) -> FactorWeights:
    """Each column's squared loading on the factor it loads on most, times that factor's share, scaled to sum 1.

    values: (units, columns), rows with a gap left out. factors: how many to keep; without it the Handbook's rule.
    Raises `NoComponents`, and ValueError where `factors` is not between 1 and the number of columns.
    """
    components = principal_components(values)
    kept = factors if factors is not None else factors_to_keep(components.variance)
    if not 1 <= kept <= components.variance.size:
        raise ValueError(f"{kept} factors of {components.variance.size} columns")
    loadings = varimax(components.loadings[:, :kept])
    squared = loadings**2
    sums = squared.sum(axis=0)
    nearest = squared.argmax(axis=1)
    explained = sums / sums.sum()
    # Squared loadings scaled to 1 within the factor, times its share of what is explained.
    weights = squared[np.arange(nearest.size), nearest] / sums[nearest] * explained[nearest]
    return FactorWeights(weights / weights.sum(), loadings, nearest, explained)


def factors_to_keep(eigenvalues: Array) -> int:
    """By the Handbook's rule, at least one."""
    share = eigenvalues / eigenvalues.sum()
    strong = int(((eigenvalues > EIGENVALUE) & (share >= EACH)).sum())
    enough = int(np.searchsorted(np.cumsum(share), TOGETHER)) + 1
    return max(1, strong if np.cumsum(share)[max(strong, 1) - 1] >= TOGETHER else min(enough, eigenvalues.size))


def varimax(loadings: Array, tolerance: float = 1e-12) -> Array:
    """Loadings (columns, factors) turned so that the squared ones vary most, rows scaled to length 1 (Kaiser).

    Pairs of factors are turned by their best angle in closed form until no angle is left.
    """
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    turned = loadings / np.where(length > 0, length, 1.0)
    for _ in range(ROTATIONS):
        angles = [_turn(turned, *pair) for pair in combinations(range(loadings.shape[1]), 2)]
        if all(abs(angle) < tolerance for angle in angles):
            break
    found: Array = turned * length
    return found


def _turn(loadings: Array, first: int, second: int) -> float:
    """Turn two columns in place; the angle, in radians."""
    x, y = loadings[:, first].copy(), loadings[:, second].copy()
    u, v = x**2 - y**2, 2 * x * y
    rows = len(x)
    sine = 2 * float(u @ v) - 2 * float(u.sum() * v.sum()) / rows
    cosine = float(u @ u - v @ v) - float(u.sum() ** 2 - v.sum() ** 2) / rows
    angle = math.atan2(sine, cosine) / 4
    loadings[:, first] = x * math.cos(angle) + y * math.sin(angle)
    loadings[:, second] = y * math.cos(angle) - x * math.sin(angle)
    return angle
