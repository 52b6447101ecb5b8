"""COINr's tables as people really save them: every dress of the same index gives the same scores; faults are named."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from thangdo.composite.coin_files import read_coin
from thangdo.composite.pipeline import run_pipeline
from thangdo.findings import Refused

STEPS = (
    {"step": "denominate"},
    {"step": "normalise", "method": "minmax", "l_u": [1, 100]},
    {"step": "aggregate", "method": "amean"},
)
DATA = [
    ["uName", "uCode", "Group", "Pop", "a", "b", "c", "d"],
    ["Một", "101", "x", "10", "1.5", "3", "10", "0.1"],
    ["Hai", "102", "y", "20", "2.25", "", "20", "0.5"],
    ["Ba", "103", "NA", "40", "-3.125", "7", "35", "1e-3"],
    ["Bốn", "104", "x", "5", "4", "11", "5", "2.5"],
]
META = [
    ["Level", "iCode", "iName", "Direction", "Weight", "Denominator", "Parent", "Type"],
    ["1", "a", "chỉ tiêu a", "1", "1", "", "P", "Indicator"],
    ["1", "b", "chỉ tiêu b", "-1", "0.5", "", "P", "Indicator"],
    ["1", "c", "chỉ tiêu c", "1", "2", "Pop", "Q", "Indicator"],
    ["1", "d", "chỉ tiêu d", "1", "1", "", "Q", "Indicator"],
    ["2", "P", "", "1", "1", "", "S", "Aggregate"],
    ["3", "S", "", "1", "1", "", "T", "Aggregate"],
    ["2", "Q", "", "1", "3", "", "S", "Aggregate"],
    ["4", "T", "", "1", "1", "", "V", "Aggregate"],
    ["5", "V", "", "1", "1", "", "", "Aggregate"],
    ["", "Pop", "dân số", "", "", "", "", "Denominator"],
    ["", "Group", "nhóm", "", "", "", "", "Group"],
]


def write(path: Path, rows: list[list[str]], separator: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=separator).writerows(rows)
    return path


def workbook(path: Path, **sheets: list[list[str]]) -> Path:
    """As Excel keeps it: numbers are numbers, also codes that look like one."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([_cell(text) for text in row])
    book.save(path)
    return path


