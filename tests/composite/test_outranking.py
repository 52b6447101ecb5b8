"""Copeland and Condorcet–Kemeny–Young: judged by trying every order, free of the order units are given in."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.composite.made_index import MINMAX, index
from thangdo.composite.outranking import NotComplete, condorcet, copeland, outranking


def made(seed: int, units: int, criteria: int = 4, levels: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, levels, (units, criteria)).astype(float), rng.integers(1, 4, criteria).astype(float)


def best_orders(values: np.ndarray, weights: np.ndarray) -> tuple[float, list[tuple[int, ...]]]:
    support = outranking(values, weights)
    sums = {
        order: sum(support[order[i], order[j]] for i in range(len(order)) for j in range(i + 1, len(order)))
        for order in permutations(range(len(values)))
    }
    most = max(sums.values())
    return most, [order for order, total in sums.items() if total >= most - 1e-9]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(2, 6))
def test_the_order_found_is_one_of_the_best_of_all_orders(seed: int, units: int) -> None:
    values, weights = made(seed, units)
    found = condorcet(values, weights)
    most, orders = best_orders(values, weights)
    assert found.is_exact and found.gap == 0
    assert found.order in orders
    np.testing.assert_allclose(found.agreement, most)
    assert found.is_unique == (len(orders) == 1)
    # Ahead in every best order, and in no other pair: nothing is broken silently.
    expected = np.zeros((units, units), dtype=bool)
    for first in range(units):
        for second in range(units):
            expected[first, second] = first != second and all(
                order.index(first) < order.index(second) for order in orders
            )
    np.testing.assert_array_equal(found.ahead, expected)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from([3, 16]))
def test_scores_do_not_depend_on_the_order_of_units(seed: int, exact_units: int) -> None:
    values, weights = made(seed, 9)
    order = np.random.default_rng(seed).permutation(9)
    for method in (lambda x: copeland(x, weights), lambda x: condorcet(x, weights, exact_units).scores):
        np.testing.assert_array_equal(method(values[order]), method(values)[order])


def test_many_units_without_a_circle_are_exact() -> None:
    values = np.arange(200.0)[:, None] * np.ones(3)
    found = condorcet(values[::-1], np.array([1.0, 2.0, 3.0]))
    assert (found.is_exact, found.is_unique, found.has_cycle) == (True, True, False)
    assert found.order == tuple(range(200))


def test_a_large_circle_says_its_gap_and_is_not_called_exact() -> None:
    values, weights = made(11, 30, criteria=7, levels=30)
    found = condorcet(values, weights)
    assert found.has_cycle and not found.is_unique
    assert found.is_exact == (found.gap <= 1e-9)


def test_units_alike_in_everything_are_tied() -> None:
    values = np.array([[3.0, 3.0], [2.0, 2.0], [2.0, 2.0], [1.0, 1.0]])
    np.testing.assert_array_equal(condorcet(values, np.ones(2)).scores, [4, 3, 3, 1])
    np.testing.assert_array_equal(copeland(values, np.ones(2)), [3, 0, 0, -3])


def test_a_gap_is_refused() -> None:
    values = np.array([[3.0, np.nan], [2.0, 1.0]])
    for method in (copeland, condorcet):
        with pytest.raises(NotComplete):
            method(values, np.ones(2))


def test_the_log_tells_ties_and_circles() -> None:
    frame = index(MINMAX).data
    assert frame.values.shape == (8, 4)
    built = index({"step": "normalise", "method": "rank"}, {"step": "aggregate", "method": "kemeny"}).built
    for node in ("p", "q", "top"):
        (order,) = built.log[-1]["nodes"][node]["orders"]
        scores = built.score(node)
        assert order["is_exact"] is True
        assert order["ties"] == sum(1 for score in scores if (scores == score).sum() > 1)
        assert order["is_unique"] == (len(set(scores.tolist())) == 8)
    circles = [finding for finding in built.findings if finding.code == "COM044"]
    assert len(circles) == sum(built.log[-1]["nodes"][node]["orders"][0]["has_cycle"] for node in ("p", "q", "top"))
    entry = index(MINMAX, {"step": "aggregate", "method": "copeland"}).built.log[-1]["nodes"]["p"]
    assert list(entry) == ["method", "ties"]
