"""Ranks keep ties and leave missing scores out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.stats import rankdata

from thangdo.inference import competition_rank, dense_rank

scores = arrays(np.float64, array_shapes(max_dims=2, max_side=12), elements=st.sampled_from([0.0, -0.0, 1.0, 1.5, 2.0]))


def test_tied_units_share_the_better_rank_and_the_next_is_skipped():
    assert competition_rank(np.array([90.0, 80.0, 80.0, 70.0])).tolist() == [1, 2, 2, 4]
    assert dense_rank(np.array([90.0, 80.0, 80.0, 70.0])).tolist() == [1, 2, 2, 3]


def test_lower_may_be_better():
    assert competition_rank(np.array([3.0, 1.0, 2.0]), higher_is_better=False).tolist() == [3, 1, 2]


def test_a_missing_score_has_rank_0_and_does_not_move_the_others():
    assert competition_rank(np.array([np.nan, 1.0, 2.0])).tolist() == [0, 2, 1]
    assert dense_rank(np.array([[np.nan, np.nan], [1.0, np.nan]])).tolist() == [[0, 0], [1, 0]]


def test_scores_that_differ_in_the_last_digit_are_not_tied():
    assert competition_rank(np.array([5.1, np.nextafter(5.1, 6.0)])).tolist() == [2, 1]


@given(scores)
@settings(deadline=None, max_examples=100)
def test_both_ranks_agree_with_scipy_row_by_row(array):
    assert np.array_equal(competition_rank(array), rankdata(-array, method="min", axis=-1))
    assert np.array_equal(dense_rank(array), rankdata(-array, method="dense", axis=-1))
