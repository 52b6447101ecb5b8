"""Linear between two thresholds, in either direction."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from thangdo.methodology.model import Rule
from thangdo.methodology.rules.kind import Compiled, Golden, Input, Inputs, Parameter, Problem, RuleKind, number, shown

_VALUE = Input("value", "number", "Giá trị", "Value")


def _compile(rule: Rule, maximum: Decimal) -> Compiled:
    zero_at: Decimal = rule.parameters["zero_at"]
    full_at: Decimal = rule.parameters["full_at"]
    width = full_at - zero_at
    nothing = Decimal(0)

    def points(inputs: Inputs) -> Decimal:
        # (value - zero) / (full - zero) runs 0 to 1 whichever of the two is larger.
        return min(max((number(inputs, "value") - zero_at) * maximum / width, nothing), maximum)

    return points


def _problems(rule: Rule, maximum: Decimal) -> Iterator[Problem]:
    if rule.parameters["zero_at"] == rule.parameters["full_at"]:
        yield Problem("MET046", "full_at", str(rule.parameters["full_at"]), "")


def _arithmetic(rule: Rule, maximum: Decimal, inputs: Inputs) -> str:
    zero_at, full_at = rule.parameters["zero_at"], rule.parameters["full_at"]
    value = number(inputs, "value")
    points = shown(_compile(rule, maximum)(inputs) or Decimal(0))
    return f"({shown(value)} − {shown(zero_at)}) ÷ ({shown(full_at)} − {shown(zero_at)}) × {shown(maximum)} = {points}"


def _sentence(rule: Rule, maximum: Decimal, language: str) -> str:
    zero_at, full_at = shown(rule.parameters["zero_at"]), shown(rule.parameters["full_at"])
    if language == "vi":
        return f"Tại {zero_at}: 0 điểm; tại {full_at}: {shown(maximum)} điểm; ở giữa tính theo đường thẳng."
    return f"At {zero_at}: 0 points; at {full_at}: {shown(maximum)} points; a straight line between."


LINEAR = RuleKind(
    code="linear",
    name_vi="Tuyến tính giữa hai ngưỡng",
    name_en="Linear between thresholds",
    source="OECD/JRC Handbook on Constructing Composite Indicators (2008), goalposts",
    parameters=(
        Parameter("zero_at", "decimal", "Giá trị được 0 điểm", "Value that gives 0", required=True),
        Parameter("full_at", "decimal", "Giá trị được điểm tối đa", "Value that gives the maximum", required=True),
    ),
    inputs=lambda rule: (_VALUE,),
    compile=_compile,
    arithmetic=_arithmetic,
    sentence=_sentence,
    problems=_problems,
    golden=(
        Golden({"zero_at": "50", "full_at": "90"}, "4", {"value": "80"}, "3", "(80 − 50) ÷ 40 × 4"),
        Golden({"zero_at": "10", "full_at": "0"}, "4", {"value": "2.5"}, "3", "the fewer the better"),
        Golden({"zero_at": "50", "full_at": "90"}, "4", {"value": "95"}, "4", "above the upper threshold"),
    ),
)
