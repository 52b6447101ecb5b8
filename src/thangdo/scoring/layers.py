"""From a unit's inputs to its points, layer by layer: the last layer present counts for each criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from thangdo.methodology.rules import RuleFailure
from thangdo.methodology.rules.kind import InputValue
from thangdo.scoring.compiled import CompiledSet
from thangdo.scoring.fold import Points, fold_tree

_ZERO = Decimal(0)
LAYERS = ("self", "appraisal_1", "appraisal_2", "appeal", "council")
FINAL = "final"
# Inputs that stand alone: a decided number of points, or "does not apply".
POINTS, NA = "points", "na"

LayerInputs = Mapping[str, Mapping[str, InputValue]]


@dataclass(frozen=True, slots=True)
class UnitInputs:
    """All that a unit's points are made of.

    `layers[layer][criterion][field]` are typed inputs; `values[criterion]` are counted values, already
    exact (None: no value, and the set leaves it out).
    """

    unit: str
    block: str
    layers: Mapping[str, LayerInputs] = field(default_factory=dict)
    values: Mapping[str, Decimal | None] = field(default_factory=dict)
    is_ranked: bool = True


@dataclass(frozen=True, slots=True)
class LayerScores:
    """Points and maxima by node position (0 the whole); `missing` are the leaves not given yet."""

    points: Sequence[Decimal | None]
    maxima: Sequence[Decimal | None]
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """An input a rule could not be computed for: finding code, criterion, layer, detail."""

    code: str
    unit: str
    criterion: str
    layer: str
    found: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class UnitScores:
    """A unit's scores in every layer it has, and the final ones."""

    unit: str
    block: str
    is_ranked: bool
    layers: Mapping[str, LayerScores]
    failures: tuple[Failure, ...]

    @property
    def final(self) -> LayerScores:
        return self.layers[FINAL]


class Observer(Protocol):
    """Told of each step when somebody asks why; absent otherwise."""

    def leaf(
        self, code: str, layer: str, inputs: Mapping[str, InputValue], raw: Decimal | None, points: Decimal | None
    ) -> None: ...


def score_unit(compiled: CompiledSet, inputs: UnitInputs, observer: Observer | None = None) -> UnitScores:
    """Points of every node in every layer present, and in `final`. Exact; failures are gathered."""
    nodes, positions, functions, limits = compiled.nodes, compiled.positions, compiled.functions, compiled.limits
    quantum, mode = compiled.quantum, compiled.rounding_mode
    points: Points = [None] * len(nodes)
    maxima: Points = [None] * len(nodes)
    failures: list[Failure] = []
    applicable = compiled.applicable(inputs.block, inputs.unit)
    for position in applicable:
        maxima[position] = nodes[position].maximum
    _take_values(compiled, inputs, applicable, points, maxima, failures, observer)
    by_layer: dict[str, LayerScores] = {}
    for layer in LAYERS:
        given = inputs.layers.get(layer)
        if given is None:
            continue
        for code, fields in given.items():
            position = positions[code]
            if position not in applicable:
                continue
            # The plain case stands in line: this loop runs once a unit, criterion and layer.
            try:
                raw = functions[position](fields)
                if raw is None:
                    points[position] = maxima[position] = None
                else:
                    limit = limits[position]
                    if raw > limit or raw < _ZERO:
                        raise RuleFailure("SCO011", str(raw), str(limit))
                    points[position] = raw if quantum is None else raw.quantize(quantum, mode)
                    maxima[position] = limit
            except (KeyError, RuleFailure):
                try:
                    raw = decided_points(compiled, position, fields)
                except RuleFailure as failure:
                    failures.append(Failure(failure.reason, inputs.unit, code, layer, failure.detail, failure.expected))
                    continue
                points[position] = raw if raw is None else _rounded(compiled, raw)
                maxima[position] = None if raw is None else limits[position]
            if observer is not None:
                observer.leaf(code, layer, fields, raw, points[position])
        by_layer[layer] = _layer(compiled, applicable, list(points), list(maxima))
    last = next((layer for layer in reversed(LAYERS) if layer in by_layer), None)
    by_layer[FINAL] = by_layer[last] if last else _layer(compiled, applicable, points, maxima)
    return UnitScores(inputs.unit, inputs.block, inputs.is_ranked, by_layer, tuple(failures))


def decided_points(compiled: CompiledSet, position: int, fields: Mapping[str, InputValue]) -> Decimal | None:
    """Points of one leaf from the inputs of one layer, unrounded; None = does not apply. Raises RuleFailure.

    `na` and `points` stand alone; anything else is for the rule.
    """
    if fields.get(NA):
        return None
    override = fields.get(POINTS)
    try:
        raw = override if isinstance(override, Decimal) else compiled.functions[position](fields)
    except KeyError as failure:
        raise RuleFailure("SCO012", str(failure.args[0])) from failure
    limit = compiled.limits[position]
    if raw is not None and (raw < _ZERO or raw > limit):
        raise RuleFailure("SCO011", str(raw), str(limit))
    return raw


def final_leaf(compiled: CompiledSet, position: int, inputs: UnitInputs) -> tuple[Decimal | None, Decimal | None]:
    """Final points and maximum of one leaf of one unit: the last layer that touches it, or its counted value."""
    node = compiled.nodes[position]
    if not compiled.applies(position, inputs.block, inputs.unit):
        return None, None
    for layer in reversed(LAYERS):
        fields = inputs.layers.get(layer, {}).get(node.code)
        if fields is not None:
            raw = decided_points(compiled, position, fields)
            return (None, None) if raw is None else (_rounded(compiled, raw), node.maximum)
    if node.code in inputs.values:
        value = inputs.values[node.code]
        raw = None if value is None else decided_points(compiled, position, {"value": value})
        return (None, None) if raw is None else (_rounded(compiled, raw), node.maximum)
    return None, node.maximum


def _take_values(
    compiled: CompiledSet,
    inputs: UnitInputs,
    applicable: Mapping[int, bool],
    points: Points,
    maxima: Points,
    failures: list[Failure],
    observer: Observer | None,
) -> None:
    """Counted leaves have their value in every layer; a value left out by the set leaves the denominator."""
    for code in inputs.values:
        position = compiled.positions.get(code, 0)
        if position not in applicable:
            continue
        node = compiled.nodes[position]
        value = inputs.values[node.code]
        if value is None:
            maxima[position] = None
            continue
        try:
            raw = decided_points(compiled, position, {"value": value})
        except RuleFailure as failure:
            failures.append(Failure(failure.reason, inputs.unit, node.code, "values", failure.detail, failure.expected))
            continue
        points[position] = _rounded(compiled, raw) if raw is not None else None
        if observer is not None:
            observer.leaf(node.code, "values", {"value": value}, raw, points[position])


def _rounded(compiled: CompiledSet, raw: Decimal) -> Decimal:
    return raw if compiled.quantum is None else raw.quantize(compiled.quantum, compiled.rounding_mode)


def _layer(compiled: CompiledSet, applicable: Mapping[int, bool], points: Points, maxima: Points) -> LayerScores:
    missing = tuple(
        position
        for position, is_required in applicable.items()
        # Nobody has to earn a bonus or a penalty: not given is none.
        if is_required and points[position] is None and maxima[position] is not None
    )
    fold_tree(compiled, points, maxima)
    return LayerScores(points, maxima, missing)
