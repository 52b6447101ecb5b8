"""Why a number is what it is: an observer of the scoring that keeps what the rules did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from thangdo.methodology.rules import rule_arithmetic, rule_sentence
from thangdo.methodology.rules.kind import InputValue
from thangdo.scoring.compiled import CompiledSet
from thangdo.scoring.layers import NA, POINTS, UnitInputs, UnitScores, score_unit
from thangdo.scoring.standing import percent


@dataclass(frozen=True, slots=True)
class LeafStep:
    """What one layer did at a leaf: inputs as given, points before and after rounding."""

    layer: str
    inputs: Mapping[str, InputValue]
    raw: Decimal | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A node's number and where it comes from, down to the inputs of its leaves."""

    code: str
    text: str
    role: str
    aggregation: str
    points: Decimal | None
    maximum: Decimal | None
    percent: Decimal | None
    rule: str
    arithmetic: str
    steps: tuple[LeafStep, ...]
    children: tuple[Explanation, ...]


@dataclass(slots=True)
class _Kept:
    steps: dict[str, list[LeafStep]] = field(default_factory=dict)

    def leaf(
        self, code: str, layer: str, inputs: Mapping[str, InputValue], raw: Decimal | None, points: Decimal | None
    ) -> None:
        self.steps.setdefault(code, []).append(LeafStep(layer, dict(inputs), raw, points))


def explain_unit(compiled: CompiledSet, inputs: UnitInputs, code: str = "", language: str = "vi") -> Explanation:
    """The explanation of one node of one unit ('' the whole), computed anew with an observer."""
    kept = _Kept()
    scores = score_unit(compiled, inputs, kept)
    return _node(compiled, scores, kept, compiled.positions[code], language)


def _node(compiled: CompiledSet, scores: UnitScores, kept: _Kept, position: int, language: str) -> Explanation:
    node = compiled.nodes[position]
    points, maximum = scores.final.points[position], scores.final.maxima[position]
    steps = tuple(kept.steps.get(node.code, ())) if node.is_leaf else ()
    rule = arithmetic = ""
    if node.rule is not None and node.maximum is not None:
        rule = rule_sentence(node.rule, node.maximum, language)
        if steps and POINTS not in steps[-1].inputs and not steps[-1].inputs.get(NA):
            arithmetic = rule_arithmetic(node.rule, node.maximum, steps[-1].inputs, language)
    return Explanation(
        code=node.code,
        text=node.text[language],
        role=node.role,
        aggregation="" if node.is_leaf and position else node.aggregation,
        points=points,
        maximum=maximum,
        percent=percent(points, maximum),
        rule=rule,
        arithmetic=arithmetic,
        steps=steps,
        children=tuple(
            _node(compiled, scores, kept, compiled.positions[child.code], language) for child in node.children
        ),
    )
