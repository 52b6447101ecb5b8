"""What every indicator contributes to every score: parts that add up to the score exactly.

Every mean of the power family is homogeneous of degree one, so by Euler's theorem a score is the sum over its
children of x ∂S/∂x; going down the tree the parts multiply. For arithmetic means that is weight times value; for a
geometric mean the weight's share of the score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.aggregating import method_of, power_of
from thangdo.composite.pipeline import Built

Array = NDArray[np.float64]
POWERS: Mapping[str, float] = {"amean": 1.0, "gmean": 0.0, "hmean": -1.0}


class NoContributions(ValueError):
    """A node whose method has no parts that add up (Copeland, Condorcet, Mazziotta–Pareto, benefit of the doubt …)."""


def contributions(built: Built, node: str | None = None) -> Array:
    """Contribution of every indicator to the score of `node` (the top if absent): (units, indicators).

    Each row sums to the unit's score; an indicator outside the node has 0, a missing one NaN (it contributes nothing,
    and its weight went to its siblings). Raises NoContributions naming the node, ValueError for an unknown code.
    """
    tree = built.tree
    target = len(tree.codes) - 1 if node is None else tree.codes.index(node)
    step = next((entry["keys"] for entry in reversed(built.log) if entry["step"] == "aggregate"), {"method": "amean"})
    slopes = np.zeros(built.scores.shape)
    slopes[:, target] = 1.0
    weights = built.weights
    by_node: Mapping[str, Any] = next(
        (entry.get("nodes", {}) for entry in reversed(built.log) if entry["step"] == "aggregate"), {}
    )
    # `inner` runs from the node down, so a parent's slope is known before its children's.
    for above in tree.inner[target]:
        if by_node.get(tree.codes[above], {}).get("weights_by") == "bod":
            raise NoContributions(f"{tree.codes[above]}: bod")
        children = list(tree.children[above])
        part = _slopes(built.scores[:, children], weights[children], built.scores[:, above], step, tree, above)
        slopes[:, children] = part * slopes[:, [above]]
    indicators = built.normalised.shape[1]
    found: Array = slopes[:, :indicators] * built.normalised
    return found


def _slopes(values: Array, weights: Array, score: Array, step: Mapping[str, Any], tree: Any, node: int) -> Array:
    name = method_of(step, tree, node)
    power = power_of(step, tree, node) if name == "genmean" else POWERS.get(name)
    if power is None:
        raise NoContributions(f"{tree.codes[node]}: {name}")
    is_there = ~np.isnan(values)
    available = np.where(is_there, weights, 0.0)
    shares: Array = available / available.sum(axis=1, keepdims=True)
    if power == 1.0:
        return shares
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = shares * (values / score[:, None]) ** (power - 1.0)
    return np.where(is_there, found, 0.0)
