"""Graded choice: one of several described answers, each with its points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from thangdo.methodology.model import Rule
from thangdo.methodology.rules.kind import Compiled, Golden, Input, Inputs, Parameter, Problem, RuleKind, shown


def _inputs(rule: Rule) -> tuple[Input, ...]:
    choices = tuple(str(option["code"]) for option in rule.parameters["options"])
    return (Input("choice", "choice", "Mức đạt được", "Level reached", choices),)


def _compile(rule: Rule, maximum: Decimal) -> Compiled:
    points = {str(option["code"]): option["points"] for option in rule.parameters["options"]}
    return lambda inputs: points[str(inputs["choice"])]


def _problems(rule: Rule, maximum: Decimal) -> Iterator[Problem]:
    options = rule.parameters["options"]
    codes = [str(option["code"]) for option in options]
    if len(set(codes)) < len(codes):
        yield Problem("MET042", "options", ", ".join(codes), "")
    for option in options:
        if not 0 <= option["points"] <= maximum:
            yield Problem("MET041", "options", str(option["points"]), f"0–{maximum}")
    if options and max(option["points"] for option in options) != maximum:
        yield Problem("MET043", "options", str(max(option["points"] for option in options)), str(maximum))


def _arithmetic(rule: Rule, maximum: Decimal, inputs: Inputs) -> str:
    return f"{inputs['choice']} → {shown(_compile(rule, maximum)(inputs) or Decimal(0))}"


def _sentence(rule: Rule, maximum: Decimal, language: str) -> str:
    parts = []
    for option in rule.parameters["options"]:
        parts.append(f"{_words(option, language)}: {shown(option['points'])}")
    return "; ".join(parts) + "."


def _words(option: Mapping[str, Any], language: str) -> str:
    text = option.get("text") or {}
    return str(text.get(language) or text.get("vi") or option["code"])


def _answer(rule: Rule, inputs: Inputs, language: str) -> str:
    code = str(inputs["choice"])
    options = rule.parameters["options"]
    return next((_words(option, language) for option in options if str(option["code"]) == code), code)


GRADED_CHOICE = RuleKind(
    code="graded_choice",
    name_vi="Chọn mức",
    name_en="Graded choice",
    source="Thông tư 01/2018/TT-VPCP art. 15 (2 / 1 / 0 điểm theo mức)",
    parameters=(Parameter("options", "options", "Các mức và điểm", "Options and points", required=True),),
    inputs=_inputs,
    compile=_compile,
    arithmetic=_arithmetic,
    sentence=_sentence,
    problems=_problems,
    answer=_answer,
    golden=(
        Golden(
            {"options": [{"code": "a", "points": "2"}, {"code": "b", "points": "1"}, {"code": "c", "points": "0"}]},
            "2",
            {"choice": "b"},
            "1",
            "Thông tư 01/2018/TT-VPCP art. 15",
        ),
    ),
)
