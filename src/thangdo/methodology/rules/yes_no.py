"""Yes or no: the whole maximum, or nothing (or the declared points of a no)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from thangdo.methodology.model import Rule
from thangdo.methodology.rules.kind import Compiled, Golden, Input, Inputs, Parameter, Problem, RuleKind, number, shown

_ANSWER = Input("answer", "yes_no", "Có hay không", "Yes or no")


def _compile(rule: Rule, maximum: Decimal) -> Compiled:
    yes = rule.parameters.get("yes", maximum)
    no = rule.parameters.get("no", Decimal(0))
    return lambda inputs: yes if inputs["answer"] else no


def _problems(rule: Rule, maximum: Decimal) -> Iterator[Problem]:
    for name in ("yes", "no"):
        points = rule.parameters.get(name)
        if points is not None and not 0 <= points <= maximum:
            yield Problem("MET041", name, str(points), f"0–{maximum}")


def _arithmetic(rule: Rule, maximum: Decimal, inputs: Inputs) -> str:
    points = _compile(rule, maximum)(inputs)
    return f"{shown(number(inputs, 'answer'))} → {shown(points or Decimal(0))}"


def _sentence(rule: Rule, maximum: Decimal, language: str) -> str:
    yes, no = shown(rule.parameters.get("yes", maximum)), shown(rule.parameters.get("no", Decimal(0)))
    return f"Có: {yes} điểm; không: {no} điểm." if language == "vi" else f"Yes: {yes} points; no: {no} points."


def _answer(rule: Rule, inputs: Inputs, language: str) -> str:
    return ({"vi": "có", "en": "yes"} if inputs["answer"] else {"vi": "không", "en": "no"})[language]


YES_NO = RuleKind(
    code="yes_no",
    name_vi="Có / không",
    name_en="Yes / no",
    source="Công văn 383/BNV-CCHC (28/01/2021): tiêu chí có hoặc không thực hiện",
    parameters=(
        Parameter("yes", "decimal", "Điểm khi có", "Points for yes"),
        Parameter("no", "decimal", "Điểm khi không", "Points for no"),
    ),
    inputs=lambda rule: (_ANSWER,),
    compile=_compile,
    arithmetic=_arithmetic,
    sentence=_sentence,
    problems=_problems,
    answer=_answer,
    golden=(
        Golden({}, "2", {"answer": "có"}, "2", "by definition"),
        Golden({}, "2", {"answer": "không"}, "0", "by definition"),
        Golden({"yes": "1.5", "no": "0.5"}, "2", {"answer": "no"}, "0.5", "by definition"),
    ),
)
