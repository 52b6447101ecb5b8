"""Every rule kind: its golden cases, its schema, and what it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from thangdo.methodology import Rule
from thangdo.methodology.document import parse_document
from thangdo.methodology.reading import read_rule
from thangdo.methodology.rules import KINDS, RULE_KINDS, RuleFailure, read_input, rule_arithmetic, rule_sentence
from thangdo.methodology.rules.kind import Golden, RuleKind
from thangdo.methodology.schema import rule_schema

CASES = [(kind, case) for kind in KINDS for case in kind.golden]


def exact(value: Any) -> Any:
    """Numbers written as text in golden cases, as a YAML file would give them."""
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    if isinstance(value, str):
        return parse_document(value, "case").data if value.replace(".", "", 1).lstrip("-").isdigit() else value
    return value


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind.code}-{case.source}" for kind, case in CASES])
def test_golden_case(kind: RuleKind, case: Golden) -> None:
    rule = read_rule({"kind": kind.code, **exact(case.parameters)})
    inputs = {item.name: read_input(item, case.inputs[item.name])[0] for item in kind.inputs(rule)}
    points = kind.compile(rule, Decimal(case.maximum))(inputs)
    assert points == (None if case.points is None else Decimal(case.points))
    for language in ("vi", "en"):
        assert rule_sentence(rule, Decimal(case.maximum), language)
        assert rule_arithmetic(rule, Decimal(case.maximum), inputs, language)


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind.code}-{case.source}" for kind, case in CASES])
def test_golden_case_follows_the_published_schema(kind: RuleKind, case: Golden) -> None:
    jsonschema.Draft202012Validator(rule_schema(kind)).validate({"kind": kind.code, **exact(case.parameters)})


@pytest.mark.parametrize("kind", KINDS, ids=[kind.code for kind in KINDS])
def test_a_rule_kind_has_a_source_golden_cases_and_words_in_both_languages(kind: RuleKind) -> None:
    assert kind.source
    assert kind.golden
    assert kind.name_vi
    assert kind.name_en
    assert all(parameter.name_vi and parameter.name_en for parameter in kind.parameters)


@pytest.mark.parametrize(
    ("rule", "maximum", "code"),
    [
        ({"kind": "yes_no", "yes": Decimal(3)}, "2", "MET041"),
        (
            {
                "kind": "graded_choice",
                "options": [{"code": "a", "points": Decimal(2)}, {"code": "a", "points": Decimal(0)}],
            },
            "2",
            "MET042",
        ),
        ({"kind": "graded_choice", "options": [{"code": "a", "points": Decimal(1)}]}, "2", "MET043"),
        (
            {
                "kind": "tiers",
                "steps": [{"from": Decimal(1), "points": Decimal(2)}, {"from": Decimal(1), "points": Decimal(1)}],
            },
            "2",
            "MET044",
        ),
        ({"kind": "proportional", "when_zero": "zero", "zero_below": Decimal(70)}, "2", "MET045"),
        ({"kind": "linear", "zero_at": Decimal(5), "full_at": Decimal(5)}, "2", "MET046"),
        ({"kind": "formula", "expression": "a", "inputs": [{"name": "na"}]}, "2", "MET047"),
        ({"kind": "formula", "expression": "a +", "inputs": [{"name": "a"}]}, "2", "MET048"),
        ({"kind": "counted", "indicator": "x", "source": "survey", "then": {"kind": "yes_no"}}, "2", "MET049"),
        ({"kind": "deduction", "per_fault": Decimal(3)}, "2", "MET041"),
    ],
)
def test_parameters_that_make_no_sense_are_named(rule: dict[str, Any], maximum: str, code: str) -> None:
    read = read_rule(rule)
    assert code in {problem.code for problem in RULE_KINDS[read.kind].problems(read, Decimal(maximum))}


def test_nothing_to_divide_by_is_what_the_rule_says() -> None:
    for when, expected in (("full", Decimal(2)), ("zero", Decimal(0)), ("not_applicable", None)):
        rule = read_rule({"kind": "proportional", "when_zero": when})
        given = {"numerator": Decimal(0), "denominator": Decimal(0)}
        assert RULE_KINDS["proportional"].compile(rule, Decimal(2))(given) == expected
    rule = read_rule({"kind": "proportional", "when_zero": "error"})
    with pytest.raises(RuleFailure) as failure:
        RULE_KINDS["proportional"].compile(rule, Decimal(2))({"numerator": Decimal(0), "denominator": Decimal(0)})
    assert failure.value.reason == "SCO013"


def test_vietnamese_sentences_write_decimal_commas_and_formulas_keep_their_points() -> None:
    rule = read_rule({"kind": "deduction", "per_fault": Decimal("0.25")})
    assert rule_sentence(rule, Decimal(2), "vi") == "Mỗi lần vi phạm trừ 0,25 điểm."
    formula = read_rule({"kind": "formula", "expression": "min(a, 0.5)", "inputs": [{"name": "a"}]})
    assert rule_sentence(formula, Decimal(2), "vi") == "Công thức: min(a, 0.5)."


def test_a_formula_that_overflows_says_so_and_names_the_expression() -> None:
    rule = Rule("formula", {"inputs": [{"name": "a"}], "expression": "a * a"})
    points = RULE_KINDS["formula"].compile(rule, Decimal(4))
    with pytest.raises(RuleFailure) as failure:
        points({"a": Decimal("1E+999999")})
    assert (failure.value.reason, "a * a" in str(failure.value)) == ("SCO015", True)


def test_an_answer_stands_in_words_before_its_points():
    """What is stored of a choice is a code, of a yes a 1: nobody is shown either."""
    options = [
        {"code": "day_du", "points": Decimal("7.5"), "text": {"vi": "Đầy đủ, đúng hạn", "en": "Complete and on time"}},
        {"code": "chua", "points": Decimal(0)},
    ]
    choice, yes_no = Rule("graded_choice", {"options": options}), Rule("yes_no", {})
    said = {
        language: [
            rule_arithmetic(choice, Decimal("7.5"), {"choice": "day_du"}, language),
            rule_arithmetic(choice, Decimal("7.5"), {"choice": "chua"}, language),
            *(rule_arithmetic(yes_no, Decimal(2), {"answer": Decimal(given)}, language) for given in (1, 0)),
        ]
        for language in ("vi", "en")
    }
    assert said["vi"] == ["Đầy đủ, đúng hạn → 7,5", "chua → 0", "có → 2", "không → 0"]
    assert said["en"] == ["Complete and on time → 7.5", "chua → 0", "yes → 2", "no → 0"]
