"""Survey figures enter a round with their errors and covariances, and replace only their own rows."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from thangdo.cli.entry import run
from thangdo.survey.design import Design, make_stage
from thangdo.survey.estimation import ratios
from thangdo.survey.estimation_indicators import correlated_pairs, estimate_indicators

SET = """\
format: thangdo-criteria-set/1
id: thu
index: sipas
title: {vi: Thử, en: Test}
edition: {year: 2023}
blocks: [so_nganh]
classes: {on: percent, bands: [{code: tot, name: {vi: Tốt, en: Good}, from: 50}, {code: yeu, name: {vi: Yếu, en: Weak}, from: 0}]}
criteria:
  - {code: "1", text: {vi: Một, en: One}, maximum: 4, rule: {kind: counted, indicator: satisfied, source: survey}}
  - {code: "2", text: {vi: Hai, en: Two}, maximum: 4, rule: {kind: counted, indicator: access, source: survey}}
  - {code: "3", text: {vi: Ba, en: Three}, maximum: 4, rule: {kind: counted, indicator: on_time_share, source: dossiers}}
"""
UNITS = "unit,name_vi,name_en,short_vi,short_en,aliases,level,parent,valid_from,valid_to,predecessors,code_source\n"
VALUES = "index,unit,criterion,indicator,value,numerator,denominator,se,df,n,source,query,source_sha256\n"


def a_round(folder: Path) -> Path:
    (folder / "sets").mkdir(parents=True)
    (folder / "sets" / "thu.yaml").write_text(SET, encoding="utf-8")
    (folder / "round.yaml").write_text(
        "id: thu\nyear: 2023\nstate: draft\nlanguage: vi\n"
        "indices:\n- {id: sipas, kind: points, set: thu, blocks: [so_nganh]}\nillustrative: true\n",
        encoding="utf-8",
    )
    (folder / "units.csv").write_text(f"{UNITS}A,Sở A,,,,,,,,,,\nB,Sở B,,,,,,,,,,\nA1,Chi cục,,,,,,A,,,,\n", "utf-8")
    (folder / "membership.csv").write_text("index,block,unit,ranked\nsipas,so_nganh,A,true\nsipas,so_nganh,B,true\n")
    (folder / "values.csv").write_text(f"{VALUES}sipas,A,3,on_time_share,0.95,95,100,,,,dossiers,q,\n")
    return folder


def answers(folder: Path) -> Path:
    stream = np.random.default_rng(11)
    path = folder / "responses.csv"
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["unit", "psu", "w", "q1", "q2", "access"])
        for row in range(300):
            liked = int(stream.integers(1, 6))
            blank = "" if row % 20 == 0 else int(stream.integers(1, 6))
            writer.writerow([("A", "B", "A1")[row % 3], row % 40, 5 + row % 7, liked, blank, int(liked > 3)])
    return path


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    folder = a_round(tmp_path / "round")
    (tmp_path / "design.yaml").write_text("weights: w\nclusters: psu\n")
    (tmp_path / "rules.yaml").write_text("- {indicator: satisfied, items: [q1, q2], rule: satisfied_share}\n")
    data = str(answers(tmp_path))
    rules = ["--indicators", str(tmp_path / "rules.yaml")]
    for _ in range(2):  # the second time replaces the first
        done = run(
            ["survey", "values", data, "--design", str(tmp_path / "design.yaml"), "--round", str(folder), *rules]
        )
        assert done == 0
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_values_carry_their_parts_and_leave_other_rows(filled: Path) -> None:
    rows = rows_of(filled / "values.csv")
    assert [(r["unit"], r["source"]) for r in rows].count(("A", "dossiers")) == 1
    ours = {(r["unit"], r["criterion"]): r for r in rows if r["source"] == "survey"}
    assert set(ours) == {("A", "1"), ("B", "1"), ("A", "2"), ("B", "2")}
    for row in ours.values():
        assert float(row["value"]) == pytest.approx(float(row["numerator"]) / float(row["denominator"]))
        assert 0 < float(row["se"]) < 0.2
        assert len(row["source_sha256"]) == 64
    # A counts the answers about the branch below it as well.
    assert int(ours["A", "1"]["n"]) == 200
    assert int(ours["B", "1"]["n"]) == 100
    assert ours["A", "1"]["query"] == "satisfied_share(q1+q2) pooled"


def test_covariances_of_shared_respondents_and_clusters(filled: Path) -> None:
    rows = rows_of(filled / "covariance.csv")
    keys = [(r["unit_a"], r["criterion_a"], r["unit_b"], r["criterion_b"]) for r in rows]
    assert len(keys) == len(set(keys)) == 6
    assert all(a[:2] != a[2:] for a in keys)


def test_covariance_is_that_of_the_linearised_ratios() -> None:
    stream = np.random.default_rng(5)
    rows, cluster = 200, stream.integers(0, 20, 200)
    stage = make_stage(cluster % 4, cluster, np.full(rows, 30.0), None)
    second = make_stage(np.zeros(rows, dtype=np.int64), np.arange(rows), np.full(rows, 50.0), stage)
    design = Design(stream.uniform(1, 4, rows), (stage, second))
    parts = {"x": (stream.integers(0, 2, rows).astype(float), np.ones(rows))}
    halves = {"a": np.arange(0, 200, 2), "b": np.arange(1, 200, 2)}
    found = estimate_indicators(design, halves, parts)
    for place, name in enumerate(("a", "b")):
        alone = ratios(design, halves[name], parts["x"][0][halves[name]][:, None], np.ones(100))
        assert found.estimates[place] == pytest.approx(alone.estimates[0])
        assert found.errors[place] == pytest.approx(alone.errors[0])
    # Var(total of both) = Var a + Var b + 2 Cov, with totals fixed by the linearised scores.
    assert [(a, b) for a, b, _ in correlated_pairs(found)] == [(0, 1)]


def test_an_answer_outside_its_scale_stops_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = a_round(tmp_path / "round")
    before = (folder / "values.csv").read_bytes()
    (tmp_path / "design.yaml").write_text("weights: w\n")
    (tmp_path / "rules.yaml").write_text("- {indicator: satisfied, items: [q1], rule: satisfied_share}\n")
    (tmp_path / "r.csv").write_text("unit,w,q1\nA,1,5\nB,1,7\nA,2,3\n")
    arguments = ["--design", str(tmp_path / "design.yaml"), "--round", str(folder)]
    rules = ["--indicators", str(tmp_path / "rules.yaml")]
    assert run(["survey", "values", str(tmp_path / "r.csv"), *arguments, *rules]) == 1
    assert "SUR316 r.csv:3:q1" in capsys.readouterr().err
    assert (folder / "values.csv").read_bytes() == before


def test_an_indicator_the_round_does_not_ask_and_a_unit_without_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = a_round(tmp_path / "round")
    (tmp_path / "design.yaml").write_text("weights: w\n")
    (tmp_path / "r.csv").write_text("unit,w,q1\nA,1,5\nA,1,4\nA,2,3\n")
    arguments = ["survey", "values", str(tmp_path / "r.csv"), "--design", str(tmp_path / "design.yaml")]
    arguments += ["--round", str(folder), "--indicators", str(tmp_path / "rules.yaml")]
    (tmp_path / "rules.yaml").write_text("- {indicator: liked, items: [q1], rule: satisfied_share}\n")
    assert run(arguments) == 1
    assert "SUR322" in capsys.readouterr().err
    # Unit B has no answer: said as a warning, its value stays empty, the others are written.
    (tmp_path / "rules.yaml").write_text("- {indicator: satisfied, items: [q1], rule: satisfied_share}\n")
    assert run(arguments) == 0
    said = capsys.readouterr().err
    assert "SUR323" in said
    # Three answers are too few to publish or rank, which is said.
    assert "SUR326" in said
    written = [row["unit"] for row in rows_of(folder / "values.csv") if row["source"] == "survey"]
    assert written == ["A"]
