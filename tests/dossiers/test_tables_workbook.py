"""`--workbook`: the same numbers as the CSV files, under heads and names a person reads."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import openpyxl
import pytest

from thangdo.cli.entry import run

# Columns of a CSV file that become two: the code and its name.
NAMED = {"unit", "procedure"}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("by", [(), ("--by", "unit,procedure,channel,level,block,month")])
def test_every_cell_is_the_files_and_no_head_is_a_code(
    store: Path, tmp_path: Path, language: str, by: tuple[str, ...]
) -> None:
    line = ["--lang", language, "dossiers", "report", "--store", str(store), "--year", "2023", "--workbook", *by]
    assert run([*line, "--out", str(tmp_path)]) == 0
    assert 'href="tables.xlsx"' in (tmp_path / "report.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx", read_only=True)
    mark = "số liệu minh họa" if language == "vi" else "illustrative data"
    assert {f"{name}.csv" for name in book.sheetnames} == {path.name for path in tmp_path.glob("*.csv")}
    for sheet in book.worksheets:
        lines = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert mark in lines[1][0]
        head = lines[3]
        assert not [text for text in head if re.search(r"[a-z]_[a-z]", text)], sheet.title
        with (tmp_path / f"{sheet.title}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert len(rows) == len(lines) - 4
        for row, cells in zip(rows, lines[4:], strict=True):
            place = 0
            for code, text in row.items():
                cell = cells[place] if place < len(cells) else None
                if code in NAMED and text:
                    # The name stands beside the code.
                    assert cell == text and cells[place + 1] not in (None, text), (sheet.title, code)
                elif text in ("", "false"):
                    assert cell is None, (sheet.title, code, cell)
                elif re.fullmatch(r"-?[0-9.]+(e-?\d+)?", text) and code not in ("field", "month"):
                    times = 100 if "%" in head[place] or head[place].endswith((", điểm %", ", points")) else 1
                    assert cell == pytest.approx(float(text) * times, abs=1e-9), (sheet.title, code)
                else:
                    assert isinstance(cell, str) and not re.search(r"[a-z]_[a-z]", cell), (sheet.title, code, cell)
                place += 2 if code in NAMED else 1


def test_without_it_there_is_no_such_file_and_no_link_to_one(store: Path, tmp_path: Path) -> None:
    assert run(["dossiers", "report", "--store", str(store), "--year", "2023", "--out", str(tmp_path)]) == 0
    assert not (tmp_path / "tables.xlsx").exists()
    assert "tables.xlsx" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_no_share_in_the_workbook_is_shown_as_100_while_a_dossier_is_late(tmp_path: Path) -> None:
    """One late of 25,000: 99.996 in a cell that would show 100.00 with two decimals."""
    head = "dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at"
    rows = [f"D{n},U1,P1,counter,2023-03-01,2023-03-10,2023-03-{11 if n == 0 else 9:02d}" for n in range(25_000)]
    (tmp_path / "dossiers.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    store = str(tmp_path / "store")
    assert run(["dossiers", "ingest", str(tmp_path / "dossiers.csv"), "--store", store]) == 0
    assert (
        run(["dossiers", "report", "--store", store, "--year", "2023", "--workbook", "--out", str(tmp_path / "o")]) == 0
    )
    book = openpyxl.load_workbook(tmp_path / "o" / "tables.xlsx")
    shares = [
        cell for row in book["on_time"].iter_rows(min_row=5) for cell in row if cell.value == pytest.approx(99.996)
    ]
    assert len(shares) == 4  # by two due dates, without and with what is open
    assert {cell.number_format for cell in shares} == {"#,##0.000"}
    assert "99.996" in (tmp_path / "o" / "report.en.html").read_text(encoding="utf-8")
    assert "0.99996" in (tmp_path / "o" / "on_time.csv").read_text(encoding="utf-8")


def test_a_head_stands_at_the_side_of_its_column(store: Path, tmp_path: Path) -> None:
    line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--workbook", "--out", str(tmp_path)]
    assert run(line) == 0
    heads = openpyxl.load_workbook(tmp_path / "tables.xlsx")["on_time"][4]
    sides = {str(cell.value): cell.alignment.horizontal for cell in heads}
    assert (sides["Đơn vị"], sides["Đã giải quyết (7)"]) == (None, "right")
