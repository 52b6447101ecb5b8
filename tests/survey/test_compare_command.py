"""`thangdo survey compare`: domains with each other, a year with the one before, what is hidden, what is refused."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import yaml

from thangdo.cli.entry import run
from thangdo.survey.estimation_files import read_estimates

MEAN = {"statistic": "mean", "variable": "y", "by": "ward"}


def answers(path: Path, seed: int, wards: str = "ABCD") -> Path:
    """Forty answers of every ward in eight clusters; ward D, where it is there, has six."""
    stream = np.random.default_rng(seed)
    lines = ["ward,cluster,w,y,ok"]
    for ward in wards:
        for number in range(6 if ward == "D" else 40):
            y = stream.normal(50 + 4 * "ABCD".index(ward), 6)
            lines.append(f"{ward},{number % 8},{1 + number % 3},{y:.3f},{int(y > 52)}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    answers(tmp_path / "now.csv", 1)
    answers(tmp_path / "last.csv", 2)
    (tmp_path / "design.yaml").write_text("weights: w\nclusters: cluster\n")
    return tmp_path


def command(folder: Path, name: str, asked: list[dict[str, object]], *options: str) -> int:
    (folder / "a.yaml").write_text(yaml.safe_dump(asked))
    paths = ["--design", str(folder / "design.yaml"), "--analysis", str(folder / "a.yaml")]
    return run(["survey", name, str(folder / "now.csv"), *paths, "--out", str(folder / "o.csv"), *options])


def compared(folder: Path, asked: list[dict[str, object]], *options: str) -> list[dict[str, str]]:
    assert command(folder, "compare", asked, *options) == 0
    with (folder / "o.csv").open() as stream:
        return list(csv.DictReader(stream))


def last(folder: Path) -> list[str]:
    return ["--last-data", str(folder / "last.csv"), "--last-design", str(folder / "design.yaml")]


def pairs(rows: list[dict[str, str]]) -> list[str]:
    return [row["domain"] + row["against"] for row in rows]


def test_all_pairs_one_domain_or_the_pairs_that_are_named(folder: Path) -> None:
    assert pairs(compared(folder, [MEAN])) == ["AB", "AC", "AD", "BC", "BD", "CD"]
    assert pairs(compared(folder, [MEAN | {"compare": "A"}])) == ["BA", "CA", "DA"]
    assert pairs(compared(folder, [MEAN | {"compare": [["C", "A"], ["B", "D"]]}])) == ["CA", "BD"]


def test_p_values_are_adjusted_over_the_tests_of_one_analysis(folder: Path) -> None:
    rows = compared(folder, [MEAN | {"compare": "A"}])
    p = sorted(float(row["p"]) for row in rows)
    assert sorted(float(row["p_holm"]) for row in rows)[0] == pytest.approx(3 * p[0])
    assert all(float(row["p_holm"]) >= float(row["p"]) for row in rows)


def test_years_are_two_estimates_drawn_apart(folder: Path) -> None:
    """Each side is what `estimate` gives; the variances and the degrees of freedom add up."""
    rows = compared(folder, [{"statistic": "share", "variable": "ok", "levels": [1]}], *last(folder))
    (row,) = rows
    both = []
    for data in ("now.csv", "last.csv"):
        paths = ["--design", str(folder / "design.yaml"), "--analysis", str(folder / "a.yaml")]
        assert run(["survey", "estimate", str(folder / data), *paths, "--out", str(folder / "e.csv")]) == 0
        both += read_estimates(folder / "e.csv")
    assert (row["test"], row["level"], row["df"]) == ("years", "1", "14")
    assert float(row["estimate"]) == both[0].estimate
    assert float(row["estimate_against"]) == both[1].estimate
    assert float(row["difference"]) == both[0].estimate - both[1].estimate
    assert float(row["se"]) == pytest.approx(math.hypot(both[0].se, both[1].se))


def test_a_ward_of_one_year_only_is_named_and_not_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers(folder / "last.csv", 2, "ABC")
    rows = compared(folder, [MEAN | {"compare": "none"}], *last(folder))
    assert pairs(rows) == ["AA", "BB", "CC"]
    assert "SUR327" in (said := capsys.readouterr().err)
    assert "y D" in said


def test_a_hidden_ward_hides_every_test_it_is_part_of(folder: Path) -> None:
    rows = compared(folder, [MEAN], "--min-n", "10")
    shown = {row["domain"] + row["against"] for row in rows if row["difference"]}
    # D has 6 answers; the next smallest goes with it, since D would follow from the total.
    assert shown == {"BC"}
    hidden = [row for row in rows if not row["difference"]]
    assert all(row[name] == "" for row in hidden for name in ("se", "ci_low", "ci_high", "p", "p_holm"))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"statistic": "mean", "variable": "y"}, "SUR328"),
        (MEAN | {"compare": "Z"}, "SUR311"),
        (MEAN | {"compare": [["A"]]}, "SUR311"),
        (MEAN | {"statistic": "quantile"}, "SUR311"),
        (MEAN | {"variable": "x"}, "SUR300"),
    ],
)
def test_what_cannot_be_compared_is_refused_and_nothing_written(
    folder: Path, asked: dict[str, object], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(folder, "compare", [asked]) == 1
    assert code in capsys.readouterr().err
    assert not (folder / "o.csv").exists()


def test_estimate_takes_the_same_analyses(folder: Path) -> None:
    assert command(folder, "estimate", [MEAN | {"compare": "A"}]) == 0
    assert len(read_estimates(folder / "o.csv")) == 4


def test_a_design_of_a_year_without_its_data_is_wrong_usage(folder: Path) -> None:
    assert command(folder, "compare", [MEAN], *last(folder)[2:]) == 2
