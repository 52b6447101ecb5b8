"""Confidence sets of ranks: what they say in cases whose answer is known, and what never changes them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.inference import rank_confidence_sets
from thangdo.inference.stepdown import critical_value

KINDS = ("marginal", "simultaneous")


@pytest.mark.parametrize("kind", KINDS)
def test_exact_values_have_one_rank_and_ties_span_the_ranks_they_share(kind):
    sets = rank_confidence_sets([3.0, 2.0, 2.0, 1.0], np.zeros(4), kind=kind)
    assert (sets.low.tolist(), sets.high.tolist()) == ([1, 2, 2, 4], [1, 3, 3, 4])


@pytest.mark.parametrize("kind", KINDS)
def test_two_units_are_told_apart_as_by_the_classical_test(kind):
    """With two units the family is one pair in two directions: the two-sided z test at 1.96 standard errors."""
    error = 1.0 / np.sqrt(2.0)
    apart = rank_confidence_sets([2.05, 0.0], [error, error], kind=kind, draws=50_000)
    close = rank_confidence_sets([1.87, 0.0], [error, error], kind=kind, draws=50_000)
    assert (apart.low.tolist(), apart.high.tolist()) == ([1, 2], [1, 2])
    assert (close.low.tolist(), close.high.tolist()) == ([1, 1], [2, 2])


def test_simultaneous_first_step_is_tukeys_studentised_range():
    """Three independent means of one variance: Tukey's range at 5 % with infinite df is 3.3145 (tables of q)."""
    gap = 3.3145
    assert (
        rank_confidence_sets([gap * 1.03, 0.0, 0.0], np.ones(3), kind="simultaneous", draws=100_000).above[0].sum() == 2
    )
    assert rank_confidence_sets([gap * 0.97, 0.0, 0.0], np.ones(3), kind="simultaneous", draws=100_000).above.sum() == 0


def test_stepdown_decides_more_than_one_step_would():
    """Far units leave the family, and a pair just short of Tukey's range is then told apart.

    First critical value for 4 units: 3.633 / sqrt 2 = 2.569; with only the directions left that have not been
    decided the last pair needs less.
    """
    sets = rank_confidence_sets([100.0, 50.0, 2.5 * np.sqrt(2.0), 0.0], np.ones(4), kind="simultaneous", draws=50_000)
    assert sets.low.tolist() == sets.high.tolist() == [1, 2, 3, 4]


def test_marginal_sets_lie_within_simultaneous_ones():
    values, errors = np.linspace(0.0, 2.0, 12), np.linspace(0.1, 0.4, 12)
    marginal = rank_confidence_sets(values, errors, kind="marginal", seed=4)
    simultaneous = rank_confidence_sets(values, errors, kind="simultaneous", seed=4)
    assert np.all(simultaneous.low <= marginal.low) and np.all(marginal.high <= simultaneous.high)
    assert np.any(simultaneous.low < marginal.low)


def test_positive_correlation_tells_units_apart_that_independence_cannot():
    """Errors common to all units (one questionnaire wave) do not blur differences."""
    values = [1.0, 0.5, 0.0]
    independent = rank_confidence_sets(values, np.full(3, 0.5))
    common = np.full((3, 3), 0.24) + np.eye(3) * 0.01
    assert independent.high.tolist() == [3, 3, 3]
    assert rank_confidence_sets(values, common).high.tolist() == [1, 2, 3]


def test_perfectly_correlated_errors_leave_the_order_exact():
    errors = np.array([1.0, 1.0, 1.0])
    sets = rank_confidence_sets([3.0, 2.0, 2.0], np.outer(errors, errors) * 1.7, kind="simultaneous")
    assert (sets.low.tolist(), sets.high.tolist()) == ([1, 2, 2], [1, 3, 3])


def test_a_singular_covariance_of_shares_that_sum_to_one_is_taken():
    share = np.array([0.5, 0.3, 0.2])
    multinomial = (np.diag(share) - np.outer(share, share)) / 400
    sets = rank_confidence_sets(share, multinomial, kind="simultaneous")
    assert sets.low.tolist() == sets.high.tolist() == [1, 2, 3]


def test_an_exact_value_among_uncertain_ones_is_compared_with_the_others_error_alone():
    sets = rank_confidence_sets([1.0, 0.0, 0.0], [0.0, 0.3, 0.0])
    assert sets.above[0].tolist() == [False, True, True]
    assert sets.low.tolist() == [1, 2, 2]


def test_few_degrees_of_freedom_widen_the_sets():
    values, errors = np.linspace(0.0, 3.0, 10), np.full(10, 0.25)
    normal = rank_confidence_sets(values, errors, seed=1)
    few = rank_confidence_sets(values, errors, seed=1, degrees_of_freedom=4)
    assert (few.high - few.low).sum() > (normal.high - normal.low).sum()


def test_a_critical_value_needs_enough_draws():
    assert critical_value(np.arange(10.0), 0.95) == np.inf
    assert critical_value(np.arange(19.0), 0.95) == 18.0


def test_level_and_kind_are_checked():
    with pytest.raises(ValueError, match="level"):
        rank_confidence_sets([1.0, 2.0], [1.0, 1.0], level=95)
    with pytest.raises(ValueError, match="kind"):
        rank_confidence_sets([1.0, 2.0], [1.0, 1.0], kind="joint")  # type: ignore[arg-type]


small = st.lists(st.integers(0, 6).map(float), min_size=3, max_size=7)


@given(small, st.sampled_from(KINDS))
@settings(deadline=None, max_examples=30)
def test_the_plain_rank_lies_within_every_set(values, kind):
    estimates = np.array(values)
    sets = rank_confidence_sets(estimates, np.full(estimates.size, 0.4), kind=kind, draws=500)
    better = (estimates[None, :] > estimates[:, None]).sum(axis=1)
    worse = (estimates[None, :] < estimates[:, None]).sum(axis=1)
    assert np.all(sets.low <= 1 + better) and np.all(sets.high >= estimates.size - worse)


@given(small, st.floats(0.5, 20.0), st.floats(-50.0, 50.0))
@settings(deadline=None, max_examples=30)
def test_units_of_measurement_do_not_matter(values, factor, shift):
    estimates = np.array(values)
    plain = rank_confidence_sets(estimates, np.full(estimates.size, 0.7), draws=500)
    moved = rank_confidence_sets(estimates * factor + shift, np.full(estimates.size, 0.7 * factor), draws=500)
    assert np.array_equal(plain.low, moved.low) and np.array_equal(plain.high, moved.high)


@given(small)
@settings(deadline=None, max_examples=30)
def test_lower_is_better_is_the_mirror_image(values):
    estimates = np.array(values)
    errors = np.full(estimates.size, 0.5)
    upward = rank_confidence_sets(-estimates, errors, draws=500)
    downward = rank_confidence_sets(estimates, errors, higher_is_better=False, draws=500)
    assert np.array_equal(upward.low, downward.low) and np.array_equal(upward.high, downward.high)


def test_the_same_seed_gives_the_same_sets_and_a_covariance_matrix_the_same_as_its_standard_errors():
    values, errors = np.linspace(0.0, 2.0, 9), np.linspace(0.1, 0.5, 9)
    first = rank_confidence_sets(values, errors, seed=9)
    again = rank_confidence_sets(values, np.diag(errors**2), seed=9)
    assert np.array_equal(first.above, again.above)
