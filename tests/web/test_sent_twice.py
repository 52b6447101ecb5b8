"""A form sent twice, as a double click does: it acts once, the ledger has it once, and the page says so plainly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.web.conftest import SET, City, make_city
from thangdo.web.accounts.models import Grant
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.acts.submission import state_when_open
from thangdo.web.rounds.models import (
    AgendaItem,
    Appeal,
    Decision,
    Extension,
    Mark,
    Part,
    PhaseDate,
    Round,
    Submission,
    Vote,
)
from thangdo.web.rounds.results import results_hash

PART = "/dot/thu-2024/par/"
U1 = PART + "don-vi/U1/"
AGAIN = {"vi": "đã được ghi nhận trước đó với cùng nội dung", "en": "recorded already with the same content"}
ROLE_AGAIN = {"vi": "đã được giao trước đó", "en": "was given already"}


@pytest.fixture
def city(db: None) -> City:
    """The city in self-scoring, in the present; every criterion of U1 answered and decided."""
    at = timezone.localtime()
    made = make_city("self_score", at)
    made.in_phase("self_score")
    PhaseDate.objects.update(closes_at=at + timedelta(days=9))
    for unit in ("U1", "U2", "U3"):
        for criterion, points in (("1.1", "2"), ("1.2", "1.875"), ("2.1", "5")):
            given = {"value": "yes" if criterion == "1.1" else "45", "reason": "", "given_at": at.isoformat()}
            inputs = (
                {"answer": given}
                if criterion == "1.1"
                else {"numerator": given, "denominator": {**given, "value": "48"}}
            )
            Mark.objects.create(
                part=made.part, unit=unit, criterion=criterion, layer="self", inputs=inputs, points=points, maximum="2",
                changed_at=at,
            )  # fmt: skip
    return made


def sent_twice(
    city: City, login: str, path: str, given: dict[str, object], language: str, words: dict[str, str]
) -> int:
    """How many entries the first sending made; the second makes none and is told why, on the next page."""
    client = city.client(login)
    client.cookies["lang"] = language
    before = Entry.objects.count()
    first = client.post(path, given)
    assert first.status_code == 302, first.content.decode()[-1500:]
    client.get(first["Location"])
    made = Entry.objects.count() - before
    second = client.post(path, given)
    assert second.status_code == 302, second.content.decode()[-1500:]
    assert second["Location"] == first["Location"]
    assert words[language] in client.get(second["Location"]).content.decode()
    assert Entry.objects.count() == before + made
    return made


def submission(**values: object) -> None:
    Submission.objects.filter(unit="U1").update(**values)


def before_the_leader(city: City) -> None:
    submission(state="with_leader")


def handed_in(city: City) -> None:
    submission(state="approved", approved_at=city.at, approved_by=city.people["leader"])


def appealing(city: City) -> None:
    city.in_phase("explain")


def appealed(city: City) -> None:
    city.in_phase("explain")
    Appeal.objects.create(
        pk=1, part=city.part, unit="U1", criterion="1.2", filed_at=city.at.isoformat(), request="xem lại"
    )


def in_council(city: City) -> None:
    city.in_phase("council")
    AgendaItem.objects.create(
        pk=1, part=city.part, unit="U1", criterion="1.2", position=1, proposal="2", reason="đủ hồ sơ"
    )


def voted(city: City) -> None:
    in_council(city)
    Vote.objects.create(item_id=1, person=city.people["council"], choice="for", given_at=city.at)


def nothing(city: City) -> None: ...


def appraising(city: City) -> None:
    city.in_phase("appraise")


UNTIL = (timezone.localtime() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
# Who, where, with what; how it stood before, and how many rows stand afterwards.
FORMS = {
    "submit": ("officer", U1 + "trinh/", {}, nothing, lambda: Submission.objects.filter(state="with_leader").count()),
    "recall": ("officer", U1 + "rut-lai/", {}, before_the_leader, lambda: Submission.objects.filter(unit="U1", state="open").count()),
    "approve the submission": ("leader", U1 + "duyet/", {}, before_the_leader, lambda: Submission.objects.filter(state="approved").count()),
    "give it back to the officer": ("leader", U1 + "duyet/", {"return": "1", "reason": "thiếu"}, before_the_leader, lambda: Submission.objects.filter(note="thiếu").count()),
    "send back": ("lead", U1 + "tra-lai/", {"criterion": ["1.2"], "reason": "xem lại"}, handed_in, lambda: Submission.objects.filter(state="sent_back").count()),
    "extend": ("manager", PART + "gia-han/", {"unit": "U1", "until": UNTIL, "number": "7/QĐ", "reason": "bão"}, nothing, Extension.objects.count),
    "appeal": ("officer", U1 + "tieu-chi/1.2/kien-nghi/", {"request": "đề nghị xem lại"}, appealing, Appeal.objects.count),
    "decide an appeal": ("lead", U1 + "kien-nghi/1/", {"outcome": "partly", "points": "1,9", "reason": "có lý"}, appealed, lambda: Mark.objects.filter(layer="appeal", version=1).count()),
    "put on the agenda": ("secretary", PART + "hoi-dong/", {"unit": "U1", "criterion": "1.2", "points": "2", "reason": "đủ"}, lambda city: city.in_phase("council"), AgendaItem.objects.count),
    "vote": ("council", PART + "hoi-dong/1/phieu/", {"choice": "for"}, in_council, Vote.objects.count),
    "conclude": ("secretary", PART + "hoi-dong/1/", {}, voted, lambda: Mark.objects.filter(layer="council", version=1).count()),
    "ask": ("lead", U1 + "tieu-chi/1.2/hoi/", {"question": "vì sao?"}, appraising, lambda: 1),
    "assign": ("manager", PART + "phan-cong/", {"login": "appraiser", "criterion": "1.2"}, nothing, lambda: Grant.objects.filter(criterion="1.2").count()),
    "move on": ("manager", PART + "chuyen/", {"way": "convene"}, appealing, lambda: Part.objects.filter(phase="council").count()),
    "open a round": ("manager", "/dot/moi/", {"code": "thu-2025", "year": "2025", "name_vi": "Năm 2025"}, nothing, lambda: Round.objects.filter(code="thu-2025").count()),
}  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("what", FORMS)
def test_a_form_sent_twice_acts_once_and_says_so(city, what, language):
    login, path, given, prepare, count = FORMS[what]
    prepare(city)
    assert sent_twice(city, login, path, given, language, AGAIN) >= 1
    assert count() == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_approval_of_results_is_recorded_once(city, language):
    city.in_phase("approve")
    given = {"number": "12/QĐ", "signed_on": "2025-02-20", "hash": results_hash(city.part)}
    assert sent_twice(city, "manager", PART + "phe-duyet/", given, language, AGAIN) == 1
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_role_is_given_and_ended_once(city, language):
    given = {"role": "auditor", "since": (city.at.date() + timedelta(days=1)).isoformat(), "reason": "thanh tra"}
    path = "/nguoi/secretary/vai-tro/"
    assert sent_twice(city, "administrator", path, given, language, ROLE_AGAIN) == 1
    row = Grant.objects.get(person__login="secretary", role="auditor")
    ended = {"vi": "đã chấm dứt từ trước", "en": "had ended already"}
    assert sent_twice(city, "administrator", path, {"take": str(row.pk)}, language, ended) == 1


def test_a_part_is_added_once(city):
    manager = city.client("manager")
    manager.post("/dot/moi/", {"code": "thu-2025", "year": "2025", "name_vi": "Năm 2025"})
    path = reverse("rounds:add_part", args=["thu-2025"])
    for _ in range(2):
        given = {"set": SimpleUploadedFile("a.yaml", SET.encode())}
        answer = manager.post(path, given)
        assert answer.status_code == 302
    assert Part.objects.filter(round__code="thu-2025").count() == 1
    assert AGAIN["vi"] in manager.get(answer["Location"]).content.decode()


def test_an_assignment_taken_back_twice_says_that_it_is_gone(city):
    manager, path = city.client("manager"), PART + "phan-cong/"
    manager.post(path, {"login": "appraiser", "criterion": "1.2"})
    key = str(Grant.objects.get(criterion="1.2").pk)
    assert manager.post(path, {"withdraw": key}).status_code == 302
    answer = manager.post(path, {"withdraw": key})
    assert answer.status_code == 409 and "không còn" in answer.content.decode()


def test_another_content_is_no_second_sending(city):
    """Other words, or somebody else's: refused or written as what it is."""
    appealed(city)
    lead, path = city.client("lead"), U1 + "kien-nghi/1/"
    given = {"outcome": "partly", "points": "1,9", "reason": "có lý"}
    assert lead.post(path, given).status_code == 302
    for other in ({"points": "1.5"}, {"outcome": "accepted"}, {"reason": "khác"}):
        assert lead.post(path, {**given, **other}).status_code == 409
    officer, leader = city.client("officer"), city.client("leader")
    path = U1 + "tieu-chi/1.1/kien-nghi/"
    assert officer.post(path, {"request": "xem lại"}).status_code == 302
    assert leader.post(path, {"request": "xem lại"}).status_code == 409
    in_council_path = PART + "hoi-dong/1/phieu/"
    in_council(city)
    council = city.client("council")
    assert council.post(in_council_path, {"choice": "for"}).status_code == 302
    assert council.post(in_council_path, {"choice": "against"}).status_code == 302
    assert Vote.objects.get().choice == "against"


