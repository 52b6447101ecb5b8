"""Last year's answers as this year's for a whole submission: only where nothing is typed, as one act, never over others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.web.conftest import make_round
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.acts.copy_submission import answers_to_copy, copy_submission
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.loading import store_round
from thangdo.web.rounds.models import Mark, Part, PhaseDate, Submission
from thangdo.web.rounds.refusals import ActRefused

ANSWERS = {
    "1.1": {"answer": "yes"},
    "1.2": {"numerator": "45", "denominator": "48"},
    "2.1": {"numerator": "40", "denominator": "50"},
}


@pytest.fixture
def two_years(city):
    """U1 answered everything in 2023, with an explanation at 1.2; 2024 is in self-scoring."""
    part, officer = city.part, city.actor("officer")
    before = store_round(
        replace(make_round(), id="thu-2023", year=2023), actor_id=None, at=city.at, phases={"par": "self_score"}
    )
    old = before.parts.get()
    Submission.objects.get_or_create(part=old, unit="U1")
    for criterion, fields in ANSWERS.items():
        save_mark(
            old, "U1", criterion, fields, "lời năm trước" if criterion == "1.2" else "", 0, actor=officer, at=city.at
        )
    Part.objects.filter(pk=old.pk).update(phase="closed")
    Submission.objects.get_or_create(part=part, unit="U1")
    return part, officer, city


def own(part) -> dict[str, Mark]:
    return {mark.criterion: mark for mark in Mark.objects.filter(part=part, unit="U1", layer="self")}


def test_only_what_is_not_typed_yet_is_copied_with_points_and_without_last_years_words(two_years):
    part, officer, city = two_years
    save_mark(part, "U1", "2.1", {"numerator": "1", "denominator": "50"}, "", 0, actor=officer, at=city.at)
    assert copy_submission(part, "U1", actor=officer, at=city.at) == 2
    marks = own(part)
    assert marks["2.1"].inputs["numerator"]["value"] == "1"
    assert marks["1.2"].points == "1.875" and marks["1.2"].inputs["numerator"]["value"] == "45"
    assert "lời năm trước" not in str(marks["1.2"].inputs)


def test_the_ledger_has_it_as_one_act(two_years):
    part, officer, city = two_years
    copy_submission(part, "U1", actor=officer, at=city.at)
    entries = Entry.objects.filter(act="copy_submission")
    assert entries.count() == 3 and entries.values("act_id").distinct().count() == 1
    assert set(entries.values_list("actor_id", "place")) == {(officer.person_id, "par/U1")}
    with pytest.raises(ActRefused, match="nothing_to_copy"):
        copy_submission(part, "U1", actor=officer, at=city.at)


def test_a_criterion_that_asks_something_else_this_year_is_left_to_its_officer(two_years):
    part, _officer, _city = two_years
    text = part.set_text.replace("Công khai thủ tục", "Công khai thủ tục trên mạng")
    Part.objects.filter(pk=part.pk).update(set_text=text)
    part = Part.objects.select_related("round").get(pk=part.pk)
    assert set(answers_to_copy(part, part.members.get(unit="U1"), ())) == {"1.1", "1.2"}


@pytest.mark.parametrize("state", ["with_leader", "approved", "sent_back"])
def test_a_submission_that_is_not_open_takes_nothing(two_years, state):
    part, officer, city = two_years
    Submission.objects.filter(part=part, unit="U1").update(state=state, sent_back_criteria=["1.1"])
    with pytest.raises(ActRefused):
        copy_submission(part, "U1", actor=officer, at=city.at)
    assert own(part) == {}


def test_after_the_deadline_and_for_another_unit_it_is_refused(two_years):
    part, officer, city = two_years
    with pytest.raises(ActRefused, match="not_allowed"):
        copy_submission(part, "U2", actor=officer, at=city.at)
    PhaseDate.objects.filter(part=part, phase="self_score").update(closes_at=city.at)
    with pytest.raises(ActRefused, match="locked"):
        copy_submission(part, "U1", actor=officer, at=city.at.replace(hour=23))


def test_the_page_offers_it_while_there_is_something_to_copy(two_years):
    part, _officer, city = two_years
    PhaseDate.objects.filter(part=part).update(closes_at=None)
    client = city.client("officer")
    address = reverse("rounds:submission", args=["thu-2024", "par", "U1"])
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert "3 tiêu chí chưa trả lời có nội dung như năm trước" in client.get(address).content.decode()
    assert len(asked) <= 12
    assert client.post(reverse("rounds:copy_submission", args=["thu-2024", "par", "U1"]))["Location"] == address
    assert "Chép các câu trả lời năm trước" not in client.get(address).content.decode()
    assert len(own(part)) == 3