def _cell(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text or None


def files(folder: Path, data: list[list[str]] = DATA, meta: list[list[str]] = META) -> tuple[Path, Path]:
    return write(folder / "iData.csv", data), write(folder / "iMeta.csv", meta)


def scores(data: Path, meta: Path) -> dict[str, str]:
    """Every score by unit and code, every digit of it."""
    built = run_pipeline(read_coin(data, meta), STEPS)
    table = dict(zip(built.units, built.scores.tolist(), strict=True))
    return {f"{unit}.{code}": repr(row[at]) for unit, row in table.items() for at, code in enumerate(built.tree.codes)}


def replaced(rows: list[list[str]], change: dict[tuple[int, str], str]) -> list[list[str]]:
    found = [list(row) for row in rows]
    for (row, column), text in change.items():
        found[row][rows[0].index(column)] = text
    return found


def refused(data: Path, meta: Path) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as stop:
        read_coin(data, meta)
    return [(finding.code, str(finding.where)) for finding in stop.value.findings]


def as_saved_by(folder: Path, dress: str) -> tuple[Path, Path]:
    data, meta = DATA, META
    with_comma = (
        [[cell.replace(".", ",") for cell in row] for row in data],
        [[cell.replace(".", ",") for cell in row] for row in meta],
    )
    match dress:
        case "byte order mark":
            return write(folder / "d.csv", data, encoding="utf-8-sig"), write(
                folder / "m.csv", meta, encoding="utf-8-sig"
            )
        case "semicolons and decimal commas":
            return write(folder / "d.csv", with_comma[0], ";"), write(folder / "m.csv", with_comma[1], ";")
        case "tabs":
            return write(folder / "d.tsv", data, "\t"), write(folder / "m.tsv", meta, "\t")
        case "gaps called NA":
            return write(folder / "d.csv", [[cell or "NA" for cell in row] for row in data]), write(
                folder / "m.csv", [[cell or "NA" for cell in row] for row in meta]
            )
        case "columns in another order and columns nobody asked for":
            turned = [[*reversed(row), note] for row, note in zip(data, ["Note", "n1", "", "n3", "4"], strict=True)]
            more = [[*reversed(row), ""] for row in meta]
            more[0][-1] = "Comment"
            return write(folder / "d.csv", turned), write(folder / "m.csv", more)
        case "no groups, no names":
            short = [[row[1], *row[3:]] for row in data]
            return write(folder / "d.csv", short), write(folder / "m.csv", [row for row in meta if row[-1] != "Group"])
        case "weights and directions of 1 left blank":
            blank = [[("" if at in (3, 4) and cell == "1" else cell) for at, cell in enumerate(row)] for row in meta]
            return write(folder / "d.csv", data), write(folder / "m.csv", blank)
        case "two workbooks":
            return workbook(folder / "d.xlsx", Sheet1=data), workbook(folder / "m.xlsx", Sheet1=meta)
        case "one workbook":
            book = workbook(folder / "coin.xlsx", Notes=[["for people"]], iMeta=meta, iData=data)
            return book, book
        case _:
            assert dress == "blank lines between"
            apart = [row for line in data for row in (line, [""] * len(line))]
            return write(folder / "d.csv", apart), write(folder / "m.csv", meta)


@pytest.mark.parametrize(
    "dress",
    [
        "byte order mark",
        "semicolons and decimal commas",
        "tabs",
        "gaps called NA",
        "columns in another order and columns nobody asked for",
        "no groups, no names",
        "weights and directions of 1 left blank",
        "two workbooks",
        "one workbook",
        "blank lines between",
    ],
)
def test_the_same_index_in_another_dress(tmp_path: Path, dress: str) -> None:
    expected = scores(*files(tmp_path))
    assert scores(*as_saved_by(tmp_path, dress)) == expected


def test_without_columns_of_weights_and_directions_all_are_1(tmp_path: Path) -> None:
    ones = [META[0]] + [[*row[:3], "1", "1", *row[5:]] for row in META[1:]]
    expected = scores(*files(tmp_path, meta=ones))
    assert scores(*files(tmp_path, meta=[row[:3] + row[5:] for row in META])) == expected


def test_what_was_assumed_is_said(tmp_path: Path) -> None:
    index = read_coin(*as_saved_by(tmp_path, "semicolons and decimal commas"))
    assert {finding.code for finding in index.notes} == {"COM037"}
    assert {finding.severity for finding in index.notes} == {"note"}
    assert "semicolon" in {finding.found for finding in index.notes}


@pytest.mark.parametrize(
    ("data", "meta", "expected"),
    [
        ({(2, "uCode"): "101"}, {}, ("COM521", "iData.csv:3:uCode")),
        ({(2, "uCode"): ""}, {}, ("COM521", "iData.csv:3:uCode")),
        ({(3, "a"): "two"}, {}, ("COM523", "iData.csv:4:a")),
        ({(3, "a"): "1_000"}, {}, ("COM523", "iData.csv:4:a")),
        ({(3, "a"): "1,5"}, {}, ("COM523", "iData.csv:4:a")),
        ({(3, "a"): "inf"}, {}, ("COM523", "iData.csv:4:a")),
        ({(0, "d"): "D"}, {}, ("COM522", "iData.csv:1:d")),
        ({(0, "d"): "c"}, {}, ("COM034", "iData.csv:1:c")),
        ({}, {(1, "Parent"): "p"}, ("COM524", "iMeta.csv:2:Parent")),
        ({}, {(1, "Parent"): "b"}, ("COM036", "iMeta.csv:2:Parent")),
        ({}, {(1, "Parent"): ""}, ("COM526", "iMeta.csv:10:Parent")),
        ({}, {(1, "Direction"): "2"}, ("COM031", "iMeta.csv:2:Direction")),
        ({}, {(1, "Weight"): "-1"}, ("COM031", "iMeta.csv:2:Weight")),
        ({}, {(1, "Level"): "1.5"}, ("COM031", "iMeta.csv:2:Level")),
        ({}, {(5, "Level"): "4"}, ("COM525", "iMeta.csv:6:Level")),
        ({}, {(1, "Type"): "Indikator"}, ("COM030", "iMeta.csv:2:Type")),
        ({}, {(2, "iCode"): "a"}, ("COM521", "iMeta.csv:3:iCode")),
        ({}, {(1, "Weight"): "0", (2, "Weight"): "0"}, ("COM033", "iMeta.csv:2:Weight [P]")),
        ({}, {(1, "Parent"): "Q", (2, "Parent"): "Q"}, ("COM032", "iMeta.csv:6:iCode")),
        ({(row, "a"): "7" for row in (1, 2, 3, 4)}, {}, ("COM527", "iData.csv:a")),
        ({(row, "a"): "" for row in (1, 2, 3, 4)}, {}, ("COM527", "iData.csv:a")),
    ],
)
def test_a_fault_names_file_row_and_column(
    tmp_path: Path, data: dict[tuple[int, str], str], meta: dict[tuple[int, str], str], expected: tuple[str, str]
) -> None:
    assert expected in refused(*files(tmp_path, replaced(DATA, data), replaced(META, meta)))


def test_everything_wrong_in_both_files_is_one_report(tmp_path: Path) -> None:
    data = replaced(DATA, {(2, "uCode"): "101", (3, "a"): "two", (4, "c"): "?"})
    meta = replaced(META, {(2, "Direction"): "0", (3, "Parent"): "R"})
    assert sorted(refused(*files(tmp_path, data, meta))) == [
        ("COM031", "iMeta.csv:3:Direction"),
        ("COM521", "iData.csv:3:uCode"),
        ("COM523", "iData.csv:4:a"),
        ("COM523", "iData.csv:5:c"),
        ("COM524", "iMeta.csv:4:Parent"),
    ]


@pytest.mark.parametrize(
    ("text", "place"), [("uCode,a\n", "iData.csv:1"), ("", "iData.csv:1"), ('uCode,"a\n1,2\n', "iData.csv")]
)
def test_a_file_that_is_no_table(tmp_path: Path, text: str, place: str) -> None:
    data, meta = files(tmp_path)
    data.write_text(text)
    assert ("COM520", place) in refused(data, meta)


def test_a_broken_workbook_is_a_finding(tmp_path: Path) -> None:
    _, meta = files(tmp_path)
    (tmp_path / "d.xlsx").write_bytes(b"PK not really")
    assert ("COM520", "d.xlsx") in refused(tmp_path / "d.xlsx", meta)


def test_a_row_with_too_many_cells(tmp_path: Path) -> None:
    data, meta = files(tmp_path)
    data.write_text(data.read_text() + "Năm,105,x,1,2,3,4,5,6\n")
    assert refused(data, meta) == [("COM035", "iData.csv:6")]


@pytest.mark.parametrize(
    ("weights", "sum_said"),
    [(("0.5", "0.4"), "0.9"), (("60", "45"), "105"), (("0.5", "0.5"), None), (("1", "2"), None)],
)
def test_weights_that_look_like_shares_and_do_not_add_up_are_remarked(
    tmp_path: Path, weights: tuple[str, str], sum_said: str | None
) -> None:
    meta = replaced(META, {(1, "Weight"): weights[0], (2, "Weight"): weights[1]})
    notes = read_coin(*files(tmp_path, meta=meta)).notes
    assert [finding.found for finding in notes if finding.code == "COM038"] == ([sum_said] if sum_said else [])


def test_a_group_that_is_not_known_is_no_group(tmp_path: Path) -> None:
    data = replaced(DATA, {(3, "b"): "", (3, "Group"): "NA", (2, "Group"): "x"})
    index = read_coin(*files(tmp_path, data))
    steps = ({"step": "impute", "method": "mean_grp", "use_group": "Group"}, *STEPS)
    values = run_pipeline(index, steps).stages["impute"].values
    assert np.isnan(values[2, 1])
    assert values[1, 1] == 7.0
