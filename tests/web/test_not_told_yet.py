"""What a reader may not know yet, on every page, list, file and ledger that could tell it."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests.web.addresses import path_of
from tests.web.conftest import City, make_round
from thangdo.web.accounts.addresses import ADDRESSES
from thangdo.web.accounts.models import Grant
from thangdo.web.rounds.acts.adjudicate import adjudicate
from thangdo.web.rounds.acts.appeal import appeal
from thangdo.web.rounds.acts.appraise import change_points
from thangdo.web.rounds.acts.ask_explanation import ask_explanation
from thangdo.web.rounds.acts.prepare_council import add_item, conclude_item
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.acts.vote import vote
from thangdo.web.rounds.loading import store_round
from thangdo.web.rounds.models import Attachment, Document, Extension, SampleItem, Submission

PART = ["thu-2024", "par"]
WHY = "thiếu phụ lục số bốn"
# Nothing of a submission is in one's own account and on the public pages.
READ = {name for name in ADDRESSES if not name.startswith(("accounts:", "portal:"))}


@pytest.fixture
def appraised(city: City) -> City:
    """U1 has answered; the lead has changed 1.2 with a reason, and appraising goes on."""
    city.in_phase("self_score")
    officer = city.actor("officer")
    save_mark(city.part, "U1", "1.1", {"answer": "yes"}, "lời của tiêu chí 1.1", 0, actor=officer, at=city.at)
    fields = {"numerator": "45", "denominator": "48"}
    save_mark(city.part, "U1", "1.2", fields, "lời của tiêu chí 1.2", 0, actor=officer, at=city.at)
    save_mark(
        city.part,
        "U1",
        "2.1",
        {"numerator": "1", "denominator": "3"},
        "lời của tiêu chí 2.1",
        0,
        actor=officer,
        at=city.at,
    )
    city.in_phase("appraise")
    change_points(city.part, "U1", "1.2", {"points": "0.77"}, WHY, actor=city.actor("lead"), at=city.at)
    return city


def told(city: City, login: str, unit: str = "U1", **place: str) -> str:
    """Everything the platform tells a reader of that unit: every address of the table, its workbook, its past."""
    client, found = city.client(login), []
    for name in sorted(READ):
        for code in ("1.1", "1.2", "2.1"):
            path = path_of(name, unit=unit, criterion=code, **place)
            if code != "1.1" and "/tieu-chi/" not in path:
                continue
            found.append(f"{path}\n" + text_of(client.get(path, {"q": "phu"})))
            if "tai=xlsx" in found[-1]:
                found.append(text_of(client.get(path, {"q": "phu", "tai": "xlsx"})))
            if 'name="luc"' in found[-1]:
                found.append(text_of(client.get(path, {"luc": "2030-01-01T00:00"})))
    return "\n".join(found)


def text_of(answer) -> str:
    """The words of a page or a file; none where it is refused."""
    if answer.status_code != 200:
        return ""
    if "spreadsheetml" in answer["Content-Type"]:
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        return "\n".join(str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    if "wordprocessingml" in answer["Content-Type"] or "zip" in answer["Content-Type"]:
        with zipfile.ZipFile(BytesIO(answer.content)) as packed:
            return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return "" if answer.streaming else answer.content.decode()


def shows_the_appraisal(text: str) -> bool:
    return WHY in text or "0,77" in text or "0.77" in text


@pytest.mark.parametrize("login", ["officer", "leader"])
def test_people_of_the_unit_learn_the_appraised_points_when_appeals_open(appraised, login):
    seen = told(appraised, login)
    assert "lời của tiêu chí 1.2" in seen
    assert not shows_the_appraisal(seen)
    appraised.in_phase("explain")
    assert shows_the_appraisal(told(appraised, login))


def test_somebody_who_reads_everywhere_besides_sees_them(appraised):
    Grant.objects.create(person=appraised.people["officer"], role="auditor")
    assert shows_the_appraisal(told(appraised, "officer"))
    assert shows_the_appraisal(told(appraised, "auditor"))


def test_an_appraisal_in_the_own_unit_is_not_told_by_appraising_elsewhere(appraised):
    """Who appraises other units is, for their own, one of its people."""
    Grant.objects.create(person=appraised.people["officer"], role="appraiser")
    assert not shows_the_appraisal(told(appraised, "officer"))


@pytest.mark.parametrize("login", ["officer2", "officer3"])
@pytest.mark.parametrize("phase", ["self_score", "appraise", "explain", "closed"])
def test_people_of_another_unit_learn_nothing_of_it(appraised, login, phase):
    appraised.in_phase(phase)
    seen = told(appraised, login)
    assert "lời của tiêu chí" not in seen and not shows_the_appraisal(seen)


def test_the_second_appraiser_learns_nothing_of_the_first_anywhere(appraised):
    part = appraised.part
    SampleItem.objects.create(part=part, unit="U1", criterion="1.1", seed=1)
    change_points(
        part,
        "U1",
        "1.1",
        {"points": "0.33"},
        "lý do của người thứ nhất",
        actor=appraised.actor("appraiser"),
        at=appraised.at,
    )
    seen = told(appraised, "appraiser2")
    assert "lời của tiêu chí 1.1" in seen
    assert "lý do của người thứ nhất" not in seen and "0,33" not in seen and "0.33" not in seen
    assert "lý do của người thứ nhất" in told(appraised, "lead")


def test_two_appraisers_learn_of_each_other_once_their_cell_is_settled(appraised):
    """Neither could say again what they gave after having seen the other's; a question would tell it as well."""
    part, first, second = appraised.part, appraised.actor("appraiser"), appraised.actor("appraiser2")
    SampleItem.objects.create(part=part, unit="U1", criterion="1.1", seed=1)
    ask_explanation(part, "U1", "1.1", "câu hỏi của người thứ nhất", actor=first, at=appraised.at)
    change_points(part, "U1", "1.1", {"points": "0.33"}, "lý do thứ nhất", actor=first, at=appraised.at)
    change_points(part, "U1", "1.1", {"points": "0.66"}, "lý do thứ hai", actor=second, at=appraised.at)
    for login, other in (("appraiser", "lý do thứ hai"), ("appraiser2", "lý do thứ nhất")):
        assert other not in told(appraised, login)
    assert "câu hỏi của người thứ nhất" not in told(appraised, "appraiser2")
    assert "câu hỏi của người thứ nhất" in told(appraised, "officer")
    adjudicate(part, "U1", "1.1", {"points": "0.5"}, "phân xử", actor=appraised.actor("lead"), at=appraised.at)
    assert "lý do thứ nhất" in told(appraised, "appraiser2") and "lý do thứ hai" in told(appraised, "appraiser")


