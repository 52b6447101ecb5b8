"""Tiers and top-k statements from simultaneous sets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.inference import rank_confidence_sets, tiers, top_k


def simultaneous(values, errors, **more):
    return rank_confidence_sets(values, errors, kind="simultaneous", draws=999, **more)


def test_a_tier_starts_where_a_unit_is_below_the_tiers_first():
    """0.9 is not below 1.0, 0.8 is; the next tier starts at 0.8 and 0.72 belongs to it though close to 0.8 only."""
    sets = simultaneous([1.0, 0.97, 0.80, 0.78, 0.2], np.full(5, 0.03))
    assert tiers(sets).tolist() == [1, 1, 2, 2, 3]


def test_one_tier_where_nothing_can_be_told_apart():
    assert tiers(simultaneous(np.linspace(0, 1, 6), np.full(6, 5.0))).tolist() == [1] * 6


def test_exact_values_give_dense_ranks():
    assert tiers(simultaneous([3.0, 2.0, 2.0, 1.0], np.zeros(4))).tolist() == [1, 2, 2, 3]


def test_equal_estimates_are_never_parted():
    """The second of the tied pair is exact enough to be below the first tier, the other is not: both go down."""
    sets = simultaneous([1.0, 0.0, 0.0], [0.05, 4.0, 0.05])
    assert not sets.above[0, 1] and sets.above[0, 2]
    assert tiers(sets).tolist() == [1, 2, 2]


@given(st.permutations(range(7)), st.integers(0, 1000))
@settings(deadline=None, max_examples=25)
def test_the_order_of_units_does_not_matter_when_the_differences_are_clear(order, seed):
    values = np.array([9.0, 8.9, 6.0, 6.0, 3.0, 2.95, 0.0])
    errors = np.array([0.2, 0.1, 0.2, 0.3, 0.1, 0.2, 0.1])
    expected = np.array([1, 1, 2, 2, 3, 3, 4])
    assert np.array_equal(
        tiers(simultaneous(values[list(order)], errors[list(order)], seed=seed)), expected[list(order)]
    )


def test_top_k_names_the_certain_and_the_possible():
    answer = top_k(simultaneous([9.0, 8.9, 5.0, 4.9, 0.0], np.full(5, 0.1)), 3)
    assert answer.certain.tolist() == [True, True, False, False, False]
    assert answer.possible.tolist() == [True, True, True, True, False]


def test_marginal_sets_carry_no_statement_about_all_units():
    sets = rank_confidence_sets([1.0, 0.0], [0.1, 0.1], kind="marginal")
    with pytest.raises(ValueError, match="simultaneous"):
        tiers(sets)
    with pytest.raises(ValueError, match="simultaneous"):
        top_k(sets, 1)


def test_k_lies_within_the_table():
    with pytest.raises(ValueError, match="between 1 and 2"):
        top_k(simultaneous([1.0, 0.0], [0.1, 0.1]), 3)
