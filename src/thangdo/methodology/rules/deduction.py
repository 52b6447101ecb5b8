"""Deduction per fault: the maximum less so many points for each; for bonus and penalty, so many for each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from thangdo.methodology.model import Rule
from thangdo.methodology.rules.kind import Compiled, Golden, Input, Inputs, Parameter, Problem, RuleKind, number, shown

_COUNT = Input("faults", "count", "Số lần, số trường hợp", "Number of cases")


def _compile(rule: Rule, maximum: Decimal) -> Compiled:
    each = rule.parameters["per_fault"]
    floor = rule.parameters.get("floor", Decimal(0))
    if rule.parameters.get("counts_up", False):
        return lambda inputs: min(number(inputs, "faults") * each, maximum)
    return lambda inputs: max(maximum - number(inputs, "faults") * each, floor)


def _problems(rule: Rule, maximum: Decimal) -> Iterator[Problem]:
    if not 0 < rule.parameters["per_fault"] <= maximum:
        yield Problem("MET041", "per_fault", str(rule.parameters["per_fault"]), f"0–{maximum}")
    floor = rule.parameters.get("floor", Decimal(0))
    if not 0 <= floor <= maximum:
        yield Problem("MET041", "floor", str(floor), f"0–{maximum}")


def _arithmetic(rule: Rule, maximum: Decimal, inputs: Inputs) -> str:
    each, faults = rule.parameters["per_fault"], number(inputs, "faults")
    points = shown(_compile(rule, maximum)(inputs) or Decimal(0))
    if rule.parameters.get("counts_up", False):
        return f"{shown(faults)} × {shown(each)} → {points}"
    return f"{shown(maximum)} − {shown(faults)} × {shown(each)} → {points}"


def _sentence(rule: Rule, maximum: Decimal, language: str) -> str:
    each = shown(rule.parameters["per_fault"])
    if rule.parameters.get("counts_up", False):
        return (
            f"Mỗi trường hợp {each} điểm, không quá {shown(maximum)}."
            if language == "vi"
            else f"{each} points for each case, at most {shown(maximum)}."
        )
    return f"Mỗi lần vi phạm trừ {each} điểm." if language == "vi" else f"Each fault takes {each} points off."


DEDUCTION = RuleKind(
    code="deduction",
    name_vi="Trừ điểm theo lỗi",
    name_en="Deduction per fault",
    source="domain: điểm trừ (phạt) có mức tối đa",
    parameters=(
        Parameter("per_fault", "decimal", "Điểm cho mỗi trường hợp", "Points per case", required=True, positive=True),
        Parameter("floor", "decimal", "Không thấp hơn", "Not below"),
        Parameter("counts_up", "flag", "Cộng dồn từ 0 (điểm thưởng, điểm trừ)", "Counts up from 0 (bonus, penalty)"),
    ),
    inputs=lambda rule: (_COUNT,),
    compile=_compile,
    arithmetic=_arithmetic,
    sentence=_sentence,
    problems=_problems,
    golden=(
        Golden({"per_fault": "0.5"}, "2", {"faults": "3"}, "0.5", "2 − 3 × 0.5"),
        Golden({"per_fault": "0.5"}, "2", {"faults": "9"}, "0", "not below 0"),
        Golden({"per_fault": "0.5", "counts_up": True}, "2", {"faults": "3"}, "1.5", "3 × 0.5"),
    ),
)
