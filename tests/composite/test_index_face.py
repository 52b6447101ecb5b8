"""What a notebook sees: tables of the caller's own kind from every question an `Index` answers."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.composite.made_index import AMEAN, META, MINMAX, data, index
from thangdo.composite import Index

STEPS = [MINMAX, AMEAN]


def later() -> pd.DataFrame:
    frame = data()
    frame["a"] = frame["a"] * [1.5, 1, 1, 0.5, 1, 1, 1, 2]
    return frame[frame["uCode"] != "u2"]


@pytest.fixture(params=["pandas", "polars"])
def face(request: pytest.FixtureRequest) -> Any:
    convert = pl.from_pandas if request.param == "polars" else (lambda frame: frame)
    return convert, pl.DataFrame if request.param == "polars" else pd.DataFrame


def columns(frame: Any) -> dict[str, list[Any]]:
    return nw.from_native(frame).to_dict(as_series=False)


def test_every_question_answers_in_the_callers_kind(face: Any) -> None:
    convert, kind = face
    whole = Index.from_coin(convert(data()), convert(META)).pipeline(STEPS)
    new = Index.from_coin(convert(later()), convert(META)).pipeline(STEPS)
    answers = {
        "scores": whole.scores,
        "ranks": whole.ranks,
        "normalised": whole.normalised,
        "effective_weights": whole.effective_weights,
        "strengths": whole.strengths("u3", most=1),
        "contributions": whole.contributions(),
        "compare": new.compare(whole),
        "change_split": new.change_split(whole),
    }
    assert {name: type(frame) for name, frame in answers.items()} == dict.fromkeys(answers, kind)
    assert columns(answers["scores"]).keys() == {"uCode", "a", "b", "c", "d", "p", "q", "top"}
    np.testing.assert_allclose(
        np.sum([columns(answers["contributions"])[code] for code in "abcd"], axis=0), columns(answers["scores"])["top"]
    )
    weights = columns(answers["effective_weights"])
    found = dict(zip(weights["iCode"], weights["EffWeight"], strict=True))
    assert {code: round(found[code], 12) for code in "abcd"} == {
        "a": round(1 / 12, 12), "b": round(2 / 12, 12), "c": 0.375, "d": 0.375,
    }  # fmt: skip
    strengths = columns(answers["strengths"])
    assert strengths["kind"] == ["strength", "weakness"]
    assert strengths["rank"][0] < strengths["rank"][1]
    compared = columns(answers["compare"])
    assert compared["uCode"][-1] == "u2"
    gap = compared["score_after"][-1]
    assert gap is None or np.isnan(gap)
    split = columns(answers["change_split"])
    parts = np.array(split["performance"]) + np.array(split["revision"]) + np.array(split["method"])
    np.testing.assert_allclose(parts, split["change"], atol=1e-12)


def test_steps_may_be_given_one_by_one_in_a_list_or_as_a_file(tmp_path: Any) -> None:
    plain = Index.from_coin(data(), META)
    (tmp_path / "p.yaml").write_text("- {step: normalise, method: minmax, l_u: [1, 100]}\n- {step: aggregate}\n")
    scores = [
        plain.pipeline(MINMAX, AMEAN).scores,
        plain.pipeline(STEPS).scores,
        plain.pipeline(tmp_path / "p.yaml").scores,
        plain.pipeline(str(tmp_path / "p.yaml")).scores,
    ]
    for other in scores[1:]:
        pd.testing.assert_frame_equal(other, scores[0], check_exact=True)


def test_without_a_pipeline_the_usual_one_runs() -> None:
    built = Index.from_coin(data(), META).built
    assert [entry["step"] for entry in built.log] == ["denominate", "treat", "normalise", "aggregate"]


def test_whole_numbers_and_floats_and_gaps_of_either_library_are_the_same_index(face: Any) -> None:
    convert, _ = face
    frame = data().assign(a=[3, 1, 4, 1, 5, 9, 2, 6])
    frame.loc[2, "c"] = None
    frame["uCode"] = range(101, 109)
    one = Index.from_coin(convert(frame), convert(META)).pipeline(STEPS)
    assert list(columns(one.scores)["uCode"]) == [str(code) for code in range(101, 109)]
    texts = frame.astype({"a": float}).assign(uCode=[str(code) for code in frame["uCode"]])
    other = index(*STEPS, frame=texts)
    np.testing.assert_array_equal(columns(one.scores)["top"], columns(other.scores)["top"])


def test_the_uncertainty_runs_around_the_indexs_own_pipeline_or_the_declarations() -> None:
    whole = index(MINMAX, {"step": "aggregate", "method": "gmean"})
    declared: dict[str, Any] = {
        "uncertain": [{"item": "weights", "noise": "uniform", "factor": 0.25}], "sobol": False
    }  # fmt: skip
    own = whole.uncertainty(declared, replications=50)
    np.testing.assert_allclose(own.nominal_scores, whole.built.score("top"))
    other = whole.uncertainty({**declared, "pipeline": [dict(MINMAX), dict(AMEAN)]}, replications=50)
    np.testing.assert_allclose(other.nominal_scores, index(MINMAX, AMEAN).built.score("top"))
    bare = index(MINMAX).uncertainty(declared, replications=50)
    np.testing.assert_allclose(bare.nominal_scores, index(MINMAX, AMEAN).built.score("top"))


def test_of_a_panel_the_latest_time_or_the_one_asked_for() -> None:
    table = pd.concat([data(seed=year).assign(Time=year) for year in (2020, 2021)])
    whole = Index.from_coin(table, META).pipeline(STEPS)
    latest, earlier = whole.strengths("u1"), whole.strengths("u1", time=2020)
    assert whole.strengths("u1", time=2021).equals(latest)
    assert not earlier.equals(latest)
    with pytest.raises(ValueError, match="1999"):
        whole.strengths("u1", time=1999)


def test_a_build_replaces_its_own_files_and_nothing_else(tmp_path: Any) -> None:
    from thangdo.composite import write_build

    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    (out / "scores.csv").write_text("old")
    write_build(index(*STEPS).built, out)
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "scores.csv").read_text().startswith("uCode,a,b,c,d,p,q,top\nu0,")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_what_is_said_for_a_level_holds_in_the_uncertainty_too() -> None:
    frame = data()
    frame.loc[1, "a"] = np.nan
    steps = [MINMAX, {"step": "aggregate", "method": "genmean", "p": {2: 0.5, "top": 2}, "dat_thresh": [0.5, 1]}]
    whole = index(*steps, frame=frame)
    declared = {"uncertain": [{"item": "weights", "noise": "uniform", "factor": 0.25}], "sobol": False}
    result = whole.uncertainty(declared, replications=20)
    np.testing.assert_allclose(result.nominal_scores, whole.built.score("top"))


@pytest.mark.parametrize(
    "before",
    [
        {"step": "normalise", "method": "minmax", "l_u": {"a": [1, 2], "b": [5, 9]}},
        {"step": "normalise", "method": "minmax"},
        {"step": "normalise", "method": "zscore"},
        {"step": "treat", "winmax": None},
        {"step": "impute", "method": "mean_grp", "use_group": "Group"},
    ],
)
def test_the_uncertainty_does_what_the_pipeline_does(before: dict[str, Any]) -> None:
    frame = data()
    frame.loc[[1, 4], "a"] = np.nan
    frame.loc[4, "Group"] = "NA"
    meta = META.assign(minmax_lower=[1, 2, *[None] * 5], minmax_upper=[10, 30, *[None] * 5])
    meta = meta.assign(zscore_mean=[10, *[None] * 6], zscore_sd=[3, *[None] * 6])
    last = [] if before["step"] == "normalise" else [MINMAX]
    whole = index(before, *last, {"step": "aggregate", "method": "amean"}, frame=frame, meta=meta)
    declared = {"uncertain": [{"item": "data", "relative": 0.05}], "sobol": False}
    result = whole.uncertainty(declared, replications=20)
    np.testing.assert_allclose(result.nominal_scores, whole.built.score("top"))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.floats(0.1, 50), st.floats(-100, 100), st.floats(0.1, 20))
def test_what_may_not_move_a_score(seed: int, factor: float, shift: float, scale: float) -> None:
    """An indicator's unit of measure, its sign with its direction, the scale of the weights, the order of units."""
    frame = data(seed=seed)
    top = index(MINMAX, AMEAN, frame=frame).scores.set_index("uCode")["top"]
    measured = frame.assign(a=frame["a"] * factor + shift)
    flipped = frame.assign(b=-frame["b"])
    turned = META.assign(Direction=1, Weight=META["Weight"] * scale)
    shuffled = measured.assign(b=flipped["b"]).sample(frac=1, random_state=seed % 1000)
    other = index(MINMAX, AMEAN, frame=shuffled, meta=turned).scores.set_index("uCode")["top"]
    np.testing.assert_allclose(other[top.index], top, rtol=1e-7)
