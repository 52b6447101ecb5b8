"""The demo's surveys are surveys: what its indices take is what `survey estimate` gives from the files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import pytest
import yaml

from thangdo.cli.demo_surveys import fill_from_surveys, write_surveys
from thangdo.cli.entry import run
from thangdo.demo import demo_year
from thangdo.evaluation import write_round
from thangdo.evaluation.library import shipped_set, shipped_sets
from thangdo.evaluation.published import read_published
from thangdo.evaluation.register import load_register
from thangdo.survey.estimation_files import read_estimates
from thangdo.survey.questionnaire_reading import read_questionnaire

PUBLISHED = Path(__file__).resolve().parents[2] / "examples" / "hcmc-2023" / "published"


@dataclass(frozen=True)
class Demo:
    surveys: Path
    rows: list[dict[str, str]]
    values: dict[tuple[str, str, str], dict[str, str]]


def solved(root: Path) -> Demo:
    published, gathered = read_published(PUBLISHED, load_register())
    gathered.refuse_errors()
    city = demo_year({name: shipped_set(name) for name in shipped_sets()}, load_register(), published, 2023)
    write_surveys(root, city.surveys)
    write_round(city.round, root / "round")
    fill_from_surveys(root, city.surveys, city.round.year, root / "round")
    with (root / "round" / "values.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    counted = [row for row in rows if row["source_sha256"]]
    return Demo(root / "surveys", rows, {(row["index"], row["indicator"], row["unit"]): row for row in counted})


def shares(folder: Path, items: list[str], out: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Share of 4 and 5 by unit and item, and its error, through the command."""
    asked = [{"statistic": "share", "variable": items, "levels": [4, 5], "by": "unit"}]
    (out / "a.yaml").write_text(yaml.safe_dump(asked))
    paths = ["--design", str(folder / "design.yaml"), "--analysis", str(out / "a.yaml"), "--out", str(out / "o.csv")]
    assert run(["survey", "estimate", str(folder / "responses.csv"), *paths]) == 0
    return {(row.domain, row.variable): (row.estimate, row.se) for row in read_estimates(out / "o.csv")}


def test_what_the_indices_take_is_what_estimate_gives_from_the_files(tmp_path: Path) -> None:
    # One test, since the city is solved once for it.
    demo = solved(tmp_path)
    par_takes_its_survey_share_from_the_answers(demo, tmp_path)
    par_takes_the_view_of_officials_from_their_answers(demo, tmp_path)
    every_ddci_item_is_its_estimate_with_its_error(demo, tmp_path)
    no_survey_figure_of_the_round_is_typed(demo)
    for folder in demo.surveys.iterdir():
        assert "&id" not in (folder / "indicators.yaml").read_text(encoding="utf-8")


def par_takes_its_survey_share_from_the_answers(demo: Demo, tmp_path: Path) -> None:
    """Everybody answers everything, so the index is the mean over factors of the mean share of their items."""
    rules = yaml.safe_load((demo.surveys / "sipas-2023" / "indicators.yaml").read_text(encoding="utf-8"))
    factors = next(rule for rule in rules if rule["indicator"] == "sipas")["factors"]
    found = shares(demo.surveys / "sipas-2023", [item for items in factors.values() for item in items], tmp_path)
    par = {unit: row for (index, indicator, unit), row in demo.values.items() if (index, indicator) == ("par", "sipas")}
    assert len(par) == len({unit for unit, _ in found})
    for unit, row in par.items():
        means = [fmean(found[unit, item][0] for item in items) for items in factors.values()]
        assert float(row["value"]) == pytest.approx(fmean(means), rel=1e-9)
        assert 0 < float(row["se"]) < 0.05


def par_takes_the_view_of_officials_from_their_answers(demo: Demo, tmp_path: Path) -> None:
    """Everybody answers all seven items of the shipped questionnaire: the index is the mean of their shares."""
    items = [question.name for question in read_questionnaire("noi-bo-2023").batteries()["cai_cach"]]
    found = shares(demo.surveys / "noi-bo-2023", items, tmp_path)
    par = {unit: row for (index, name, unit), row in demo.values.items() if (index, name) == ("par", "internal_survey")}
    assert len(par) == len({unit for unit, _ in found}) > 40
    for unit, row in par.items():
        assert float(row["value"]) == pytest.approx(fmean(found[unit, item][0] for item in items), rel=1e-9)
        assert 0 < float(row["se"]) < 0.05


def no_survey_figure_of_the_round_is_typed(demo: Demo) -> None:
    typed = [row for row in demo.rows if row["source"] == "survey" and not row["source_sha256"]]
    assert typed == []


def every_ddci_item_is_its_estimate_with_its_error(demo: Demo, tmp_path: Path) -> None:
    for block in ("so-nganh", "dia-phuong"):
        folder = demo.surveys / f"ddci-2023-{block}"
        with (folder / "responses.csv").open(encoding="utf-8") as stream:
            items = [name for name in next(csv.reader(stream)) if name.startswith("ddci_")]
        found = shares(folder, items, tmp_path)
        assert len(found) > 500
        for (unit, item), (value, error) in found.items():
            row = demo.values["ddci", item, unit]
            assert float(row["value"]) == pytest.approx(value, rel=1e-9)
            assert float(row["se"]) == pytest.approx(error, rel=1e-9)
