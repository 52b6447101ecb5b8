"""Weights from pairwise judgements (analytic hierarchy process) with the consistency of the judgements.

Source: T. L. Saaty, "The Analytic Hierarchy Process" (1980); OECD/JRC Handbook (2008), section 6.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Mean consistency index of random reciprocal matrices of size 1 to 15 (Saaty).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
ACCEPTED_RATIO = 0.10


class NotReciprocal(ValueError):
    """Judgements that contradict themselves: a[i, j] is not 1 / a[j, i], or is not positive."""


@dataclass(frozen=True, slots=True)
class PairwiseWeights:
    """`weights`: (criteria,), summing to 1; `eigenvalue`: the principal one; `ratio`: consistency ratio, 0 perfect.

    Judgements with a ratio above 0.10 should be made again (`is_consistent` False).
    """

    weights: Array
    eigenvalue: float
    index: float
    ratio: float

    @property
    def is_consistent(self) -> bool:
        return self.ratio <= ACCEPTED_RATIO


def ahp_weights(judgements: Array) -> PairwiseWeights:
    """Principal eigenvector of a reciprocal matrix: judgements[i, j] says how many times i matters more than j.

    Raises NotReciprocal naming the pair, ValueError for another shape or more than 15 criteria.
    """
    size = judgements.shape[0]
    if judgements.shape != (size, size) or not 1 <= size <= len(RANDOM_INDEX):
        raise ValueError(f"a square matrix of 1 to {len(RANDOM_INDEX)} criteria, not {judgements.shape}")
    bad = np.argwhere(~(np.isfinite(judgements) & (judgements > 0)))
    if bad.size == 0:
        bad = np.argwhere(np.abs(judgements * judgements.T - 1.0) > 1e-2)
    if bad.size:
        row, column = (int(place) + 1 for place in bad[0])
        raise NotReciprocal(f"row {row}, column {column}: {judgements[row - 1, column - 1]:g}")
    eigenvalues, vectors = np.linalg.eig(judgements)
    first = int(np.argmax(eigenvalues.real))
    weights = np.abs(vectors[:, first].real)
    largest = float(eigenvalues[first].real)
    # A perfect matrix may come out a rounding error below its size.
    index = max(0.0, (largest - size) / (size - 1)) if size > 1 else 0.0
    ratio = index / RANDOM_INDEX[size - 1] if RANDOM_INDEX[size - 1] else 0.0
    return PairwiseWeights(weights / weights.sum(), largest, index, ratio)
