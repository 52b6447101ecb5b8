"""Small areas through `survey estimate`: model rows beside direct ones, marked; shares of 0 and 1; hidden counts."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import yaml

from thangdo.cli.entry import run
from thangdo.survey.estimation import Estimate
from thangdo.survey.estimation_files import read_estimates

WARDS = 45


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Wards with 4 to 60 answers; satisfaction follows how many counters a ward has. Ward 45 was not asked."""
    stream = np.random.default_rng(7)
    counters = stream.uniform(1, 9, WARDS)
    truth = 0.55 + 0.04 * counters + stream.normal(0, 0.03, WARDS)
    with (tmp_path / "data.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["ward", "w", "happy", "score"])
        for ward in range(WARDS - 1):
            for _ in range(4 if ward < 10 else 60):
                happy = int(stream.random() < truth[ward])
                writer.writerow([f"P{ward:02d}", 3, happy, 50 + 30 * happy + stream.normal(0, 5)])
    with (tmp_path / "wards.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["ward", "counters", "truth"])
        writer.writerows([f"P{ward:02d}", counters[ward], truth[ward]] for ward in range(WARDS))
    (tmp_path / "design.yaml").write_text("weights: w\n")
    return tmp_path


def estimates(folder: Path, asked: list[dict[str, object]], *options: str) -> list[Estimate]:
    (folder / "a.yaml").write_text(yaml.safe_dump(asked))
    paths = ["--design", str(folder / "design.yaml"), "--analysis", str(folder / "a.yaml")]
    assert run(["survey", "estimate", str(folder / "data.csv"), *paths, "--out", str(folder / "o.csv"), *options]) == 0
    return read_estimates(folder / "o.csv")


MODEL = {"table": "wards.csv", "covariates": ["counters"]}
SHARE = {"statistic": "share", "variable": "happy", "levels": [1], "by": "ward", "small_areas": MODEL}


def test_model_rows_stand_beside_direct_ones_under_their_own_name(folder: Path) -> None:
    rows = {(row.statistic, row.domain): row for row in estimates(folder, [SHARE])}
    with (folder / "wards.csv").open() as stream:
        truth = {row["ward"]: float(row["truth"]) for row in csv.DictReader(stream)}
    small = [f"P{ward:02d}" for ward in range(10)]
    model = np.array([rows["share_fay_herriot", ward].estimate for ward in small])
    direct = np.array([rows["share", ward].estimate for ward in small])
    wanted = np.array([truth[ward] for ward in small])
    assert np.abs(model - wanted).mean() < np.abs(direct - wanted).mean() / 2
    for ward in small:
        row = rows["share_fay_herriot", ward]
        assert 0 < row.se < 0.2
        assert 0 <= row.ci_low < row.estimate < row.ci_high <= 1
        assert row.n == rows["share", ward].n == 4
    # Some ward of four answers is at 0 or 1: its direct error is 0, its model error is not.
    assert any(rows["share", ward].se == 0 for ward in small)


def test_a_ward_nobody_was_asked_in_is_synthetic_and_says_so_by_n(folder: Path) -> None:
    rows = {(row.statistic, row.domain): row for row in estimates(folder, [SHARE])}
    asked_nowhere = rows["share_fay_herriot", f"P{WARDS - 1}"]
    assert asked_nowhere.n == 0
    assert ("share", f"P{WARDS - 1}") not in rows
    assert asked_nowhere.se > min(rows["share_fay_herriot", f"P{ward}"].se for ward in range(10, 44))


def test_means_without_covariates_shrink_to_the_mean(folder: Path) -> None:
    mean = {"statistic": "mean", "variable": "score", "by": "ward", "small_areas": {"method": "ml"}}
    rows = estimates(folder, [mean])
    direct = np.array([row.estimate for row in rows if row.statistic == "mean"])
    model = np.array([row.estimate for row in rows if row.statistic == "mean_fay_herriot"])
    assert model.std() < direct.std()
    assert (np.sign(model - model.mean())[:10] == np.sign(direct - model.mean())[:10]).all()


def test_min_n_hides_the_direct_row_and_only_the_count_of_the_model_row(folder: Path) -> None:
    rows = {(row.statistic, row.domain): row for row in estimates(folder, [SHARE], "--min-n", "10")}
    assert np.isnan(rows["share", "P00"].estimate)
    assert rows["share_fay_herriot", "P00"].estimate > 0
    assert rows["share_fay_herriot", "P00"].n == rows["share", "P00"].n == 0


def test_bad_models_are_refused_with_their_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (folder / "wards.csv").read_text().splitlines()
    (folder / "wards.csv").write_text("\n".join(lines[:5] + lines[6:]) + "\n")
    (folder / "a.yaml").write_text(yaml.safe_dump([SHARE]))
    paths = ["--design", str(folder / "design.yaml"), "--analysis", str(folder / "a.yaml")]
    call = ["survey", "estimate", str(folder / "data.csv"), *paths, "--out", str(folder / "o.csv")]
    assert run(call) == 1
    assert "P04" in (said := capsys.readouterr().err)
    assert "SUR325 wards.csv" in said
    (folder / "a.yaml").write_text(yaml.safe_dump([{**SHARE, "small_areas": {"method": "bayes", "x": 1}}]))
    assert run(call) == 1
    assert capsys.readouterr().err.count("SUR311") == 2
    assert not (folder / "o.csv").exists()
