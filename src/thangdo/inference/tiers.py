"""Tiers of units the data cannot tell apart, and who is in the top k."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thangdo.inference.rank_sets import RankSets


def tiers(sets: RankSets) -> NDArray[np.int64]:
    """The tier of every unit, 1 the best: (units,), in the order of the units given.

    From the best estimate downwards, a tier starts where a unit is simultaneously below the first unit of the tier
    before. Units with equal estimates are never parted: if one of them starts a tier, all do. Among equal estimates
    the one with the smallest standard error speaks for the tier.
    Raises `ValueError` unless `sets` are simultaneous.
    """
    _require_simultaneous(sets)
    order = np.lexsort((np.arange(sets.estimates.size), sets.standard_errors, -sets.estimates))
    found = np.zeros(sets.estimates.size, dtype=np.int64)
    tier, first = 1, order[0]
    start = 0
    while start < order.size:
        end = start + 1
        while end < order.size and sets.estimates[order[end]] == sets.estimates[order[start]]:
            end += 1
        tied = order[start:end]
        below = tied[sets.above[first, tied]]
        if below.size:
            tier, first = tier + 1, below[0]
        found[tied] = tier
        start = end
    return found


@dataclass(frozen=True, slots=True)
class TopK:
    """Who is in the top k, jointly with `level` for all units.

    `certain`: (units,), rank is k or better. `possible`: (units,), the top k cannot be ruled out; every unit that
    truly is among the best k is marked, with `level`.
    """

    k: int
    level: float
    certain: NDArray[np.bool_]
    possible: NDArray[np.bool_]


def top_k(sets: RankSets, k: int) -> TopK:
    """ "Top k with 95 %" from simultaneous sets.

    The units whose set reaches rank k hold all of the true best k with the sets' level (Mogstad and others 2024,
    section 3.4, the k-best). Raises `ValueError` unless `sets` are simultaneous and 1 <= k <= units.
    """
    _require_simultaneous(sets)
    if not 1 <= k <= sets.low.size:
        raise ValueError(f"k lies between 1 and {sets.low.size}, not {k}")
    return TopK(k, sets.level, sets.high <= k, sets.low <= k)


def _require_simultaneous(sets: RankSets) -> None:
    if sets.kind != "simultaneous":
        raise ValueError("tiers and top-k statements speak of all units at once and need simultaneous sets")
