"""One score of one node for many replications at once.

A replication may bring its own weights, its own values, or both. Means of the quasi-arithmetic family (arithmetic,
geometric, harmonic, generalised) are g⁻¹(Σ w g(x) / Σ w); nested means of one kind collapse into a single weighted sum
over the indicators, which is a matrix product over replications. Every other method is asked replication by
replication from the function that the pipeline itself uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.uncertainty_products import product

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Transform = Callable[[Array], Array]
# (values of the children (units, children), their weights (children,)) → scores (units,)
OneByOne = Callable[[Array, Array], Array]


@dataclass(frozen=True, slots=True)
class Tree:
    """The index's nodes: indicators first, in the columns' order, then aggregates from the bottom up, the top last.

    `parents`: position of each node's parent, -1 for the top. `weights`: (nodes,), the top's own is not used. The other
    fields are made from these: `generations` of a node are its descendants, nearest first; `leaves` the indicators under
    it; `inner` the aggregates under and including it; `is_child` is (nodes, aggregates), 1 for a parent's children.
    """

    codes: tuple[str, ...]
    parents: tuple[int, ...]
    levels: tuple[int, ...]
    weights: Array
    children: tuple[tuple[int, ...], ...] = field(init=False)
    generations: tuple[tuple[Places, ...], ...] = field(init=False)
    leaves: tuple[Places, ...] = field(init=False)
    inner: tuple[tuple[int, ...], ...] = field(init=False)
    aggregates: Places = field(init=False)
    is_child: Array = field(init=False)

    def __post_init__(self) -> None:
        children: list[list[int]] = [[] for _ in self.codes]
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                children[parent].append(node)
        generations = [_generations(children, node) for node in range(len(self.codes))]
        below = [np.concatenate([np.array([node]), *each]) for node, each in enumerate(generations)]
        aggregates = np.flatnonzero([bool(row) for row in children])
        made = {
            "children": tuple(tuple(row) for row in children),
            "generations": tuple(generations),
            "leaves": tuple(np.array(sorted(n for n in nodes.tolist() if not children[n])) for nodes in below),
            "inner": tuple(tuple(n for n in nodes.tolist() if children[n]) for nodes in below),
            "aggregates": aggregates,
            "is_child": (np.array(self.parents)[:, None] == aggregates).astype(np.float64),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    @property
    def indicators(self) -> int:
        return sum(1 for row in self.children if not row)


def _generations(children: list[list[int]], node: int) -> tuple[Places, ...]:
    found: list[Places] = []
    reached = children[node]
    while reached:
        found.append(np.array(reached, dtype=np.int64))
        reached = [child for each in reached for child in children[each]]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class NodeMethod:
    """How one node is aggregated: `mean` is the generalised mean's power (1, 0, -1, p) or None for other methods."""

    name: str
    power: float | None
    data_threshold: float | None
    one_by_one: OneByOne
    key: tuple[Any, ...] = ()


