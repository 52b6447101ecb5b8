"""Bad input: a clear message, nothing lost, nothing let in."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from python_calamine import CalamineWorkbook

from thangdo.web.accounts import rates
from thangdo.web.rounds.acts.save_mark import Conflict, save_mark
from thangdo.web.rounds.models import Appeal, Attachment, Explanation, Extension, Mark, Member, PhaseDate, StoredFile
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.workbooks import workbook_bytes


@pytest.fixture(autouse=True)
def open_until_tomorrow(city):
    """These tests go through pages, which live in the present."""
    PhaseDate.objects.update(closes_at=timezone.now() + timedelta(days=1))


LEAF = "/dot/thu-2024/par/don-vi/U1/tieu-chi/1.2/"


def zipped(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


BAD_FILES = {
    "a program called PDF": ("a.pdf", b"MZ\x90\x00" + b"\x00" * 200),
    "a page called picture": ("a.png", b"<html><script>alert(1)</script>"),
    "a kind we do not take": ("a.svg", b"<svg onload='alert(1)'/>"),
    "a zip called DOCX": ("a.docx", zipped({"x.txt": b"x"})),
    "a bomb": ("a.docx", zipped({"word/document.xml": b"\x00" * 30_000_000})),
    "macros": ("a.docx", zipped({"word/document.xml": b"<w/>", "word/vbaProject.bin": b"x"})),
    "a broken archive": ("a.xlsx", b"PK\x03\x04" + b"\x01" * 100),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_an_upload_that_is_not_what_it_says_is_refused_and_not_kept(city, case, evidence_folder):
    name, content = BAD_FILES[case]
    city.in_phase("self_score")
    answer = city.client("officer").post(
        LEAF + "minh-chung/", {"name": "Văn bản", "file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 409
    assert "Không nhận được tệp" in answer.content.decode()
    assert not StoredFile.objects.exists() and not Attachment.objects.exists()
    assert [path for path in evidence_folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("moment", ["while the first is looked at", "before the first is refused", "after"])
def test_bytes_refused_under_one_name_stay_with_whoever_claims_them_under_another(city, monkeypatch, moment):
    """Two send the same bytes at once, one under a name that lies: the other's claim and its file are whole."""
    from thangdo.web.rounds.acts import attach_evidence
    from thangdo.web.rounds.evidence.storage import storage

    city.in_phase("self_score")
    content, look = b"%PDF-1.4 that %%EOF", attach_evidence.kind_of

    def other() -> None:
        put, kind = attach_evidence.receive([content], "that.pdf")
        described = attach_evidence.Described("Kế hoạch")
        attach_evidence.attach(city.part, "U1", "1.1", described, put, kind, actor=city.actor("officer"), at=city.at)

    def kind_of(path, name):
        """The lying upload's look is where the other person comes in between."""
        if not name.endswith(".docx"):
            return look(path, name)
        if moment == "while the first is looked at":
            other()
        try:
            return look(path, name)
        finally:
            if moment == "before the first is refused":
                other()

    monkeypatch.setattr(attach_evidence, "kind_of", kind_of)
    with pytest.raises(ActRefused, match="bad_file"):
        attach_evidence.receive([content], "gia.docx")
    if moment == "after":
        other()
    assert storage().open(StoredFile.objects.get().sha256).read() == content
    assert not list(storage().root.glob(".part-*"))


def test_a_good_file_is_served_without_any_right(city):
    city.in_phase("self_score")
    client = city.client("officer")
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n% minh hoa")
    assert client.post(LEAF + "minh-chung/", {"name": "Báo cáo", "file": file}).status_code == 302
    document = Attachment.objects.get().document
    answer = client.get(f"/dot/thu-2024/par/don-vi/U1/tep/{document.pk}/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"] and "default-src 'none'" in answer["Content-Security-Policy"]
    # A forged address: another unit's officer, and another unit's path, find nothing.
    assert city.client("officer2").get(f"/dot/thu-2024/par/don-vi/U1/tep/{document.pk}/").status_code == 403
    assert city.client("officer2").get(f"/dot/thu-2024/par/don-vi/U2/tep/{document.pk}/").status_code == 404


