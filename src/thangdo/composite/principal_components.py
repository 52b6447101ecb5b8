"""Principal components of a group of indicators or nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class NoComponents(ValueError):
    """A group without components: too few whole rows, or a column that does not vary."""


@dataclass(frozen=True, slots=True)
class PrincipalComponents:
    """Components from the largest variance down.

    `sdev`, `variance` (the eigenvalues of the correlation matrix) and `share` of the variance: (components,).
    `vectors`: (columns, components), unit eigenvectors, each turned so that its elements sum to 0 or more: a sign that
    is arbitrary in itself is then the same on every machine. `rows`: units without a gap, the only ones used.
    """

    sdev: Array
    variance: Array
    share: Array
    vectors: Array
    rows: int

    @property
    def loadings(self) -> Array:
        """Correlation of each column with each component: (columns, components)."""
        found: Array = self.vectors * self.sdev
        return found


def principal_components(values: Array) -> PrincipalComponents:
    """Components of standardised columns; rows with a gap are left out. values: (units, columns).

    As R's `prcomp(center = TRUE, scale. = TRUE)` (variance with n - 1), signs aside. Raises NoComponents with fewer
    than two whole rows or a column without variance.
    """
    whole = values[~np.isnan(values).any(axis=1)]
    if whole.shape[0] < 2:
        raise NoComponents(f"{whole.shape[0]} rows without a gap")
    sd = whole.std(axis=0, ddof=1)
    if (sd == 0).any():
        raise NoComponents(f"no variance in column {int(np.flatnonzero(sd == 0)[0]) + 1}")
    standardised = (whole - whole.mean(axis=0)) / sd
    _, singular, rows = np.linalg.svd(standardised, full_matrices=False)
    sdev = singular / np.sqrt(whole.shape[0] - 1)
    vectors = np.where(rows.sum(axis=1, keepdims=True) < 0, -rows, rows).T
    variance = sdev**2
    return PrincipalComponents(sdev, variance, variance / variance.sum(), vectors, whole.shape[0])
