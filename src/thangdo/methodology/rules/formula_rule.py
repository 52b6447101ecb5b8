"""Formula: points as an expression over declared inputs (see `thangdo.methodology.formula`)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from thangdo.methodology.formula import FormulaError, Kind, parse_formula
from thangdo.methodology.model import Rule
from thangdo.methodology.rules.kind import (
    Compiled,
    Golden,
    Input,
    Inputs,
    Parameter,
    Problem,
    RuleFailure,
    RuleKind,
    number,
    shown,
)

RESERVED = frozenset({"maximum", "points", "na"})


def _inputs(rule: Rule) -> tuple[Input, ...]:
    found = []
    for declared in rule.parameters["inputs"]:
        text = declared.get("text") or {}
        kind = declared.get("kind", "number")
        found.append(
            Input(str(declared["name"]), kind, text.get("vi", declared["name"]), text.get("en", declared["name"]))
        )
    return tuple(found)


def _names(rule: Rule) -> dict[str, Kind]:
    names: dict[str, Kind] = {"maximum": "number"}
    for declared in _inputs(rule):
        names[declared.name] = "boolean" if declared.kind == "yes_no" else "number"
    return names


def _compile(rule: Rule, maximum: Decimal) -> Compiled:
    formula = parse_formula(str(rule.parameters["expression"]), _names(rule))
    flags = frozenset(declared.name for declared in _inputs(rule) if declared.kind == "yes_no")
    numbers = [declared.name for declared in _inputs(rule) if declared.kind != "yes_no"]

    def points(inputs: Inputs) -> Decimal:
        values: dict[str, Decimal] = {"maximum": maximum}
        for name in numbers:
            values[name] = number(inputs, name)
        for name in flags:
            values[name] = bool(inputs[name])  # type: ignore[assignment]
        try:
            return formula(values)
        except FormulaError as failure:
            code = "SCO013" if failure.reason == "division_by_zero" else "SCO015"
            raise RuleFailure(code, f"{formula.expression} ({failure.column})") from failure

    return points


def _problems(rule: Rule, maximum: Decimal) -> Iterator[Problem]:
    names = [declared.name for declared in _inputs(rule)]
    for name in names:
        if name in RESERVED or not name.isidentifier():
            yield Problem("MET047", "inputs", name, "")
    if len(set(names)) < len(names):
        yield Problem("MET042", "inputs", ", ".join(names), "")
    try:
        parse_formula(str(rule.parameters["expression"]), _names(rule))
    except FormulaError as failure:
        yield Problem(
            "MET048",
            "expression",
            f"{rule.parameters['expression']} [{failure.column}] {failure.reason} {failure.detail}".strip(),
        )


def _arithmetic(rule: Rule, maximum: Decimal, inputs: Inputs) -> str:
    points = _compile(rule, maximum)(inputs)
    given = ", ".join(
        f"{name} = {shown(value) if isinstance(value, Decimal) else value}" for name, value in inputs.items()
    )
    return f"{rule.parameters['expression']} [{given}] = {shown(points or Decimal(0))}"


def _sentence(rule: Rule, maximum: Decimal, language: str) -> str:
    word = "Công thức" if language == "vi" else "Formula"
    return f"{word}: {rule.parameters['expression']}."


FORMULA = RuleKind(
    code="formula",
    name_vi="Công thức",
    name_en="Formula",
    source="domain: tiêu chí tính từ số liệu theo công thức",
    parameters=(
        Parameter("expression", "formula", "Công thức", "Expression", required=True),
        Parameter("inputs", "inputs", "Số liệu kê khai", "Inputs", required=True),
    ),
    inputs=_inputs,
    compile=_compile,
    arithmetic=_arithmetic,
    sentence=_sentence,
    problems=_problems,
    golden=(
        Golden(
            {"expression": "min(maximum, a / b * maximum) if b > 0 else 0", "inputs": [{"name": "a"}, {"name": "b"}]},
            "3",
            {"a": "1", "b": "2"},
            "1.5",
            "half of the maximum",
        ),
    ),
)