def test_an_appraisal_sent_twice_is_one_version(city):
    city.in_phase("appraise")
    lead, path = city.client("lead"), U1 + "tieu-chi/1.2/tham-dinh/"
    for _ in range(2):
        assert lead.post(path, {"agree": "1"}).status_code == 302
    assert Mark.objects.get(layer="appraisal_1").version == 1
    for _ in range(2):
        assert lead.post(path, {"points": "1", "reason": "thiếu"}).status_code == 302
    assert Mark.objects.get(layer="appraisal_1").version == 2


@pytest.mark.parametrize("way", ["recall", "return"])
@pytest.mark.parametrize("criteria", [["1.2"], []])
def test_what_was_sent_back_stays_sent_back_inside_the_unit(city, way, criteria):
    """Handed to the leader and back again during appraisal, the unit can still mend what was sent back."""
    handed_in(city)
    city.in_phase("appraise")
    city.client("lead").post(U1 + "tra-lai/", {"criterion": criteria, "reason": "xem lại"})
    officer = city.client("officer")
    assert officer.post(U1 + "trinh/", {}).status_code == 302
    if way == "recall":
        assert officer.post(U1 + "rut-lai/", {}).status_code == 302
    else:
        assert city.client("leader").post(U1 + "duyet/", {"return": "1", "reason": "chưa ổn"}).status_code == 302
    stored = Submission.objects.get(unit="U1")
    assert stored.state == state_when_open(stored) == "sent_back"
    given = {"version": "1", "field-numerator": "46", "field-denominator": "48"}
    assert officer.post(U1 + "tieu-chi/1.2/luu/", given).status_code == 302
    assert Mark.objects.get(unit="U1", criterion="1.2", layer="self").inputs["numerator"]["value"] == "46"
