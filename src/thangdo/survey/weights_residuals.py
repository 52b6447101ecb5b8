"""What adjusting weights to known totals does to a variance: residuals of the linearised variable.

A calibrated estimator has, to first order, the variance of the residuals of its linearised variable on the
calibration variables (Deville and Särndal 1992, JASA 87, 376–382). Each step here is its own projection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

# Alternating projections on raked margins; the number that R survey 4.1 makes.
RAKING_PROJECTIONS = 10


class Projection(Protocol):
    """`residual(scores)`: weighted linearised variables, rows by estimates, to their residuals."""

    def residual(self, scores: Floats) -> Floats: ...


def _sums(codes: Codes, values: Floats, count: int) -> Floats:
    return np.column_stack([np.bincount(codes, values[:, k], count) for k in range(values.shape[1])])


def _per_weight(scores: Floats, weights: Floats) -> Floats:
    safe = np.where(weights == 0, 1.0, weights)
    return np.asarray(scores / safe[:, None], dtype=np.float64)


@dataclass(frozen=True)
class PostStratified:
    """Residuals from the means of post-strata, weighted by the weights `before` the step."""

    cells: Codes
    before: Floats
    after: Floats

    def residual(self, scores: Floats) -> Floats:
        count = int(self.cells.max()) + 1
        base = np.bincount(self.cells, self.before, count)
        means = _sums(self.cells, _per_weight(scores, self.after) * self.before[:, None], count)
        means /= np.where(base == 0, 1.0, base)[:, None]
        return np.asarray(scores - means[self.cells] * self.after[:, None], dtype=np.float64)


@dataclass(frozen=True)
class Raked:
    """Residuals from all margins at once, by alternating unweighted projections."""

    margins: tuple[Codes, ...]
    after: Floats

    def residual(self, scores: Floats) -> Floats:
        left = _per_weight(scores, self.after)
        sizes = [np.bincount(margin).astype(np.float64) for margin in self.margins]
        for _ in range(RAKING_PROJECTIONS):
            for margin, size in zip(self.margins, sizes, strict=True):
                means = _sums(margin, left, size.size) / np.where(size == 0, 1.0, size)[:, None]
                left = left - means[margin]
        return np.asarray(left * self.after[:, None], dtype=np.float64)


@dataclass(frozen=True)
class Calibrated:
    """Residuals of the regression on the calibration variables; `basis` spans √weight × variables."""

    basis: Floats
    scale: Floats

    def residual(self, scores: Floats) -> Floats:
        shrunk = _per_weight(scores, self.scale)
        left = shrunk - self.basis @ (self.basis.T @ shrunk)
        return np.asarray(left * self.scale[:, None], dtype=np.float64)


def orthonormal(matrix: Floats, tolerance: float = 1e-9) -> Floats:
    """An orthonormal basis of the columns; columns that depend on others add nothing."""
    norms = np.linalg.norm(matrix, axis=0)
    kept = matrix[:, norms > 0] / norms[norms > 0]
    left, singular, _ = np.linalg.svd(kept, full_matrices=False)
    if not singular.size:
        return np.zeros((matrix.shape[0], 0))
    return np.ascontiguousarray(left[:, singular > tolerance * singular[0]])
