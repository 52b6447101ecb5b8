"""How children's points become a node's: sum, weighted mean, geometric mean, minimum; caps and floors."""

from __future__ import annotations

from decimal import Decimal

from thangdo.scoring.compiled import CompiledSet, InnerNode

Points = list[Decimal | None]

_ZERO = Decimal(0)
_ONE = Decimal(1)


def fold_tree(compiled: CompiledSet, points: Points, maxima: Points) -> None:
    """Fill in every inner node from the leaves, bottom-up, in place.

    At a leaf: maximum None = does not apply; points None with a maximum = not given yet.
    """
    for inner in compiled.folds:
        fold_node(compiled, inner, points, maxima)


def fold_node(compiled: CompiledSet, inner: InnerNode, points: Points, maxima: Points) -> None:
    """One inner node from its children. A child not given yet counts as nothing of its maximum."""
    node = inner.node
    here = inner.position
    if node.aggregation == "sum":
        limits = [limit for child in inner.normal if (limit := maxima[child]) is not None]
        if not limits:
            points[here] = maxima[here] = None
            return
        maximum = sum(limits, _ZERO)
        total = sum([given for child in inner.normal if (given := points[child]) is not None], _ZERO)
        own = node.maximum
        if own is not None and maximum != own and maximum and compiled.criteria_set.not_applicable == "rescale_parent":
            total, maximum = total * own / maximum, own
    else:
        shares = [
            ((points[child] or _ZERO) / limit, compiled.nodes[child].weight or _ONE)
            for child in inner.normal
            if (limit := maxima[child])
        ]
        if not shares:
            points[here] = maxima[here] = None
            return
        maximum = node.maximum or _ZERO
        total = maximum * _mean(node.aggregation, shares)
    for child in inner.bonus:
        total += points[child] or _ZERO
    for child in inner.penalty:
        total -= points[child] or _ZERO
    if node.cap is not None and total > node.cap:
        total = node.cap
    if node.floor is not None and total < node.floor:
        total = node.floor
    points[here] = total
    maxima[here] = maximum


def _mean(aggregation: str, shares: list[tuple[Decimal, Decimal]]) -> Decimal:
    """Weighted arithmetic or geometric mean, or the minimum, of (share, weight)."""
    if aggregation == "minimum":
        return min(share for share, _ in shares)
    weight = sum((weight for _, weight in shares), _ZERO)
    if aggregation == "weighted_mean":
        return sum((share * part for share, part in shares), _ZERO) / weight
    if any(share <= 0 for share, _ in shares):
        return _ZERO
    # OECD/JRC Handbook (2008) 6.5: product of shares to the power of their weights.
    return (sum((share.ln() * part for share, part in shares), _ZERO) / weight).exp()
