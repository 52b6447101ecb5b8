"""Which roundings can give a printed share, and how numbers in a sentence are read."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.evaluation.published.figures import Interval
from thangdo.evaluation.published.shares import roundings_giving
from thangdo.evaluation.published.words import numbers_in

WAYS = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "cut": ROUND_DOWN}


@given(st.integers(0, 1_000_000), st.integers(0, 4), st.sampled_from(sorted(WAYS)))
@settings(deadline=None, max_examples=200)
def test_a_known_value_gives_a_printed_one_exactly_when_rounding_it_does(
    thousandths: int, digits: int, way: str
) -> None:
    value = Decimal(thousandths).scaleb(-4)
    step = Decimal(1).scaleb(-digits)
    point = Interval(Fraction(value), Fraction(value))
    printed = value.quantize(step, WAYS[way])
    assert way in roundings_giving(printed, point)
    for other in (printed + step, printed + 2 * step):
        assert (way in roundings_giving(other, point)) == (value.quantize(step, WAYS[way]) == other)


@given(st.integers(0, 10**6), st.integers(0, 10**4), st.integers(0, 100))
@settings(deadline=None, max_examples=100)
def test_a_wider_interval_never_loses_a_rounding(low: int, width: int, more: int) -> None:
    printed = Decimal(low).scaleb(-2)
    narrow = Interval(Fraction(low, 100), Fraction(low + width, 100))
    wide = Interval(narrow.low - Fraction(more, 100), narrow.high + Fraction(more, 100))
    assert set(roundings_giving(printed, narrow)) <= set(roundings_giving(printed, wide))


@pytest.mark.parametrize(
    ("text", "value", "sign", "bound"),
    [
        ("gần 22,6 triệu hồ sơ", "22600000", ",", "below"),
        ("hơn 74.700 hồ sơ", "74700", "", "above"),
        ("1.837 thủ tục", "1837", "", "exact"),
        ("99.84%", "99.84", ".", "exact"),
        ("0,167", "0.167", ",", "exact"),
        ("1.234.567,89 đồng", "1234567.89", ",", "exact"),
        ("khoảng 3 nghìn", "3000", "", "about"),
    ],
)
def test_a_vietnamese_number_is_read_with_scale_sign_and_bound(text: str, value: str, sign: str, bound: str) -> None:
    (number,) = numbers_in(text, "vi")
    assert (number.value, number.sign, number.bound) == (Decimal(value), sign, bound)


def test_the_same_digits_mean_something_else_in_english() -> None:
    assert [n.value for n in numbers_in("more than 1,837 of 99.84", "en")] == [Decimal(1837), Decimal("99.84")]
    assert numbers_in("more than 1,837", "en")[0].bound == "above"


def test_what_is_no_number_is_not_read_as_one() -> None:
    assert numbers_in("1.2.3 và 1,2,3", "vi") == ()
