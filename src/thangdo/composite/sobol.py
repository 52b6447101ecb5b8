"""Sobol first-order and total indices with intervals from independent replicates of the design.

A *factor* is one uncertain choice: a single number, a vector (all weights, a Dirichlet draw) or the data noise of a
whole table. Two independent samples A and B of all factors, and for each factor i the sample AB_i (A with factor i
taken from B), give its indices for every outcome.

Sources: A. Saltelli and others, "Variance based sensitivity analysis of model output", Computer Physics
Communications 181 (2010), table 2 (first order (b), total (f), the latter Jansen's); A. B. Owen, "On dropping the first
Sobol' point" (2020), for N = 2^k and scrambling.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc
from scipy.stats import t as student

Array = NDArray[np.float64]
Design = Literal["sobol", "random"]

MINIMUM_REPLICATES = 16
# Most coordinates a scrambled Sobol sequence is asked for (scipy's table ends at 21,201).
MOST_COORDINATES = 1_000


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Indices of every factor for every outcome; arrays (outcomes, factors), NaN for an outcome that never varies.

    `low` and `high` bound each index with `level`, from the spread of the replicates (Student's t). They are not cut
    to [0, 1]: an estimate near a bound may lie beyond it, and cutting would hide its error.
    `variance` (outcomes,), `runs`: how often the model was evaluated in all.
    """

    first: Array
    first_low: Array
    first_high: Array
    total: Array
    total_low: Array
    total_high: Array
    variance: Array
    replicates: int
    runs: int
    level: float


@dataclass(slots=True)
class ReplicateMoments:
    """Sums that the indices are made from, one row per replicate: the design can be evaluated in any pieces."""

    variance: Array
    first: Array
    total: Array

    @classmethod
    def of(cls, at_a: Array, at_b: Array, at_mixed: Array) -> ReplicateMoments:
        """Moments of outcomes at A and B (replicates, N, outcomes) and at AB_i (factors, replicates, N, outcomes)."""
        both = np.concatenate([at_a, at_b], axis=1)
        # Centring changes no index, but without it a large mean drowns the first-order products.
        centre = both.mean(axis=1, keepdims=True)
        variance = both.var(axis=1)
        moved = at_mixed - at_a
        first = ((at_b - centre) * moved).mean(axis=2)
        total = 0.5 * np.square(moved).mean(axis=2)
        return cls(variance, np.moveaxis(first, 0, -1), np.moveaxis(total, 0, -1))


def coordinates(replicate: int, points: int, dimensions: int, seed: int, design: Design) -> tuple[Array, Array]:
    """The samples A and B of one replicate, as numbers in [0, 1): each (points, dimensions).

    "sobol": the two halves of one Sobol sequence of 2 x `dimensions` coordinates with its own scrambling (Owen's, with
    a random shift); "random": pseudo-random. Replicates are independent of each other.
    """
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(replicate,))))
    if dimensions == 0:
        return np.empty((points, 0)), np.empty((points, 0))
    if design == "random":
        return generator.random((points, dimensions)), generator.random((points, dimensions))
    sequence = qmc.Sobol(2 * dimensions, scramble=True, rng=generator)
    drawn = sequence.random_base2(round(np.log2(points)))
    return drawn[:, :dimensions], drawn[:, dimensions:]


def check_design(points: int, replicates: int, design: Design) -> None:
    """Raise `ValueError` for N that is no power of two under "sobol", or fewer than 16 replicates."""
    if design not in ("sobol", "random"):
        raise ValueError(f"a design is sobol or random, not {design}")
    if points < 2 or (design == "sobol" and points & (points - 1)):
        raise ValueError(f"a Sobol sequence is balanced only for N a power of two, not {points}")
    if replicates < MINIMUM_REPLICATES:
        raise ValueError(f"intervals need at least {MINIMUM_REPLICATES} replicates, not {replicates}")


def indices_from(moments: ReplicateMoments, runs: int, level: float = 0.95) -> SobolIndices:
    """Indices and intervals from the replicates' moments.

    An index is the ratio of two means over replicates; its error comes from the replicates' residuals around that
    ratio (the delta method), with Student's t for their number.
    """
    replicates = moments.variance.shape[0]
    variance = moments.variance.mean(axis=0)
    first, first_half = _ratio(moments.first, moments.variance, variance, level)
    total, total_half = _ratio(moments.total, moments.variance, variance, level)
    return SobolIndices(
        first,
        first - first_half,
        first + first_half,
        total,
        total - total_half,
        total + total_half,
        variance,
        replicates,
        runs,
        level,
    )


def sobol_indices(
    model: Callable[[Array], Array],
    factors: Sequence[int],
    *,
    points: int = 64,
    replicates: int = MINIMUM_REPLICATES,
    seed: int = 0,
    design: Design = "sobol",
    level: float = 0.95,
) -> SobolIndices:
    """Sobol indices of `model`, a function of numbers in [0, 1): (runs, coordinates) → (runs,) or (runs, outcomes).

    factors: how many coordinates each factor takes, in order; (1, 1, 10) are two single numbers and one vector of ten
    that counts as one factor. `points` N per replicate, a power of two under "sobol". The model runs
    N x (factors + 2) x replicates times. Raises `ValueError` as `check_design` does.
    """
    check_design(points, replicates, design)
    pairs = [coordinates(each, points, sum(factors), seed, design) for each in range(replicates)]
    sample_a, sample_b = (np.stack([pair[side] for pair in pairs]) for side in (0, 1))
    mixed = []
    start = 0
    for width in factors:
        one = sample_a.copy()
        one[:, :, start : start + width] = sample_b[:, :, start : start + width]
        mixed.append(one)
        start += width
    stacked = np.stack([sample_a, sample_b, *mixed])
    flat = model(stacked.reshape(-1, stacked.shape[-1]))
    found = np.asarray(flat, dtype=np.float64).reshape(len(factors) + 2, replicates, points, -1)
    return indices_from(ReplicateMoments.of(found[0], found[1], found[2:]), stacked[..., 0].size, level)


def _ratio(numerators: Array, variances: Array, variance: Array, level: float) -> tuple[Array, Array]:
    replicates = numerators.shape[0]
    mean = numerators.mean(axis=0)
    denominator = np.where(variance > 0, variance, np.nan)[:, None]
    ratio = mean / denominator
    residuals = (numerators - ratio * variances[:, :, None]) / denominator
    error = np.sqrt(np.square(residuals).sum(axis=0) / (replicates - 1) / replicates)
    return ratio, student.ppf((1 + level) / 2, replicates - 1) * error
