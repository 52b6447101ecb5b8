"""Correlations inside an index: tables over what pairs of columns both have, and the pairs that deserve a look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.uncertainty_aggregation import Tree

Array = NDArray[np.float64]
Method = Literal["pearson", "spearman"]
Flag = Literal["redundant", "weak", "negative"]

# Bounds of a JRC audit: a pair at 0.92 says the same thing twice, one at -0.4 pulls apart, a child under 0.3 is
# hardly felt by its parent (Saisana and others, JRC statistical audits, "10-step pocket guide").
REDUNDANT, NEGATIVE, WEAK = 0.92, -0.4, 0.3


@dataclass(frozen=True, slots=True)
class FlaggedPair:
    """Two nodes whose correlation is out of bounds. `weak` is said of a child and its parent only."""

    first: str
    second: str
    correlation: float
    flag: Flag


def correlations(values: Array, others: Array | None = None, method: Method = "pearson") -> Array:
    """Correlation of every column of `values` with every column of `others` (or of itself): (columns, others).

    Each pair uses the units that have both. NaN where fewer than two do or one of them does not vary. Spearman ranks
    the units that both have (ties share their mean rank).
    """
    second = values if others is None else others
    found = np.full((values.shape[1], second.shape[1]), np.nan)
    for row in range(values.shape[1]):
        for column in range(second.shape[1]):
            both = ~(np.isnan(values[:, row]) | np.isnan(second[:, column]))
            found[row, column] = _one(values[both, row], second[both, column], method)
    return found


def _one(first: Array, second: Array, method: Method) -> float:
    if first.size < 2:
        return float("nan")
    if method == "spearman":
        from scipy.stats import rankdata

        first, second = rankdata(first), rankdata(second)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    first, second = first - first.mean(), second - second.mean()
    found = float(first @ second / np.sqrt((first @ first) * (second @ second)))
    return min(1.0, max(-1.0, found))


def parent_correlations(scores: Array, tree: Tree, method: Method = "pearson") -> Array:
    """Each node with its own parent: (nodes,), NaN for the top. scores: (units, nodes)."""
    found = np.full(len(tree.codes), np.nan)
    for node, parent in enumerate(tree.parents):
        if parent >= 0:
            found[node] = correlations(scores[:, [node]], scores[:, [parent]], method)[0, 0]
    return found


def flagged_pairs(
    scores: Array,
    tree: Tree,
    *,
    redundant: float = REDUNDANT,
    negative: float = NEGATIVE,
    weak: float = WEAK,
    method: Method = "pearson",
) -> tuple[FlaggedPair, ...]:
    """Siblings that are redundant or pull apart, and children their parent hardly follows; strongest first."""
    found: list[FlaggedPair] = []
    for parent in tree.aggregates.tolist():
        children = tree.children[parent]
        table = correlations(scores[:, list(children)], method=method)
        for row, first in enumerate(children):
            for column in range(row + 1, len(children)):
                value = float(table[row, column])
                pair = (tree.codes[first], tree.codes[children[column]], value)
                if value >= redundant:
                    found.append(FlaggedPair(*pair, "redundant"))
                elif value <= negative:
                    found.append(FlaggedPair(*pair, "negative"))
    own = parent_correlations(scores, tree, method)
    for node, value in enumerate(own.tolist()):
        if value < weak:
            flag: Flag = "negative" if value <= negative else "weak"
            found.append(FlaggedPair(tree.codes[node], tree.codes[tree.parents[node]], value, flag))
    return tuple(sorted(found, key=lambda pair: -abs(pair.correlation)))
