"""What the platform will not take, sent through its pages: the reason in the reader's language, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.web.conftest import City
from tests.web.test_bad_input import BAD_FILES, far_cell, zipped
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.models import Attachment, Mark, Member, PhaseDate, StoredFile
from thangdo.web.workbooks import workbook_bytes

UNIT = "/dot/thu-2024/par/don-vi/U1/"
LEAF = UNIT + "tieu-chi/1.2/"
COLUMNS = ["criterion", "input", "version", "value", "explanation"]
ANSWER = {"version": "1", "field-numerator": "46", "field-denominator": "48", "explanation": "gõ rất lâu"}


@pytest.fixture(autouse=True)
def one_answer(city: City) -> None:
    """U1 has saved a criterion; the deadline is tomorrow."""
    PhaseDate.objects.update(closes_at=timezone.now() + timedelta(days=1))
    fields = {"numerator": "45", "denominator": "48"}
    save_mark(city.part, "U1", "1.2", fields, "", 0, actor=city.actor("officer"), at=timezone.localtime())


def evidence(case: str) -> Callable[[], tuple[str, dict[str, object]]]:
    name, content = BAD_FILES[case]
    return lambda: (LEAF + "minh-chung/", {"name": "Văn bản", "file": SimpleUploadedFile(name, content)})


def workbook(make: Callable[[], bytes]) -> Callable[[], tuple[str, dict[str, object]]]:
    return lambda: (UNIT + "xlsx/", {"workbook": SimpleUploadedFile("a.xlsx", make())})


def rows(*given: list[str]) -> Callable[[], bytes]:
    return lambda: workbook_bytes("x", COLUMNS, list(given))


def an_answer() -> tuple[str, dict[str, object]]:
    return LEAF + "luu/", dict(ANSWER)


def the_deadline_passed() -> None:
    PhaseDate.objects.update(closes_at=timezone.now() - timedelta(seconds=1))


def the_deadline_was_set_back() -> None:
    """The clock said there was time when the page was opened; the end that counts is the one at the saving."""
    PhaseDate.objects.update(closes_at=timezone.now() - timedelta(minutes=1), opens_at=timezone.now() - timedelta(1))


def the_unit_is_gone() -> None:
    Member.objects.filter(unit="U1").delete()


@dataclass(frozen=True)
class Case:
    """What is sent, in which state of things, and what the page says in either language."""

    send: Callable[[], tuple[str, dict[str, object]]]
    vi: str
    en: str
    before: Callable[[], None] = lambda: None
    keeps_typed: bool = False


LIES = ("nội dung không đúng như tên tệp", "its content is not what its name says")
BOMB = ("bung ra lớn hơn quá nhiều", "unpacks to far more than its size")
CASES = {
    "a program called PDF": Case(evidence("a program called PDF"), *LIES),
    "a page called picture": Case(evidence("a page called picture"), *LIES),
    "a zip called DOCX": Case(evidence("a zip called DOCX"), *LIES),
    "a kind that is not taken": Case(evidence("a kind we do not take"), "chỉ nhận PDF", "only PDF, PNG, JPG, DOCX"),
    "a bomb as evidence": Case(evidence("a bomb"), *BOMB),
    "macros": Case(evidence("macros"), "có chứa macro", "it holds macros"),
    "a damaged file": Case(evidence("a broken archive"), "tệp bị hỏng", "the file is damaged"),
    "a bomb as workbook": Case(
        workbook(lambda: zipped({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 70_000_000})), *BOMB
    ),
    "a picture as workbook": Case(workbook(lambda: b"\x89PNG\r\n\x1a\n"), "không phải tệp Excel", "not an Excel workbook"),
    "ten thousand and one rows": Case(
        workbook(rows(*([["1.2", "numerator", "1", "40", ""]] * 10_001))), "nhiều hơn 10000 dòng", "more than 10000 rows"
    ),
    "a cell at the far end": Case(workbook(far_cell), "nhiều hơn 10000 dòng", "more than 10000 rows"),
    "a criterion that is none": Case(
        workbook(rows(["9.9", "answer", "0", "yes", ""])), "dòng 2: không có tiêu chí 9.9", "row 2: there is no criterion 9.9"
    ),
    "a column deleted": Case(
        workbook(lambda: workbook_bytes("x", ["criterion", "value"], [["1.2", "40"]])), "thiếu các cột", "columns are missing"
    ),
    "an answer after the end": Case(an_answer, "Đã quá hạn", "The deadline has passed", the_deadline_passed, True),
    "an answer as the end moves": Case(an_answer, "Đã quá hạn", "The deadline has passed", the_deadline_was_set_back, True),
    "a unit taken out mid-round": Case(
        an_answer, "không tham gia đợt", "does not take part in the round", the_unit_is_gone, True
    ),
    "a text of a megabyte": Case(
        lambda: (LEAF + "luu/", {**ANSWER, "explanation": "dài " * 300_000}), "Hãy rút ngắn", "Shorten it", keeps_typed=True
    ),
    "more than a request may carry": Case(
        lambda: (LEAF + "luu/", {**ANSWER, "explanation": "d" * (6 << 20)}), "tối đa 5 MB", "at most 5 MB"
    ),
    "more fields than a form has": Case(
        lambda: (LEAF + "luu/", {**ANSWER, **{f"field-{n}": "1" for n in range(20_001)}}), "20.000 ô", "20,000 fields"
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", CASES)
def test_a_refusal_says_why_and_changes_nothing(city, evidence_folder, name, language):
    case = CASES[name]
    client = city.client("officer")
    client.cookies["lang"] = language
    case.before()
    path, given = case.send()
    answer = client.post(path, given)
    page = answer.content.decode()
    assert 400 <= answer.status_code < 500, answer.status_code
    assert {"vi": case.vi, "en": case.en}[language] in page, page[-1500:]
    assert f'<html lang="{language}"' in page
    if case.keeps_typed:
        assert str(given["explanation"])[:40] in page
    mark = Mark.objects.get()
    assert (mark.version, mark.inputs["numerator"]["value"]) == (1, "45")
    assert not Attachment.objects.exists() and not StoredFile.objects.exists()
    assert [path for path in evidence_folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_workbook_with_moved_rows_and_hidden_columns_comes_home(city, language):
    """The platform's own workbook, sorted backwards, a column hidden and one added: read by its codes, shown, saved."""
    from io import BytesIO

    from openpyxl import Workbook, load_workbook

    client = city.client("officer")
    client.cookies["lang"] = language
    page = load_workbook(BytesIO(client.get(UNIT + "xlsx/").content)).active
    header, *body = [[cell.value for cell in row] for row in page.iter_rows()]
    value = header.index("value")
    for row in body:
        if row[header.index("criterion")] == "1.2" and row[header.index("input")] == "numerator":
            row[value] = "47"
    moved = Workbook()
    sheet = moved.active
    sheet.append(["ghi chú riêng", *reversed(header)])
    for row in reversed(body):
        sheet.append(["x", *reversed(row)])
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[3].hidden = True
    stream = BytesIO()
    moved.save(stream)
    shown = client.post(UNIT + "xlsx/", {"workbook": SimpleUploadedFile("a.xlsx", stream.getvalue())})
    words = {"vi": "1 tiêu chí sẽ thay đổi", "en": "1 criterion would change"}[language]
    assert shown.status_code == 200 and words in shown.content.decode(), shown.content.decode()[-2500:]
    assert Mark.objects.get().version == 1
    given = {
        "confirm": "1",
        "take": ["1.2"],
        "value|1.2|numerator": "47",
        "value|1.2|denominator": "48",
        "version|1.2": "1",
    }
    assert client.post(UNIT + "xlsx/", given).status_code == 302
    assert Mark.objects.get().inputs["numerator"]["value"] == "47"
