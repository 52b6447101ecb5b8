"""Publicly verifiable selection against the worked example of RFC 3797, section 6, digest by digest."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.survey import SurveyFailure
from thangdo.survey.rfc3797 import Uniforms, entropy_needed, labelled, seed_key, select

RFC3797_SECTION_6_SOURCES = ("9319", "2, 5, 12, 8, 10", "9, 18, 26, 34, 41, 45")
RFC3797_SECTION_6_KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"
RFC3797_SECTION_6_SELECTIONS = (
    ("990DD0A5692A029A98B5E01AA28F3459", 25, 17),
    ("3691E55CB63FCC37914430B2F70B5EC6", 24, 7),
    ("FE814EDF564C190AC1D25753979990FA", 23, 2),
    ("1863CCACEB568C31D7DDBDF1D4E91387", 22, 16),
    ("F4AB33DF4889F0AF29C513905BE1D758", 21, 25),
    ("13EAEB529F61ACFB9A29D0BA3A60DE4A", 20, 23),
    ("992DB77C382CA2BDB9727001F3CDCCD9", 19, 8),
    ("63AB4258ECA922976811C7F55C383CE7", 18, 24),
    ("DFBC5AC97CED01B3A6E348E3CC63F40D", 17, 19),
    ("31CB111C4A4EBE9287CEAE16FE51B909", 16, 13),
)


def test_key_of_rfc3797_section_6() -> None:
    assert seed_key(RFC3797_SECTION_6_SOURCES) == RFC3797_SECTION_6_KEY


def test_ten_of_twenty_five_as_in_rfc3797_section_6() -> None:
    steps = select(RFC3797_SECTION_6_KEY, 25, 10)
    assert tuple((step.digest, step.remaining, step.selected) for step in steps) == RFC3797_SECTION_6_SELECTIONS


@pytest.mark.parametrize(
    ("pool", "bits"), [(20, 18), (25, 22), (30, 25), (35, 28), (40, 30), (50, 34), (60, 37), (75, 40), (100, 44)]
)
def test_bits_needed_for_ten_of_a_pool_as_tabled_in_rfc3797_section_3_3(pool: int, bits: int) -> None:
    assert math.ceil(entropy_needed(pool, 10)) == bits


def test_reals_lose_trailing_zeros_as_in_the_reference_code() -> None:
    assert seed_key(["float 1.50 23.075"]) == "1.523.075/"


def test_words_are_an_extension_of_letters_and_digits_in_capitals() -> None:
    assert seed_key(["Vn-Index tăng"]) == "VNINDEXTĂNG/"


@pytest.mark.parametrize("sources", [[], [" "], ["5", "--"]])
def test_an_empty_source_is_refused(sources: list[str]) -> None:
    with pytest.raises(SurveyFailure, match="SUR020"):
        seed_key(sources)


def test_more_than_the_pool_is_refused() -> None:
    with pytest.raises(SurveyFailure, match="SUR007"):
        select("1./", 3, 4)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 60), st.data())
def test_a_longer_draw_begins_with_the_shorter_one_and_never_repeats(pool: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, pool))
    chosen = [step.selected for step in select("7./", pool, pool)]
    assert sorted(chosen) == list(range(1, pool + 1))
    assert [step.selected for step in select("7./", pool, count)] == chosen[:count]


def test_every_candidate_is_equally_likely_over_many_seeds() -> None:
    counts = [0] * 8
    trials = 4000
    for trial in range(trials):
        for step in select(f"{trial}./", 8, 3):
            counts[step.selected - 1] += 1
    expected = trials * 3 / 8
    chi_square = sum((count - expected) ** 2 / expected for count in counts) * 7 / 5
    assert chi_square < 24.3  # chi square with 7 degrees of freedom, 99.9 %


def test_labels_give_streams_of_their_own() -> None:
    first, second = Uniforms(labelled("1./", "A")), Uniforms(labelled("1./", "B"))
    numbers = [first.next() for _ in range(5)]
    assert numbers != [second.next() for _ in range(5)]
    assert all(0 <= number < 1 for number in numbers)
    assert labelled("1./") == "1./"
