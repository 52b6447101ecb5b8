"""What a reader may not know yet, on every page, list, file and ledger that could tell it."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests.web.conftest import City
from thangdo.web.accounts.models import Grant
from thangdo.web.rounds.acts.appeal import appeal
from thangdo.web.rounds.acts.appraise import change_points
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.models import SampleItem

PART = ["thu-2024", "par"]
WHY = "thiếu phụ lục số bốn"


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


def told(city: City, login: str, unit: str = "U1") -> str:
    """Everything that unit's addresses tell a reader: pages, workbooks and how it stood a moment ago."""
    client, found = city.client(login), []
    leaves = [reverse("rounds:criterion", args=[*PART, unit, code]) for code in ("1.1", "1.2", "2.1")]
    for path in (
        reverse("rounds:submission", args=[*PART, unit]),
        reverse("rounds:standing", args=[*PART, unit]),
        reverse("rounds:ledger_unit", args=[*PART, unit]),
        *leaves,
        *(path + "nhat-ky/" for path in leaves),
        reverse("rounds:appeals", args=PART),
        reverse("rounds:agreement", args=PART),
        reverse("rounds:matrix", args=PART),
        reverse("rounds:matrix_data", args=PART),
        reverse("rounds:evidence_search", args=PART) + "?q=phu",
        "/viec/",
        "/tim/?q=phu luc",
    ):
        for ending in ("", "?tai=xlsx", "?luc=2030-01-01T00:00"):
            answer = client.get(path + ending) if "?" not in path else client.get(path)
            if answer.status_code == 200 and "spreadsheetml" in answer["Content-Type"]:
                book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
                found += [str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
            elif answer.status_code == 200:
                found.append(answer.content.decode())
    return "\n".join(found)


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


def test_an_appraiser_of_some_criteria_reads_those_only(appraised):
    Grant.objects.filter(person=appraised.people["appraiser"]).update(criterion="1")
    appraised.in_phase("explain")
    appeal(appraised.part, "U1", "2.1", "kiến nghị về tiêu chí 2.1", actor=appraised.actor("officer"), at=appraised.at)
    seen = told(appraised, "appraiser")
    assert "lời của tiêu chí 1.1" in seen and WHY in seen
    assert "lời của tiêu chí 2.1" not in seen and "kiến nghị về tiêu chí 2.1" not in seen
    notice = reverse("rounds:appeal_notice", args=[*PART, "U1"])
    assert appraised.client("appraiser").get(notice).status_code == 404
    assert appraised.client("officer").get(notice).status_code == 200
