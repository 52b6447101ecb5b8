"""Non-response: respondents carry the weight of those who did not answer, by class or by propensity.

Classes: Oh and Scheuren (1983). Propensity: a weighted logistic regression whose predictions make classes
of equal size (Little 1986, Int. Stat. Review 54, 139–157), so that no single prediction sets a weight.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def class_adjustment(weights: Floats, responded: npt.NDArray[np.bool_], classes: Codes) -> tuple[Floats, Codes]:
    """Weights after adjustment (non-respondents 0), and the codes of classes without a respondent."""
    count = int(classes.max()) + 1
    everyone = np.bincount(classes, weights, count)
    answered = np.bincount(classes, weights * responded, count)
    empty = np.flatnonzero((everyone > 0) & (answered == 0))
    factor = np.divide(everyone, answered, out=np.ones(count), where=answered > 0)
    return np.where(responded, weights * factor[classes], 0.0), empty


def response_propensity(
    weights: Floats, responded: npt.NDArray[np.bool_], covariates: Floats, iterations: int = 50
) -> Floats:
    """Predicted probability of answering, by weighted logistic regression (Newton, 1e-10)."""
    matrix = np.column_stack([np.ones(weights.size), covariates])
    spread = matrix.std(axis=0)
    matrix[:, 1:] = (matrix[:, 1:] - matrix[:, 1:].mean(axis=0)) / np.where(spread[1:] == 0, 1.0, spread[1:])
    scaled = weights / weights.mean()
    beta = np.zeros(matrix.shape[1])
    for _ in range(iterations):
        chance = 1 / (1 + np.exp(-np.clip(matrix @ beta, -35, 35)))
        information = (matrix * (scaled * chance * (1 - chance))[:, None]).T @ matrix
        step = np.linalg.pinv(information) @ (matrix.T @ (scaled * (responded - chance)))
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    return np.asarray(1 / (1 + np.exp(-np.clip(matrix @ beta, -35, 35))), dtype=np.float64)


def propensity_classes(propensity: Floats, groups: int) -> Codes:
    """Classes of about equal size by rank of the propensity, ties together."""
    edges = np.quantile(propensity, np.linspace(0, 1, groups + 1)[1:-1])
    _, classes = np.unique(np.searchsorted(edges, propensity, side="left"), return_inverse=True)
    return classes.astype(np.int64)
