"""The formula language: exact, typed, small, and with a position in every error."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.methodology.formula import FormulaError, parse_formula

NAMES = {"a": "number", "b": "number", "c": "boolean"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0.1 + 0.2", "0.3"),
        ("a / b * 4", "2"),
        ("-a + 3", "2"),
        ("min(a, b) + max(a, b)", "3"),
        ("clamp(a * 100, 0, 7.5)", "7.5"),
        ("round(2.345, 2)", "2.35"),
        ("5 if c and a < b else 0", "5"),
        ("abs(a - b)", "1"),
        ("950 / 1000", "0.95"),
    ],
)
def test_arithmetic_is_exact(expression: str, expected: str) -> None:
    values = {"a": Decimal(1), "b": Decimal(2), "c": True}
    assert parse_formula(expression, NAMES)(values) == Decimal(expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "reason", "column"),
    [
        ("a.real", "not_allowed", 1),
        ("__import__('os').system('true')", "not_allowed", 1),
        ("[a, b]", "not_allowed", 1),
        ("a ** 9", "not_allowed", 1),
        ("'text'", "not_allowed", 1),
        ("(lambda: a)()", "not_allowed", 1),
        ("a + 1 if b > 0 else 'x'", "not_allowed", 21),
        ("a + zz", "unknown_name", 5),
        ("min", "unknown_name", 1),
        ("a < b", "not_a_number", 1),
        ("a + c", "wrong_kind", 5),
        ("a if b else 0", "wrong_kind", 6),
        ("min(a)", "wrong_arguments", 1),
        ("min(a, key=b)", "not_allowed", 1),
        ("a +", "unreadable", 4),
        ("a" + "+a" * 600, "too_long", 1000),
    ],
)
def test_what_the_language_does_not_have_is_refused_with_its_place(expression: str, reason: str, column: int) -> None:
    with pytest.raises(FormulaError) as failure:
        parse_formula(expression, NAMES)
    assert (failure.value.reason, failure.value.column) == (reason, column)


def test_a_division_by_zero_names_the_divisor() -> None:
    formula = parse_formula("3 + a / (b - b)", {"a", "b"})
    with pytest.raises(FormulaError) as failure:
        formula({"a": Decimal(1), "b": Decimal(2)})
    assert (failure.value.reason, failure.value.column) == ("division_by_zero", 10)


def test_a_dry_run_computes_with_one_for_every_name() -> None:
    assert parse_formula("a / b + 1", {"a", "b"}).dry_run() == 2


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=60))
def test_any_text_is_either_refused_or_a_number(text: str) -> None:
    try:
        formula = parse_formula(text, {"a": "number"})
        result = formula({"a": Decimal(1)})
    except FormulaError:
        return
    assert isinstance(result, Decimal)
