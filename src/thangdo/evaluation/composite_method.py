"""A composite set's method in the composite library's terms.

The pipeline of a set names the steps (`normalise`, `aggregate`, and `rescale` to the printed scale);
direction, fixed range and weights stand at the indicators and nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite import NoRange, amean, fixed_range, minmax
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
    normalised = _normalised(steps.get("normalise", {}), leaves, data, criteria_set, gathered)
    if normalised is None:
        return None
    scores: dict[str, Floats] = {leaf.code: normalised[..., column] for column, leaf in enumerate(leaves)}
    factor = float(steps.get("rescale", {}).get("factor", 1))
    scores[""] = _aggregate(criteria_set.children, scores) * factor
    return scores


def _normalised(
    step: Mapping[str, Any], leaves: Sequence[Node], data: Floats, criteria_set: CriteriaSet, gathered: Gathered
) -> Floats | None:
    if step.get("method", "none") == "none":
        return data
    lower, upper = (float(bound) for bound in step.get("l_u", (Decimal(0), Decimal(100))))
    columns = []
    for column, leaf in enumerate(leaves):
        parameters = leaf.rule.parameters if leaf.rule else {}
        direction = float(parameters.get("direction", 1))
        values = data[..., column] * direction
        fixed = parameters.get("range")
        try:
            if fixed is None:
                columns.append(minmax(values, (lower, upper)))
            else:
                low, high = sorted((float(fixed["low"]) * direction, float(fixed["high"]) * direction))
                columns.append(fixed_range(values, low, high, (lower, upper), clip=bool(parameters.get("clip", False))))
        except NoRange as problem:
            where = Where("values.csv", node=f"{criteria_set.index}/{leaf.code}")
            gathered.add(Finding("EVA056", where, leaf.code, str(problem)))
    return np.stack(columns, axis=-1) if len(columns) == len(leaves) else None


def _aggregate(nodes: Sequence[Node], scores: dict[str, Floats]) -> Floats:
    """The weighted mean of the nodes that are there, filling in inner nodes on the way."""
    parts, weights = [], []
    for node in nodes:
        if not node.is_leaf:
            if not any(leaf.code in scores for leaf in node.walk() if leaf.is_leaf):
                continue
            scores[node.code] = _aggregate(node.children, scores)
        elif node.code not in scores:
            continue
        parts.append(scores[node.code])
        weights.append(float(node.weight if node.weight is not None else 1))
    return amean(np.stack(parts, axis=-1), np.array(weights))
