"""`dossiers values`: figures of a store into a round, worked by hand on nine dossiers, then used by `evaluate`."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from thangdo.cli.entry import run
from thangdo.evaluation import evaluate, read_round

HEAD = (
    "dossier_code,unit_code,procedure_code,channel,received_at,due_at,re_due_at,finished_at,outcome,apology_at,"
    "fee_paid_online,result_digital,components,components_digital,components_reused,satisfaction\n"
)
# A: two early, one on the due day, one late with an apology (3/4). B's ward B1: one early, one late without (1/2).
DOSSIERS = """\
A1,A,P1,online,2023-03-01 08:00:00,2023-03-10 17:00:00,,2023-03-05 09:00:00,granted,,,,,,,
A2,A,P1,online,2023-03-01 08:00:00,2023-03-10 17:00:00,,2023-03-06 09:00:00,granted,,,,,,,
A3,A,P1,counter,2023-03-01 08:00:00,2023-03-10 17:00:00,,2023-03-10 09:00:00,granted,,,,,,,
A4,A,P1,counter,2023-03-01 08:00:00,2023-03-10 17:00:00,2023-03-15 17:00:00,2023-03-14 09:00:00,granted,2023-03-09 08:00:00,,,,,,
B1,B1,P1,online,2023-03-01 08:00:00,2023-03-10 17:00:00,,2023-03-02 09:00:00,granted,,,,,,,
B2,B1,P1,counter,2023-03-01 08:00:00,2023-03-10 17:00:00,,2023-03-20 09:00:00,granted,,,,,,,
C1,C,P1,online,2023-03-01 08:00:00,2023-03-10 17:00:00,,2023-03-02 09:00:00,granted,,,,,,,
C2,C,P1,online,2023-03-01 08:00:00,2023-03-10 17:00:00,,2023-03-03 09:00:00,refused,,,,,,,
C3,C,P1,online,2023-12-20 08:00:00,2024-01-10 17:00:00,,,open,,,,,,,
"""
SET = """\
format: thangdo-criteria-set/1
id: thu
index: par
title: {vi: Thử, en: Test}
edition: {year: 2023}
blocks: [so_nganh]
criteria:
  - {code: "1", text: {vi: Đúng hạn, en: On time}, maximum: 4, rule: {kind: counted, indicator: on_time_share, source: dossiers}}
  - {code: "2", text: {vi: Xin lỗi, en: Apologies}, maximum: 2, rule: {kind: counted, indicator: apology_share, source: dossiers}}
  - {code: "3", text: {vi: Trực tuyến, en: Online}, maximum: 2, rule: {kind: counted, indicator: online_dossier_share, source: dossiers, own_only: true}}
  - {code: "4", text: {vi: TT 01, en: TT 01}, maximum: 2, rule: {kind: counted, indicator: tt01_1, source: dossiers, then: {kind: points}}}
