"""Proportional: a / b × maximum, capped, with the case b = 0 stated."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

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

_INPUTS = (
    Input("numerator", "number", "Số đạt được (a)", "Achieved (a)"),
    Input("denominator", "number", "Tổng số (b)", "Out of (b)"),
)


def _compile(rule: Rule, maximum: Decimal) -> Compiled:
    when_zero = rule.parameters["when_zero"]
    zero_below = rule.parameters.get("zero_below")
    ceiling: Decimal = rule.parameters.get("cap", maximum)
    nothing = Decimal(0)

    def points(inputs: Inputs) -> Decimal | None:
        # Straight look-ups: this closure runs hundreds of thousands of times.
        a: Decimal = inputs["numerator"]  # type: ignore[assignment]
        b: Decimal = inputs["denominator"]  # type: ignore[assignment]
        if not b:
            if when_zero == "not_applicable":
                return None
            if when_zero == "error":
                raise RuleFailure("SCO013", "denominator")
            return maximum if when_zero == "full" else nothing
        if a < nothing or b < nothing:
            raise RuleFailure("SCO014", str(min(a, b)))
        if zero_below is not None and a < zero_below * b:
            return nothing
        # Multiply first: one rounding of one quotient, exact wherever the quotient is.
        given = a * maximum / b
        return given if given < ceiling else ceiling

    return points


def _problems(rule: Rule, maximum: Decimal) -> Iterator[Problem]:
    cap = rule.parameters.get("cap")
    if cap is not None and not 0 < cap <= maximum:
        yield Problem("MET041", "cap", str(cap), f"0–{maximum}")
    share = rule.parameters.get("zero_below")
    if share is not None and not 0 <= share <= 1:
        yield Problem("MET045", "zero_below", str(share), "0–1")


def _arithmetic(rule: Rule, maximum: Decimal, inputs: Inputs) -> str:
    a, b = number(inputs, "numerator"), number(inputs, "denominator")
    points = _compile(rule, maximum)(inputs)
    result = "–" if points is None else shown(points)
    return f"{shown(a)} ÷ {shown(b)} × {shown(maximum)} = {result}"


def _sentence(rule: Rule, maximum: Decimal, language: str) -> str:
    vi = language == "vi"
    text = (
        f"Số đạt được chia cho tổng số, nhân {shown(maximum)} điểm"
        if vi
        else f"Achieved divided by total, times {shown(maximum)} points"
    )
    below = rule.parameters.get("zero_below")
    if below is not None:
        percent = shown(below * 100)
        text += f"; dưới {percent}% thì 0 điểm" if vi else f"; below {percent}% it is 0"
    zero = {
        "full": ("khi tổng số bằng 0 thì được điểm tối đa", "a total of 0 gives the maximum"),
        "zero": ("khi tổng số bằng 0 thì 0 điểm", "a total of 0 gives 0"),
        "not_applicable": ("khi tổng số bằng 0 thì không áp dụng", "a total of 0 makes it not applicable"),
        "error": ("tổng số phải khác 0", "the total must not be 0"),
    }[rule.parameters["when_zero"]]
    return f"{text}; {zero[0] if vi else zero[1]}."


PROPORTIONAL = RuleKind(
    code="proportional",
    name_vi="Theo tỷ lệ",
    name_en="Proportional",
    source="domain: tỷ lệ a/b × điểm tối đa (Thông tư 01/2018/TT-VPCP; phần mềm CCHC các tỉnh)",
    parameters=(
        Parameter(
            "when_zero",
            "word",
            "Khi tổng số bằng 0",
            "When the total is 0",
            required=True,
            words=("full", "zero", "not_applicable", "error"),
        ),
        Parameter("cap", "decimal", "Điểm cao nhất", "Highest points", positive=True),
        Parameter("zero_below", "decimal", "Dưới tỷ lệ này thì 0 điểm", "Below this share it is 0"),
    ),
    inputs=lambda rule: _INPUTS,
    compile=_compile,
    arithmetic=_arithmetic,
    sentence=_sentence,
    problems=_problems,
    golden=(
        Golden({"when_zero": "error"}, "2", {"numerator": "45", "denominator": "48"}, "1.875", "45 ÷ 48 × 2"),
        Golden({"when_zero": "error"}, "2", {"numerator": "50", "denominator": "48"}, "2", "capped at the maximum"),
        Golden({"when_zero": "full"}, "2", {"numerator": "0", "denominator": "0"}, "2", "b = 0 as stated"),
        Golden({"when_zero": "not_applicable"}, "2", {"numerator": "0", "denominator": "0"}, None, "b = 0 as stated"),
        Golden(
            {"when_zero": "zero", "zero_below": "0.7"},
            "2",
            {"numerator": "69", "denominator": "100"},
            "0",
            "below 70 %",
        ),
    ),
)
