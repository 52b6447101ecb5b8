"""A round manager makes a round in the browser, from an empty head to the opening of self-scoring."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from tests.web.conftest import SET, make_city
from thangdo.methodology import parse, set_hash
from thangdo.web.accounts.models import Grant
from thangdo.web.ledger.models import Entry
from thangdo.web.registry.models import BlockMember, Succession, Unit
from thangdo.web.rounds.acts.assign import assign, copy_assignments
from thangdo.web.rounds.acts.choose_units import choose_units
from thangdo.web.rounds.acts.issue_set import choose_set, issue_set
from thangdo.web.rounds.acts.open_round import add_part, create_round
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.models import Member, Part, Round, RoundUnit
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.set_choices import set_choices
from thangdo.web.rounds.unit_choices import unit_choices

NEXT_YEAR = SET.replace("id: thu-2024", "id: thu-2025").replace("year: 2024", "year: 2025")


@pytest.fixture
def year_2024(db):
    return make_city("closed")


def opened(city, text: str = NEXT_YEAR) -> Part:
    manager = city.actor("manager")
    stored = create_round("thu-2025", 2025, "Năm 2025", "", actor=manager, at=city.at)
    return add_part(stored, text, (), actor=manager, at=city.at)


def test_a_round_is_made_page_by_page_until_self_scoring_opens(year_2024):
    city = year_2024
    manager = city.client("manager")
    made = manager.post(
        reverse("rounds:new_round"), {"year": "2025", "code": "thu-2025", "name_vi": "Đánh giá năm 2025", "name_en": ""}
    )
    assert made["Location"] == reverse("rounds:add_part", args=["thu-2025"])
    last_year = Part.objects.get(round__code="thu-2024")
    page = manager.get(made["Location"]).content.decode()
    assert f"issued:{last_year.set_hash}" in page and "shipped:hcm-par-2024-so-nganh" in page
    added = manager.post(made["Location"], {"choice": f"issued:{last_year.set_hash}"})
    units = reverse("rounds:choose_units", args=["thu-2025", "par"])
    assert added["Location"] == units
    # Proposed are last year's units, ticked.
    assert manager.get(units).content.decode().count(" checked") == 3
    manager.post(units, {"unit-so_nganh": ["U1", "U2"], "unranked": "U2"})
    home = reverse("rounds:part", args=["thu-2025", "par"])
    checklist = manager.get(home).content.decode()
    assert checklist.count('class="open"') == 2  # set not issued, no dates; officers and appraisers are there
    manager.post(reverse("rounds:issue_set", args=["thu-2025", "par"]), {"issue": "1"})
    dates = {
        f"{phase}-{end}": f"2025-1{n}-{day}T08:00"
        for n, phase in enumerate(("self_score", "appraise", "explain"))
        for end, day in (("opens", "01"), ("closes", "28"))
    }
    manager.post(reverse("rounds:deadlines", args=["thu-2025", "par"]), dates)
    manager.post(reverse("rounds:advance", args=["thu-2025", "par"]), {"way": "open"})
    part = Part.objects.get(round__code="thu-2025")
    assert (part.phase, part.set_hash) == ("self_score", last_year.set_hash)
    assert list(Member.objects.filter(part=part).values_list("unit", "ranked")) == [("U1", "true"), ("U2", "false")]
    assert BlockMember.objects.filter(index="par", year=2025, ranked=False).get().unit.code == "U2"
    acts = set(Entry.objects.filter(round="thu-2025").values_list("act", flat=True))
    assert {"open_round", "add_part", "choose_units", "issue_set", "set_deadlines", "advance"} <= acts
    # What was made by clicking is a round folder like any other.
    value = round_value(part.round)
    assert [row[2] for row in value.table("membership").rows] == ["U1", "U2"]


@pytest.mark.parametrize(
    ("code", "year", "name", "reason"),
    [("Năm 2025", 2025, "A", "bad_code"), ("moi", 2025, "A", "bad_code"), ("thu-2024", 2024, "A", "duplicate"),
     ("a-2025", 20, "A", "bad_year"), ("a-2025", 2025, " ", "needs_name")],
)  # fmt: skip
def test_a_head_that_cannot_be_taken_says_why(year_2024, code, year, name, reason):
    with pytest.raises(ActRefused, match=reason):
        create_round(code, year, name, "", actor=year_2024.actor("manager"), at=year_2024.at)
    assert Round.objects.count() == 1


def test_only_a_round_manager_creates_rounds(year_2024):
    for login in ("officer", "administrator", "lead"):
        with pytest.raises(ActRefused, match="not_allowed"):
            create_round("a-2025", 2025, "A", "", actor=year_2024.actor(login), at=year_2024.at)


def test_a_second_set_of_one_index_needs_blocks_of_its_own(year_2024):
    city, manager = year_2024, year_2024.actor("manager")
    part = opened(city)
    with pytest.raises(ActRefused, match="block_taken"):
        add_part(part.round, NEXT_YEAR.replace("id: thu-2025", "id: thu-2025-khac"), (), actor=manager, at=city.at)
    assign(part, city.people["appraiser2"], "1", actor=manager, at=city.at)
    districts = NEXT_YEAR.replace("id: thu-2025", "id: thu-2025-dp").replace("[so_nganh]", "[dia_phuong]")
    second = add_part(part.round, districts, (), actor=manager, at=city.at)
    assert [row.slug for row in Part.objects.filter(round=part.round)] == ["par-so_nganh", "par-dia_phuong"]
    assert second.position == 1
    # The assignment followed the part's new name and does not leak into the other.
    assert Grant.objects.get(criterion="1").index == "par-so_nganh"


def test_a_set_is_frozen_by_its_content_when_issued(year_2024):
    city, manager = year_2024, year_2024.actor("manager")
    part = opened(city)
    with pytest.raises(ActRefused, match="other_set"):
        choose_set(part, "", NEXT_YEAR.replace("index: par", "index: dti"), actor=manager, at=city.at)
    with pytest.raises(ActRefused, match="bad_set"):
        choose_set(part, "", NEXT_YEAR.replace("yes_no", "maybe"), actor=manager, at=city.at)
    issue_set(part, actor=manager, at=city.at)
    part.refresh_from_db()
    assert part.set_hash == set_hash(parse(NEXT_YEAR))
    with pytest.raises(ActRefused, match="already_issued"):
        choose_set(part, "", NEXT_YEAR.replace("id: thu-2025", "id: thu-2025-khac"), actor=manager, at=city.at)


def test_units_are_those_of_the_year_and_keep_the_names_they_have_now(year_2024):
    city, manager = year_2024, year_2024.actor("manager")
    part = opened(city)
    Unit.objects.create(code="OLD", name_vi="Sở cũ", level="so_nganh", valid_to=date(2024, 12, 31))
    with pytest.raises(ActRefused, match="unknown_units"):
        choose_units(part, {"so_nganh": ["U1", "OLD"]}, actor=manager, at=city.at)
    with pytest.raises(ActRefused, match="unit_twice"):
        choose_units(part, {"so_nganh": ["U1", "U1"]}, actor=manager, at=city.at)
    with pytest.raises(ActRefused, match="not_in_set"):
        choose_units(part, {"dia_phuong": ["U1"]}, actor=manager, at=city.at)
    choose_units(part, {"so_nganh": ["U1", "U2"]}, actor=manager, at=city.at)
    Unit.objects.filter(code="U1").update(name_vi="Tên mới")
    choose_units(part, {"so_nganh": ["U1"]}, actor=manager, at=city.at)
    assert RoundUnit.objects.get(round=part.round).name_vi == "Sở Du lịch"
    assert list(BlockMember.objects.filter(index="par", year=2025).values_list("unit__code", flat=True)) == ["U1"]


def test_proposed_are_last_years_units_and_who_took_their_place(year_2024):
    city = year_2024
    part = opened(city)
    merged = Unit.objects.create(code="U23", name_vi="Sở mới", level="so_nganh", valid_from=date(2025, 1, 1))
    for code in ("U2", "U3"):
        gone = Unit.objects.get(code=code)
        Unit.objects.filter(pk=gone.pk).update(valid_to=date(2024, 12, 31))
        Succession.objects.create(predecessor=gone, successor=merged, kind="merged", on=date(2025, 1, 1))
    Unit.objects.create(code="U4", name_vi="Sở thứ tư", level="so_nganh")
    choices = unit_choices(part)
    assert (choices.basis, choices.year) == ("year_before", 2024)
    ticks = {row.unit.code: row.is_chosen for block in choices.blocks for row in block.rows}
    assert ticks == {"U1": True, "U23": True, "U4": False}


def test_assignments_are_taken_over_where_the_criterion_still_stands(year_2024):
    city, manager = year_2024, year_2024.actor("manager")
    for criterion in ("1", "2.1"):
        Grant.objects.create(
            person=city.people["appraiser2"], role="appraiser", round="thu-2024", index="par", criterion=criterion
        )
    part = opened(city, NEXT_YEAR.replace('"2.1"', '"2.2"'))
    assert copy_assignments(part, actor=manager, at=city.at) == 1
    assert copy_assignments(part, actor=manager, at=city.at) == 0
    assert Grant.objects.get(round="thu-2025").criterion == "1"


def test_the_list_of_sets_reads_heads_only_and_nearest_years_first(year_2024):
    years = [abs(choice.year - 2024) for choice in set_choices(2024)]
    assert years == sorted(years) and len(years) > 25
