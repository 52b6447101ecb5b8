"""Weights named in the pipeline: each method's weights are those of its function, and the log says what was used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.composite.made_index import AMEAN, MINMAX, data, faults, index
from thangdo.composite.contributions import NoContributions
from thangdo.composite.correlation import correlations
from thangdo.composite.weights_ahp import ahp_weights
from thangdo.composite.weights_bod import benefit_of_the_doubt
from thangdo.composite.weights_factor import factor_weights
from thangdo.composite.weights_pca import pca_weights


def built(weights: Any, method: Any = "amean") -> Any:
    return index(MINMAX, {"step": "aggregate", "method": method, "weights": weights}).built


def of(found: Any, *codes: str) -> np.ndarray:
    return np.array([found.log[-1]["weights"][code] for code in codes])


def columns(found: Any, *codes: str) -> np.ndarray:
    return np.stack([found.score(code) for code in codes], axis=1)


def test_as_in_imeta_equal_and_given() -> None:
    np.testing.assert_array_equal(of(built("original"), "a", "b", "p", "q"), [1, 2, 1, 3])
    np.testing.assert_array_equal(of(built("equal"), "a", "b", "p", "q"), [1, 1, 1, 1])
    np.testing.assert_array_equal(of(built({"b": 5}), "a", "b", "p", "q"), [1, 5, 1, 3])
    np.testing.assert_array_equal(of(built({"method": "given", "values": {"q": 7}}), "a", "b", "p", "q"), [1, 2, 1, 7])


def test_principal_components_and_factors_of_each_group() -> None:
    found = built({"method": "pca", "levels": [1], "negative": "keep"})
    np.testing.assert_allclose(of(found, "c", "d"), pca_weights(columns(found, "c", "d")).weights)
    np.testing.assert_array_equal(of(found, "p", "q"), [1, 3])
    assert 0 < found.log[-1]["nodes"]["q"]["explained"] <= 1
    found = built({"method": "fa", "nodes": ["q"], "factors": 1})
    np.testing.assert_allclose(of(found, "c", "d"), factor_weights(columns(found, "c", "d"), 1).weights)
    np.testing.assert_array_equal(of(found, "a", "b"), [1, 2])


def test_a_component_that_pulls_against_its_indicators_is_not_hidden() -> None:
    frame = data()
    frame["d"] = -frame["c"] + 0.01 * frame["a"]
    aggregate = {**AMEAN, "weights": {"method": "pca", "nodes": ["q"]}}
    assert faults(MINMAX, aggregate, frame=frame) == [("COM023", "pipeline:2")]
    zero = {**AMEAN, "weights": {"method": "pca", "nodes": ["q"], "negative": "zero"}}
    said = index(MINMAX, zero, frame=frame)
    assert [finding.code for finding in said.findings] == ["COM027"]
    assert min(of(said.built, "c", "d")) == 0


def test_benefit_of_the_doubt_scores_every_unit_by_its_own_weights() -> None:
    found = built({"method": "bod", "nodes": ["p"], "lowest_share": 0.2, "highest_share": 0.8})
    expected = benefit_of_the_doubt(columns(found, "a", "b"), 0.2, 0.8)
    np.testing.assert_allclose(found.score("p"), 100 * expected.scores)
    np.testing.assert_allclose(of(found, "a", "b"), expected.shares.mean(axis=0))
    assert found.log[-1]["nodes"]["p"]["weights_are"] == "mean shares"


def test_judgements_pair_by_pair_and_their_consistency() -> None:
    matrix = [[1, 3], ["1/3", 1]]
    found = built({"method": "ahp", "judgements": {"top": matrix}})
    np.testing.assert_allclose(of(found, "p", "q"), [0.75, 0.25])
    turned = built({"method": "ahp", "judgements": {"top": matrix}, "order": {"top": ["q", "p"]}})
    np.testing.assert_allclose(of(turned, "p", "q"), [0.25, 0.75])
    assert found.log[-1]["nodes"]["top"]["consistency_ratio"] == 0
    assert ahp_weights(np.array([[1, 3], [1 / 3, 1]])).is_consistent


def test_weights_that_give_the_importance_wanted() -> None:
    found = built({"method": "optimised", "nodes": ["top"], "target": {"p": 2, "q": 1}})
    reached = correlations(columns(found, "p", "q"), columns(found, "top"))[:, 0]
    entry = found.log[-1]["nodes"]["top"]
    assert entry["reached"] == bool(abs(reached[0] / reached.sum() - 2 / 3) < 1e-5)
    np.testing.assert_allclose(list(entry["importance"].values()), reached / reached.sum(), atol=1e-6)


def test_several_methods_in_a_list_and_effective_weights() -> None:
    found = built(
        [
            {"method": "equal"},
            {"method": "ahp", "judgements": {"top": [[1, 4], [0.25, 1]]}},
            {"method": "given", "values": {"a": 3}},
        ]
    )
    np.testing.assert_allclose(of(found, "a", "b", "c", "d", "p", "q"), [3, 2, 1, 1, 0.8, 0.2])
    effective = found.log[-1]["effective_weights"]
    np.testing.assert_allclose([effective[code] for code in ("a", "b", "c", "d")], [0.48, 0.32, 0.1, 0.1])
    expected = columns(found, "a", "b", "c", "d") @ [0.48, 0.32, 0.1, 0.1]
    np.testing.assert_allclose(found.score("top"), expected)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"method": "ahp"}, ("COM008", "pipeline:2:judgements [aggregate]")),
        ({"method": "ahp", "judgements": {"top": [[1, 3], [2]]}}, ("COM007", "pipeline:2:judgements [aggregate]")),
        ({"method": "ahp", "judgements": {"top": [[1, 3], [3, 1]]}}, ("COM023", "pipeline:2")),
        ({"method": "ahp", "judgements": {"top": [[1]]}}, ("COM023", "pipeline:2")),
        ({"method": "bod", "lowest_share": 0.9}, ("COM023", "pipeline:2")),
        ({"method": "bod", "lowest": 0.9}, ("COM003", "pipeline:2:lowest [aggregate]")),
        ({"method": "fa", "factors": 9}, ("COM023", "pipeline:2")),
        ({"method": "optimised", "target": {"p": 1}}, ("COM023", "pipeline:2")),
        ({"a": -1}, ("COM007", "pipeline:2:values [aggregate]")),
    ],
)
def test_weights_that_cannot_be_made(weights: Any, expected: tuple[str, str]) -> None:
    assert faults(MINMAX, {**AMEAN, "weights": weights}) == [expected]


def test_judgements_that_contradict_themselves_are_remarked() -> None:
    from tests.composite.made_index import META

    meta = META.assign(Parent=["p", "p", "p", "q", "top", "top", None])
    circle = [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]
    said = index(MINMAX, {**AMEAN, "weights": {"method": "ahp", "judgements": {"p": circle}}}, meta=meta)
    assert [finding.code for finding in said.findings] == ["COM025"]


def test_weights_do_not_move_what_does_not_use_them() -> None:
    found = built("original", {2: "minimum", 3: "median"})
    np.testing.assert_array_equal(found.score("p"), columns(found, "a", "b").min(axis=1))
    assert found.log[-1]["nodes"]["p"]["weights_are_not_used"] is True


def test_contributions_follow_the_weights_that_were_used() -> None:
    found = index(MINMAX, {**AMEAN, "weights": {"method": "pca", "negative": "zero"}})
    parts = found.contributions().drop(columns="uCode").to_numpy()
    np.testing.assert_allclose(parts.sum(axis=1), found.built.score("top"))
    with pytest.raises(NoContributions):
        index(MINMAX, {**AMEAN, "weights": {"method": "bod"}}).contributions()
