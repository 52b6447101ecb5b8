"""Non-compensatory aggregation: outranking matrix, Copeland scores, the Condorcet–Kemeny–Young order.

Sources: OECD/JRC Handbook (2008) 6.3; H. P. Young (1988), American Political Science Review 82; M. Truchon (1998), An
Extension of the Condorcet Criterion and Kemeny Orders, for the parts that can be ordered one after another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Up to this many units in a circle of majorities the order is found exactly: the programme over subsets needs
# units × 2^units numbers. Units that stand in no circle cost nothing.
EXACT_UNITS = 16
# Shares of weight that differ by less are equal, and so are sums of them.
TIE, SUM_TIE = 1e-12, 1e-9


class NotComplete(ValueError):
    """Pairwise comparison met a gap: who is ahead cannot be said."""


def outranking(values: Array, weights: Array) -> Array:
    """e[i, j] = (weights where i is ahead of j + half where equal) / all weights; (units, units).

    Raises NotComplete at a gap.
    """
    if np.isnan(values).any():
        raise NotComplete("NaN")
    n = values.shape[0]
    found = np.full((n, n), 0.5)
    total = weights.sum()
    for i in range(n):
        ahead = (values[i] > values).astype(float) + 0.5 * (values[i] == values)
        found[i] = ahead @ weights / total
    np.fill_diagonal(found, 0.5)
    return found


def copeland(values: Array, weights: Array) -> Array:
    """Comparisons won less comparisons lost; exactly half the weight (within 1e-12) is a tie. Raises NotComplete."""
    lead = 2.0 * outranking(values, weights) - 1.0
    lead[np.abs(lead) <= TIE] = 0.0
    scores: Array = np.sign(lead).sum(axis=1)
    return scores


@dataclass(frozen=True, slots=True)
class KemenyOrder:
    """The order with the most agreement. `order`: units from the best. `is_exact` = proven; else `gap` bounds what
    a better order could still gain. `is_unique` is False where another order agrees as much (or may); `has_cycle`
    where majorities contradict each other.

    `ahead` (units, units): the row's unit stands ahead of the column's in every best order. Units that no such order
    parts are tied.
    """

    order: tuple[int, ...]
    agreement: float
    is_exact: bool
    gap: float
    is_unique: bool
    has_cycle: bool
    ahead: Flags

    @property
    def scores(self) -> Array:
        """Units less those that are certainly ahead: equal for units that change places without loss; (units,)."""
        found: Array = len(self.order) - self.ahead.sum(axis=0).astype(np.float64)
        return found


def condorcet(values: Array, weights: Array, exact_units: int = EXACT_UNITS) -> KemenyOrder:
    """The Condorcet–Kemeny–Young order of the units; does not depend on the order they are given in.

    Units fall into parts between which all majorities point one way; every best order keeps the parts in that order, so
    each is ordered by itself: exactly up to `exact_units` units, above that the best order a local search finds.
    Raises NotComplete at a gap.
    """
    support = outranking(values, weights)
    np.fill_diagonal(support, 0.0)
    ahead = np.zeros(support.shape, dtype=np.bool_)
    order: list[int] = []
    gap, is_exact = 0.0, True
    for part in _parts(support):
        inside = support[np.ix_(part, part)]
        rest = np.setdiff1d(np.arange(len(support)), [*order, *part.tolist()])
        ahead[np.ix_(part, rest)] = True
        if part.size <= exact_units:
            own, own_ahead = _exact(inside)
        else:
            own, own_ahead = _best_found(inside, values[part])
            bound = float(np.maximum(inside, inside.T)[np.triu_indices(part.size, 1)].sum())
            lost = bound - _agreement(inside, own)
            gap, is_exact = gap + max(0.0, lost), is_exact and lost <= SUM_TIE
        ahead[np.ix_(part, part)] = own_ahead
        order += part[own].tolist()
    pairs = len(support) * (len(support) - 1) // 2
    is_unique = is_exact and int(ahead.sum()) == pairs
    agreement = _agreement(support, order)
    return KemenyOrder(tuple(order), agreement, is_exact, gap, is_unique, _has_cycle(support), ahead)


def _agreement(support: Array, order: list[int]) -> float:
    return float(np.triu(support[np.ix_(order, order)], 1).sum())


def _parts(support: Array) -> list[NDArray[np.int64]]:
    """Units in circles of majorities (ties point both ways), the parts from the best; each part in the units' order."""
    from scipy.sparse.csgraph import connected_components

    is_not_behind = support >= support.T - TIE
    np.fill_diagonal(is_not_behind, False)
    count, labels = connected_components(is_not_behind.astype(np.int8), directed=True, connection="strong")
    wins = (support > support.T + TIE).sum(axis=1)
    parts = [np.flatnonzero(labels == label) for label in range(count)]
    return sorted(parts, key=lambda part: -float(wins[part].mean()))


