"""Weights searched for so that every element matters as much as it is meant to.

Source: P. Paruolo, M. Saisana, A. Saltelli, "Ratings and rankings: voodoo or science?", Journal of the Royal
Statistical Society A 176 (2013): a weight is not an importance; the correlation with the index comes nearer to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.correlation import correlations

Array = NDArray[np.float64]
Measure = Literal["corr", "r2"]
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class OptimisedWeights:
    """`weights`: (elements,), summing to 1. `importance`: the share each element has with them; `target` what was
    asked for. `distance`: largest difference of the two. `reached` is False where no weights come within 1e-6: then
    the weights are the nearest found, and the target cannot be had with these data.
    """

    weights: Array
    importance: Array
    target: Array
    distance: float
    reached: bool


def optimised_weights(
    elements: Array,
    target: Array,
    score: Callable[[Array], Array] | None = None,
    measure: Measure = "corr",
) -> OptimisedWeights:
    """Weights w > 0 whose index gives the elements importances in the proportions of `target`.

    elements: (units, elements), the scores of the level whose weights are free. score: weights → index (units,); the
    weighted arithmetic mean without it. measure: correlation with the index, or its square.
    Raises ValueError where target does not fit.
    """
    from scipy.optimize import least_squares

    if target.shape != (elements.shape[1],) or not (target > 0).all():
        raise ValueError("a positive target for every element")
    wanted = target / target.sum()

    def index_of(weights: Array) -> Array:
        found: Array = elements @ weights if score is None else score(weights)
        return found

    def importance(logs: Array) -> Array:
        weights = np.exp(logs - logs.max())
        found = correlations(elements, index_of(weights / weights.sum())[:, None])[:, 0]
        found = found**2 if measure == "r2" else found
        share: Array = found / np.abs(found).sum()
        return share

    def missed(free: Array) -> Array:
        # The first weight is held: only proportions matter.
        difference: Array = importance(np.concatenate([[0.0], free])) - wanted
        return difference

    outcome = least_squares(
        missed,
        np.log(wanted[1:] / wanted[0]),
        bounds=(-12.0, 12.0),
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
    )
    logs = np.concatenate([[0.0], outcome.x])
    weights = np.exp(logs - logs.max())
    reached = importance(logs)
    distance = float(np.abs(reached - wanted).max())
    return OptimisedWeights(weights / weights.sum(), reached, wanted, distance, distance <= TOLERANCE)
