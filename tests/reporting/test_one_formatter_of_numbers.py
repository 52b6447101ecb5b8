"""Numbers, dates and words as `look.md` prints them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.reporting import dates, numbers
from thangdo.reporting.language import Language
from thangdo.reporting.number_words import LARGEST, number_in_words
from thangdo.reporting.numbers import Absent

LANGUAGES = st.sampled_from(["vi", "en"])
DECIMALS = st.decimals(-(10**12), 10**12, places=4)


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (Decimal("96.95"), "96,95", "96.95"),
        (22600000, "22.600.000", "22,600,000"),
        (Decimal("-0.31"), "\u22120,31", "\u22120.31"),
        (0, "0", "0"),
        (0.1, "0,1", "0.1"),
        (Decimal("95.50"), "95,50", "95.50"),
        (Absent.NOT_APPLICABLE, "không áp dụng", "not applicable"),
        (Absent.NOT_GIVEN, "chưa có", "not given yet"),
    ],
)
def test_a_number_in_both_languages(value: Decimal | int | float | Absent, vi: str, en: str) -> None:
    assert (numbers.number(value, "vi"), numbers.number(value, "en")) == (vi, en)


def test_percents_shares_estimates_ranks_and_changes() -> None:
    assert numbers.percent(Decimal("99.84"), "vi") == "99,84\u00a0%"
    assert numbers.percent(Decimal("99.84"), "en") == "99.84%"
    assert numbers.share(Decimal("0.5"), "vi", 1) == "50,0\u00a0%"
    assert numbers.share_of(740, 1837, "vi") == "40,28\u00a0% (740/1.837)"
    assert numbers.share_of(0, 0, "en") == "not applicable (0/0)"
    assert numbers.estimate(86.4, 84.9, 87.8, "vi", 1) == "86,4 (84,9\u201387,8)"
    assert numbers.rank_range(2, 6) == "2\u20136"
    assert numbers.rank_range(3, 3) == "3"
    assert numbers.change(Decimal("1.25"), "vi", "2022") == "+1,25 điểm so với 2022"
    assert numbers.change(Decimal("-1.25"), "en", "2022") == "\u22121.25 points against 2022"


@pytest.mark.parametrize(
    ("value", "digits", "printed"),
    [
        (Decimal("0.99998"), 2, "99.998%"),  # 4 of 200,000 are late
        (1 - 1 / 22_523_909, 2, "99.999996%"),
        (0.00004, 2, "0.004%"),
        (Decimal("0.996"), 0, "99.6%"),
        (Decimal("0.99995"), 2, "99.995%"),
        (Decimal("0.99994"), 2, "99.99%"),
        (Decimal("1.00001"), 2, "100.001%"),
        (0.9999999999999999, 2, "100.00%"),  # a sum of floats that is one
        (1, 2, "100.00%"),
        (0, 2, "0.00%"),
    ],
)
def test_no_share_below_one_is_printed_as_100_and_none_above_zero_as_0(
    value: Decimal | float, digits: int, printed: str
) -> None:
    assert numbers.share(value, "en", digits) == printed
    assert numbers.share(value, "vi", digits) == printed.replace(".", ",").replace("%", "\u00a0%")


@given(st.integers(1, 10**9), st.integers(0, 4), st.data())
@settings(deadline=None, max_examples=200)
def test_a_printed_share_is_0_or_100_just_where_none_or_all_are(whole: int, digits: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    printed = Decimal(numbers.share(part / whole, "en", digits).removesuffix("%"))
    assert (printed == 0, printed == 100) == (part == 0, part == whole)


def test_not_applicable_not_given_and_zero_are_three_different_signs() -> None:
    for language in ("vi", "en"):
        said = {numbers.number(value, language) for value in (Absent.NOT_APPLICABLE, Absent.NOT_GIVEN, 0)}
        assert len(said) == 3


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert numbers.signed(Decimal("-0.001"), "vi", 2) == "0,00"
    assert numbers.signed(Decimal("0.001"), "vi", 2) == "0,00"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_refused(value: float | Decimal) -> None:
    with pytest.raises(ValueError):
        numbers.number(value, "vi")


@given(DECIMALS, LANGUAGES, st.integers(0, 4))
@settings(deadline=None, max_examples=200)
def test_a_printed_number_reads_back_as_the_rounded_one(value: Decimal, language: Language, digits: int) -> None:
    thousands, decimal = (".", ",") if language == "vi" else (",", ".")
    printed = numbers.number(value, language, digits)
    plain = printed.replace(thousands, "").replace(decimal, ".").replace(numbers.MINUS, "-")
    assert Decimal(plain) == value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


@given(DECIMALS, LANGUAGES)
@settings(deadline=None, max_examples=100)
def test_a_change_and_its_opposite_differ_by_the_sign_only(value: Decimal, language: Language) -> None:
    up, down = (numbers.signed(sign * abs(value), language) for sign in (1, -1))
    assert up.lstrip("+") == down.lstrip(numbers.MINUS)


def test_days_and_times_are_those_of_vietnam() -> None:
    evening = datetime(2024, 3, 6, 18, 30, tzinfo=UTC)
    assert dates.day(date(2024, 3, 7), "vi") == "07/03/2024"
    assert dates.day(date(2024, 3, 7), "en") == "7 March 2024"
    assert dates.day(evening, "vi") == "07/03/2024"
    assert dates.clock(evening) == "01:30"
    assert dates.moment(evening, "vi") == "01:30 ngày 07/03/2024"
    assert dates.days_between(date(2023, 1, 1), date(2023, 12, 31), "vi") == "01/01/2023 đến 31/12/2023"
    with pytest.raises(ValueError):
        dates.clock(datetime(2024, 3, 7, 14, 3))


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (0, "không", "zero"),
        (5, "năm", "five"),
        (10, "mười", "ten"),
        (15, "mười lăm", "fifteen"),
        (21, "hai mươi mốt", "twenty-one"),
        (101, "một trăm linh một", "one hundred and one"),
        (1005, "một nghìn không trăm linh năm", "one thousand five"),
        (37649, "ba mươi bảy nghìn sáu trăm bốn mươi chín", "thirty-seven thousand six hundred and forty-nine"),
        (22600000, "hai mươi hai triệu sáu trăm nghìn", "twenty-two million six hundred thousand"),
        (2_003_000_000_000, "hai nghìn không trăm linh ba tỷ", "two trillion three billion"),
        (4_000_000_000_000, "bốn nghìn tỷ", "four trillion"),
    ],
)
def test_numbers_in_words(value: int, vi: str, en: str) -> None:
    assert (number_in_words(value, "vi"), number_in_words(value, "en")) == (vi, en)


@given(st.integers(0, LARGEST - 1), LANGUAGES)
@settings(deadline=None, max_examples=200)
def test_neighbours_are_never_called_the_same(value: int, language: Language) -> None:
    first, second = (number_in_words(value + step, language) for step in (0, 1))
    assert first != second
    assert first == first.strip() and "  " not in first


def test_words_end_where_they_are_declared_to() -> None:
    for outside in (-1, LARGEST + 1):
        with pytest.raises(ValueError):
            number_in_words(outside, "vi")
    assert all(number_in_words(a, "vi") != number_in_words(b, "vi") for a, b in pairwise(range(1200)))
