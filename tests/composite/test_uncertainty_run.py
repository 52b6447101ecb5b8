"""Replications: same bits on any threads and chunks, no item skipped, no non-finite score."""

import numpy as np
import pytest
from scipy.stats import norm

from tests.composite.plain_index import STEPS, PlainIndex, plain_index
from thangdo.composite.uncertainty import analyse
from thangdo.composite.uncertainty_run import near_ties
from thangdo.composite.uncertainty_spec import declaration_from
from thangdo.findings import Refused

NORMALISATION = {
    "item": "normalisation",
    "values": [{"method": "minmax", "l_u": [1, 100]}, {"method": "zscore", "m_sd": [10, 2]}],
}
AGGREGATION = {"item": "aggregation", "values": [{"method": "amean"}, {"method": "gmean"}]}
WEIGHTS = {"item": "weights", "noise": "uniform", "factor": 0.5}
DATA = {"item": "data", "relative": 0.3}


def run(items, model=None, replications=600, seed=3, **more):
    model = model or plain_index()
    declaration = declaration_from({"uncertain": items, "sobol": False, **more.pop("declared", {})})
    seen = []
    result = analyse(model, STEPS, model.units, declaration, replications, seed, sink=seen.append, **more)
    scores = np.concatenate([block.scores for block in seen])
    levels = {name: np.concatenate([block.levels[name] for block in seen]) for name in seen[0].levels}
    return result, scores, levels


def codes(items, **more):
    with pytest.raises(Refused) as caught:
        run(items, **more)
    return {finding.code for finding in caught.value.findings}


MIXES = {
    "levels only": [NORMALISATION, AGGREGATION],
    "weights too": [NORMALISATION, AGGREGATION, WEIGHTS],
    "the data too": [NORMALISATION, AGGREGATION, WEIGHTS, DATA],
}


@pytest.mark.parametrize("items", MIXES.values(), ids=MIXES)
def test_threads_and_chunks_change_no_bit(items):
    model = plain_index(units=90, indicators=30)
    one, scores, _ = run(items, model, replications=700)
    for threads, chunk in ((2, 0), (3, 150), (1, 10_000)):
        other, others, _ = run(items, model, replications=700, threads=threads, chunk=chunk)
        assert scores.tobytes() == others.tobytes()
        assert np.array_equal(one.distribution.counts, other.distribution.counts)


@pytest.mark.parametrize("items", [MIXES["weights too"], MIXES["the data too"]])
def test_more_replications_begin_with_the_same_ones(items):
    _, few, _ = run(items, replications=300)
    _, many, _ = run(items, replications=500)
    assert np.allclose(few, many[:300], rtol=1e-14)


def test_every_replication_is_the_pipeline_at_its_levels():
    """The slow way: build the index anew for what was drawn."""
    model = plain_index()
    _, scores, levels = run([NORMALISATION, AGGREGATION], model, replications=40)
    for row in range(40):
        normalised = model.normalised(
            [STEPS[0], {"step": "normalise", **NORMALISATION["values"][levels["normalisation"][row]]}]
        )
        weights = model.tree.weights
        mean = [
            lambda x, w: (x * w).sum(axis=1) / w.sum(),
            lambda x, w: np.exp((np.log(x) * w).sum(axis=1) / w.sum()),
        ][levels["aggregation"][row]]
        pillars = np.stack([mean(normalised[:, :3], weights[:3]), mean(normalised[:, 3:], weights[3:6])], axis=1)
        assert np.allclose(scores[row], mean(pillars, weights[6:8]), rtol=1e-12)


def test_noise_of_the_data_moves_ranks_as_often_as_the_normal_law_says():
    """Two of three units are close in one indicator; the third fixes nothing but the range."""
    raw = np.array([[10.0] * 3, [10.5] * 3, [0.0] * 3])
    model = PlainIndex(raw)
    declaration = declaration_from({"uncertain": [{"item": "data", "relative": 0.1}], "sobol": False})
    result = analyse(model, STEPS, model.units, declaration, 40_000, 1)
    error = 0.1 * np.std(raw[:, 0], ddof=1) * np.sqrt((1 + 4 + 9) / 36) * np.sqrt(2)
    # The range moves with the best unit, equally for both, so the order is that of the noisy values.
    assert result.top_k[1][1] == pytest.approx(norm.cdf(0.5 / error), abs=0.02)


def test_the_result_says_how_many_levels_were_used_and_how_many_differ():
    same_twice = {**NORMALISATION, "values": [*NORMALISATION["values"], {"method": "minmax", "l_u": [1, 100]}]}
    result, _, _ = run([same_twice, WEIGHTS])
    assert [(item.name, item.declared, item.used, item.distinct) for item in result.items] == [
        ("normalisation", 3, 3, 2),
        ("weights", None, 600, None),
    ]


def test_a_level_that_was_never_drawn_is_a_warning():
    result, _, _ = run([{**WEIGHTS, "sets": 500}], replications=100)
    assert [finding.code for finding in result.findings] == ["COM508"]


@pytest.mark.parametrize(
    "item",
    [
        {"item": "imputation", "values": [{"method": "mean"}, {"method": "median"}]},
        {"item": "normalisation", "values": [{"method": "minmax", "l_u": [1, 100]}]},
        {"item": "weights", "given": [{"P0": 1, "P1": 2}, {"P0": 2, "P1": 4}]},
    ],
    ids=["imputation without gaps", "one level", "weights in proportion"],
)
def test_an_item_that_never_changes_a_score_is_an_error(item):
    assert codes([item, WEIGHTS | {"name": "noise"}]) == {"COM505"}


