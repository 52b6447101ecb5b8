"""What people see of a round: progress, points lost, last year, signs, history; and every list as a file."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from thangdo.web.ledger.tracked import tracked_models
from thangdo.web.ledger.words import COLUMNS, TABLES
from thangdo.web.rounds.acts.appraise import change_points
from thangdo.web.rounds.acts.save_mark import save_mark

PART = ["thu-2024", "par"]
UNIT = [*PART, "U1"]
LEAF = [*UNIT, "1.2"]


@pytest.fixture
def answered(city):
    """Every unit has answered everything; U1 claims more than its whole at 2.1, and was cut at 1.2."""
    for login, unit in (("officer", "U1"), ("officer2", "U2"), ("officer3", "U3")):
        actor = city.actor(login)
        done = {"U1": "60", "U2": "45", "U3": "50"}[unit]
        save_mark(city.part, unit, "1.1", {"answer": "yes"}, "", 0, actor=actor, at=city.at)
        save_mark(city.part, unit, "1.2", {"numerator": "48", "denominator": "48"}, "", 0, actor=actor, at=city.at)
        save_mark(city.part, unit, "2.1", {"numerator": done, "denominator": "50"}, "", 0, actor=actor, at=city.at)
    city.in_phase("appraise")
    actor = city.actor("appraiser")
    change_points(city.part, "U1", "1.2", {"points": "0.5"}, "Thiếu văn bản", actor=actor, at=city.at)
    return city


def page(city, login: str, name: str, args, query: str = "", language: str = "vi"):
    client = city.client(login)
    client.cookies["lang"] = language
    return client.get(reverse(name, args=args) + query)


@pytest.mark.parametrize("phase", ["prepare", "self_score", "appraise", "explain", "council", "approve", "closed"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_part_at_a_glance_opens_in_every_phase(answered, phase, language):
    answered.in_phase(phase)
    for login, name, args in (
        ("manager", "rounds:overview", PART),
        ("appraiser", "rounds:flags", PART),
        ("officer", "rounds:standing", UNIT),
        ("auditor", "rounds:standing", UNIT),
    ):
        answer = page(answered, login, name, args, language=language)
        assert answer.status_code == 200, (name, answer.content.decode()[-500:])
        assert f'<html lang="{language}">' in answer.content.decode()


def test_the_first_line_says_what_happened_and_the_cut_has_sign_and_unit(answered):
    text = page(answered, "manager", "rounds:overview", PART).content.decode()
    assert "Đã thẩm định 1 trong 9 câu trả lời" in text
    assert "Thay đổi, điểm" in text and "−1,50" in text
    answered.in_phase("explain")
    own = page(answered, "officer", "rounds:standing", UNIT).content.decode()
    assert "Sở Du lịch: 8,50 trên 10 điểm, loại Tốt" in own
    assert "Thiếu văn bản" in own


def test_a_unit_sees_its_rank_only_once_the_round_is_closed(answered):
    assert "hạng trong" not in page(answered, "officer", "rounds:standing", UNIT).content.decode()
    assert "hạng trong" in page(answered, "manager", "rounds:standing", UNIT).content.decode()
    answered.in_phase("closed")
    assert "hạng trong" in page(answered, "officer", "rounds:standing", UNIT).content.decode()


def test_what_would_lift_a_unit_a_class_is_the_cores_answer(answered):
    actor = answered.actor("officer2")
    answered.in_phase("self_score")
    save_mark(answered.part, "U2", "2.1", {"numerator": "0", "denominator": "50"}, "", 1, actor=actor, at=answered.at)
    text = page(answered, "officer2", "rounds:standing", [*PART, "U2"]).content.decode()
    assert "loại Khá; còn thiếu 40,00 để đạt Tốt" in text
    assert "+6,00" in text


def test_signs_are_those_of_the_cells_a_reader_may_see(answered):
    everything = page(answered, "manager", "rounds:flags", PART).content.decode()
    assert "đạt 60 trên tổng số 50" in everything
    assert "Sở Du lịch" in page(answered, "appraiser", "rounds:flags", PART).content.decode()
    answered.people["appraiser"].grants.update(criterion="1")
    assert "đạt 60 trên tổng số 50" not in page(answered, "appraiser", "rounds:flags", PART).content.decode()


@pytest.mark.parametrize(
    ("login", "name", "args"),
    [
        ("manager", "rounds:overview", PART),
        ("manager", "rounds:flags", PART),
        ("manager", "rounds:ledger", PART[:1]),
        ("officer", "rounds:standing", UNIT),
        ("officer", "rounds:ledger_unit", UNIT),
        ("officer", "rounds:ledger_cell", LEAF),
    ],
)
def test_a_list_is_offered_as_excel_and_pdf_to_whom_the_page_is(answered, login, name, args):
    assert "?tai=xlsx" in page(answered, login, name, args).content.decode().replace("&amp;", "&")
    book = openpyxl.load_workbook(io.BytesIO(page(answered, login, name, args, "?tai=xlsx").content))
    assert sum(sheet.max_row for sheet in book) > 4
    paper = page(answered, login, name, args, "?tai=pdf")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF-")
    assert answered.client("officer3").get(reverse("rounds:standing", args=UNIT) + "?tai=xlsx").status_code == 403


def test_history_says_who_when_before_after_and_why(answered):
    answered.in_phase("explain")
    text = page(answered, "officer", "rounds:ledger_cell", LEAF).content.decode()
    assert "Appraiser" in text and "Thiếu văn bản" in text and "1.2 Mức độ hoàn thành kế hoạch" in text
    assert "rounds_mark" not in text and "changed_by_id" not in text
    assert "Tổng số (b): 48" in text and "numerator" not in text and "par/U1" not in text


@pytest.mark.parametrize(("name", "args", "login"), [("rounds:ledger_cell", LEAF, "officer"), ("rounds:ledger_unit", UNIT, "officer"), ("rounds:ledger", PART[:1], "auditor")])  # fmt: skip
def test_the_state_at_any_past_moment(answered, name, args, login):
    from thangdo.web.ledger.models import Entry

    last = Entry.objects.order_by("-id").values_list("recorded_at", flat=True).first()
    now = (last + timedelta(hours=7, minutes=1)).strftime("%Y-%m-%dT%H:%M")
    assert "Tình trạng lúc" in page(answered, login, name, args, f"?luc={now}").content.decode()
    before = page(answered, login, name, args, "?luc=2020-01-01T00:00").content.decode()
    assert "Khi đó chưa" in before


# Whatever the number of rows.
@pytest.mark.parametrize(
    ("login", "name", "args"),
    [
        ("manager", "rounds:overview", PART),
        ("manager", "rounds:flags", PART),
        ("officer", "rounds:standing", UNIT),
        ("officer", "rounds:ledger_unit", UNIT),
        ("auditor", "rounds:ledger", PART[:1]),
        *((login, "rounds:work", []) for login in ("officer", "leader", "appraiser", "lead", "council", "manager")),
        ("manager", "rounds:search", []),
        ("manager", "rounds:results", PART),
    ],
)
def test_queries_stay_bounded(answered, login, name, args, django_assert_max_num_queries):
    client = answered.client(login)
    client.get(reverse(name, args=args))
    with django_assert_max_num_queries(12):
        assert client.get(reverse(name, args=args)).status_code == 200


@pytest.mark.parametrize(
    ("login", "name", "args", "said"),
    [
        ("manager", "rounds:work", [], "Các phần đang thực hiện"),
        ("officer", "rounds:work", [], "Tình hình đơn vị của tôi"),
        ("manager", "rounds:rounds", [], ""),
        ("manager", "rounds:round", PART[:1], ""),
        ("manager", "rounds:part", PART, ""),
        ("manager", "rounds:results", PART, ""),
        ("manager", "rounds:matrix", PART, ""),
        ("manager", "rounds:agreement", PART, ""),
        ("manager", "rounds:assign", PART, ""),
        ("officer", "rounds:submission", UNIT, ""),
        ("officer", "rounds:evidence_search", PART, ""),
        ("officer", "rounds:appeals", PART, ""),
        ("administrator", "registry:units", [], ""),
        ("administrator", "registry:people", [], ""),
        ("administrator", "rounds:search", [], ""),
    ],
)
def test_every_list_on_screen_has_its_workbook(answered, login, name, args, said):
    query = "?q=so&tai=xlsx" if name == "rounds:search" else "?tai=xlsx"
    assert said in page(answered, login, name, args).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(page(answered, login, name, args, query).content))
    assert all(sheet["A4"].value for sheet in book)


def test_search_finds_units_criteria_and_evidence_without_accents(answered):
    from thangdo.web.rounds.models import Attachment, Document

    at = answered.at
    document = Document.objects.create(unit="U1", name="Báo cáo đô thị", number="15/BC", added_at=at, sha256="0" * 64)
    Attachment.objects.create(part=answered.part, unit="U1", criterion="1.1", document=document)
    by_manager = page(answered, "manager", "rounds:search", [], "?q=do+thi").content.decode()
    assert "Sở Đô thị" in by_manager and "Báo cáo đô thị" in by_manager
    by_other = page(answered, "officer3", "rounds:search", [], "?q=do+thi").content.decode()
    assert "Sở Đô thị" in by_other and "Báo cáo đô thị" not in by_other
    assert "Ban hành kế hoạch" in page(answered, "officer3", "rounds:search", [], "?q=ke+hoach").content.decode()


def test_every_table_of_the_ledger_has_a_name_in_both_languages():
    assert {model._meta.db_table for model in tracked_models()} == {code for code, _, _ in TABLES}
    columns = {field.column for model in tracked_models() for field in model._meta.concrete_fields}
    assert {code for code, _, _ in COLUMNS} <= columns


def test_an_appraiser_sees_what_is_assigned_until_when_and_how_far(answered):
    text = page(answered, "appraiser", "rounds:work", []).content.decode()
    assert "Được giao cho tôi thẩm định" in text and "1 Chỉ đạo" in text and "2 Thủ tục" in text
    # Two units' answers to the two criteria of the first pillar (the own unit is not appraised), one of them decided.
    row = text.split("1 Chỉ đạo")[1].split("</tr>")[0]
    assert [cell.split("<")[0] for cell in row.split('class="n">')[1:]] == ["2", "4", "1", "3"]
    answered.people["appraiser"].grants.update(criterion="2")
    assert "1 Chỉ đạo" not in page(answered, "appraiser", "rounds:work", []).content.decode()
    assert "Được giao cho tôi thẩm định" not in page(answered, "officer", "rounds:work", []).content.decode()


def test_every_act_of_the_ledger_has_words():
    """Acts are written in the source as codes: of the permission table, or of the platform itself."""
    import re
    from pathlib import Path

    import thangdo.web
    from thangdo.web.accounts.permissions import BY_CODE
    from thangdo.web.ledger.words import ACTS

    source = "".join(path.read_text(encoding="utf-8") for path in Path(thangdo.web.__file__).parent.rglob("*.py"))
    written = set(re.findall(r'ActInProgress\(\s*"(\w+)"', source))
    known = set(BY_CODE) | {code for code, _vi, _en in ACTS}
    assert len(written) > 10 and written <= known, written - known
