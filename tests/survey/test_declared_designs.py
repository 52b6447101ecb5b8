"""Bad designs and data: each fault named with its place, all in one run, and no output begun."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from thangdo.cli.entry import run
from thangdo.findings import Gathered, Refused
from thangdo.survey.codes import CODES
from thangdo.survey.design_building import build_design
from thangdo.survey.design_document import design_document
from thangdo.survey.estimation_columns import columns_of
from thangdo.survey.estimation_files import read_estimates

GOOD: dict[str, list[Any]] = {
    "w": [2, 2, 2, 3, 3, 3],
    "s": ["a", "a", "a", "b", "b", "b"],
    "c": [1, 1, 2, 3, 4, 4],
    "big": [9, 9, 9, 9, 9, 9],
    "x": [1, 2, 3, 4, 5, 6],
    "g": ["m", "f", "m", "f", "m", "f"],
}
STRATIFIED = {"weights": "w", "strata": "s", "clusters": "c"}


def codes(design: Mapping[str, Any], **changed: list[Any]) -> list[tuple[str, int, str]]:
    gathered = Gathered()
    document = design_document(design, "design.yaml", gathered)
    try:
        build_design(document, columns_of({**GOOD, **changed}, "data.csv"), gathered)
    except Refused as refused:
        return [(finding.code, finding.where.row, finding.where.column) for finding in refused.findings]
    return [(finding.code, finding.where.row, finding.where.column) for finding in gathered]


def test_the_good_design_has_no_findings() -> None:
    assert codes(STRATIFIED) == []


@pytest.mark.parametrize("weight", ["", 0, -1, "x"])
def test_weights_missing_zero_negative_or_text(weight: object) -> None:
    assert codes(STRATIFIED, w=[2, 2, weight, 3, 3, 3]) == [("SUR301", 4, "w")]


def test_a_stratum_with_one_psu() -> None:
    assert [code for code, *_ in codes(STRATIFIED, c=[1, 1, 1, 3, 4, 4])] == ["SUR302"]
    assert codes(STRATIFIED | {"lonely_psu": "adjust"}, c=[1, 1, 1, 3, 4, 4]) == []


def test_a_stratum_taken_whole_is_not_lonely() -> None:
    assert codes(STRATIFIED | {"fpc": "big"}, c=[1, 1, 1, 3, 4, 4], big=[1, 1, 1, 9, 9, 9]) == []


def test_fpc_below_the_sample_mixed_or_varying() -> None:
    assert [c for c, *_ in codes(STRATIFIED | {"fpc": "big"}, big=[1, 1, 1, 9, 9, 9])] == ["SUR303"]
    assert [c for c, *_ in codes(STRATIFIED | {"fpc": "big"}, big=[0.5, 0.5, 0.5, 9, 9, 9])] == ["SUR304"] * 3
    assert [c for c, *_ in codes(STRATIFIED | {"fpc": "big"}, big=[9, 9, 8, 9, 9, 9])] == ["SUR305"]


def test_clusters_across_strata_need_nest() -> None:
    crossing = {"c": [1, 1, 2, 1, 2, 2]}
    assert {code for code, *_ in codes(STRATIFIED, **crossing)} == {"SUR306"}
    assert codes(STRATIFIED | {"nest": True}, **crossing) == []


def test_totals_without_sample_and_sample_without_totals() -> None:
    totals = {"by": ["g"], "totals": {"m": 10, "x": 3}}
    assert [c for c, *_ in codes(STRATIFIED | {"poststrata": totals})] == ["SUR307", "SUR308"]


def test_contradicting_totals() -> None:
    rake = {"rake": {"g": {"m": 10, "f": 12}, "s": {"a": 10, "b": 13}}}
    assert ("SUR310", 0, "s") in codes(STRATIFIED | rake)
    calibrate = {"calibrate": {"totals": {"(Intercept)": 15, "gm": 10, "gf": 12}}}
    assert ("SUR310", 0, "g") in codes(STRATIFIED | calibrate)


def test_calibration_that_cannot_converge() -> None:
    calibrate = {"method": "logit", "bounds": [0.9, 1.1], "totals": {"(Intercept)": 15, "x": 90}}
    assert [c for c, *_ in codes(STRATIFIED | {"calibrate": calibrate})] == ["SUR309"]
    assert [c for c, *_ in codes(STRATIFIED | {"calibrate": {"method": "logit", "totals": {"x": 60}}})] == ["SUR315"]


def test_several_faults_are_told_together() -> None:
    found = codes({"weights": "w", "strata": "stratum", "fcp": "big"}, w=[2, 2, 0, 3, 3, 3])
    assert [code for code, *_ in found] == ["SUR311", "SUR301", "SUR300"]


def test_jackknifes_ask_for_their_kind_of_design() -> None:
    assert [c for c, *_ in codes(STRATIFIED | {"replicates": "JK1"})] == ["SUR314"]
    assert [c for c, *_ in codes({"weights": "w", "replicates": {"type": "JKn"}})] == ["SUR314"]


def test_every_code_has_both_languages() -> None:
    for code in CODES:
        assert all((code.title_vi, code.title_en, code.remedy_vi, code.remedy_en)), code.code


def files(folder: Path, design: Mapping[str, Any], analysis: object, **changed: list[Any]) -> list[str]:
    table = {**GOOD, **changed}
    with (folder / "data.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    (folder / "design.yaml").write_text(yaml.safe_dump(dict(design)))
    (folder / "analysis.yaml").write_text(yaml.safe_dump(analysis))
    paths = [str(folder / name) for name in ("data.csv", "design.yaml", "analysis.yaml", "out.csv")]
    return ["survey", "estimate", paths[0], "--design", paths[1], "--analysis", paths[2], "--out", paths[3]]


def test_estimates_go_there_and_back_through_the_command(tmp_path: Path) -> None:
    asked = [{"statistic": "mean", "variable": "x", "by": "g"}, {"statistic": "quantile", "variable": "x", "q": 0.5}]
    assert run(files(tmp_path, STRATIFIED, asked)) == 0
    rows = read_estimates(tmp_path / "out.csv")
    assert [(row.statistic, row.level, row.domain, row.n) for row in rows] == [
        ("mean", "", "f", 3),
        ("mean", "", "m", 3),
        ("quantile", "0.5", "", 6),
    ]


def test_bad_analyses_leave_no_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [{"statistic": "mode", "variable": "x"}, {"statistic": "quantile", "variable": "x", "q": 2}]
    assert run(files(tmp_path, STRATIFIED, asked)) == 1
    assert capsys.readouterr().err.count("SUR311") == 2
    assert not list(tmp_path.glob("out*"))


def test_minimum_n_hides_the_small_cell_and_one_more(tmp_path: Path) -> None:
    asked = [{"statistic": "total", "variable": "x", "by": "c"}]
    assert run([*files(tmp_path, {"weights": "w"}, asked), "--min-n", "2"]) == 0
    assert [row.n for row in read_estimates(tmp_path / "out.csv")] == [2, 0, 0, 2]


def test_semicolons_and_decimal_commas_are_read_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = files(tmp_path, {"weights": "w"}, [{"statistic": "mean", "variable": "x"}])
    (tmp_path / "data.csv").write_text("w;x\n1,5;2\n1,5;3\n", encoding="utf-8-sig")
    assert run(arguments) == 0
    assert read_estimates(tmp_path / "out.csv")[0].estimate == 2.5
    assert "SUR319" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"x": [1, 2, "t", 4, 5, 6]}, "SUR312 data.csv:4:x"),
        ({"s": ["a", "a", "", "b", "b", "b"]}, "SUR313 data.csv:4:s"),
    ],
)
def test_text_in_a_number_and_a_gap_in_a_stratum_are_named_with_their_row(
    changed: dict[str, list[Any]], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(files(tmp_path, STRATIFIED, [{"statistic": "mean", "variable": "x"}], **changed)) == 1
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("data.csv", ",".join(GOOD) + "\n", "SUR317 data.csv:"),
        ("design.yaml", "weights: [w\n", "SUR318 design.yaml:2:"),
    ],
)
def test_a_file_without_a_row_and_one_that_is_no_yaml_are_named(
    name: str, content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = files(tmp_path, STRATIFIED, [{"statistic": "mean", "variable": "x"}])
    (tmp_path / name).write_text(content)
    assert run(arguments) == 1
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(
    "more",
    [
        {"poststrata": {"by": ["g"], "totals": [1, 2]}},
        {"replicates": {"type": "bootstrap", "count": 1}},
        {"replicates": {"type": "bootstrap", "count": "many"}},
        {"replicates": {"type": "bootstrap", "count": float("inf")}},
        {"replicates": {"type": "bootstrap", "count": 10, "seed": -1}},
        {"replicates": {"columns": ["x"]}},
        {"nonresponse": {"responded": "x", "propensity": ["w"], "groups": 0}},
        {"trim": {"lower": 5, "upper": 1}},
        {"trim": {"upper": -1}},
    ],
)
def test_numbers_that_make_no_errors_or_no_sense_are_refused(more: Mapping[str, Any]) -> None:
    """One replicate has no spread, so every error would be 0; bounds the wrong way round leave no weight."""
    assert {code for code, *_ in codes(STRATIFIED | more)} == {"SUR311"}