def test_a_level_that_cannot_run_is_an_error_with_its_name():
    broken = {"item": "normalisation", "values": [{"method": "minmax", "l_u": [1, 100]}, {"method": "magic"}]}
    assert codes([broken]) == {"COM507"}


def test_a_replication_without_a_finite_score_is_an_error_with_its_levels():
    """A geometric mean of z-scores around 0 takes logarithms of negative numbers."""
    zero_based = {
        **NORMALISATION,
        "values": [{"method": "minmax", "l_u": [1, 100]}, {"method": "zscore", "m_sd": [0, 1]}],
    }
    with pytest.raises(Refused) as caught:
        run([zero_based, AGGREGATION])
    first = caught.value.findings[0]
    assert first.code == "COM506"
    assert "normalisation = 2" in first.found and "aggregation = 2" in first.found


def test_unknown_codes_name_the_nearest():
    with pytest.raises(Refused) as caught:
        run([{"item": "weights", "nodes": ["i0", "i9"]}], declared={"target": "Indx"})
    assert {(f.code, f.found, f.expected) for f in caught.value.findings if f.found == "Indx"} == {
        ("COM503", "Indx", "Index")
    }
    assert any(f.found == "i9" for f in caught.value.findings)


def test_a_step_the_pipeline_does_not_have_is_an_error():
    assert codes([{"item": "treatment", "key": "winmax", "values": [1, 2]}]) == {"COM504"}


def test_a_single_child_has_no_weight_to_vary():
    assert codes([{"item": "weights", "nodes": ["Index"]}]) == {"COM502"}


def test_dirichlet_shares_keep_their_mean_and_sum():
    model = plain_index()
    item = {"item": "weights", "nodes": ["i0", "i1", "i2"], "noise": "dirichlet", "concentration": 20}
    result, _, _ = run([item], model, replications=100)
    assert result.items[0].used == 100
    assert codes([{**item, "nodes": ["i0", "i1"]}]) == {"COM502"}


def test_inclusion_leaves_indicators_out():
    result, scores, _ = run([{"item": "inclusion", "indicators": ["i0", "i4"], "probability": 0.5}], replications=400)
    assert len(np.unique(scores.round(9), axis=0)) == 4
    assert result.replications == 400


def test_standard_errors_and_covariances_come_from_files(tmp_path):
    model = plain_index(units=4, indicators=3)
    lines = ["uCode,i0,i1", *(f"{unit},0.2,{0.3 if unit == 'U1' else ''}" for unit in model.units)]
    (tmp_path / "se.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "cov.csv").write_text("unit_a,indicator_a,unit_b,indicator_b,cov\nU0,i0,U1,i0,0.04\n", encoding="utf-8")
    item = {"item": "data", "standard_errors": "se.csv", "covariance": "cov.csv"}
    (tmp_path / "spec.yaml").write_text("", encoding="utf-8")
    declaration = declaration_from({"uncertain": [item], "sobol": False}, folder=tmp_path, file="spec.yaml")
    result = analyse(model, STEPS, model.units, declaration, 200, 1)
    assert result.rank_sets is not None
    assert np.all(result.rank_sets.simultaneous.low <= result.rank_sets.marginal.low)
    assert result.rank_sets.tiers.min() == 1


def test_wrong_files_name_line_and_column(tmp_path):
    model = plain_index(units=2, indicators=3)
    (tmp_path / "se.csv").write_text("uCode,i0,iX\nU0,-1,1\nU7,1,1\nU1,a,\n", encoding="utf-8")
    declaration = declaration_from(
        {"uncertain": [{"item": "data", "standard_errors": "se.csv"}]}, folder=tmp_path, file="spec.yaml"
    )
    with pytest.raises(Refused) as caught:
        analyse(model, STEPS, model.units, declaration, 10, 1)
    assert {(f.code, str(f.where)) for f in caught.value.findings} == {
        ("COM510", "se.csv:2:i0"),
        ("COM511", "se.csv:1:iX"),
        ("COM511", "se.csv:3:uCode"),
        ("COM510", "se.csv:4:i0"),
    }


def test_classes_share_out_every_replication():
    result, scores, _ = run([WEIGHTS], declared={"classes": [60, 30]})
    assert result.class_shares is not None
    assert np.allclose(result.class_shares.sum(axis=1), 1.0)
    assert np.allclose(result.class_shares[:, 0], (scores >= 60).mean(axis=0))


def test_scores_that_differ_by_rounding_only_are_counted():
    assert near_ties(np.array([[0.5, np.nextafter(0.5, 1.0), 0.7], [0.5, 0.5, 0.5000001]])) == 1


def test_units_that_differ_by_rounding_only_are_reported():
    raw = plain_index().raw
    raw[1] = raw[0] * (1.0 + 4e-15)
    result, _, _ = run([WEIGHTS], PlainIndex(raw))
    assert result.near_ties > 0
    assert [finding.code for finding in result.findings] == ["COM509"]


def test_the_order_of_units_does_not_matter():
    model = plain_index()
    order = np.random.default_rng(0).permutation(len(model.units))
    straight, _, _ = run([NORMALISATION, AGGREGATION, WEIGHTS], model)
    shuffled, _, _ = run([NORMALISATION, AGGREGATION, WEIGHTS], PlainIndex(model.raw[order]))
    assert np.array_equal(straight.distribution.mean[order], shuffled.distribution.mean)