def _exact(support: Array) -> tuple[list[int], Flags]:
    """Dynamic programme over subsets: the best way to fill the last places; and who is ahead in every best order."""
    n = len(support)
    if n == 1:
        return [0], np.zeros((1, 1), dtype=np.bool_)
    size = 1 << n
    sets = np.arange(size)
    # gain[i, set]: what unit i gains by standing ahead of every unit of the set.
    gain = np.zeros((n, size))
    for unit in range(n):
        gain[:, 1 << unit : 2 << unit] = gain[:, : 1 << unit] + support[:, [unit]]
    best = np.zeros(size)
    counts = np.bitwise_count(sets)
    for many in range(1, n + 1):
        layer = sets[counts == many]
        top = np.full(layer.size, -np.inf)
        for unit in range(n):
            rest = layer ^ (1 << unit)
            is_in = (layer >> unit & 1).astype(np.bool_)
            top[is_in] = np.maximum(top[is_in], best[rest[is_in]] + gain[unit, rest[is_in]])
        best[layer] = top
    whole = size - 1
    # A set fills the last places of a best order where its own best, the others' best and what these gain add up.
    is_in = (sets[:, None] >> np.arange(n) & 1).astype(np.bool_)
    across = np.where(is_in.T, 0.0, gain).sum(axis=0)
    is_best = best + best[whole ^ sets] + across >= best[whole] - SUM_TIE
    last = is_in[is_best]
    may_be_ahead = (~last).astype(np.int64).T @ last.astype(np.int64) > 0
    ahead = may_be_ahead & ~may_be_ahead.T
    # Units that are ahead of more stand first; ties keep any order that loses nothing.
    order, left = [], whole
    while left:
        unit = next(
            unit
            for unit in range(n)
            if left >> unit & 1 and best[left ^ (1 << unit)] + gain[unit, left ^ (1 << unit)] >= best[left] - SUM_TIE
        )
        order.append(unit)
        left ^= 1 << unit
    return order, ahead


def _best_found(support: Array, values: Array) -> tuple[list[int], Flags]:
    """Start from Borda's order, then move single units to where they gain most, until nothing gains."""
    borda = np.round(support.sum(axis=1), 9)
    order = np.lexsort((*values.T[::-1], -borda)).tolist()
    improved = True
    while improved:
        improved = False
        for unit in list(order):
            place = order.index(unit)
            rest = [other for other in order if other != unit]
            gains = support[unit, rest] - support[rest, unit]
            # Standing at position k means being behind rest[:k] and ahead of rest[k:].
            totals = np.concatenate([[gains.sum()], gains.sum() - np.cumsum(gains)])
            target = int(np.argmax(totals > totals.max() - TIE))
            if totals[target] > totals[place] + SUM_TIE:
                order = [*rest[:target], unit, *rest[target:]]
                improved = True
    return order, _parted(order, support)


def _parted(order: list[int], support: Array) -> Flags:
    """Who is ahead of whom in the order found; neighbours that all tie with one another are not parted."""
    n = len(order)
    ahead = np.zeros((n, n), dtype=np.bool_)
    start = 0
    for place in range(1, n + 1):
        group = order[start:place]
        if place < n and all(
            abs(support[order[place], other] - support[other, order[place]]) <= TIE for other in group
        ):
            continue
        ahead[np.ix_(group, order[place:])] = True
        start = place
    return ahead


def _has_cycle(support: Array) -> bool:
    """Whether strict majorities run in a circle."""
    from scipy.sparse.csgraph import connected_components

    count, _ = connected_components((support > support.T + TIE).astype(np.int8), directed=True, connection="strong")
    return bool(count < len(support))
