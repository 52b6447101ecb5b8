"""Seeded draws from a normal distribution, singular covariances and exact values included."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thangdo.findings import Finding, Refused, Where
from thangdo.inference.estimates import Estimates, checked

# A pivot below this share of its variable's variance is the zero of a perfectly dependent variable.
PIVOT_TOLERANCE = 1e-10
# How far a covariance may be from any possible one, as a correlation; inputs carry about 12 digits.
DEFINITENESS_TOLERANCE = 1e-7


def normal_draws(
    estimates: ArrayLike, covariance: ArrayLike, count: int, seed: int, *, units: Sequence[str] | None = None
) -> NDArray[np.float64]:
    """Joint draws around `estimates` (units,) with their standard errors or covariance: (count, units).

    A value with standard error 0 is the same in every draw. Arguments and errors as in `rank_confidence_sets`.
    """
    given = checked(estimates, covariance, units)
    return given.values + error_draws(given, count, seed, units=units)


def error_draws(
    estimates: Estimates, count: int, seed: int, *, units: Sequence[str] | None = None
) -> NDArray[np.float64]:
    """Draws of the estimates' errors, mean zero: (count, units). Exact values have error 0 in every draw.

    The draws come from one Philox stream of `seed` and a triangular factor that is unique, so another machine
    draws the same numbers up to rounding. Raises `Refused` (INF005) where the matrix is not positive semi-definite.
    """
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed)))
    independent = generator.standard_normal((count, estimates.values.size))
    if estimates.covariance is None:
        return independent * estimates.standard_errors
    factor = triangular_factor(estimates.covariance, units=units)
    draws: NDArray[np.float64] = independent @ factor.T
    return draws


def triangular_factor(covariance: NDArray[np.float64], *, units: Sequence[str] | None = None) -> NDArray[np.float64]:
    """The lower triangular L with L Lᵀ = `covariance`, for singular matrices too (a zero pivot gives a zero column).

    An eigendecomposition would do for any semi-definite matrix, but the signs of its vectors differ between LAPACK
    builds and with them the draws; L is unique. Golub, Van Loan, Matrix Computations (4th ed.), section 4.2.8,
    without exchange of rows.
    Raises `Refused` (INF005) where no such L exists.
    """
    size = covariance.shape[0]
    deviations = np.sqrt(np.diagonal(covariance))
    scales = np.where(deviations > 0, deviations, 1.0)
    correlation = covariance / np.outer(scales, scales)
    factor = np.zeros((size, size))
    for column in range(size):
        remainder = correlation[column:, column] - factor[column:, :column] @ factor[column, :column]
        if remainder[0] > PIVOT_TOLERANCE:
            factor[column:, column] = remainder / np.sqrt(remainder[0])
        elif np.max(np.abs(remainder)) > np.sqrt(DEFINITENESS_TOLERANCE) or remainder[0] < -DEFINITENESS_TOLERANCE:
            name = str(column) if units is None else units[column]
            found = f"pivot {remainder[0]:.3g}, remainder {np.max(np.abs(remainder)):.3g}"
            raise Refused([Finding("INF005", Where(node=name), found=found, facts={"unit": name})])
    return factor * scales[:, None]