def test_formulas_leave_as_text():
    rows = list(
        CalamineWorkbook.from_filelike(io.BytesIO(workbook_bytes("x", ["a"], [["=1+1"], ["@SUM(A1)"]])))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert rows == [["a"], ["=1+1"], ["@SUM(A1)"]]
    content = workbook_bytes("x", ["a"], [["=cmd|' /C calc'!A0"]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_two_people_on_one_criterion_never_overwrite_each_other(city):
    officer = city.actor("officer")
    save_mark(city.part, "U1", "1.2", {"numerator": "45", "denominator": "48"}, "", 0, actor=officer, at=city.at)
    with pytest.raises(Conflict) as met:
        save_mark(city.part, "U1", "1.2", {"numerator": "1", "denominator": "48"}, "", 0, actor=officer, at=city.at)
    assert met.value.inputs["numerator"]["value"] == "45"
    answer = city.client("officer").post(
        LEAF + "luu/", {"version": "0", "field-numerator": "1", "field-denominator": "48"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409 and ">45<" in page and ">1<" in page
    assert Mark.objects.get().inputs["numerator"]["value"] == "45"


def test_both_people_see_what_the_other_wrote_and_choose(city):
    """Each opened the form before the other saved: nothing is replaced until its writer has seen the other's."""
    first, second = city.client("officer"), city.client("officer")
    path = LEAF + "luu/"

    def typed(numerator: str, version: int) -> dict[str, str]:
        return {"version": str(version), "field-numerator": numerator, "field-denominator": "48"}

    def stored() -> str:
        return Mark.objects.get().inputs["numerator"]["value"]

    assert first.post(path, typed("45", 0)).status_code == 302
    # While typing, the page's script hears of it and keeps what was typed.
    quiet = second.post(path, typed("40", 0), headers={"X-Requested-With": "fetch"})
    assert quiet.status_code == 409 and "Người khác vừa lưu" in quiet.content.decode()
    page = second.post(path, typed("40", 0)).content.decode()
    assert ">45<" in page and ">40<" in page and 'name="version" value="1"' in page and stored() == "45"
    # The second chooses their own; now the first, still with the old form, is asked in turn and keeps what stands.
    assert second.post(path, typed("40", 1)).status_code == 302 and stored() == "40"
    page = first.post(path, typed("44", 1)).content.decode()
    assert ">40<" in page and ">44<" in page and stored() == "40"


def test_the_same_form_sent_twice_saves_once(city):
    officer = city.actor("officer")
    for _ in range(2):
        saved = save_mark(city.part, "U1", "1.1", {"answer": "yes"}, "", 0, actor=officer, at=city.at)
        assert saved.version == 1


def test_what_cannot_be_read_is_kept_as_typed(city):
    client = city.client("officer")
    answer = client.post(
        LEAF + "luu/",
        {"version": "0", "field-numerator": "bốn lăm", "field-denominator": "48"},
        headers={"X-Requested-With": "fetch"},
    )
    assert json.loads(answer.content)["bad"] == {"numerator": "number"}
    assert Mark.objects.get().inputs["numerator"]["value"] == "bốn lăm"
    assert "bốn lăm" in client.get(LEAF).content.decode()


def test_the_deadline_locks_by_itself_and_an_extension_opens_it_for_one_unit(city):
    end = PhaseDate.objects.get(phase="self_score").closes_at
    save_mark(city.part, "U1", "1.1", {"answer": "yes"}, "", 0, actor=city.actor("officer"), at=end)
    late = end + timedelta(microseconds=1)
    with pytest.raises(ActRefused, match="locked"):
        save_mark(city.part, "U1", "1.1", {"answer": "no"}, "", 1, actor=city.actor("officer"), at=late)
    Extension.objects.create(
        part=city.part, phase="self_score", unit="U1", closes_at=end + timedelta(days=1), reason="bão",
        decided_at=end, decided_by=city.people["manager"],
    )  # fmt: skip
    save_mark(city.part, "U1", "1.1", {"answer": "no"}, "", 1, actor=city.actor("officer"), at=late)
    with pytest.raises(ActRefused, match="locked"):
        save_mark(city.part, "U2", "1.1", {"answer": "no"}, "", 0, actor=city.actor("officer2"), at=late)


XLSX = "/dot/thu-2024/par/don-vi/U1/xlsx/"


def test_a_stale_workbook_shows_both_and_takes_nothing_by_itself(city):
    """Made before somebody else saved: what stands and what the sheet says stand side by side, not ticked."""
    client = city.client("officer")
    sheet = client.get(XLSX).content
    save_mark(city.part, "U1", "1.1", {"answer": "no"}, "", 0, actor=city.actor("officer"), at=city.at)
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(sheet))
    page = book.active
    header = [cell.value for cell in page[1]]
    row = next(row for row in page.iter_rows(min_row=2) if row[header.index("criterion")].value == "1.1")
    row[header.index("value")].value = "yes"
    # Somebody hid columns and sorted the sheet; the codes still say what is what.
    for letter in "AC":
        page.column_dimensions[letter].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    preview = client.post(XLSX, {"workbook": SimpleUploadedFile("a.xlsx", stream.getvalue())}).content.decode()
    assert "answer: no" in preview and "answer: yes" in preview
    assert 'value="1.1"' in preview and 'aria-label="1.1" checked' not in preview
    assert Mark.objects.get(criterion="1.1").inputs["answer"]["value"] == "no"


def test_the_workbook_of_another_unit_or_year_is_refused(city):
    rows = [["1.1", "answer", "0", "yes", "", "thu-2023/par/U1"]]
    header = ["criterion", "input", "version", "value", "explanation", "place"]
    file = SimpleUploadedFile("a.xlsx", workbook_bytes("x", header, rows))
    answer = city.client("officer").post(XLSX, {"workbook": file})
    assert answer.status_code == 409 and "thu-2023/par/U1" in answer.content.decode()


def test_a_lost_row_of_a_workbook_leaves_its_input_as_it_is(city):
    client = city.client("officer")
    save_mark(
        city.part, "U1", "1.2", {"numerator": "40", "denominator": "48"}, "", 0, actor=city.actor("officer"), at=city.at
    )
    header = ["criterion", "input", "version", "value"]
    file = SimpleUploadedFile("a.xlsx", workbook_bytes("x", header, [["1.2", "numerator", "1", "45"]]))
    preview = client.post(XLSX, {"workbook": file}).content.decode()
    assert 'name="value|1.2|denominator" value="48"' in preview and 'name="value|1.2|numerator" value="45"' in preview


def test_excel_comes_back_with_rows_moved_and_columns_added(city):
    client = city.client("officer")
    header = ["Ghi chú", "value", "input", "criterion", "version", "explanation"]
    rows = [
        ["", "48", "denominator", "1.2", "0", ""],
        ["x", "yes", "answer", "1.1", "0", "đã ban hành"],
        ["", "45", "numerator", "1.2", "0", ""],
    ]
    file = SimpleUploadedFile("a.xlsx", workbook_bytes("x", header, rows))
    preview = client.post("/dot/thu-2024/par/don-vi/U1/xlsx/", {"workbook": file}).content.decode()
    assert "2 tiêu chí sẽ thay đổi" in preview
    assert not Mark.objects.exists()
    given = {
        "confirm": "1", "take": ["1.2"], "value|1.2|numerator": "45", "value|1.2|denominator": "48",
        "version|1.2": "0", "explanation|1.2": "",
    }  # fmt: skip
    assert client.post("/dot/thu-2024/par/don-vi/U1/xlsx/", given).status_code == 302
    assert Mark.objects.get().points == "1.875"
    assert not Appeal.objects.exists()


def far_cell() -> bytes:
    """A workbook of a few hundred bytes whose one cell lies at the far end of the sheet."""
    with zipfile.ZipFile(io.BytesIO(workbook_bytes("x", ["a"], [["b"]]))) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    entries[sheet] = entries[sheet].replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="A2"', b'r="XFD1048576"')
    return zipped(entries)


BAD_WORKBOOKS = {
    "one cell at the far end": (far_cell, "nhiều hơn 10000 dòng"),
    "a bomb": (lambda: zipped({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 70_000_000}), "bung ra lớn hơn"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 100, "Excel"),
    "ten thousand and two rows": (lambda: workbook_bytes("x", ["criterion"], [["1.1"]] * 10_002), "nhiều hơn 10000 dòng"),
    "no columns": (lambda: workbook_bytes("x", ["a", "b"], [["1", "2"]]), "criterion"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_WORKBOOKS)
def test_a_workbook_that_would_harm_or_says_nothing_is_refused_in_words(city, case):
    make, words = BAD_WORKBOOKS[case]
    file = SimpleUploadedFile("a.xlsx", make())
    answer = city.client("officer").post("/dot/thu-2024/par/don-vi/U1/xlsx/", {"workbook": file})
    assert answer.status_code == 409
    assert re.search(words, answer.content.decode()), answer.content.decode()[-900:]
    assert not Mark.objects.exists()


def test_every_fault_of_a_returned_workbook_is_named_with_its_row(city):
    header = ["criterion", "input", "version", "value", "explanation"]
    rows = [["9.9", "answer", "0", "yes", ""], ["1.1", "numerator", "0", "1", ""], ["1.1", "answer", "0", "yes", ""], ["1.1", "answer", "0", "no", ""]]  # fmt: skip
    file = SimpleUploadedFile("a.xlsx", workbook_bytes("x", header, rows))
    page = city.client("officer").post("/dot/thu-2024/par/don-vi/U1/xlsx/", {"workbook": file}).content.decode()
    assert "dòng 2: không có tiêu chí 9.9" in page
    assert "dòng 3: 1.1 không có ô nhập “numerator”" in page
    assert "dòng 5: 1.1 answer có hai lần" in page
    assert not Mark.objects.exists()


def test_a_document_made_to_harm_its_reader_is_kept_and_read_no_further(city):
    """Entities that multiply: the file is evidence, its words are not searched, and nothing fails."""
    city.in_phase("self_score")
    body = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><w>&b;</w>'
    file = SimpleUploadedFile("a.docx", zipped({"word/document.xml": body, "[Content_Types].xml": b"<x/>"}))
    assert city.client("officer").post(LEAF + "minh-chung/", {"name": "Văn bản", "file": file}).status_code == 302
    assert Attachment.objects.get().document.file.text.search == ""


@pytest.mark.parametrize("script", [False, True])
def test_a_form_sent_after_the_session_ended_gives_back_what_was_typed(city, script):
    client = city.client("officer")
    client.logout()
    answer = client.post(
        LEAF + "luu/",
        {"version": "0", "field-numerator": "45", "explanation": "gõ rất lâu"},
        headers={"X-Requested-With": "fetch"} if script else {},
    )
    words = answer.content.decode()
    assert answer.status_code == 403 and "Phiên làm việc đã kết thúc" in words
    assert ("gõ rất lâu" in words) is not script and ("<html" in words) is not script
    assert not Mark.objects.exists()


def test_a_form_sent_after_the_phase_moved_gives_back_what_was_typed(city):
    client = city.client("officer")
    city.in_phase("council")
    answer = client.post(LEAF + "luu/", {"version": "0", "field-numerator": "45", "explanation": "gõ rất lâu"})
    assert answer.status_code == 403 and "gõ rất lâu" in answer.content.decode()


def test_a_stale_token_gives_back_what_was_typed(city):
    client = city.client("officer")
    client.handler.enforce_csrf_checks = True
    answer = client.post(LEAF + "luu/", {"version": "0", "explanation": "gõ rất lâu"})
    assert answer.status_code == 403 and "gõ rất lâu" in answer.content.decode()
    assert not Mark.objects.exists()


def test_a_form_sent_twice_acts_once(city):
    """Questions, extensions and uploads: a double click leaves one row."""
    officer, lead, manager = city.client("officer"), city.client("lead"), city.client("manager")
    file = b"%PDF-1.4\n% minh hoa"
    until = (timezone.localtime() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
    city.in_phase("self_score")
    for _ in range(2):
        given = {"name": "Báo cáo", "file": SimpleUploadedFile("a.pdf", file)}
        assert officer.post(LEAF + "minh-chung/", given).status_code == 302
        given = {"until": until, "reason": "bão", "number": "7/QĐ"}
        assert manager.post("/dot/thu-2024/par/gia-han/", given).status_code == 302
    city.in_phase("appraise")
    for _ in range(2):
        assert lead.post(LEAF + "hoi/", {"question": "vì sao?"}).status_code == 302
    assert (Attachment.objects.count(), Extension.objects.count(), Explanation.objects.count()) == (1, 1, 1)


def test_a_unit_taken_out_mid_round_is_told_so_and_keeps_its_answers(city):
    officer = city.actor("officer")
    save_mark(city.part, "U1", "1.2", {"numerator": "45", "denominator": "48"}, "", 0, actor=officer, at=city.at)
    Member.objects.filter(unit="U1").delete()
    client = city.client("officer")
    assert client.get(LEAF).status_code == 404
    answer = client.post(
        LEAF + "luu/", {"version": "1", "field-numerator": "46"}, headers={"X-Requested-With": "fetch"}
    )
    assert answer.status_code == 422 and "không tham gia" in answer.content.decode()
    assert Mark.objects.get().inputs["numerator"]["value"] == "45"


def test_the_deadline_is_the_servers_moment_whatever_zone_it_is_told_in(city):
    """The same instant in UTC, in Vietnam and in New York: inside to the microsecond, outside one later."""
    end = PhaseDate.objects.get(phase="self_score").closes_at
    for version, zone in enumerate(("UTC", "Asia/Ho_Chi_Minh", "America/New_York")):
        inside = end.astimezone(ZoneInfo(zone))
        fields = {"answer": "yes" if version % 2 else "no"}
        save_mark(city.part, "U1", "1.1", fields, "", version, actor=city.actor("officer"), at=inside)
        with pytest.raises(ActRefused, match="locked"):
            late = inside + timedelta(microseconds=1)
            save_mark(city.part, "U1", "1.1", fields, "x", version + 1, actor=city.actor("officer"), at=late)


def test_too_many_changes_at_once_ask_for_patience_and_keep_what_was_typed(city, monkeypatch):
    monkeypatch.setattr(rates.CHANGES, "allow", lambda _key: False)
    answer = city.client("officer").post(LEAF + "luu/", {"version": "0", "explanation": "gõ rất lâu"})
    assert answer.status_code == 429 and "gõ rất lâu" in answer.content.decode()
