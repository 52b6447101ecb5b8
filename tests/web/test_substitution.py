"""Who acts in another's place: for whom, until when and why is written down, and shows in every act."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.web.conftest import make_city
from thangdo.web.accounts.holders import holder_of
from thangdo.web.accounts.models import Grant
from thangdo.web.accounts.permissions import BY_CODE, Place, may
from thangdo.web.ledger.models import Entry
from thangdo.web.registry.people import BadRow, give_role
from thangdo.web.rounds.acts.act import Actor
from thangdo.web.rounds.acts.save_mark import save_mark


@pytest.fixture
def city(db):
    """The city today: the pages below ask the present day."""
    made = make_city("self_score", timezone.localtime())
    made.in_phase("self_score")
    return made


def place_of(city, login: str) -> str:
    return str(Grant.objects.get(person=city.people[login], on_behalf_of=None).pk)


def hand_over(city, place: str, login: str = "secretary", until: date | None = None, reason: str = "nghỉ phép"):
    day = until or city.at.date() + timedelta(days=3)
    data = {"place": place, "login": login, "until": day.isoformat(), "reason": reason}
    return city.client("leader").post(reverse("registry:delegate"), data)


def test_a_substitute_scores_in_the_officers_place_and_the_ledger_names_both(city):
    assert hand_over(city, place_of(city, "officer")).status_code == 302
    substitute = city.people["secretary"]
    actor = Actor(substitute.pk, holder_of(substitute, city.at.date()))
    save_mark(city.part, "U1", "1.1", {"answer": "yes"}, "", 0, actor=actor, at=city.at)
    entry = Entry.objects.filter(table="rounds_mark", act="save_mark").get()
    assert (entry.actor_id, entry.acting_for_id) == (substitute.pk, city.people["officer"].pk)
    assert Entry.objects.filter(act="delegate", reason="nghỉ phép").exists()


def test_it_ends_on_its_day_and_can_be_ended_before(city):
    hand_over(city, place_of(city, "leader"))
    substitute, today = city.people["secretary"], city.at.date()
    assert "leader" in holder_of(substitute, today + timedelta(days=3)).roles
    assert "leader" not in holder_of(substitute, today + timedelta(days=4)).roles
    given = Grant.objects.get(person=substitute, role="leader")
    city.client("leader").post(reverse("registry:delegate"), {"take": given.pk})
    assert "leader" not in holder_of(substitute, today).roles


@pytest.mark.parametrize(
    ("change", "what"),
    [({"reason": " "}, "reason"), ({"until": date(2020, 1, 1)}, "day"), ({"login": "nobody"}, "person")],
)
def test_without_person_day_or_reason_nothing_is_handed_over(city, change, what):
    answer = hand_over(city, place_of(city, "leader"), **change)
    assert answer.status_code == 422
    assert not Grant.objects.filter(on_behalf_of__isnull=False).exists()


def test_only_places_of_the_own_unit_are_handed_over_and_no_role_that_was_handed_over(city):
    assert hand_over(city, place_of(city, "officer2")).status_code == 422
    hand_over(city, place_of(city, "leader"))
    with pytest.raises(BadRow):
        give_role(
            city.people["auditor"],
            "leader",
            "U1",
            actor_id=city.people["secretary"].pk,
            at=city.at,
            until=city.at.date(),
            on_behalf_of=city.people["secretary"],
            reason="x",
        )


def test_a_role_is_held_for_one_phase_and_some_days_where_it_is_given_so(city):
    address = reverse("registry:grant", args=["auditor"])
    tomorrow = city.at.date() + timedelta(days=1)
    given = {"role": "officer", "unit": "U1", "phase": ["explain"], "since": tomorrow.isoformat()}
    city.client("administrator").post(address, given)
    auditor, act = city.people["auditor"], BY_CODE["explain"]
    holder = holder_of(auditor, tomorrow)
    assert may(holder, act, Place(unit="U1", phase="explain"))
    assert not may(holder, act, Place(unit="U1", phase="appraise"))
    assert not may(holder_of(auditor, city.at.date()), act, Place(unit="U1", phase="explain"))


def test_an_address_for_reminders_is_set_by_the_administrator_and_its_change_is_recorded(city):
    address = reverse("registry:person", args=["officer"])
    client = city.client("administrator")
    assert client.post(address, {"email": "khong phai dia chi"}).status_code == 422
    client.post(address, {"email": "canbo@example.gov.vn"})
    entry = Entry.objects.filter(act="set_email").get()
    assert (entry.before["email"], entry.after["email"]) == ("", "canbo@example.gov.vn")
    # An account is not switched off by the way.
    assert type(city.people["officer"]).objects.get(login="officer").is_active


def test_an_administrator_names_a_substitute_for_any_role_for_some_days(city):
    address = reverse("registry:grant", args=["auditor"])
    until = (city.at.date() + timedelta(days=2)).isoformat()
    given = {"role": "appraiser", "for": "appraiser", "until": until, "reason": "công tác", "round": "thu-2024"}
    city.client("administrator").post(address, given)
    row = Grant.objects.get(person=city.people["auditor"], role="appraiser")
    assert (row.on_behalf_of_id, row.round) == (city.people["appraiser"].pk, "thu-2024")
    wrong = city.client("administrator").post(address, {**given, "for": "officer"})
    assert wrong.status_code == 422  # the officer is no appraiser
