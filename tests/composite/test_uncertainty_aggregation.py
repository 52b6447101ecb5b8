"""Many replications at once give what one replication at a time gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.composite.plain_index import least, plain_index
from thangdo.composite.uncertainty_aggregation import NodeMethod, target_scores

METHODS = {
    "amean": NodeMethod("amean", 1.0, None, least),
    "gmean": NodeMethod("gmean", 0.0, None, least),
    "hmean": NodeMethod("hmean", -1.0, None, least),
    "genmean": NodeMethod("genmean", 2.5, None, least),
    "min": NodeMethod("min", None, None, least),
}
FORMULAS = {
    "amean": lambda x, w: (w * x).sum() / w.sum(),
    "gmean": lambda x, w: np.exp((w * np.log(x)).sum() / w.sum()),
    "hmean": lambda x, w: w.sum() / (w / x).sum(),
    "genmean": lambda x, w: ((w * x**2.5).sum() / w.sum()) ** (1 / 2.5),
    "min": lambda x, w: x.min(),
}


def by_hand(tree, names, values, weights):
    """One replication, one unit, from the bottom up; gaps and weights of 0 are left out."""
    scores = list(values)
    for node in range(len(values), len(tree.codes)):
        places = [child for child in tree.children[node] if not np.isnan(scores[child]) and weights[child] > 0]
        x, w = np.array([scores[child] for child in places]), weights[places]
        scores.append(FORMULAS[names[node]](x, w) if places else np.nan)
    return scores[-1]


def methods_of(tree, lower, upper):
    names = {node: lower if tree.levels[node] == 2 else upper for node, below in enumerate(tree.children) if below}
    return names, {node: METHODS[name] for node, name in names.items()}


@given(
    st.sampled_from(list(METHODS)),
    st.sampled_from(list(METHODS)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 1000),
)
@settings(deadline=None, max_examples=120)
def test_replications_agree_with_one_at_a_time(lower, upper, has_own_values, has_own_weights, has_gaps, seed):
    random = np.random.default_rng(seed)
    tree = plain_index(units=4, indicators=6).tree
    values = random.uniform(1.0, 9.0, size=(5, 4, 6) if has_own_values else (4, 6))
    if has_gaps:
        values[..., random.random((4, 6)) < 0.3] = np.nan
    weights = tree.weights * random.uniform(0.5, 1.5, size=(5, 9)) if has_own_weights else tree.weights
    names, methods = methods_of(tree, lower, upper)
    if has_gaps and "min" in (lower, upper):
        values = np.nan_to_num(values, nan=3.0)
    found = np.broadcast_to(target_scores(tree, methods, values, weights, 8), (5, 4))
    every_value = np.broadcast_to(values, (5, 4, 6))
    every_weight = np.broadcast_to(weights, (5, 9))
    expected = [
        [by_hand(tree, names, every_value[row, unit], every_weight[row]) for unit in range(4)] for row in range(5)
    ]
    assert np.allclose(found, expected, rtol=1e-12, equal_nan=True)


@pytest.mark.parametrize("name", list(METHODS))
def test_an_element_left_out_takes_no_part_and_an_empty_pillar_neither(name):
    tree = plain_index(units=4, indicators=6).tree
    values = np.random.default_rng(1).uniform(1.0, 9.0, size=(4, 6))
    left_out = np.zeros((3, 9), dtype=bool)
    left_out[1, 2] = True
    left_out[2, [0, 1, 2, 6]] = True
    weights = np.where(left_out, 0.0, tree.weights)
    names, methods = methods_of(tree, name, name)
    found = target_scores(tree, methods, values, weights, 8, left_out)
    for row in range(3):
        shown = np.where(left_out[row, :6], np.nan, values)
        expected = [by_hand(tree, names, shown[unit], weights[row]) for unit in range(4)]
        assert np.allclose(found[row], expected)


@pytest.mark.parametrize("name", ["gmean", "hmean"])
def test_a_zero_never_becomes_a_score(name):
    tree = plain_index(units=4, indicators=6).tree
    values = np.full((4, 6), 2.0)
    values[1, 3] = 0.0
    _, methods = methods_of(tree, name, name)
    assert np.isnan(target_scores(tree, methods, values, tree.weights, 8)).tolist() == [False, True, False, False]


def test_a_data_threshold_leaves_thin_pillars_without_a_score():
    tree = plain_index(units=2, indicators=3).tree
    values = np.array([[1.0, np.nan, np.nan], [1.0, 2.0, np.nan]])
    strict = NodeMethod("amean", 1.0, 0.5, least)
    found = target_scores(tree, {3: strict, 4: strict}, values, tree.weights, 4)
    assert np.isnan(found[0]) and found[1] == pytest.approx((1.0 + 2 * 2.0) / 3)


def test_a_lower_node_can_be_the_target():
    tree = plain_index(units=2, indicators=6).tree
    _, methods = methods_of(tree, "amean", "amean")
    values = np.arange(12.0).reshape(2, 6)
    assert np.allclose(target_scores(tree, methods, values, tree.weights, 7), values[:, 3:] @ [1, 2, 3] / 6)