missing: left_out
"""
UNITS = "unit,name_vi,name_en,short_vi,short_en,aliases,level,parent,valid_from,valid_to,predecessors,code_source\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "d.csv").write_text(HEAD + DOSSIERS, encoding="utf-8")
    assert run(["dossiers", "ingest", str(tmp_path / "d.csv"), "--store", str(tmp_path / "store")]) == 0
    return tmp_path / "store"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "round"
    (folder / "sets").mkdir(parents=True)
    (folder / "sets" / "thu.yaml").write_text(SET, encoding="utf-8")
    (folder / "round.yaml").write_text(
        "id: thu\nyear: 2023\nstate: draft\nlanguage: vi\nindices:\n"
        "- {id: par, kind: points, set: thu, blocks: [so_nganh]}\nillustrative: true\n"
    )
    rows = [f"{unit},Sở {unit},,,,,,{'B' if unit == 'B1' else ''},,,,\n" for unit in ("A", "B", "B1", "C", "D")]
    (folder / "units.csv").write_text(UNITS + "".join(rows), encoding="utf-8")
    (folder / "membership.csv").write_text(
        "index,block,unit,ranked\n" + "".join(f"par,so_nganh,{unit},true\n" for unit in "ABCD")
    )
    (folder / "marks.csv").write_text("index,unit,criterion,layer,appraiser,field,value,reason,given_at\n")
    return folder


def values(folder: Path) -> dict[tuple[str, str], tuple[str, str, str]]:
    with (folder / "values.csv").open(encoding="utf-8") as stream:
        return {
            (row["unit"], row["indicator"]): (row["value"], row["numerator"], row["denominator"])
            for row in csv.DictReader(stream)
        }


def write(store: Path, folder: Path, *more: str) -> int:
    return run(["dossiers", "values", "--store", str(store), "--year", "2023", "--round", str(folder), *more])


def test_each_value_with_what_it_was_divided_from(store: Path, folder: Path) -> None:
    assert write(store, folder) == 0
    found = values(folder)
    assert found["A", "on_time_share"] == ("0.75", "3", "4")
    assert found["A", "apology_share"] == ("1.0", "1", "1")
    assert found["A", "online_dossier_share"] == ("0.5", "2", "4")
    # Thông tư 01/2018, art. 13: 2 for early, 1 for on time: (2 × 2 + 1) / 4 = 1.25, one decimal half up.
    assert found["A", "tt01_1"] == ("1.3", "5", "4")
    # B counts its ward; the online share is B's own alone, and B itself has no dossier.
    assert found["B", "on_time_share"] == ("0.5", "1", "2")
    assert found["B", "apology_share"] == ("0.0", "0", "1")
    assert ("B", "online_dossier_share") not in found
    # C has no overdue dossier: nothing was left without an apology. The refused one counts, the open one does not.
    assert found["C", "on_time_share"] == ("1.0", "2", "2")
    assert found["C", "apology_share"] == ("1.0", "0", "0")
    assert found["C", "online_dossier_share"] == ("1.0", "3", "3")
    assert not any(unit == "D" for unit, _ in found)


def test_evaluate_uses_them_and_the_query_leads_back(store: Path, folder: Path) -> None:
    assert write(store, folder) == 0
    points = {row.unit: row.points for row in evaluate(read_round(folder)).indices[0].rows}
    # A: 0.75 × 4 + 1 × 2 + 0.5 × 2 + 1.3 = 7.3.
    assert points["A"] == Decimal("7.30")
    with (folder / "values.csv").open(encoding="utf-8") as stream:
        row = next(row for row in csv.DictReader(stream) if row["unit"] == "B")
    assert row["query"] == "dossiers on_time_share year=2023 unit=B+below" and len(row["source_sha256"]) == 64


def test_only_the_commands_own_rows_are_replaced(store: Path, folder: Path) -> None:
    assert write(store, folder) == 0
    path = folder / "values.csv"
    other = "par,A,9,sipas,0.9,9,10,0.01,,10,survey,q,\n"
    path.write_text(path.read_text(encoding="utf-8") + other, encoding="utf-8")
    before = sorted(path.read_text(encoding="utf-8").splitlines())
    assert write(store, folder) == 0
    assert sorted(path.read_text(encoding="utf-8").splitlines()) == before


def test_one_indicator_alone_and_one_nobody_asks_for(
    store: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write(store, folder, "--indicator", "apology_share") == 0
    assert {indicator for _, indicator in values(folder)} == {"apology_share"}
    (folder / "values.csv").unlink()
    assert write(store, folder, "--indicator", "vui_ve") == 1
    assert "DOS308" in capsys.readouterr().err
    assert not (folder / "values.csv").exists()


def test_a_missing_unit_is_said(store: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert write(store, folder) == 0
    assert "DOS307" in capsys.readouterr().err


def test_every_value_is_the_reports_figure_for_the_same_units(store: Path, folder: Path, tmp_path: Path) -> None:
    """The query of each row, asked again as a report: same numerator, same denominator, same share."""
    more = "\n".join(
        f"E{n},B11,P1,{'online' if n % 3 else 'postal'},2023-04-03 08:00:00,2023-04-10 17:00:00,,"
        f"2023-04-{6 + n:02d} 09:00:00,granted,{'2023-04-12 08:00:00' if n % 2 else ''},,,,,,"
        for n in range(9)
    )
    (tmp_path / "more.csv").write_text(HEAD + more + "\n", encoding="utf-8")
    # The ward B1 stands below B in the round; the hamlet B11 below B1 only in the store's own catalogue.
    (tmp_path / "u.csv").write_text("unit_code,name,parent\nB11,Khu phố,B1\nB1,Phường,\n", encoding="utf-8")
    for name in ("u.csv", "more.csv"):
        assert run(["dossiers", "ingest", str(tmp_path / name), "--store", str(store)]) == 0
    assert write(store, folder) == 0
    with (folder / "values.csv").open(encoding="utf-8") as stream:
        rows = {(row["unit"], row["indicator"]): row for row in csv.DictReader(stream)}
    below = {"A": "A", "B": "B,B1,B11", "C": "C"}
    for unit, units in below.items():
        line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--where", f"unit={units}"]
        assert run([*line, "--out", str(tmp_path / unit)]) == 0
        found = json.loads((tmp_path / unit / "summary.json").read_text())
        on_time, apologies = rows[unit, "on_time_share"], rows[unit, "apology_share"]
        assert on_time["query"] == f"dossiers on_time_share year=2023 unit={unit}+below"
        counts = (str(found["early"] + found["on_time"]), str(found["resolved"]))
        assert (on_time["numerator"], on_time["denominator"]) == counts
        assert float(on_time["value"]) == found["on_time_share"]
        counts = (str(found["overdue_with_apology"]), str(found["overdue"]))
        assert (apologies["numerator"], apologies["denominator"]) == counts
        with (tmp_path / unit / "apologies.csv").open(encoding="utf-8") as stream:
            per_unit = list(csv.DictReader(stream))
        assert sum(int(row["overdue_with_apology"]) for row in per_unit) == int(apologies["numerator"])
        own = rows.get((unit, "online_dossier_share"))
        if own is None:
            assert unit == "B"  # no dossier of its own
        else:
            assert own["query"] == f"dossiers online_dossier_share year=2023 unit={unit}"
            counts = (str(found["online_dossiers"]), str(found["received_in_period"]))
            assert (own["numerator"], own["denominator"]) == counts
    assert (rows["B", "on_time_share"]["numerator"], rows["B", "on_time_share"]["denominator"]) == ("6", "11")
