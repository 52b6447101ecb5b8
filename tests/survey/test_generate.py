"""`thangdo survey generate`: the same seed gives the same bytes, and the truth is the population's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from thangdo.survey import SurveyFailure
from thangdo.survey.generate import Size, generate
from thangdo.survey.generate_population import build, people


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("survey") / "made"
    generate(Size(4000, units=5), 11, out)
    return out


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(folder: Path, tmp_path: Path) -> None:
    generate(Size(4000, units=5), 11, tmp_path / "again")
    generate(Size(4000, units=5), 12, tmp_path / "other")
    for name in ("responses.csv", "frame.csv", "truth.json", "design.yaml", "analysis.yaml"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert (folder / "responses.csv").read_bytes() != (tmp_path / "other" / "responses.csv").read_bytes()


def test_exactly_the_rows_asked_for_and_no_partial_folder_left(folder: Path) -> None:
    data = pd.read_csv(folder / "responses.csv")
    assert len(data) == 4000
    assert data["respondent"].is_unique
    assert [path.name for path in folder.parent.iterdir()] == ["made"]


def test_truth_is_counted_from_every_person_of_the_population() -> None:
    population = build(seed=5, persons=5000, strata=3, clusters=30, units=4, items=7, least_in_cluster=10)
    blocks = list(people(population))
    answers = np.concatenate([block.answers for block in blocks], axis=1)
    from thangdo.survey.generate_truth import Truth

    truth = Truth(population)
    for block in blocks:
        truth.add(block)
    document = truth.as_document(["a", "b", "c", "d"])
    assert document["persons"] == answers.shape[1] == population.persons
    for place, name in enumerate(population.items):
        assert document["items"][name]["mean"] == pytest.approx(answers[place].mean(), rel=1e-12)
        assert document["items"][name]["satisfied"] == pytest.approx((answers[place] >= 4).mean(), rel=1e-12)


def test_weights_of_all_drawn_people_add_up_near_the_population(folder: Path) -> None:
    data = pd.read_csv(folder / "responses.csv")
    truth = json.loads((folder / "truth.json").read_text())
    assert data["weight"].sum() == pytest.approx(truth["persons"], rel=0.05)


def test_weighted_mean_with_the_declared_classes_is_within_four_errors_of_the_truth(folder: Path) -> None:
    data = pd.read_csv(folder / "responses.csv")
    truth = json.loads((folder / "truth.json").read_text())
    design = yaml.safe_load((folder / "design.yaml").read_text())
    cells = design["nonresponse"]["classes"]
    rate = data["weight"].where(data["responded"] == 1, 0).groupby([data[c] for c in cells]).transform("sum")
    whole = data.groupby(cells)["weight"].transform("sum")
    weight = data["weight"] * whole / rate
    answered = (data["responded"] == 1) & data["ket_qua_1"].notna()
    estimate = np.average(data.loc[answered, "ket_qua_1"], weights=weight[answered])
    by_cluster = data.loc[answered].groupby("cluster")["ket_qua_1"].mean()
    assert abs(estimate - truth["items"]["ket_qua_1"]["mean"]) < 4 * by_cluster.std() / np.sqrt(len(by_cluster))


def test_frame_lists_every_cluster_and_marks_the_drawn_ones(folder: Path) -> None:
    frame = pd.read_csv(folder / "frame.csv")
    data = pd.read_csv(folder / "responses.csv")
    assert set(frame.loc[frame["drawn"] == 1, "cluster"]) == set(data["cluster"])
    assert frame.groupby("stratum")["drawn"].sum().min() >= 2
    assert (data["persons_in_cluster"] >= data.groupby("cluster")["respondent"].transform("count")).all()


def test_numbers_that_cannot_hold_a_two_stage_sample_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SurveyFailure, match="SUR201"):
        generate(Size(10, strata=8), 1, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
