"""Contributions, standings, editions compared, a change split: each by the identity that defines it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.composite.change_split import Edition, split_change
from thangdo.composite.comparison import compare_editions
from thangdo.composite.contributions import NoContributions, contributions
from thangdo.composite.correlation import correlations, flagged_pairs
from thangdo.composite.cronbach import cronbach_alpha
from thangdo.composite.index_data import IndexData
from thangdo.composite.pipeline import run_pipeline
from thangdo.composite.strengths import profile
from thangdo.composite.uncertainty_aggregation import Tree

CODES = ("a", "b", "c", "d", "P", "Q", "Top")
TREE = Tree(CODES, (4, 4, 5, 5, 6, 6, -1), (1, 1, 1, 1, 2, 2, 3), np.array([1.0, 3.0, 1.0, 1.0, 2.0, 1.0, 1.0]))
MINMAX = {"step": "normalise", "method": "minmax", "l_u": [1, 100]}


def index_of(values: np.ndarray) -> IndexData:
    units = tuple(f"U{place}" for place in range(len(values)))
    return IndexData(units, TREE, values, np.ones(4), np.ones(values.shape), {}, {})


def drawn(seed: int, gaps: bool = False) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.uniform(1, 9, size=(12, 4))
    if gaps:
        values[3, 0] = values[7, 2] = np.nan
    return values


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 10_000), st.booleans(),
    st.sampled_from(["amean", "gmean", "hmean", {"P": "gmean", "Q": "amean", "Top": "hmean"}]),
)  # fmt: skip
def test_contributions_add_up_to_every_score(seed: int, gaps: bool, method: object) -> None:
    built = run_pipeline(index_of(drawn(seed, gaps)), (MINMAX, {"step": "aggregate", "method": method}))
    for node in ("P", "Q", "Top"):
        np.testing.assert_allclose(np.nansum(contributions(built, node), axis=1), built.score(node), rtol=1e-12)
    assert (contributions(built, "P")[:, 2:][~np.isnan(built.normalised[:, 2:])] == 0).all()


def test_contributions_under_arithmetic_means_are_weight_times_value() -> None:
    built = run_pipeline(index_of(drawn(1)), (MINMAX,))
    weights = np.array([0.25, 0.75, 0.5, 0.5]) * np.array([2, 2, 1, 1]) / 3
    np.testing.assert_allclose(contributions(built), built.normalised * weights)


def test_a_method_without_parts_is_named() -> None:
    built = run_pipeline(index_of(drawn(1)), (MINMAX, {"step": "aggregate", "method": {"Q": "copeland"}}))
    with pytest.raises(NoContributions, match="Q: copeland"):
        contributions(built)


def test_a_units_strengths_and_weaknesses() -> None:
    values = drawn(2)
    values[0] = [10.0, 0.5, 5.0, 9.5]
    built = run_pipeline(index_of(values), (MINMAX,))
    found = profile(built, "U0", most=1)
    assert [each.code for each in found.strengths] in (["a"], ["d"])
    assert found.strengths[0].rank == 1 and found.strengths[0].of == 12
    assert [(each.code, each.rank) for each in found.weaknesses] == [("b", 12)]
    many = profile(built, "U0", most=5)
    assert len(many.strengths) + len(many.weaknesses) == 4
    with pytest.raises(ValueError, match="no such unit: X"):
        profile(built, "X")


def test_flags_name_redundant_opposed_and_unfelt_nodes() -> None:
    values = drawn(3)
    values[:, 1] = values[:, 0] * 2 + 1
    values[:, 3] = -values[:, 2]
    built = run_pipeline(index_of(values), (MINMAX, {"step": "aggregate", "weights": {"c": 5}}))
    found = {(pair.first, pair.second): pair.flag for pair in flagged_pairs(built.scores, TREE)}
    assert found["a", "b"] == "redundant" and found["c", "d"] == "negative" and found["d", "Q"] == "negative"
    assert ("a", "P") not in found


def test_correlations_use_the_units_that_both_columns_have() -> None:
    first, second = np.array([1.0, 2, 3, np.nan, 9]), np.array([2.0, 1, 4, 8, np.nan])
    found = correlations(np.column_stack([first, second]))
    assert found[0, 1] == pytest.approx(np.corrcoef(first[:3], second[:3])[0, 1])
    ranked = correlations(np.column_stack([first, second]), method="spearman")
    assert ranked[0, 1] == pytest.approx(0.5)
    assert np.isnan(correlations(np.array([[1.0, 2], [1.0, 3]]))[0, 1])


def test_alpha_of_identical_columns_is_one_and_of_one_column_is_none() -> None:
    column = np.arange(6.0)[:, None]
    assert cronbach_alpha(np.repeat(column, 3, axis=1)) == pytest.approx(1)
    assert np.isnan(cronbach_alpha(column))


def test_editions_are_compared_over_the_units_of_both() -> None:
    before = run_pipeline(index_of(drawn(4)), (MINMAX,))
    later = index_of(drawn(5)[:11])
    after = run_pipeline(replace(later, units=(*later.units[:10], "New")), (MINMAX,))
    found = compare_editions(before, after)
    assert found.units == before.units[:10] and found.only_before == ("U10", "U11") and found.only_after == ("New",)
    np.testing.assert_array_equal(found.score_before, before.score("Top")[:10])
    assert found.mean_shift == pytest.approx(np.abs(found.rank_after - found.rank_before).mean())
    same = compare_editions(before, before, "P")
    assert same.rank_correlation == pytest.approx(1) and same.mean_shift == 0


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_the_three_parts_of_a_change_add_up(seed: int) -> None:
    old, revised, new = (index_of(drawn(seed + each)) for each in range(3))
    other = ({"step": "normalise", "method": "zscore", "m_sd": [50, 10]},)
    found = split_change(Edition(old, (MINMAX,)), revised, Edition(new, other))
    np.testing.assert_allclose(found.performance + found.revision + found.method, found.change, atol=1e-10)
    np.testing.assert_array_equal(found.rank_performance + found.rank_revision + found.rank_method, found.rank_change)


def test_each_part_is_nothing_where_nothing_of_its_kind_happened() -> None:
    old, new = index_of(drawn(6)), index_of(drawn(7))
    found = split_change(Edition(old, (MINMAX,)), old, Edition(new, (MINMAX,)))
    assert not found.revision.any() and not found.method.any() and found.performance.any()
    found = split_change(Edition(old, (MINMAX,)), new, Edition(new, (MINMAX,)))
    assert not found.performance.any() and not found.method.any() and found.revision.any()
    heavier = replace(old, tree=replace(TREE, weights=np.array([5.0, 1, 1, 1, 1, 1, 1])))
    found = split_change(Edition(old, (MINMAX,)), old, Edition(heavier, (MINMAX,)))
    assert not found.performance.any() and not found.revision.any() and found.method.any()
