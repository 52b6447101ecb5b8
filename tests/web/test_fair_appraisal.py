"""Appraising alike: the same evidence side by side, two appraisers who do not see each other, an end that locks."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from thangdo.web.rounds.acts.adjudicate import adjudicate
from thangdo.web.rounds.acts.appraise import agree, change_points
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.models import Attachment, Document, PhaseDate, SampleItem
from thangdo.web.rounds.refusals import ActRefused


@pytest.fixture
def appraising(city):
    city.in_phase("self_score")
    for unit, officer in (("U1", "officer"), ("U3", "officer3")):
        save_mark(city.part, unit, "1.1", {"answer": "yes"}, "", 0, actor=city.actor(officer), at=city.at)
    city.in_phase("appraise")
    return city


def claim(city, unit: str, sha256: str, number: str = "", criterion: str = "1.1") -> None:
    document = Document.objects.create(
        unit=unit, name="Kế hoạch chung", sha256=sha256, number=number, issued_on="2024-03-01", added_at=city.at
    )
    Attachment.objects.create(part=city.part, unit=unit, criterion=criterion, document=document)


def page_of(city, login: str, name: str, *args: str) -> str:
    return city.client(login).get(reverse(name, args=["thu-2024", "par", *args])).content.decode()


def test_one_file_with_different_points_from_unit_to_unit_is_shown_first(appraising):
    city, lead = appraising, appraising.actor("lead")
    claim(city, "U1", "a" * 64)
    claim(city, "U3", "a" * 64)
    agree(city.part, "U1", "1.1", actor=lead, at=city.at)
    change_points(city.part, "U3", "1.1", {"points": "0.5"}, "thiếu phụ lục", actor=lead, at=city.at)
    page = page_of(city, "lead", "rounds:same_evidence")
    assert "Có 1 tài liệu" in page and "cùng một tệp" in page
    assert "1,50" in page  # two points for one unit, half a point for the other


def test_a_second_scan_of_one_document_is_known_by_its_number_and_day(appraising):
    city = appraising
    claim(city, "U1", "a" * 64, number="12/KH-UBND")
    claim(city, "U3", "b" * 64, number="12/KH-UBND ")
    page = page_of(city, "lead", "rounds:same_evidence")
    assert "cùng số và ngày" in page and "Không có tài liệu nào" in page


def test_an_appraiser_sees_the_shared_document_of_units_that_are_not_their_own_only(appraising):
    city = appraising
    claim(city, "U1", "a" * 64)
    claim(city, "U2", "a" * 64)  # the appraiser's own unit
    assert "Kế hoạch chung" not in page_of(city, "appraiser", "rounds:same_evidence")
    assert "Kế hoạch chung" in page_of(city, "lead", "rounds:same_evidence")


def test_the_second_appraiser_does_not_see_the_first_ones_points_before_the_cell_is_settled(appraising):
    city = appraising
    SampleItem.objects.create(part=city.part, unit="U1", criterion="1.1", seed=1)
    change_points(
        city.part,
        "U1",
        "1.1",
        {"points": "0.25"},
        "lý do của người thứ nhất",
        actor=city.actor("appraiser"),
        at=city.at,
    )
    seen = "lý do của người thứ nhất"
    cell = ("U1", "1.1")
    matrix = reverse("rounds:matrix", args=["thu-2024", "par"]) + "?u=U1&t=1.1"
    assert seen in page_of(city, "appraiser", "rounds:criterion", *cell)
    assert seen not in page_of(city, "appraiser2", "rounds:criterion", *cell)
    second = city.client("appraiser2")
    assert seen not in second.get(matrix).content.decode() and "0,25" not in second.get(matrix).content.decode()
    # Whoever adjudicates sees both; the second sees the first once that is done.
    assert seen in page_of(city, "lead", "rounds:criterion", *cell)
    agree(city.part, *cell, actor=city.actor("appraiser2"), at=city.at)
    assert seen not in page_of(city, "appraiser2", "rounds:criterion", *cell)
    adjudicate(city.part, *cell, {"points": "1"}, "phân xử", actor=city.actor("lead"), at=city.at)
    assert seen in page_of(city, "appraiser2", "rounds:criterion", *cell)


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("rounds:standing", ["U1"]),
        ("rounds:flags", []),
        ("rounds:ledger_unit", ["U1"]),
        ("rounds:ledger_cell", ["U1", "1.1"]),
        ("rounds:submission", ["U1"]),
        ("rounds:same_evidence", []),
        ("rounds:agreement", []),
    ],
)
def test_no_other_page_or_file_tells_the_second_appraiser_what_the_first_gave(appraising, name, where):
    city = appraising
    SampleItem.objects.create(part=city.part, unit="U1", criterion="1.1", seed=1)
    for unit in ("U1", "U3"):
        claim(city, unit, "a" * 64)
    first = city.actor("appraiser")
    change_points(city.part, "U1", "1.1", {"points": "0.37"}, "lý do của người thứ nhất", actor=first, at=city.at)
    address = reverse(name, args=["thu-2024", "par", *where])
    second = city.client("appraiser2")
    texts = [second.get(address).content.decode()]
    if "tai=xlsx" in texts[0]:
        rows = openpyxl.load_workbook(io.BytesIO(second.get(address + "?tai=xlsx").content))
        texts.append(" ".join(str(cell.value) for sheet in rows for row in sheet for cell in row))
    for text in texts:
        assert "0,37" not in text and "0.37" not in text and "người thứ nhất" not in text
    # The page does say it to whom it may: without the rule it would have been there.
    if name != "rounds:flags":
        assert "0,37" in city.client("lead").get(address).content.decode()


def test_the_end_of_the_appraisal_locks_it_to_the_second_for_everyone_who_decides(appraising):
    city, lead = appraising, appraising.actor("lead")
    end = PhaseDate.objects.get(part=city.part, phase="appraise").closes_at
    after = end + timedelta(microseconds=1)
    for act in (
        lambda: agree(city.part, "U1", "1.1", actor=lead, at=after),
        lambda: change_points(city.part, "U1", "1.1", {"points": "1"}, "x", actor=lead, at=after),
        lambda: adjudicate(city.part, "U1", "1.1", {"points": "1"}, "x", actor=lead, at=after),
    ):
        with pytest.raises(ActRefused, match="locked"):
            act()
    agree(city.part, "U1", "1.1", actor=lead, at=end)


def test_minutes_come_as_word_and_as_pdf(appraising):
    city = appraising
    city.in_phase("council")
    from thangdo.web.rounds.acts.prepare_council import add_item

    add_item(city.part, "U1", "1.1", "1.5", "đủ hồ sơ", actor=city.actor("secretary"), at=city.at)
    address = reverse("rounds:minutes", args=["thu-2024", "par"])
    client = city.client("secretary")
    assert client.get(address).content.startswith(b"PK")
    paper = client.get(address + "?tai=pdf")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    import pypdfium2

    page = pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_bounded()
    assert "Sở Du lịch" in page and "đủ hồ sơ" in page and "1,50" in page
