"""The demo's other years: sets of their own year, and a case for every view."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from tests.web.conftest import make_round
from thangdo.methodology import Text
from thangdo.web.demo_years import finished_2022
from thangdo.web.rounds.acts.appraise import agree, change_points
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.demo_evidence import attach_demo_evidence


def test_a_year_without_an_edition_of_its_own_issues_the_same_criteria_under_its_own_title():
    base = make_round()
    named = replace(base.sets["thu-2024"], title=Text("Chỉ số thử năm 2024", "Trial index, 2024"))
    base = replace(base, sets={"thu-2024": named})
    moved = finished_2022(base, base.sets)
    criteria = moved.sets["thu-2022"]
    assert (criteria.title.vi, criteria.title.en) == ("Chỉ số thử năm 2022", "Trial index, 2022")
    assert (criteria.id, criteria.edition.year) == ("thu-2022", 2022) and criteria.children == named.children
    assert moved.indices[0].set == "thu-2022"


def test_one_document_of_two_units_with_different_points_waits_for_the_appraisers(city):
    for unit, officer in (("U1", "officer"), ("U3", "officer3")):
        save_mark(city.part, unit, "1.1", {"answer": "yes"}, "", 0, actor=city.actor(officer), at=city.at)
    city.in_phase("appraise")
    lead = city.actor("lead")
    agree(city.part, "U1", "1.1", actor=lead, at=city.at)
    change_points(city.part, "U3", "1.1", {"points": "0.5"}, "thiếu phụ lục", actor=lead, at=city.at)
    attach_demo_evidence(city.at)
    page = city.client("lead").get(reverse("rounds:same_evidence", args=["thu-2024", "par"])).content.decode()
    assert "Có 1 tài liệu" in page and "Kế hoạch cải cách hành chính của Thành phố năm 2024" in page
