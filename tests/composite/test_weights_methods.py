"""Weights from data and from judgement: each against a known answer or the property that defines it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.composite.coin_files import read_index
from thangdo.composite.pipeline import effective_weights
from thangdo.composite.principal_components import NoComponents
from thangdo.composite.weights_ahp import NotReciprocal, ahp_weights
from thangdo.composite.weights_bod import NoFreeWeights, benefit_of_the_doubt
from thangdo.composite.weights_factor import factor_weights, varimax
from thangdo.composite.weights_optimised import optimised_weights
from thangdo.composite.weights_pca import pca_weights


def drawn(units: int = 40, columns: int = 4, seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(units, 1)) + rng.normal(size=(units, columns)) * np.linspace(0.5, 1.5, columns)


@pytest.mark.shared
def test_effective_weights_are_those_of_coinr(shared: Path) -> None:
    asem = shared / "reference" / "coinr_asem"
    tree = read_index(asem / "data" / "iData.csv", asem / "data" / "iMeta.csv").tree
    with (asem / "baseline" / "effective_weights.csv").open(encoding="utf-8", newline="") as stream:
        expected = {row["iCode"]: float(row["EffWeight"]) for row in csv.DictReader(stream)}
    found = dict(zip(tree.codes, effective_weights(tree).tolist(), strict=True))
    assert found.keys() == expected.keys()
    np.testing.assert_allclose([found[code] for code in expected], list(expected.values()), rtol=1e-9)


def test_pca_weights_have_the_sign_of_the_data_and_name_what_pulls_against_it() -> None:
    values = drawn()
    found = pca_weights(values)
    assert (found.weights > 0).all() and found.negative == ()
    against = values * np.array([1, 1, 1, -1])
    assert pca_weights(against).negative == (3,)
    np.testing.assert_allclose(np.abs(pca_weights(against).weights), found.weights)


def test_pca_weights_refuse_a_column_without_variance() -> None:
    with pytest.raises(NoComponents, match="column 2"):
        pca_weights(np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]]))


def test_varimax_finds_the_simple_structure_that_was_turned_away() -> None:
    simple = np.array([[0.9, 0.0], [0.8, 0.0], [0.0, 0.7], [0.0, 0.6]])
    turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
    found = np.abs(varimax(simple @ turn))
    found = found if found[0, 0] > found[0, 1] else found[:, ::-1]
    np.testing.assert_allclose(found, simple, atol=1e-7)


def test_two_factors_share_the_weight_by_what_they_explain() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(2, 400, 1))
    values = np.concatenate([first + 0.3 * rng.normal(size=(400, 3)), second + 0.3 * rng.normal(size=(400, 2))], axis=1)
    found = factor_weights(values)
    assert found.loadings.shape == (5, 2)
    assert len(set(found.factor[:3].tolist())) == 1 and found.factor[3] == found.factor[4] != found.factor[0]
    assert found.weights.sum() == pytest.approx(1)
    # Three indicators on one factor against two on the other: about 3/5 of the weight.
    assert found.weights[:3].sum() == pytest.approx(0.6, abs=0.02)


@pytest.mark.shared
def test_factor_weights_of_the_oecd_handbooks_technology_index(shared: Path) -> None:
    """OECD/JRC Handbook, section 6.1: four rotated factors explain 87 % of the variance of the TAI of 23 countries."""
    with (shared / "reference" / "tai_oecd" / "tai23_raw.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    values = np.array([[float(cell) for cell in list(row.values())[2:]] for row in rows])
    found = factor_weights(values, 4)
    assert (found.loadings**2).sum() / 8 == pytest.approx(0.87, abs=0.01)
    assert found.weights.sum() == pytest.approx(1)


def test_ahp_of_consistent_judgements_gives_them_back() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    found = ahp_weights(weights[:, None] / weights)
    np.testing.assert_allclose(found.weights, weights, rtol=1e-12)
    assert found.ratio == pytest.approx(0, abs=1e-12) and found.is_consistent


def test_ahp_consistency_of_saatys_three_by_three() -> None:
    """For three criteria λ = 1 + c + 1/c with c the cube root of a12 a23 / a13 (closed form)."""
    a12, a13, a23 = 3.0, 2.0, 4.0
    cube = (a12 * a23 / a13) ** (1 / 3)
    found = ahp_weights(np.array([[1, a12, a13], [1 / a12, 1, a23], [1 / a13, 1 / a23, 1]]))
    assert found.eigenvalue == pytest.approx(1 + cube + 1 / cube, rel=1e-12)
    assert found.ratio == pytest.approx((cube + 1 / cube - 2) / 2 / 0.58, rel=1e-10)
    assert not found.is_consistent


def test_ahp_names_a_pair_that_contradicts_itself() -> None:
    with pytest.raises(NotReciprocal, match="row 1, column 2"):
        ahp_weights(np.array([[1.0, 3.0], [3.0, 1.0]]))


def test_benefit_of_the_doubt_of_two_indicators_by_hand() -> None:
    """(1, 0.2) and (0.2, 1) are unbeaten; (0.5, 0.5) reaches 5/6 with equal weights 5/6 each."""
    found = benefit_of_the_doubt(np.array([[1.0, 0.2], [0.2, 1.0], [0.5, 0.5]]))
    np.testing.assert_allclose(found.scores, [1, 1, 5 / 6], rtol=1e-9)
    np.testing.assert_allclose(found.weights[2], [5 / 6, 5 / 6], rtol=1e-9)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.floats(0.0, 0.25), st.floats(0.3, 1.0))
def test_benefit_of_the_doubt_keeps_its_limits(seed: int, low: float, high: float) -> None:
    values = np.random.default_rng(seed).uniform(1, 100, size=(12, 4))
    free, limited = benefit_of_the_doubt(values), benefit_of_the_doubt(values, low, high)
    assert (limited.shares >= low - 1e-7).all() and (limited.shares <= high + 1e-7).all()
    np.testing.assert_allclose(limited.shares.sum(axis=1), 1)
    assert (limited.scores <= free.scores + 1e-9).all() and limited.scores.max() <= 1 + 1e-9
    assert (values @ limited.weights.T <= 1 + 1e-7).all()
    np.testing.assert_allclose(benefit_of_the_doubt(values * [1, 10, 100, 0.01], low, high).scores, limited.scores)


def test_benefit_of_the_doubt_names_the_row_it_cannot_take() -> None:
    with pytest.raises(NoFreeWeights, match="row 2"):
        benefit_of_the_doubt(np.array([[1.0, 2.0], [1.0, -2.0]]))
    with pytest.raises(NoFreeWeights, match="shares"):
        benefit_of_the_doubt(np.ones((2, 2)), 0.6)


@pytest.mark.parametrize("measure", ["corr", "r2"])
def test_optimised_weights_reach_their_target(measure: str) -> None:
    values = drawn(60, 3, 8)
    found = optimised_weights(values, np.array([1.0, 1.0, 1.0]), measure=measure)  # type: ignore[arg-type]
    assert found.reached and found.weights.sum() == pytest.approx(1) and (found.weights > 0).all()
    np.testing.assert_allclose(found.importance, 1 / 3, atol=1e-6)
    # Equal importance is not equal weight: the noisiest element needs another one.
    assert np.ptp(found.weights) > 0.05


def test_optimised_weights_say_when_the_target_cannot_be_had() -> None:
    twins = np.repeat(drawn(30, 1), 2, axis=1)
    found = optimised_weights(twins, np.array([1.0, 3.0]))
    assert not found.reached and found.distance == pytest.approx(0.25)
