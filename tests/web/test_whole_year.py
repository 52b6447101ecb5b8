"""A round goes through all phases by acts alone, and comes out as a folder that evaluates to the same digits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.conftest import make_city
from thangdo.evaluation import evaluate
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.acts.appeal import appeal
from thangdo.web.rounds.acts.appraise import agree, change_points
from thangdo.web.rounds.acts.approve_results import approve_results
from thangdo.web.rounds.acts.approve_submission import approve_submission
from thangdo.web.rounds.acts.decide_appeal import decide_appeal
from thangdo.web.rounds.acts.move_phase import move_phase
from thangdo.web.rounds.acts.prepare_council import add_item, conclude_item
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.acts.submit import submit
from thangdo.web.rounds.acts.vote import vote
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.models import Mark
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.results import approval_state, results_hash

ANSWERS = {
    "1.1": {"answer": "yes"},
    "1.2": {"numerator": "45", "denominator": "48"},
    "2.1": {"numerator": "5", "denominator": "6"},
}


def hand_in(city, unit: str, officer: str) -> None:
    for criterion, fields in ANSWERS.items():
        save_mark(city.part, unit, criterion, fields, "", 0, actor=city.actor(officer), at=city.at)
    submit(city.part, unit, actor=city.actor(officer), at=city.at)


@pytest.fixture
def prepared(db):
    return make_city("prepare")


def test_a_year_from_opening_to_closing(prepared):
    city, at = prepared, prepared.at
    manager = city.actor("manager")
    move_phase(city.part, "open", "", actor=manager, at=at)
    for unit, officer in (("U1", "officer"), ("U2", "officer2"), ("U3", "officer3")):
        hand_in(city, unit, officer)
    approve_submission(city.part, "U1", actor=city.actor("leader"), at=at)
    with pytest.raises(ActRefused, match="guard"):
        move_phase(city.part, "start_appraisal", "", actor=manager, at=at)
    # The others' leaders never approve: their deadline passes, and what was saved stands.
    later = at + timedelta(days=31)
    move_phase(city.part, "start_appraisal", "", actor=manager, at=later)
    with pytest.raises(ActRefused, match="not_allowed"):
        agree(city.part, "U2", "1.1", actor=city.actor("appraiser"), at=at)
    for unit in ("U1", "U2", "U3"):
        for criterion in ANSWERS:
            if (unit, criterion) == ("U1", "1.2"):
                change_points(
                    city.part, unit, criterion, {"points": "1,5"}, "thiếu minh chứng", actor=city.actor("lead"), at=at
                )
            else:
                agree(city.part, unit, criterion, actor=city.actor("lead"), at=at)
    move_phase(city.part, "open_appeals", "", actor=manager, at=at)
    filed = appeal(city.part, "U1", "1.2", "Có văn bản bổ sung", actor=city.actor("officer"), at=at)
    with pytest.raises(ActRefused, match="guard"):
        move_phase(city.part, "convene", "", actor=manager, at=at)
    decide_appeal(
        city.part, filed.pk, "partly", "1.75", "chấp nhận một phần", unit="U1", actor=city.actor("lead"), at=at
    )
    move_phase(city.part, "convene", "", actor=manager, at=at)
    item = add_item(city.part, "U1", "1.2", "1.875", "đủ hồ sơ", actor=city.actor("secretary"), at=at)
    vote(city.part, item.pk, "for", actor=city.actor("council"), at=at)
    conclude_item(city.part, item.pk, actor=city.actor("secretary"), at=at)
    move_phase(city.part, "present", "", actor=manager, at=at)
    approve_results(city.part, "12/QĐ-UBND", "2025-02-20", results_hash(city.part), "", actor=manager, at=at)
    move_phase(city.part, "close", "", actor=manager, at=at)

    assert city.part.round.state == "final"
    results = evaluate(round_value(city.part.round))
    row = results.row("par", "U1")
    assert (str(row.points), row.class_code) == ("8.88", "tot")
    layers = set(Mark.objects.filter(unit="U1", criterion="1.2").values_list("layer", flat=True))
    assert layers == {"self", "appraisal_1", "appeal", "council"}
    acts = set(Entry.objects.exclude(act="").values_list("act", flat=True))
    assert {
        "save_mark",
        "submit",
        "approve_submission",
        "appraise",
        "appeal",
        "decide_appeal",
        "vote",
        "advance",
    } <= acts


def test_a_change_after_approval_voids_it_visibly(city):
    for unit, officer in (("U1", "officer"), ("U2", "officer2"), ("U3", "officer3")):
        hand_in(city, unit, officer)
    city.in_phase("approve")
    manager = city.actor("manager")
    approve_results(city.part, "12/QĐ", "2025-02-20", results_hash(city.part), "", actor=manager, at=city.at)
    assert approval_state(city.part) == "valid"
    mark = Mark.objects.get(unit="U1", criterion="1.2")
    mark.inputs["numerator"]["value"] = "1"
    mark.save()
    assert approval_state(city.part) == "void"
    with pytest.raises(ActRefused, match="guard"):
        move_phase(city.part, "close", "", actor=manager, at=city.at)
