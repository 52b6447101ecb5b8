"""Bad rounds: every fault named with file, row, column and remedy, all in one run, nothing half-written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from thangdo.evaluation import SPECS, evaluate, read_round, write_round
from thangdo.evaluation.codes import CODES
from thangdo.evaluation.lint import lint_path
from thangdo.evaluation.tables import read_table
from thangdo.findings import Gathered, Refused
from thangdo.methodology.codes import CODES as METHOD_CODES
from thangdo.scoring.codes import CODES as SCORING_CODES

SET = """\
format: thangdo-criteria-set/1
id: thu
index: par
title: {vi: Thử, en: Test}
edition: {year: 2023}
blocks: [so_nganh]
classes: {on: percent, bands: [{code: tot, name: {vi: Tốt, en: Good}, from: 50}, {code: yeu, name: {vi: Yếu, en: Weak}, from: 0}]}
criteria:
  - {code: "1", text: {vi: Một, en: One}, maximum: 4, rule: {kind: proportional, when_zero: error}}
  - {code: "2", text: {vi: Hai, en: Two}, maximum: 2, rule: {kind: yes_no}}
  - {code: "3", text: {vi: Ba, en: Three}, maximum: 4, rule: {kind: counted, indicator: on_time_share, source: dossiers}}
"""
FILES = {
    "round.yaml": "id: thu\nyear: 2023\nstate: final\nlanguage: vi\nindices:\n- {id: par, kind: points, set: thu, blocks: [so_nganh]}\nillustrative: true\n",
    "units.csv": "unit,name_vi,name_en,short_vi,short_en,aliases,level,parent,valid_from,valid_to,predecessors,code_source\nA,Sở A,,,,,,,,,,\nB,Sở B,,,,,,,,,,\n",
    "membership.csv": "index,block,unit,ranked\npar,so_nganh,A,true\npar,so_nganh,B,true\n",
    "marks.csv": (
        "index,unit,criterion,layer,appraiser,field,value,reason,given_at\n"
        "par,A,1,self,a,numerator,9,,\npar,A,1,self,a,denominator,12,,\npar,A,2,self,a,answer,có,,\n"
        "par,B,1,self,b,numerator,12,,\npar,B,1,self,b,denominator,12,,\npar,B,2,self,b,answer,không,,\n"
    ),
    "values.csv": (
        "index,unit,criterion,indicator,value,numerator,denominator,se,df,n,source,query,source_sha256\n"
        "par,A,3,on_time_share,0.95,95,100,,,,dossiers,q,\npar,B,3,on_time_share,1,50,50,,,,dossiers,q,\n"
    ),
}


def make(folder: Path, **changes: Callable[[str], str]) -> Path:
    """A small good round, with some of its files changed."""
    (folder / "sets").mkdir(parents=True)
    for name, text in {**FILES, "sets/thu.yaml": SET}.items():
        change = changes.get(name.partition(".")[0].replace("/", "_"))
        (folder / name).write_text(change(text) if change else text, encoding="utf-8")
    return folder


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def add(line: str) -> Callable[[str], str]:
    return lambda text: text + line + "\n"


def test_the_good_round_gives_what_a_clerk_would_compute(tmp_path: Path) -> None:
    # A: 9/12 × 4 + 2 + 0.95 × 4 = 8.8; B: 4 + 0 + 4 = 8.
    results = evaluate(read_round(make(tmp_path / "r")))
    assert [(row.unit, str(row.points), row.rank, row.class_code) for row in results.indices[0].rows] == [
        ("A", "8.80", 1, "tot"),
        ("B", "8.00", 2, "tot"),
    ]


FAULTS = [
    ("EVA010", "marks", add("par,A,1"), ("marks.csv", 8, "")),
    ("EVA020", "marks", add("dti,A,1,self,a,numerator,1,,"), ("marks.csv", 8, "index")),
    ("EVA021", "marks", add("par,C,1,self,a,numerator,1,,"), ("marks.csv", 8, "unit")),
    ("EVA021", "membership", add("par,so_nganh,C,true"), ("membership.csv", 4, "unit")),
    ("EVA022", "membership", swap("par,so_nganh,B", "par,tinh,B"), ("membership.csv", 3, "block")),
    ("EVA023", "membership", add("par,so_nganh,A,true"), ("membership.csv", 4, "")),
    ("EVA024", "membership", swap("B,true", "B,maybe"), ("membership.csv", 3, "ranked")),
    (
        "EVA025",
        "units",
        lambda text: text.replace("A,Sở A,,,,,,,", "A,Sở A,,,,,,B,").replace("B,Sở B,,,,,,,", "B,Sở B,,,,,,A,"),
        ("units.csv", 2, "parent"),
    ),
    ("EVA030", "marks", add("par,A,1.1,self,a,numerator,1,,"), ("marks.csv", 8, "criterion")),
    ("EVA031", "marks", add("par,A,1,boss,a,numerator,1,,"), ("marks.csv", 8, "layer")),
    ("EVA032", "marks", add("par,A,1,self,a,numerator,8,,"), ("marks.csv", 8, "field")),
    ("EVA033", "marks", swap("answer,có", "answer,có lẽ"), ("marks.csv", 4, "value")),
    ("EVA034", "marks", add("par,A,3,council,h,points,4,,"), ("marks.csv", 8, "reason")),
    ("EVA035", "marks", swap("numerator,9", "tu_so,9"), ("marks.csv", 2, "field")),
    ("EVA036", "marks", swap("numerator,9", "numerator,chín"), ("marks.csv", 2, "value")),
    ("EVA037", "marks", swap("numerator,9", 'numerator,"1,234"'), ("marks.csv", 2, "value")),
    ("EVA038", "marks", add("par,A,1,self,a,points,1,vì,"), ("marks.csv", 2, "field")),
    ("EVA039", "marks", add("par,A,2,self,khac,answer,không,,"), ("marks.csv", 4, "")),
    ("EVA040", "values", add("par,A,1,x,1,,,,,,dossiers,q,"), ("values.csv", 4, "criterion")),
    ("EVA041", "values", swap("on_time_share,0.95", "khac,0.95"), ("values.csv", 2, "indicator")),
    ("EVA042", "values", swap("95,100,", "95,100,-1"), ("values.csv", 2, "se")),
    ("EVA043", "values", add("par,A,3,on_time_share,1,,,,,,dossiers,q,"), ("values.csv", 4, "")),
    ("EVA050", "marks", swap("par,B,2,self,b,answer,không,,\n", ""), ("marks.csv", 0, "")),
    ("EVA051", "values", swap("par,B,3,on_time_share,1,50,50,,,,dossiers,q,\n", ""), ("values.csv", 0, "")),
    ("EVA008", "marks", swap("layer,", ""), ("marks.csv", 1, "")),
    ("EVA009", "marks", swap("given_at", "value"), ("marks.csv", 1, "value")),
    ("EVA007", "marks", lambda text: "", ("marks.csv", 1, "")),
    ("EVA006", "marks", add('par,A,"1'), ("marks.csv", 8, "")),
    ("EVA013", "round", swap("year: 2023\n", ""), ("round.yaml", 1, "")),
    ("EVA014", "round", swap("state: final", "state: done"), ("round.yaml", 3, "state")),
    ("EVA016", "round", swap("set: thu", "set: mat"), ("round.yaml", 0, "")),
    ("EVA053", "round", swap("blocks: [so_nganh]", "blocks: [so_nganh, tinh]"), ("membership.csv", 0, "")),
    ("EVA012", "round", lambda text: "- thu\n", ("round.yaml", 1, "")),
    (
        "EVA054",
        "round",
        swap("indices:\n", "indices:\n- {id: par, kind: points, set: thu, blocks: [so_nganh]}\n"),
        ("round.yaml", 0, ""),
    ),
    ("EVA055", "round", swap("kind: points", "kind: composite"), ("round.yaml", 0, "")),
    ("SCO011", "marks", add("par,A,2,council,h,points,5,vì,"), ("marks.csv", 8, "value")),
    ("SCO012", "marks", swap("par,A,1,self,a,denominator,12,,\n", ""), ("marks.csv", 2, "value")),
    ("SCO013", "marks", swap("denominator,12", "denominator,0"), ("marks.csv", 2, "value")),
    ("SCO014", "marks", swap("numerator,9", "numerator,-9"), ("marks.csv", 2, "value")),
    ("MET025", "sets_thu", swap("criteria:", "maximum: 11\ncriteria:"), ("sets/thu.yaml", 8, "maximum")),
]


@pytest.mark.parametrize(("code", "file", "change", "where"), FAULTS, ids=[f"{row[0]}-{row[1]}" for row in FAULTS])
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, code: str, file: str, change: Callable[[str], str], where: tuple[str, int, str]
) -> None:
    folder = make(tmp_path / "r", **{file: change})
    found = [(f.code, (f.where.file, f.where.row, f.where.column)) for f in lint_path(folder)]
    assert (code, where) in found, found
    with pytest.raises(Refused) as refused:
        evaluate(read_round(folder))
    assert code in refused.value.counts


def test_all_faults_are_named_in_one_run(tmp_path: Path) -> None:
    change = add("par,C,1,self,a,numerator,1,,\npar,A,9,self,a,numerator,1,,\npar,A,1,boss,a,numerator,1,,")
    codes = sorted(finding.code for finding in lint_path(make(tmp_path / "r", marks=change)))
    assert codes == ["EVA021", "EVA030", "EVA031"]


def test_every_code_has_words_in_both_languages() -> None:
    for table in (CODES, METHOD_CODES, SCORING_CODES):
        for row in table:
            assert all((row.title_vi, row.title_en, row.remedy_vi, row.remedy_en)), row.code


def test_bom_semicolons_and_decimal_commas_are_read_and_said(tmp_path: Path) -> None:
    folder = make(tmp_path / "r")
    rows = csv.reader(io.StringIO(FILES["values.csv"]))
    text = "\n".join(
        ";".join(cell.replace(".", ",") if place == 4 else cell for place, cell in enumerate(row)) for row in rows
    )
    (folder / "values.csv").write_text("\ufeff" + text + "\n", encoding="utf-8")
    found = lint_path(folder)
    assert sorted((f.code, f.severity) for f in found) == [("EVA002", "note"), ("EVA004", "note")]
    assert str(evaluate(read_round(folder)).indices[0].rows[0].points) == "8.80"


def test_a_decimal_comma_in_a_comma_file_is_read_and_said(tmp_path: Path) -> None:
    folder = make(tmp_path / "r", marks=swap("numerator,9", 'numerator,"9,5"'))
    found = [(f.code, f.severity, f.where.column) for f in lint_path(folder)]
    assert ("EVA018", "note", "value") in found
    assert str(evaluate(read_round(folder)).indices[0].rows[0].points) == "8.97"  # 9.5/12 × 4 = 3.1667


def test_a_missing_table_is_named_with_its_columns(tmp_path: Path) -> None:
    folder = make(tmp_path / "r")
    (folder / "membership.csv").unlink()
    (finding,) = [f for f in lint_path(folder) if f.code == "EVA015"]
    assert (finding.where.file, finding.expected) == ("membership.csv", "index, block, unit, ranked")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "marks.csv").mkdir()
    gathered = Gathered()
    read_table(tmp_path / "marks.csv", SPECS["marks"], gathered)
    assert [(f.code, f.where.file) for f in gathered] == [("EVA001", "marks.csv")]


def test_what_a_back_test_cannot_carry_over_is_named(tmp_path: Path) -> None:
    from thangdo.evaluation.backtest import back_test
    from thangdo.methodology import parse

    draft = parse(SET.replace('code: "2"', 'code: "4"'))
    round_ = read_round(make(tmp_path / "r"))
    test = back_test(draft, round_, evaluate(round_))
    assert [(f.code, f.where.node) for f in test.not_carried] == [("EVA062", "par/4"), ("EVA062", "par/2")]


def test_a_windows_1258_file_is_refused_by_name(tmp_path: Path) -> None:
    folder = make(tmp_path / "r")
    (folder / "units.csv").write_bytes(FILES["units.csv"].replace("Sở", "Sô").encode("cp1258"))
    (finding,) = [f for f in lint_path(folder) if f.code == "EVA003"]
    assert (finding.where.file, finding.where.row, finding.facts["guess"]) == ("units.csv", 2, "Windows-1258")


def test_a_cell_of_ten_megabytes_is_refused_at_its_row(tmp_path: Path) -> None:
    folder = make(tmp_path / "r", marks=add("par,A,1,council,h,points,1," + "x" * 10_000_000 + ","))
    assert ("EVA005", 8) in [(f.code, f.where.row) for f in lint_path(folder)]


def test_an_unknown_file_is_reported_in_a_draft_and_refused_in_a_final_round(tmp_path: Path) -> None:
    for state, severity in (("draft", "warning"), ("final", "error")):
        folder = make(tmp_path / state, round=swap("state: final", f"state: {state}"))
        (folder / "ghi-chu.txt").write_text("x")
        assert [(f.code, f.severity) for f in lint_path(folder)] == [("EVA017", severity)]


def test_an_unknown_column_is_kept_written_back_and_counted_in_the_hash(tmp_path: Path) -> None:
    plain = read_round(make(tmp_path / "a"))
    more = read_round(
        make(
            tmp_path / "b",
            membership=lambda text: text.replace("ranked\n", "ranked,ghi_chu\n").replace("true\n", "true,x\n"),
        )
    )
    assert more.hash() != plain.hash()
    write_round(more, tmp_path / "c")
    assert read_round(tmp_path / "c").hash() == more.hash()


def test_in_a_draft_a_missing_mark_is_a_warning_and_gives_no_rank(tmp_path: Path) -> None:
    change = swap("par,B,2,self,b,answer,không,,\n", "")
    folder = make(tmp_path / "r", marks=change, round=swap("state: final", "state: draft"))
    results = evaluate(read_round(folder))
    assert [f.code for f in results.findings] == ["EVA052"]
    assert [(row.rank, row.class_code) for row in results.indices[0].rows] == [(None, "tot"), (None, None)]


def test_a_refused_evaluation_leaves_nothing_behind(tmp_path: Path) -> None:
    from thangdo.cli.entry import run

    folder = make(tmp_path / "r", marks=add("par,C,1,self,a,numerator,1,,"))
    assert run(["evaluate", str(folder), "--out", str(tmp_path / "out")]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r"]


def test_a_round_survives_being_written_and_read(tmp_path: Path) -> None:
    first = read_round(make(tmp_path / "a"))
    write_round(first, tmp_path / "b")
    second = read_round(tmp_path / "b")
    assert second.hash() == first.hash()
    assert second == first
