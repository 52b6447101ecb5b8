"""Benefit of the doubt: each unit judged by the weights that suit it best, within limits on the shares.

Source: L. Cherchye, W. Moesen, N. Rogge, T. Van Puyenbroeck, "An introduction to 'benefit of the doubt' composite
indicators", Social Indicators Research 82 (2007); OECD/JRC Handbook (2008), section 6.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class NoFreeWeights(ValueError):
    """A unit without admissible weights, or values the method cannot take."""


@dataclass(frozen=True, slots=True)
class DoubtWeights:
    """`scores`: (units,), 1 for a unit that no other beats under its own weights. `weights`, `shares`: (units,
    indicators); a share is the part of the unit's score that the indicator makes, each row sums to 1.
    """

    scores: Array
    weights: Array
    shares: Array


def benefit_of_the_doubt(values: Array, lowest_share: float = 0.0, highest_share: float = 1.0) -> DoubtWeights:
    """For each unit the weights w ≥ 0 that maximise its Σ w x, with Σ w x ≤ 1 for every unit under the same weights.

    values: (units, indicators), higher is better, none negative, none missing. lowest_share and highest_share bound
    every indicator's part of the unit's own score. One linear programme a unit.
    Raises NoFreeWeights naming the unit by its row.
    """
    from scipy.optimize import linprog

    units, columns = values.shape
    if np.isnan(values).any() or (values < 0).any():
        row = int(np.argwhere(np.isnan(values) | (values < 0))[0][0]) + 1
        raise NoFreeWeights(f"row {row}: missing or negative")
    if not 0 <= lowest_share <= 1 / columns <= highest_share <= 1:
        raise NoFreeWeights(f"shares {lowest_share} to {highest_share} cannot sum to 1 over {columns} indicators")
    # Columns of very different size would trouble the solver; shares and scores do not depend on the unit of measure.
    size = values.max(axis=0)
    scaled = values / np.where(size > 0, size, 1.0)
    scores, weights = np.zeros(units), np.zeros(values.shape)
    for unit, own in enumerate(scaled):
        limits = []
        if lowest_share > 0:
            limits.append(lowest_share * own[None, :] - np.diag(own))
        if highest_share < 1:
            limits.append(np.diag(own) - highest_share * own[None, :])
        table = np.concatenate([scaled, *limits])
        bounds = np.concatenate([np.ones(units), np.zeros(len(table) - units)])
        outcome = linprog(-own, A_ub=table, b_ub=bounds, bounds=(0, None), method="highs")
        if outcome.status != 0 or outcome.x @ own <= 0:
            raise NoFreeWeights(f"row {unit + 1}: {outcome.message}" if outcome.status else f"row {unit + 1}: score 0")
        scores[unit], weights[unit] = outcome.x @ own, outcome.x
    shares = weights * scaled / scores[:, None]
    return DoubtWeights(scores, weights / np.where(size > 0, size, 1.0), shares)
