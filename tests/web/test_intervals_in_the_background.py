"""Intervals of results are drawn in the background; a page shows them for exactly its own points, or says they come."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

import tests.web.conftest as small
from thangdo.evaluation import SPECS, gather_results
from thangdo.findings import Gathered
from thangdo.web.background.models import Job
from thangdo.web.background.worker import run_due
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.models import DrawnIntervals, RoundTable
from thangdo.web.rounds.results import part_results, results_hash, settle
from thangdo.web.warming import warm

PART = ["thu-2024", "par"]
SURVEYED = """  - code: "3"
    text: {vi: Hài lòng, en: Satisfaction}
    maximum: 4
    rule: {kind: counted, indicator: satisfaction, source: survey}
"""
COMING, RANGES = "Khoảng hạng đang được tính", "plot-range"


@pytest.fixture
def surveyed(db, monkeypatch):
    """Three units with all answers given, a part of the points from a survey with its error."""
    monkeypatch.setattr(small, "SET", small.SET.replace("maximum: 10\n", "maximum: 14\n", 1) + SURVEYED)
    city = small.make_city("self_score")
    for login, unit, done in (("officer", "U1", "50"), ("officer2", "U2", "45"), ("officer3", "U3", "44")):
        actor = city.actor(login)
        save_mark(city.part, unit, "1.1", {"answer": "yes"}, "", 0, actor=actor, at=city.at)
        save_mark(city.part, unit, "1.2", {"numerator": "48", "denominator": "48"}, "", 0, actor=actor, at=city.at)
        save_mark(city.part, unit, "2.1", {"numerator": done, "denominator": "50"}, "", 0, actor=actor, at=city.at)
    columns = ",".join(SPECS["values"].columns)
    rows = (
        f"par,{unit},3,satisfaction,{value},,,0.3,,200,survey,,"
        for unit, value in (("U1", "3.1"), ("U2", "3.0"), ("U3", "2.9"))
    )
    stored = city.part.round
    RoundTable.objects.update_or_create(round=stored, name="values", defaults={"text": "\n".join([columns, *rows])})
    city.in_phase("approve")
    return city


def look(city) -> str:
    answer = city.client("manager").get(reverse("rounds:results", args=PART))
    assert answer.status_code == 200
    return answer.content.decode()


def work() -> None:
    run_due(lambda: timezone.localtime() + timedelta(minutes=5))


def change(city) -> None:
    city.in_phase("self_score")
    save_mark(
        city.part,
        "U2",
        "2.1",
        {"numerator": "50", "denominator": "50"},
        "",
        1,
        actor=city.actor("officer2"),
        at=city.at,
    )
    city.in_phase("approve")


def test_the_first_look_shows_points_and_says_that_ranges_are_coming(surveyed):
    text = look(surveyed)
    assert COMING in text and "13,40" in text and RANGES not in text
    assert Job.objects.filter(kind="draw").count() == 1
    assert COMING in look(surveyed)
    assert Job.objects.filter(kind="draw").count() == 1, "readers who wait ask once"
    work()
    text = look(surveyed)
    assert COMING not in text and RANGES in text


def test_ranges_of_older_points_are_never_shown_with_newer_ones(surveyed):
    settle(surveyed.part)
    assert part_results(surveyed.part).results.intervals
    change(surveyed)
    found = part_results(surveyed.part)
    assert found.is_drawing and found.results.intervals == () and COMING in look(surveyed)
    work()
    found = part_results(surveyed.part)
    assert not found.is_drawing and DrawnIntervals.objects.count() == 1
    fresh = gather_results(round_value(surveyed.part.round, state="final", part=surveyed.part), Gathered())
    assert found.results.intervals == fresh.intervals and found.results.score_intervals == fresh.score_intervals


def test_what_is_kept_survives_the_process_and_what_changes_no_draw_keeps_it(surveyed, monkeypatch):
    from thangdo.web.rounds import results

    settle(surveyed.part)
    monkeypatch.setattr(results, "_KNOWN", type(results._KNOWN)())
    monkeypatch.setattr(results, "draw", lambda *given: pytest.fail("drawn again"))
    surveyed.part.decisions.create(kind="bonus", number="1/QĐ", text="Khen")
    assert not part_results(surveyed.part).is_drawing
    settle(surveyed.part)


def test_the_worker_draws_by_itself_once_typing_has_come_to_rest(surveyed):
    run_due(timezone.localtime)
    assert not DrawnIntervals.objects.exists(), "somebody may still be typing"
    work()
    assert DrawnIntervals.objects.get().intervals
    before = DrawnIntervals.objects.get().ledger
    change(surveyed)
    run_due(lambda: timezone.localtime() + timedelta(minutes=10))
    assert DrawnIntervals.objects.get().ledger != before


def test_an_approval_computes_anew_and_waits_for_no_worker(surveyed):
    first = results_hash(surveyed.part)
    change(surveyed)
    assert results_hash(surveyed.part) != first
    assert not part_results(surveyed.part).is_drawing


def test_a_fault_met_while_drawing_stands_among_the_faults_from_then_on(surveyed):
    text = ",".join(SPECS["covariance"].columns) + "\npar,U1,3,satisfaction,U2,3,satisfaction,chưa rõ\n"
    RoundTable.objects.create(round=surveyed.part.round, name="covariance", text=text)
    work()
    found = part_results(surveyed.part)
    assert [finding.code for finding in found.findings if finding.severity == "error"] == ["EVA036"]
    assert "chưa rõ" in look(surveyed)


def test_a_server_reads_pages_and_sets_before_its_first_request(surveyed):
    assert warm() == 1
    assert gc.get_freeze_count() > 10_000, "what was read stays: the collector need not look through it again"