def test_an_appraiser_of_some_criteria_reads_those_only(appraised):
    Grant.objects.filter(person=appraised.people["appraiser"]).update(criterion="1")
    appraised.in_phase("explain")
    appeal(appraised.part, "U1", "2.1", "kiến nghị về tiêu chí 2.1", actor=appraised.actor("officer"), at=appraised.at)
    seen = told(appraised, "appraiser")
    assert "lời của tiêu chí 1.1" in seen and WHY in seen
    assert "lời của tiêu chí 2.1" not in seen and "kiến nghị về tiêu chí 2.1" not in seen
    # The list beside a criterion says nothing of those either, not even whether they are done.
    page = appraised.client("appraiser").get(reverse("rounds:criterion", args=[*PART, "U1", "1.1"])).content.decode()
    assert "Mức độ hoàn thành kế hoạch" in page and "Công khai thủ tục" not in page
    notice = reverse("rounds:appeal_notice", args=[*PART, "U1"])
    assert appraised.client("appraiser").get(notice).status_code == 404
    assert appraised.client("officer").get(notice).status_code == 200


def test_the_councils_work_is_told_to_the_unit_when_it_is_over_and_its_votes_never(appraised):
    appraised.in_phase("council")
    part, secretary, council = appraised.part, appraised.actor("secretary"), appraised.actor("council")
    item = add_item(part, "U1", "1.2", "0.91", "lý do đưa ra hội đồng", actor=secretary, at=appraised.at)
    vote(part, item.pk, "for", actor=council, at=appraised.at)
    conclude_item(part, item.pk, actor=secretary, at=appraised.at)
    for login in ("officer", "leader", "appraiser"):
        seen = told(appraised, login)
        assert WHY in seen and "lý do đưa ra hội đồng" not in seen and "0,91" not in seen and "0.91" not in seen
    assert "0,91" in told(appraised, "auditor")
    appraised.in_phase("approve")
    seen = told(appraised, "officer")
    assert "0,91" in seen
    # Whoever voted is named nowhere to the unit.
    assert "Council" in told(appraised, "auditor") and "Council" not in seen


def test_a_unit_is_not_told_that_another_claims_the_same_file(appraised):
    for unit in ("U1", "U3"):
        document = Document.objects.create(unit=unit, name="Kế hoạch", sha256="a" * 64, added_at=appraised.at)
        Attachment.objects.create(part=appraised.part, unit=unit, criterion="1.1", document=document)
    assert "đơn vị khác cũng dùng: U3" not in told(appraised, "officer")
    assert "đơn vị khác cũng dùng: U3" in told(appraised, "appraiser")


def test_how_far_other_units_are_and_why_they_got_more_time_is_for_those_who_follow_the_round(appraised):
    part = appraised.part
    Submission.objects.filter(part=part, unit="U3").update(state="sent_back")
    person = appraised.people["manager"]
    Extension.objects.create(
        part=part, phase="self_score", unit="U3", closes_at=appraised.at, number="9", reason="bão", decided_by=person,
        decided_at=appraised.at,
    )  # fmt: skip
    page = reverse("rounds:part", args=PART)
    seen = {login: appraised.client(login).get(page).content.decode() for login in ("officer", "officer3", "auditor")}
    assert "trả lại" not in seen["officer"] and "bão" not in seen["officer"]
    # The unit itself finds its state under "my work" and with its submission.
    assert "bão" in seen["officer3"] and "bão" in seen["auditor"] and "trả lại" in seen["auditor"]


def test_a_year_that_is_not_over_is_not_told_by_the_page_of_the_next(appraised):
    store_round(
        replace(make_round(), id="thu-2025", year=2025), actor_id=None, at=appraised.at, phases={"par": "self_score"}
    )
    seen = told(appraised, "officer", round="thu-2025")
    assert "Năm 2024: 45" in seen and "chưa thẩm định xong" in seen and not shows_the_appraisal(seen)
    assert shows_the_appraisal(told(appraised, "auditor", round="thu-2025"))
