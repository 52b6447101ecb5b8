"""Tiers: the points of the highest step whose lower bound the value reaches."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from thangdo.methodology.model import Rule
from thangdo.methodology.rules.kind import Compiled, Golden, Input, Inputs, Parameter, Problem, RuleKind, number, shown

_VALUE = Input("value", "number", "Giá trị", "Value")


def _compile(rule: Rule, maximum: Decimal) -> Compiled:
    steps: list[tuple[Decimal, Decimal]] = sorted(
        ((step["from"], step["points"]) for step in rule.parameters["steps"]), reverse=True
    )
    lowest: Decimal = rule.parameters.get("below", Decimal(0))

    def points(inputs: Inputs) -> Decimal:
        value = number(inputs, "value")
        for bound, given in steps:
            if value >= bound:
                return given
        return lowest

    return points


def _problems(rule: Rule, maximum: Decimal) -> Iterator[Problem]:
    bounds = [step["from"] for step in rule.parameters["steps"]]
    if len(set(bounds)) < len(bounds):
        yield Problem("MET044", "steps", ", ".join(map(str, bounds)), "")
    for step in rule.parameters["steps"]:
        if not 0 <= step["points"] <= maximum:
            yield Problem("MET041", "steps", str(step["points"]), f"0–{maximum}")
    given = [step["points"] for step in rule.parameters["steps"]]
    if given and max(given) != maximum:
        yield Problem("MET043", "steps", str(max(given)), str(maximum))


def _arithmetic(rule: Rule, maximum: Decimal, inputs: Inputs) -> str:
    value = number(inputs, "value")
    reached = [step["from"] for step in rule.parameters["steps"] if value >= step["from"]]
    points = shown(_compile(rule, maximum)(inputs) or Decimal(0))
    return f"{shown(value)} ≥ {shown(max(reached))} → {points}" if reached else f"{shown(value)} → {points}"


def _sentence(rule: Rule, maximum: Decimal, language: str) -> str:
    ordered = sorted(rule.parameters["steps"], key=lambda step: step["from"], reverse=True)
    word = "từ {0}: {1} điểm" if language == "vi" else "from {0}: {1} points"
    parts = [word.format(shown(step["from"]), shown(step["points"])) for step in ordered]
    below = shown(rule.parameters.get("below", Decimal(0)))
    rest = f"thấp hơn: {below} điểm" if language == "vi" else f"below: {below} points"
    text = "; ".join([*parts, rest])
    return text[0].upper() + text[1:] + "."


_QD766 = [{"from": "0.9", "points": "2"}, {"from": "0.8", "points": "1"}]

TIERS = RuleKind(
    code="tiers",
    name_vi="Bậc thang",
    name_en="Tiers",
    source="Thông tư 01/2018/TT-VPCP art. 15 (từ 90 % …)",
    parameters=(
        Parameter("steps", "tiers", "Các bậc: từ … được … điểm", "Steps: from … gives …", required=True),
        Parameter("below", "decimal", "Điểm dưới bậc thấp nhất", "Points below the lowest step"),
    ),
    inputs=lambda rule: (_VALUE,),
    compile=_compile,
    arithmetic=_arithmetic,
    sentence=_sentence,
    problems=_problems,
    golden=(
        Golden({"steps": _QD766}, "2", {"value": "0.9"}, "2", "a bound belongs to its step"),
        Golden({"steps": _QD766}, "2", {"value": "0.8999"}, "1", "below the next bound"),
        Golden({"steps": _QD766, "below": "0.5"}, "2", {"value": "0"}, "0.5", "below the lowest step"),
    ),
)
