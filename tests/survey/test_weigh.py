"""`survey weigh`: each step of the chain does what it promises, is reported, and shows in the written weights."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from thangdo.cli.entry import run
from thangdo.survey.nonresponse import class_adjustment, propensity_classes, response_propensity
from thangdo.survey.trimming import trim

PEOPLE = 4000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A survey in which the young and the busy answer less, and the busy are less content."""
    folder = tmp_path_factory.mktemp("weigh")
    stream = np.random.default_rng(12)
    age, hours = stream.integers(18, 80, PEOPLE), stream.uniform(0, 60, PEOPLE)
    chance = 1 / (1 + np.exp(-(-0.5 + 0.04 * (age - 45) - 0.03 * (hours - 30))))
    answered = stream.random(PEOPLE) < chance
    content = (stream.random(PEOPLE) < 0.9 - 0.008 * hours).astype(int)
    with (folder / "data.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "w", "age", "hours", "sex", "did", "content", "truth"])
        for k in range(PEOPLE):
            sex = "nam" if k % 5 < 2 else "nữ"
            told = content[k] if answered[k] else ""
            writer.writerow([k, 25, age[k], hours[k], sex, int(answered[k]), told, content[k]])
    return folder


def weigh(folder: Path, design: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], Any]:
    (folder / "d.yaml").write_text(yaml.safe_dump(design, allow_unicode=True), encoding="utf-8")
    call = ["survey", "weigh", str(folder / "data.csv"), "--design", str(folder / "d.yaml")]
    assert run([*call, "--out", str(folder / "o.csv"), "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    with (folder / "o.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return steps, rows


def test_propensity_classes_take_out_most_of_the_bias_of_non_response(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = {"weights": "w", "nonresponse": {"responded": "did", "propensity": ["age", "hours"], "groups": 10}}
    steps, rows = weigh(folder, answered, capsys)
    assert [step["name"] for step in steps] == ["design", "nonresponse"]
    truth = np.mean([int(row["truth"]) for row in rows])
    told = [row for row in rows if row["did"] == "1"]
    plain = np.mean([int(row["content"]) for row in told])
    weights = np.array([float(row["weight_final"]) for row in told])
    adjusted = np.average([int(row["content"]) for row in told], weights=weights)
    assert abs(plain - truth) > 0.02
    assert abs(adjusted - truth) < abs(plain - truth) / 2
    # Who did not answer weighs nothing; those who did carry everybody.
    assert all(float(row["weight_final"]) == 0 for row in rows if row["did"] == "0")
    assert weights.sum() == pytest.approx(25 * PEOPLE)
    assert steps[1]["n"] == len(told)
    assert steps[1]["deff_weighting"] > 1


def test_the_whole_chain_is_reported_step_by_step(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design = {
        "weights": "w",
        "nonresponse": {"responded": "did", "classes": ["sex"]},
        "poststrata": {"by": ["sex"], "totals": {"nam": 42_000, "nữ": 58_000}},
        "calibrate": {"method": "logit", "bounds": [0.3, 4], "totals": {"(Intercept)": 100_000, "age": 4_850_000}},
        "trim": {"upper_median": 1.5, "strict": True},
    }
    steps, rows = weigh(folder, design, capsys)
    assert [step["name"] for step in steps] == ["design", "nonresponse", "poststrata", "calibrate", "trim"]
    assert all(step["total"] == pytest.approx(100_000) for step in steps)
    by = {step["name"]: step for step in steps}
    assert by["calibrate"]["misfit"] < 1e-9
    assert 0 < by["calibrate"]["iterations"] < 30
    assert by["calibrate"]["smallest"] / by["poststrata"]["largest"] >= 0.3
    assert by["trim"]["largest"] <= 1.5 * by["calibrate"]["median"] * (1 + 1e-9)
    assert by["trim"]["deff_weighting"] < by["calibrate"]["deff_weighting"]
    final = np.array([float(row["weight_final"]) for row in rows])
    assert final.max() == pytest.approx(by["trim"]["largest"])


def test_the_fitted_propensity_is_the_logistic_regression() -> None:
    """Score equations: residuals add up to nothing against the intercept and every covariate."""
    stream = np.random.default_rng(3)
    x = stream.normal(size=(500, 2))
    weights = stream.uniform(1, 4, 500)
    answered = stream.random(500) < 1 / (1 + np.exp(-(0.4 + x @ [1.0, -0.7])))
    chance = response_propensity(weights, answered, x)
    residual = weights * (answered - chance)
    assert np.abs(np.column_stack([np.ones(500), x]).T @ residual).max() < 1e-6
    classes = propensity_classes(chance, 5)
    assert np.bincount(classes).min() > 80
    adjusted, empty = class_adjustment(weights, answered, classes)
    assert empty.size == 0
    assert np.bincount(classes, adjusted) == pytest.approx(np.bincount(classes, weights))


def test_trimming_without_strict_is_one_round() -> None:
    weights = np.array([1.0, 1.0, 1.0, 9.0])
    once, rounds = trim(weights, 0.0, 3.0)
    assert (once.tolist(), rounds) == ([3.0, 3.0, 3.0, 3.0], 1)
    assert trim(np.array([2.0, 3.0, 4.0]), 0.0, 5.0)[1] == 0
