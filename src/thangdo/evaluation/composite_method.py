"""A composite set's method in the composite library's terms.

The pipeline of a set names the steps (`normalise`, `aggregate`, and `rescale` to the printed scale);
direction, fixed range and weights stand at the indicators and nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.aggregation import AGGREGATIONS, METHODS, NotPositive
from thangdo.composite.normalise import (
    NoRange,
    borda,
    directed,
    dist2max,
    fixed_range,
    fracmax,
    minmax,
    prank,
    rank,
    scaled,
    zscore,
)
from thangdo.findings import Finding, Gathered, Where
from thangdo.methodology import CriteriaSet, Node

Floats = NDArray[np.float64]


def score_block(
    criteria_set: CriteriaSet,
    block: str,
    leaves: Sequence[Node],
    data: Floats,
    units: Sequence[str],
    gathered: Gathered,
) -> Mapping[str, Floats] | None:
    """Scores of every node by code ('' the whole): arrays (units,) or (draws, units), as `data` is.

    `data` is (units, indicators) or (draws, units, indicators) in the order of `leaves`. None, with a
    finding, where an indicator has no range.
    """
    steps = {str(step["step"]): step for step in criteria_set.pipeline}
    method = _Method(criteria_set, steps.get("normalise", {}), steps.get("aggregate", {}), gathered)
    if not method.is_known():
        return None
    normalised = method.normalised(leaves, data)
    if normalised is None:
        return None
    scores: dict[str, Floats] = {leaf.code: normalised[..., column] for column, leaf in enumerate(leaves)}
    factor = float(steps.get("rescale", {}).get("factor", 1))
    try:
        scores[""] = method.aggregated("", criteria_set.aggregation, criteria_set.children, scores) * factor
    except NotPositive as problem:
        gathered.add(Finding("EVA056", Where("values.csv", node=criteria_set.index), str(problem), "x > 0"))
        return None
    return scores


# The library's functions by COINr's names; each takes what its step says. Per-indicator ranges stand at the leaf.
NORMALISERS: Mapping[str, Callable[[Floats, Mapping[str, Any]], Floats]] = {
    "none": lambda values, step: values,
    "minmax": lambda values, step: minmax(values, _pair(step, "l_u", (0.0, 100.0))),
    "zscore": lambda values, step: zscore(values, _pair(step, "m_sd", (0.0, 1.0))),
    "scaled": lambda values, step: scaled(values, _pair(step, "npara", (0.0, 100.0))),
    "rank": lambda values, step: rank(values),
    "borda": lambda values, step: borda(values),
    "prank": lambda values, step: prank(values),
    "fracmax": lambda values, step: fracmax(values),
    "dist2max": lambda values, step: dist2max(values),
}
# Comparing every two units has no meaning for one node of one unit: the pairwise methods stay out.
AGGREGATORS = {code: AGGREGATIONS[code] for code, row in METHODS.items() if not row.is_pairwise}
# A node that says so itself is aggregated its own way, whatever the step says for the others.
_OWN = {"geometric_mean": "gmean", "minimum": "minimum"}


def _pair(step: Mapping[str, Any], name: str, default: tuple[float, float]) -> tuple[float, float]:
    first, second = step.get(name, default)
    return float(first), float(second)


@dataclass(frozen=True)
class _Method:
    """The two steps of a set with what they refuse."""

    criteria_set: CriteriaSet
    normalise: Mapping[str, Any]
    aggregate: Mapping[str, Any]
    gathered: Gathered

    def is_known(self) -> bool:
        """Every method named exists here; each other one is a finding."""
        given = self.aggregate.get("method", "amean")
        named = [str(value) for value in (given.values() if isinstance(given, Mapping) else [given])]
        wrong: list[tuple[str, Iterable[str]]] = [(name, AGGREGATORS) for name in named if name not in AGGREGATORS]
        if (name := str(self.normalise.get("method", "none"))) not in NORMALISERS:
            wrong.append((name, NORMALISERS))
        if "genmean" in named and "p" not in self.aggregate:
            wrong.append(("genmean", ["p"]))
        for name, known in wrong:
            where = Where(f"sets/{self.criteria_set.id}.yaml", column="pipeline")
            self.gathered.add(Finding("EVA058", where, name, ", ".join(known)))
        return not wrong

    def normalised(self, leaves: Sequence[Node], data: Floats) -> Floats | None:
        """Indicators on one scale, more is better; None with findings where one has no range."""
        name = str(self.normalise.get("method", "none"))
        if name == "none":
            return data
        columns = []
        for column, leaf in enumerate(leaves):
            parameters = leaf.rule.parameters if leaf.rule else {}
            direction = float(parameters.get("direction", 1))
            values = directed(data[..., column], direction)
            fixed = parameters.get("range")
            try:
                if fixed is not None and name == "minmax":
                    low, high = sorted((float(fixed["low"]) * direction, float(fixed["high"]) * direction))
                    ends = _pair(self.normalise, "l_u", (0.0, 100.0))
                    columns.append(fixed_range(values, low, high, ends, clip=bool(parameters.get("clip", False))))
                else:
                    columns.append(NORMALISERS[name](values, self.normalise))
            except NoRange as problem:
                where = Where("values.csv", node=f"{self.criteria_set.index}/{leaf.code}")
                self.gathered.add(Finding("EVA056", where, leaf.code, str(problem)))
        return np.stack(columns, axis=-1) if len(columns) == len(leaves) else None

    def aggregated(self, code: str, own: str, nodes: Sequence[Node], scores: dict[str, Floats]) -> Floats:
        """The score of a node from those of its children that are there, filling in inner nodes on the way."""
        parts, weights = [], []
        height = 1
        for node in nodes:
            if not node.is_leaf:
                if not any(leaf.code in scores for leaf in node.walk() if leaf.is_leaf):
                    continue
                scores[node.code] = self.aggregated(node.code, node.aggregation, node.children, scores)
                height = max(height, _height(node))
            elif node.code not in scores:
                continue
            parts.append(scores[node.code])
            weights.append(float(node.weight if node.weight is not None else 1))
        name = _OWN.get(own) or self._named(code, height + 1)
        return AGGREGATORS[name](np.stack(parts, axis=-1), np.array(weights), **self._parameters(name))

    def _parameters(self, name: str) -> dict[str, float]:
        """What the step says for the methods that take more than values and weights."""
        if name == "genmean":
            return {"p": float(self.aggregate["p"])}
        return {"sign": int(self.aggregate.get("sign", -1))} if name == "mpi" else {}

    def _named(self, code: str, level: int) -> str:
        """COINr's ways to say it: one method, or by level (leaves are level 1), or by the node's code."""
        given = self.aggregate.get("method", "amean")
        if not isinstance(given, Mapping):
            return str(given)
        by_name = {str(key): str(value) for key, value in given.items()}
        return by_name.get(code) or by_name.get(str(level), "amean")


def _height(node: Node) -> int:
    return 1 if node.is_leaf else 1 + max(_height(child) for child in node.children)
