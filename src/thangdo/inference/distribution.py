"""How ranks are spread over replications: medians, 5–95 % ranges, probabilities of the top k and of classes.

These describe what the draws did. They are no confidence sets: with close or tied units a 5–95 % range of drawn
ranks misses the true rank far more often than one time in ten (`rank_confidence_sets` does not).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thangdo.inference.normal_draws import normal_draws
from thangdo.inference.order import competition_rank

# Counts summarised at a time: the table of a large ranking is the largest thing in memory and is not copied.
SLAB = 1_000_000


@dataclass(frozen=True, slots=True)
class RankDistribution:
    """Ranks of every unit over replications; arrays (units,).

    `counts`: (units, units), how often unit u had rank r at [u, r - 1]; everything else is computed from it.
    Quantiles interpolate linearly between ordered ranks (type 7 of Hyndman and Fan, 1996).
    """

    replications: int
    counts: NDArray[np.int32]
    median: NDArray[np.float64]
    q05: NDArray[np.float64]
    q95: NDArray[np.float64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]

    def top_k(self, k: int) -> NDArray[np.float64]:
        """Share of replications in which each unit had rank `k` or better: (units,)."""
        within: NDArray[np.int64] = self.counts[:, :k].sum(axis=1, dtype=np.int64)
        return within / self.replications


def add_rank_counts(counts: NDArray[np.int32], ranks: NDArray[np.integer]) -> None:
    """Count `ranks` (replications, units) into `counts` (units, units), in place: the largest table of a run."""
    units = counts.shape[0]
    flat = (ranks.astype(np.int64, copy=False) - 1 + np.arange(units, dtype=np.int64) * units).ravel()
    if flat.size < counts.size:
        np.add.at(counts.reshape(-1), flat, 1)
    else:
        counts += np.bincount(flat, minlength=counts.size).reshape(counts.shape).astype(np.int32)


def from_counts(counts: NDArray[np.int32]) -> RankDistribution:
    """The distribution behind a table of `counts` (units, units), every row summing to the replications."""
    units = counts.shape[0]
    replications = int(counts[0].sum(dtype=np.int64))
    slab = max(1, SLAB // units)
    columns = [_summary(counts[start : start + slab], replications) for start in range(0, units, slab)]
    mean, sd, median, q05, q95 = (np.concatenate(parts) for parts in zip(*columns))
    return RankDistribution(replications, counts, median, q05, q95, mean, sd)


def _summary(counts: NDArray[np.int32], replications: int) -> tuple[NDArray[np.float64], ...]:
    """Mean, standard deviation, median, 5 and 95 % quantile of some units, one array each."""
    places = np.arange(1, counts.shape[1] + 1, dtype=np.float64)
    mean = counts @ places / replications
    squares = (counts * np.square(places[None, :] - mean[:, None])).sum(axis=1)
    cumulated = np.cumsum(counts, axis=1, dtype=np.int64)
    quantiles = (_quantile(cumulated, replications, share) for share in (0.5, 0.05, 0.95))
    return mean, np.sqrt(squares / max(replications - 1, 1)), *quantiles


def summarise_ranks(ranks: NDArray[np.integer]) -> RankDistribution:
    """The distribution of `ranks` (replications, units), ranks from 1 to units without gaps for missing units.

    Raises `ValueError` where a rank lies outside 1..units (a unit without a rank has no rank distribution).
    """
    if ranks.size == 0 or ranks.min() < 1 or ranks.max() > ranks.shape[1]:
        raise ValueError("every unit needs a rank between 1 and the number of units in every replication")
    counts = np.zeros((ranks.shape[1], ranks.shape[1]), dtype=np.int32)
    add_rank_counts(counts, ranks)
    return from_counts(counts)


def rank_distribution(
    estimates: ArrayLike,
    covariance: ArrayLike,
    seed: int = 0,
    higher_is_better: bool = True,
    *,
    replications: int = 10_000,
    units: Sequence[str] | None = None,
) -> RankDistribution:
    """The spread of ranks when the estimates are drawn anew around themselves with their covariance.

    Arguments as in `rank_confidence_sets`. This is the rank distribution many rankings print; it is no confidence
    set (see the head of this module). Raises `Refused` with INF001 to INF006.
    """
    drawn = normal_draws(estimates, covariance, replications, seed, units=units)
    return summarise_ranks(competition_rank(drawn, higher_is_better))


def class_probability(scores: NDArray[np.float64], lower_bounds: Sequence[float]) -> NDArray[np.float64]:
    """Share of replications in which each unit fell into each class: (units, classes).

    scores: (replications, units). lower_bounds: of the classes from best to worst, the last class holding everything
    below the others: bounds (90, 80, 70) give four classes; a score on a bound belongs to the better class.
    """
    bounds = np.asarray(lower_bounds, dtype=np.float64)
    if bounds.ndim != 1 or np.any(np.diff(bounds) >= 0):
        raise ValueError("lower bounds of classes fall strictly from best to worst")
    reached = np.stack([(scores >= bound).mean(axis=0) for bound in bounds], axis=1)
    padded = np.hstack([np.zeros((scores.shape[1], 1)), reached, np.ones((scores.shape[1], 1))])
    shares: NDArray[np.float64] = np.diff(padded, axis=1)
    return shares


def _quantile(cumulated: NDArray[np.int64], replications: int, share: float) -> NDArray[np.float64]:
    """Type-7 quantile of each row of cumulated counts over the ranks 1, 2, …"""
    position = (replications - 1) * share
    below = int(np.floor(position))
    above = min(below + 1, replications - 1)
    lower = 1 + (cumulated <= below).sum(axis=1)
    upper = 1 + (cumulated <= above).sum(axis=1)
    quantile: NDArray[np.float64] = lower + (position - below) * (upper - lower)
    return quantile
