"""The workbook form of a set: the round trip loses nothing, also through LibreOffice; what cannot be read is said."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from thangdo.evaluation.library import shipped_set, shipped_sets
from thangdo.findings import Refused
from thangdo.methodology import set_hash
from thangdo.methodology.workbook import write_set_workbook
from thangdo.methodology.workbook_columns import CRITERIA_SHEET, SETTINGS_SHEET
from thangdo.methodology.workbook_reading import read_set_workbook

NAME = "hcm-par-2023-so-nganh"


def codes(path: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(Refused) as refused:
        read_set_workbook(path)
    return [(f.code, f.where.row, f.where.column) for f in refused.value.findings if f.severity == "error"]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "bo.xlsx"
    write_set_workbook(shipped_set(NAME), path)
    return path


@pytest.mark.parametrize("name", shipped_sets())
def test_the_round_trip_loses_nothing(name: str, tmp_path: Path) -> None:
    write_set_workbook(shipped_set(name), tmp_path / "bo.xlsx")
    assert set_hash(read_set_workbook(tmp_path / "bo.xlsx")) == set_hash(shipped_set(name))


def test_libreoffice_may_save_it_in_between(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "saved"
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run([*command, "--outdir", str(out), str(book)], check=True, capture_output=True, timeout=120)
    assert set_hash(read_set_workbook(out / "bo.xlsx")) == set_hash(shipped_set(NAME))


def edited(book: Path, change: object) -> Path:
    workbook = openpyxl.load_workbook(book)
    change(workbook[CRITERIA_SHEET])  # type: ignore[operator]
    workbook.save(book)
    return book


def test_moved_columns_and_rows_above_the_header_do_not_matter(book: Path) -> None:
    def move(sheet) -> None:  # type: ignore[no-untyped-def]
        sheet.move_range(f"F1:F{sheet.max_row}", cols=30)
        sheet.insert_rows(1, 2)
        sheet["A1"] = "Phụ lục I"

    assert set_hash(read_set_workbook(edited(book, move))) == set_hash(shipped_set(NAME))


def test_comma_decimals_typed_as_text_are_numbers(book: Path) -> None:
    def type_comma(sheet) -> None:  # type: ignore[no-untyped-def]
        row = next(row for row in sheet.iter_rows(min_row=2) if row[2].value == "1.2")
        row[5].value = "1,5"

    assert read_set_workbook(edited(book, type_comma)).node("1.2").maximum == Decimal("1.5")  # type: ignore[union-attr]


def test_a_merged_cell_is_a_finding_not_a_guess(book: Path) -> None:
    assert ("MET105", 4, "Mã") in codes(edited(book, lambda sheet: sheet.merge_cells("C3:C4")))


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("F5", "1.000,5", None),
        ("F5", "một", ("MET109", 5, "Điểm tối đa")),
        ("F5", "1,234", ("MET109", 5, "Điểm tối đa")),
        ("H5", "Tùy hứng", ("MET110", 5, "Cách tính điểm")),
        ("B5", 7, ("MET106", 5, "Cấp")),
        ("D5", None, ("MET107", 5, "Nội dung tiêu chí")),
        ("I5", "a: [", ("MET111", 5, "Tham số cách tính")),
        ("C1", "Mã số lạ", ("MET102", 1, "")),
        ("A1", "Mã", ("MET104", 1, "Mã")),
        ("H5", None, ("MET108", 5, "Cách tính điểm")),
    ],
)
def test_what_cannot_be_read_is_named_with_row_and_column(
    book: Path, cell: str, value: object, expected: tuple[str, int, str] | None
) -> None:
    def put(sheet) -> None:  # type: ignore[no-untyped-def]
        sheet[cell] = value

    found = codes(edited(book, put))
    if expected is None:
        # Read as a thousand and a half: the parent's maximum no longer agrees.
        assert {code for code, _, _ in found} == {"MET025"}
    else:
        assert expected in found, found


def test_text_that_begins_with_an_equals_sign_is_no_formula(tmp_path: Path) -> None:
    from dataclasses import replace

    from thangdo.methodology import Text
    from thangdo.methodology.change import replace_node

    sly = replace_node(shipped_set(NAME), "1.2", lambda node: replace(node, text=Text("=1+1", "=HYPERLINK(1)")))
    write_set_workbook(sly, tmp_path / "bo.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "bo.xlsx")[CRITERIA_SHEET]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert set_hash(read_set_workbook(tmp_path / "bo.xlsx")) == set_hash(sly)


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_text("not a workbook")
    assert codes(tmp_path / "x.xlsx") == [("MET100", 0, "")]


def test_a_column_nobody_knows_is_a_warning(book: Path) -> None:
    from thangdo.findings import Gathered
    from thangdo.methodology.workbook_reading import _columns

    gathered = Gathered()
    _columns(["Mã", "Ghi chú riêng"], 1, gathered)
    assert [(f.code, f.severity, f.where.column) for f in gathered] == [("MET103", "warning", "Ghi chú riêng")]


def test_a_workbook_without_one_of_its_sheets_is_refused(book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    del workbook[SETTINGS_SHEET]
    workbook.save(book)
    assert codes(book) == [("MET101", 0, "")]


def test_a_setting_that_contradicts_another_is_named(book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook[SETTINGS_SHEET].append(["title.vi.a", "x"])
    workbook.save(book)
    assert [code for code, _, _ in codes(book)] == ["MET112"]
