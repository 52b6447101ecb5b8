"""Non-compensatory aggregation: outranking matrix, Copeland scores, the Condorcet–Kemeny–Young order.

Sources: OECD/JRC Handbook (2008) 6.3; H. P. Young (1988), American Political Science Review 82.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Up to this many units the order is found exactly: the programme over subsets needs units × 2^units steps.
EXACT_UNITS = 16


def outranking(values: Array, weights: Array) -> Array:
    """e[i, j] = (weights where i is ahead of j + half where equal) / all weights; (units, units). Missing is no comparison."""
    n = values.shape[0]
    found = np.full((n, n), 0.5)
    total = weights.sum()
    for i in range(n):
        ahead = (values[i] > values).astype(float) + 0.5 * (values[i] == values)
        found[i] = ahead @ weights / total
    np.fill_diagonal(found, 0.5)
    return found


def copeland(values: Array, weights: Array) -> Array:
    """Comparisons won less comparisons lost; exactly half the weight (within 1e-12) is a tie. Needs whole rows."""
    total = weights.sum()
    n = values.shape[0]
    scores = np.zeros(n)
    for i in range(n):
        ahead = ((values[i] > values).astype(float) + 0.5 * (values[i] == values)) @ weights
        lead = 2.0 * ahead - total
        lead[np.abs(lead) <= 1e-12 * total] = 0.0
        lead[i] = 0.0
        scores[i] = np.sign(lead).sum()
    return scores


@dataclass(frozen=True, slots=True)
class KemenyOrder:
    """The order with the most agreement. `order`: units from the best. `is_exact` = proven; else `gap` bounds what
    a better order could still gain. `is_unique` is False where another order agrees as much; `has_cycle` where
    majorities contradict each other."""

    order: tuple[int, ...]
    agreement: float
    is_exact: bool
    gap: float
    is_unique: bool
    has_cycle: bool


def condorcet(values: Array, weights: Array, exact_units: int = EXACT_UNITS) -> KemenyOrder:
    """The Condorcet–Kemeny–Young order of the units."""
    support = outranking(values, weights)
    np.fill_diagonal(support, 0.0)
    bound = float(np.maximum(support, support.T)[np.triu_indices(len(support), 1)].sum())
    cycle = _has_cycle(support)
    if len(support) <= exact_units:
        order, agreement, count = _exact(support)
        return KemenyOrder(order, agreement, True, 0.0, count == 1, cycle)
    order, agreement = _best_found(support)
    return KemenyOrder(order, agreement, bound - agreement <= 1e-12, max(0.0, bound - agreement), False, cycle)


def _exact(support: Array) -> tuple[tuple[int, ...], float, int]:
    """Dynamic programme over subsets: the best way to fill the last places."""
    n = len(support)
    size = 1 << n
    best = np.full(size, -np.inf)
    best[0] = 0.0
    choice = np.zeros(size, dtype=np.int64)
    ways = np.zeros(size, dtype=np.int64)
    ways[0] = 1
    # gain[i][set]: what unit i gains by standing ahead of every unit of the set.
    for subset in range(1, size):
        members = [unit for unit in range(n) if subset >> unit & 1]
        for unit in members:
            rest = subset & ~(1 << unit)
            value = best[rest] + sum(support[unit, other] for other in members if other != unit)
            if value > best[subset] + 1e-12:
                best[subset], choice[subset], ways[subset] = value, unit, ways[rest]
            elif abs(value - best[subset]) <= 1e-12:
                ways[subset] += ways[rest]
    order = []
    subset = size - 1
    while subset:
        unit = int(choice[subset])
        order.append(unit)
        subset &= ~(1 << unit)
    return tuple(order), float(best[-1]), int(ways[-1])


def _best_found(support: Array) -> tuple[tuple[int, ...], float]:
    """Start from Borda's order, then move single units to where they gain most, until nothing gains."""
    order = np.argsort(-support.sum(axis=1), kind="stable").tolist()
    improved = True
    while improved:
        improved = False
        for unit in list(order):
            place = order.index(unit)
            rest = [other for other in order if other != unit]
            gains = np.array([support[unit, other] - support[other, unit] for other in rest])
            # Standing at position k means being behind rest[:k] and ahead of rest[k:].
            totals = np.concatenate([[gains.sum()], gains.sum() - np.cumsum(gains)])
            target = int(np.argmax(totals > totals.max() - 1e-12))
            if totals[target] > totals[place] + 1e-12:
                order = [*rest[:target], unit, *rest[target:]]
                improved = True
    agreement = sum(support[order[i], order[j]] for i in range(len(order)) for j in range(i + 1, len(order)))
    return tuple(order), float(agreement)


def _has_cycle(support: Array) -> bool:
    """Whether strict majorities run in a circle."""
    beats = support > support.T + 1e-12
    left = set(range(len(support)))
    while left:
        free = [unit for unit in left if not any(beats[other, unit] for other in left)]
        if not free:
            return True
        left.difference_update(free)
    return False