def target_scores(
    tree: Tree,
    methods: Mapping[int, NodeMethod],
    values: Array,
    weights: Array,
    target: int,
    left_out: NDArray[np.bool_] | None = None,
) -> Array:
    """Scores of the node `target`: (units,) if nothing varies, else (replications, units).

    values: normalised, (units, indicators) or (replications, units, indicators). weights: (nodes,) or
    (replications, nodes). left_out: (replications, nodes), True where an element takes no part; its weight has to be 0
    there. A non-finite score is left in the result for the caller to report.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found = _Evaluation(tree, methods, values, weights, left_out).score(target)
    if left_out is not None:
        found[left_out[:, target]] = np.nan
    return found


class _Evaluation:
    """The values met on the way up; one object per call of `target_scores`."""

    def __init__(
        self,
        tree: Tree,
        methods: Mapping[int, NodeMethod],
        values: Array,
        weights: Array,
        left_out: NDArray[np.bool_] | None,
    ) -> None:
        self.tree, self.methods, self.values, self.weights = tree, methods, values, weights
        self.left_out = left_out
        self.has_gaps = bool(np.isnan(values).any())
        if weights.ndim == 2:
            self.is_fixed_weight = (weights == weights[0]).all(axis=0)
        else:
            self.is_fixed_weight = np.ones(weights.shape[-1], dtype=np.bool_)

    def score(self, node: int) -> Array:
        """(units,) where nothing under the node varies, else (replications, units)."""
        if not self.tree.children[node]:
            return self.values[..., node]
        method = self.methods[node]
        if method.power is None or self.has_gaps:
            return self._node_by_node(node, method)
        transform, inverse = _transforms(method.power)
        if all(self.methods[each].power == method.power for each in self.tree.inner[node]):
            return self._one_sum(self.tree.leaves[node], effective_weights(self.tree, self.weights, node), method.power)
        parts, weights = self._collapsed(node, method)
        sums = _positive(weights.sum(axis=-1))
        if all(part.ndim == 1 for part in parts):
            totals = product(np.atleast_2d(weights), transform(np.stack(parts)))
            return inverse(totals / sums[:, None] if weights.ndim == 2 else totals[0] / sums)
        total: Array | float = 0.0
        for position, part in enumerate(parts):
            total = total + weights[..., position, None] * transform(part)
        return inverse(np.asarray(total) / sums[..., None])

    def _one_sum(self, leaves: Places, effective: Array, power: float) -> Array:
        """A node that is one mean of the indicators `leaves`, all nodes under it being means of the same kind."""
        transform, inverse = _transforms(power)
        is_whole = leaves.size == self.values.shape[-1]
        weights = effective[..., : leaves.size] if is_whole else effective[..., leaves]
        sums = _positive(weights.sum(axis=-1))
        chosen = transform(self.values if is_whole else self.values[..., leaves])
        if self.values.ndim == 3:
            return inverse(_row_products(chosen, weights) / sums[..., None])
        totals = product(np.atleast_2d(weights), np.ascontiguousarray(chosen.T))
        return inverse(totals / sums[:, None] if weights.ndim == 2 else totals[0] / sums)

    def _collapsed(self, node: int, method: NodeMethod) -> tuple[list[Array], Array]:
        """What `node` is one weighted mean of, through children of its own kind: parts, and weights (…, parts)."""
        parts: list[Array] = []
        shares: list[Array] = []
        for child in self.tree.children[node]:
            weight = self.weights[..., child, None]
            if self.tree.children[child] and self.methods[child].power == method.power:
                inner, inner_weights = self._collapsed(child, method)
                parts.extend(inner)
                shares.append(weight * (inner_weights / _positive(inner_weights.sum(axis=-1, keepdims=True))))
            else:
                parts.append(self.score(child))
                shares.append(weight)
        return parts, np.concatenate(shares, axis=-1)

    def _node_by_node(self, node: int, method: NodeMethod) -> Array:
        """Children first, then this node alone: gaps and other methods need the children's own scores."""
        children = self.tree.children[node]
        parts = [self.score(child) for child in children]
        is_fixed = all(self.is_fixed_weight[child] for child in children)
        weights = self.weights[..., list(children)]
        if all(part.ndim == 1 for part in parts):
            stacked = np.stack(parts, axis=-1)
            if is_fixed and self.left_out is None:
                return self._alone(method, stacked, weights if weights.ndim == 1 else weights[0])
            if method.power is not None:
                return self._mean_with_gaps(method, stacked[None], np.atleast_2d(weights))
            return np.stack([self._alone(method, stacked, row) for row in weights])
        count = max(part.shape[0] for part in parts if part.ndim == 2)
        stacked = np.stack([np.broadcast_to(part, (count, part.shape[-1])) for part in parts], axis=-1)
        rows = np.broadcast_to(weights, (count, len(children)))
        if method.power is not None:
            return self._mean_with_gaps(method, stacked, rows)
        return np.stack([self._alone(method, stacked[each], rows[each]) for each in range(count)])

    def _alone(self, method: NodeMethod, values: Array, weights: Array) -> Array:
        """One replication of one node. What is left out is not shown to a method that may not look at weights."""
        if method.power is not None:
            mean: Array = self._mean_with_gaps(method, values[None], weights[None])[0]
            return mean
        if self.left_out is not None:
            is_in = weights > 0
            if not is_in.any():
                return np.ones(values.shape[0])
            values, weights = values[:, is_in], weights[is_in]
        return method.one_by_one(values, weights)

    @staticmethod
    def _mean_with_gaps(method: NodeMethod, values: Array, weights: Array) -> Array:
        """Weighted mean over what is available: values (replications or 1, units, children)."""
        assert method.power is not None
        transform, inverse = _transforms(method.power)
        is_there = ~np.isnan(values)
        filled = np.where(is_there, transform(values), 0.0)
        if values.shape[0] == 1:
            totals = product(weights, np.ascontiguousarray(filled[0].T))
            sums = product(weights, np.ascontiguousarray(is_there[0].T.astype(np.float64)))
        else:
            totals = _row_products(filled, weights)
            sums = _row_products(is_there.astype(np.float64), weights)
        scores: Array = inverse(totals / np.where(sums > 0, sums, np.nan))
        if method.data_threshold is not None:
            scores[np.broadcast_to(is_there.mean(axis=-1) < method.data_threshold, scores.shape)] = np.nan
        return scores


def effective_weights(tree: Tree, weights: Array, top: int) -> Array:
    """Each node's share in `top`: its share among its siblings times its parent's share. Shaped as `weights`."""
    parents = np.array(tree.parents)
    rows = np.atleast_2d(weights)
    sums = np.ones(rows.shape)
    sums[:, tree.aggregates] = _positive(product(rows, tree.is_child))
    found = np.zeros(rows.shape)
    found[:, top] = 1.0
    for nodes in tree.generations[top]:
        above = parents[nodes]
        found[:, nodes] = rows[:, nodes] / sums[:, above] * found[:, above]
    return found.reshape(weights.shape)


def _positive(sums: Array) -> Array:
    """Sums of weights, 1 where everything was left out: such a node has weight 0 above, and must not spoil the sum."""
    return np.where(sums > 0, sums, 1.0)


def _row_products(values: Array, weights: Array) -> Array:
    """Σ over children for each replication and unit: (replications, units), one fixed dot product each."""
    rows = weights[..., None, :] if weights.ndim == 2 else weights
    found: Array = np.vecdot(values, rows)
    return found


def _transforms(power: float) -> tuple[Transform, Transform]:
    """g and its inverse. A zero under a logarithm or a reciprocal must not come back as a score of zero."""
    if power == 1.0:
        return _same, _same
    if power == 0.0:
        return np.log, lambda sums: np.exp(np.where(np.isfinite(sums), sums, np.nan))
    if power == -1.0:
        return np.reciprocal, lambda sums: np.reciprocal(np.where(np.isfinite(sums), sums, np.nan))
    return (
        lambda values: np.power(values, power),
        lambda sums: np.power(np.where(np.isfinite(sums), sums, np.nan), 1.0 / power),
    )


def _same(values: Array) -> Array:
    return values
