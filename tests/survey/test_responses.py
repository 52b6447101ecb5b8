"""Answers against their questionnaire: every planted fault is listed with row, column and reason; flags delete nothing."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from thangdo.cli.entry import run
from thangdo.findings import Refused
from thangdo.survey.generate import Size, generate
from thangdo.survey.questionnaire import Questionnaire
from thangdo.survey.questionnaire_reading import questionnaire_of, read_questionnaire
from thangdo.survey.responses_report import check_responses

WORDS = {"vi": "x", "en": "x"}


def trial() -> Questionnaire:
    scale = {"direction": "ascending", "choices": [{"name": str(n), "label": WORDS} for n in range(1, 6)]}
    districts = {"choices": [{"name": name, "label": WORDS} for name in ("Q1", "Q3")]}
    wards = {
        "choices": [
            {"name": "BenNghe", "label": WORDS, "quan": "Q1"},
            {"name": "VoThiSau", "label": WORDS, "quan": "Q3"},
        ]
    }
    items = [
        {"name": f"m_{n}", "type": "select_one", "list": "scale", "label": WORDS, "battery": "m"} for n in range(1, 13)
    ]
    questions: list[dict[str, Any]] = [
        {"name": "used", "type": "select_one", "list": "yes_no", "label": WORDS, "required": True},
        {"name": "age", "type": "integer", "label": WORDS, "constraint": ". >= 18 and . <= 120"},
        {"name": "fee", "type": "decimal", "label": WORDS},
        {"name": "day", "type": "date", "label": WORDS},
        {"name": "why", "type": "select_multiple", "list": "reasons", "label": WORDS, "relevant": "${used} = 'co'"},
        {"name": "district", "type": "select_one", "list": "districts", "label": WORDS},
        {"name": "ward", "type": "select_one", "list": "wards", "label": WORDS, "choice_filter": "quan = ${district}"},
        *items,
    ]
    return questionnaire_of(
        {
            "format": "thangdo-questionnaire/1",
            "id": "trial",
            "edition": {"year": 2024},
            "title": WORDS,
            "columns": {"respondent": "id", "duration": "seconds", "unit": "unit"},
            "lists": {
                "scale": scale,
                "districts": districts,
                "wards": wards,
                "yes_no": {"choices": [{"name": name, "label": WORDS} for name in ("co", "khong")]},
                "reasons": {"choices": [{"name": name, "label": WORDS} for name in ("a", "b")]},
            },
            "questions": questions,
        }
    )


HEADER = ("id", "unit", "seconds", "used", "age", "fee", "day", "why", "district", "ward")
SCALES = tuple(f"m_{n}" for n in range(1, 13))


def row(number: int, scales: str = "", **cells: str) -> list[str]:
    pattern = scales or "".join(str(1 + (number * 7 + place * place + number * place) % 5) for place in range(12))
    good = {
        "id": f"r{number}", "unit": "U1", "seconds": "300", "used": "co", "age": "40", "fee": "12.5",
        "day": "2023-05-31", "why": "a b", "district": "Q1", "ward": "BenNghe",
        **dict(zip(SCALES, pattern, strict=True)),
    }  # fmt: skip
    return [{**good, **cells}[name] for name in (*HEADER, *SCALES)]


def written(path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows([[*HEADER, *SCALES], *rows])
    return path


def rejects(folder: Path) -> list[dict[str, str]]:
    with (folder / "rejects.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"used": ""}, "used", "SUR122"),
        ({"m_3": "6"}, "m_3", "SUR123"),
        ({"why": "a z"}, "why", "SUR123"),
        ({"age": "forty"}, "age", "SUR124"),
        ({"age": "40.5"}, "age", "SUR125"),
        ({"day": "2023-02-30"}, "day", "SUR126"),
        ({"age": "17"}, "age", "SUR127"),
        ({"used": "khong"}, "why", "SUR128"),
        ({"ward": "VoThiSau"}, "ward", "SUR129"),
        ({"district": "", "ward": "BenNghe"}, "ward", "SUR129"),
        ({"id": "r1"}, "id", "SUR130"),
        ({"id": ""}, "id", "SUR132"),
    ],
)
def test_a_planted_fault_is_the_only_one_found(cells: dict[str, str], column: str, code: str, tmp_path: Path) -> None:
    rows = [row(1), row(2), row(3, **cells), row(4)]
    checked = check_responses(written(tmp_path / "a.csv", rows), trial(), tmp_path / "out")
    if cells == {"used": ""}:
        # Not saying whether it was used also makes the question after it one that was not asked.
        assert {(r["row"], r["column"], r["code"]) for r in rejects(tmp_path / "out")} == {
            ("4", "used", "SUR122"),
            ("4", "why", "SUR128"),
        }
    else:
        assert [(r["row"], r["column"], r["code"]) for r in rejects(tmp_path / "out")] == [("4", column, code)]
    assert (checked.read, checked.accepted, checked.rejected) == (4, 3, 1)


def test_spellings_that_are_understood_are_accepted(tmp_path: Path) -> None:
    rows = [row(1, fee="12,5", day="31/05/2023", age=" 40 "), row(2, used="khong", why="", m_1="")]
    checked = check_responses(written(tmp_path / "a.csv", rows, ";"), trial(), tmp_path / "out")
    assert (checked.read, checked.rejected) == (2, 0)


def test_a_row_of_another_width_is_rejected_and_later_rows_keep_their_numbers(tmp_path: Path) -> None:
    rows = [row(1), row(2)[:-3], row(3), row(4, age="x")]
    checked = check_responses(written(tmp_path / "a.csv", rows), trial(), tmp_path / "out")
    assert [(r["row"], r["code"]) for r in rejects(tmp_path / "out")] == [("3", "SUR131"), ("5", "SUR124")]
    assert (checked.read, checked.accepted, checked.rejected) == (4, 2, 2)


def test_flags_mark_and_keep(tmp_path: Path) -> None:
    copied = row(1)[len(HEADER) :]
    rows = [
        row(1),
        row(2, seconds="20"),
        row(3, scales="444444444444"),
        row(4, scales="".join(copied)),
        row(5, scales="".join(copied), unit="U2"),
        row(6, scales="543215432154", seconds=""),
    ]
    checked = check_responses(written(tmp_path / "a.csv", rows), trial(), tmp_path / "out")
    with (tmp_path / "out" / "accepted.csv").open(encoding="utf-8") as stream:
        kept = {r["id"]: [r["flag_fast"], r["flag_straight"], r["flag_duplicate"]] for r in csv.DictReader(stream)}
    assert kept == {
        "r1": ["0", "0", "0"],
        "r2": ["1", "0", "0"],
        "r3": ["0", "1", "0"],
        "r4": ["0", "0", "1"],
        "r5": ["0", "0", "0"],
        "r6": ["0", "0", "0"],
    }
    assert checked.flags == {"flag_fast": 1, "flag_straight": 1, "flag_duplicate": 1}


def test_accepted_rows_are_the_input_rows_cell_for_cell(tmp_path: Path) -> None:
    rows = [row(1, unit='Sở "A", B'), row(2)]
    check_responses(written(tmp_path / "a.csv", rows), trial(), tmp_path / "out")
    with (tmp_path / "out" / "accepted.csv").open(encoding="utf-8", newline="") as stream:
        found = list(csv.reader(stream))
    assert [cells[:-3] for cells in found] == [[*HEADER, *SCALES], *rows]


def test_excel_and_csv_are_checked_alike(tmp_path: Path) -> None:
    import xlsxwriter

    rows = [row(1), row(2, m_2="9"), row(3, age="17")]
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([[*HEADER, *SCALES], *rows]):
            for column, cell in enumerate(cells):
                sheet.write(number, column, float(cell) if cell.replace(".", "").isdigit() else cell)
    check_responses(tmp_path / "a.xlsx", trial(), tmp_path / "one")
    check_responses(written(tmp_path / "a.csv", rows), trial(), tmp_path / "other")
    assert rejects(tmp_path / "one") == rejects(tmp_path / "other")


def test_a_question_without_a_column_stops_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,used\nr1,co\n")
    with pytest.raises(Refused) as refused:
        check_responses(path, trial(), tmp_path / "out")
    assert set(refused.value.counts) == {"SUR120"}
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("content", [b"", b"id,used,id\n1,2,3\n", b"id,used\n\xff\xfe,1\n"])
def test_an_unreadable_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Refused):
        check_responses(path, trial(), tmp_path / "out")


def test_generated_answers_pass_and_planted_ones_are_all_caught(tmp_path: Path) -> None:
    generate(Size(3000), 5, tmp_path / "made")
    lines = (tmp_path / "made" / "responses.csv").read_text().splitlines()
    header = lines[0].split(",")
    place = header.index("ket_qua_2")
    planted = list(range(1, 3001, 33))
    for number in planted:
        cells = lines[number].split(",")
        cells[place] = "7"
        lines[number] = ",".join(cells)
    (tmp_path / "bad.csv").write_text("\n".join(lines) + "\n")
    questionnaire = read_questionnaire("sipas-2023")
    assert check_responses(tmp_path / "made" / "responses.csv", questionnaire, tmp_path / "good").rejected == 0
    checked = check_responses(tmp_path / "bad.csv", questionnaire, tmp_path / "out", language="en")
    assert checked.faults == {"SUR123": len(planted)}
    assert [int(r["row"]) for r in rejects(tmp_path / "out")] == [number + 1 for number in planted]
    assert rejects(tmp_path / "out")[0]["reason"] == "“7” is not an answer of the scale or list"


def test_the_command_writes_its_account_and_says_by_exit_code_that_rows_were_rejected(tmp_path: Path) -> None:
    from thangdo.survey.questionnaire_reading import write_questionnaire

    write_questionnaire(tmp_path / "q.xlsx", trial())
    path = written(tmp_path / "a.csv", [row(1), row(2, age="x")])
    command = ["survey", "check", str(path), "--questionnaire", str(tmp_path / "q.xlsx"), "--out", str(tmp_path / "o")]
    assert run(command) == 1
    account = json.loads((tmp_path / "o" / "check.json").read_text())
    assert (account["read"], account["accepted"], account["rejected"]) == (2, 1, 1)
    assert run(["survey", "check", "--questionnaire", "sipas-2023", "--export", str(tmp_path / "s.xlsx")]) == 0
    assert read_questionnaire(tmp_path / "s.xlsx") == read_questionnaire("sipas-2023")
