"""Draws by size: the chance of every unit is exactly the one asked for, checked by repeated draws."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.survey import SurveyFailure
from thangdo.survey.pps import PPS_METHODS, PpsMethod, inclusion_probabilities, sampford
from thangdo.survey.rfc3797 import Uniforms

SIZES = (3.0, 7.0, 1.0, 12.0, 5.0, 5.0, 9.0, 2.0, 4.0, 30.0)
SIZE_LISTS = st.lists(st.floats(0.5, 100), min_size=2, max_size=25)


def test_certain_units_are_taken_and_the_rest_is_shared_again() -> None:
    # 4 of sizes 1, 1, 1, 1, 100 : the last is certain, 3 of the other 4 remain.
    assert inclusion_probabilities([1, 1, 1, 1, 100], 4) == pytest.approx([0.75, 0.75, 0.75, 0.75, 1.0])


@settings(deadline=None, max_examples=100)
@given(SIZE_LISTS, st.data())
def test_probabilities_add_up_to_the_sample_size(sizes: list[float], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(sizes)))
    probabilities = inclusion_probabilities(sizes, count)
    assert math.fsum(probabilities) == pytest.approx(count, abs=1e-9)
    assert all(0 < value <= 1 for value in probabilities)


@settings(deadline=None, max_examples=100)
@given(SIZE_LISTS, st.data())
@pytest.mark.parametrize("row", PPS_METHODS[:2], ids=lambda row: row.code)
def test_the_size_of_the_sample_is_fixed(row: PpsMethod, sizes: list[float], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(sizes)))
    chosen = row.function(inclusion_probabilities(sizes, count), Uniforms(data.draw(st.text("ab", max_size=4))).next)
    assert len(chosen) == len(set(chosen)) == count


@pytest.mark.parametrize("row", PPS_METHODS, ids=lambda row: row.code)
def test_inclusion_probabilities_by_repeated_draws(row: PpsMethod) -> None:
    probabilities = inclusion_probabilities(SIZES, 4)
    trials = 6000
    counts = [0] * len(SIZES)
    stream = Uniforms(f"{row.code}/")
    for _ in range(trials):
        for place in row.function(probabilities, stream.next):
            counts[place] += 1
    for count, chance in zip(counts, probabilities, strict=True):
        deviation = math.sqrt(trials * chance * (1 - chance))
        assert abs(count - trials * chance) <= 4.5 * deviation + 1e-9


def test_sampford_gives_every_pair_a_chance() -> None:
    probabilities = inclusion_probabilities((1.0, 2.0, 3.0, 2.0, 1.0), 2)
    stream = Uniforms("pairs/")
    seen = {tuple(sampford(probabilities, stream.next)) for _ in range(1500)}
    assert len(seen) == 10


def test_more_units_than_there_are_is_refused() -> None:
    with pytest.raises(SurveyFailure, match="SUR007"):
        inclusion_probabilities([1.0, 2.0], 3)
