"""Rank distributions count what the draws did."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from thangdo.inference import class_probability, normal_draws, rank_distribution, summarise_ranks


@given(st.integers(1, 40), st.integers(2, 9), st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_the_summary_from_counts_equals_the_summary_of_the_table(replications, units, seed):
    ranks = np.random.default_rng(seed).integers(1, units + 1, size=(replications, units))
    found = summarise_ranks(ranks)
    assert np.allclose(found.median, np.median(ranks, axis=0))
    assert np.allclose(found.q05, np.quantile(ranks, 0.05, axis=0))
    assert np.allclose(found.q95, np.quantile(ranks, 0.95, axis=0))
    assert np.allclose(found.mean, ranks.mean(axis=0))
    assert np.allclose(found.sd, ranks.std(axis=0, ddof=1) if replications > 1 else 0.0)
    assert np.allclose(found.top_k(2), (ranks <= 2).mean(axis=0))


def test_two_units_change_places_as_often_as_the_normal_law_says():
    found = rank_distribution([1.0, 0.0], [0.6, 0.8], replications=40_000, seed=2)
    assert found.top_k(1)[0] == pytest.approx(norm.cdf(1.0), abs=0.006)


def test_exact_values_never_change_rank():
    found = rank_distribution([2.0, 1.0, 1.0], np.zeros(3), replications=50)
    assert found.median.tolist() == found.q05.tolist() == found.q95.tolist() == [1.0, 2.0, 2.0]
    assert found.sd.tolist() == [0.0, 0.0, 0.0]


def test_lower_may_be_better():
    found = rank_distribution([2.0, 1.0], [0.01, 0.01], higher_is_better=False, replications=50)
    assert found.median.tolist() == [2.0, 1.0]


def test_draws_have_the_covariance_asked_for():
    matrix = np.array([[1.0, 0.6, 0.0], [0.6, 1.0, 0.0], [0.0, 0.0, 0.0]])
    draws = normal_draws([1.0, 2.0, 3.0], matrix, 40_000, seed=5)
    assert np.allclose(np.cov(draws.T), matrix, atol=0.03)
    assert np.all(draws[:, 2] == 3.0)


def test_classes_split_all_replications():
    shares = class_probability(np.array([[95.0, 70.0], [90.0, 85.0], [89.9, 10.0], [90.1, 80.0]]), [90.0, 80.0])
    assert shares.tolist() == [[0.75, 0.25, 0.0], [0.0, 0.5, 0.5]]


def test_class_bounds_fall_and_ranks_exist():
    with pytest.raises(ValueError, match="bounds"):
        class_probability(np.ones((2, 2)), [80.0, 90.0])
    with pytest.raises(ValueError, match="rank"):
        summarise_ranks(np.array([[1, 0]]))
