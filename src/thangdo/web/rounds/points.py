"""Points of one criterion as the core computes them: typed inputs in, points and their arithmetic out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from thangdo.methodology import Node
from thangdo.methodology.numbers import NotANumber
from thangdo.methodology.rules import RULE_KINDS, Input, InputValue, RuleFailure, read_input, rule_arithmetic
from thangdo.scoring import NA, POINTS, CompiledSet, UnitInputs, compile_set, score_unit
from thangdo.web.rounds.sets import IssuedSet, issued_set_of_text

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """What inputs give: points (None: not yet, or not applicable), the arithmetic, and inputs that cannot be read."""

    points: Decimal | None
    maximum: Decimal | None
    arithmetic: str = ""
    is_applicable: bool = True
    bad_inputs: Mapping[str, str] | None = None
    problem: str = ""


@lru_cache(maxsize=64)
def compiled_set(text: str) -> CompiledSet:
    return compile_set(issued_set_of_text(text).criteria)


def inputs_of(node: Node) -> tuple[Input, ...]:
    """The fields a leaf asks for."""
    assert node.rule is not None
    return RULE_KINDS[node.rule.kind].inputs(node.rule)


def is_counted(node: Node) -> bool:
    """Whether the leaf's value comes from `values.csv` alone: so does every indicator of a composite, which has no maximum."""
    return node.rule is None or node.maximum is None or all(declared.kind == "counted" for declared in inputs_of(node))


def applies(issued: IssuedSet, text: str, criterion: str, block: str, unit: str) -> bool:
    if issued.is_composite:
        return True
    compiled = compiled_set(text)
    return compiled.applies(compiled.positions[criterion], block, unit)


def typed(node: Node, fields: Fields) -> tuple[dict[str, InputValue], dict[str, str]]:
    """The fields as the rule's types, and those that cannot be read with what was expected."""
    known = {declared.name: declared for declared in inputs_of(node)}
    values: dict[str, InputValue] = {}
    bad: dict[str, str] = {}
    for name, text in fields.items():
        if not text.strip():
            continue
        try:
            if name == POINTS:
                values[name] = read_input(Input(POINTS, "number", "", ""), text, decimal_comma="," in text)[0]
            elif name == NA:
                values[name] = "1"
            elif name in known:
                values[name] = read_input(known[name], text, decimal_comma="," in text)[0]
            else:
                bad[name] = ""
        except NotANumber:
            bad[name] = "number"
        except ValueError as expected:
            bad[name] = str(expected)
    return values, bad


def points_given(
    set_text: str, criterion: str, block: str, unit: str, layer: str, fields: Fields, language: str = "vi"
) -> Given:
    """What `fields` of one layer give for a criterion, by the same scoring that computes the results."""
    compiled = compiled_set(set_text)
    position = compiled.positions[criterion]
    node = compiled.nodes[position]
    values, bad = typed(node, fields)
    if bad:
        return Given(None, node.maximum, bad_inputs=bad)
    needed = {declared.name for declared in inputs_of(node)}
    if POINTS not in values and NA not in values and not needed <= set(values):
        return Given(None, node.maximum)
    scored = score_unit(compiled, UnitInputs(unit, block, {layer: {criterion: values}}))
    problem = next((f.code for f in scored.failures if f.criterion == criterion and f.layer == layer), "")
    if problem or layer not in scored.layers:
        return Given(None, node.maximum, problem=problem)
    result = scored.layers[layer]
    points, maximum = result.points[position], result.maxima[position]
    if maximum is None:
        return Given(None, None, is_applicable=False)
    arithmetic = ""
    if POINTS not in values and NA not in values and node.rule is not None and node.maximum is not None:
        try:
            arithmetic = rule_arithmetic(node.rule, node.maximum, values, language)
        except RuleFailure as failure:
            problem = failure.reason
    return Given(points, maximum, arithmetic, problem=problem)
