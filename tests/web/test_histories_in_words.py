"""Histories name units, parents, people, roles, phases and criteria as people do: no key or code stands alone."""

from __future__ import annotations

import re

from django.urls import reverse

from tests.web.conftest import AT
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.models import Unit
from thangdo.web.registry.people import give_role, take_role


def history(page: str) -> str:
    """The words of the page's last table."""
    return re.sub(r"<[^>]+>", " ", page[page.rindex("<tbody") :])


def test_the_history_of_a_person_has_the_roles_given_and_ended_with_names(city):
    person, leader = city.people["officer3"], city.people["leader"]
    with acting(ActInProgress("give_role", city.people["administrator"].pk, AT)):
        leader.grants.create(role="leader", unit=Unit.objects.get(code="U3"))
    grant, _new = give_role(
        person, "leader", "U3", actor_id=city.people["administrator"].pk, at=AT, until=AT.date(),
        phases=("appraise", "explain"), on_behalf_of=leader, reason="đi công tác",
    )  # fmt: skip
    take_role(grant, actor_id=city.people["administrator"].pk, at=AT)
    said = history(city.client("administrator").get(reverse("registry:person", args=["officer3"])).content.decode())
    for words in ("đơn vị: Sở Đô thị", "thay cho: " + leader.full_name, "vai trò: lãnh đạo đơn vị", "đi công tác"):
        assert words in said, said
    assert "Thẩm định, Giải trình, kiến nghị" in said and "17/11/2024" in said


def test_the_history_of_a_unit_names_its_parents(city):
    unit = Unit.objects.get(code="U1")
    for parent in ("U2", "U3"):
        with acting(ActInProgress("load_units", city.people["administrator"].pk, AT)):
            unit.parent = parent
            unit.save()
    said = history(city.client("administrator").get(reverse("registry:unit", args=["U1"])).content.decode())
    assert "đơn vị cấp trên: Sở Nội vụ → Sở Đô thị" in said


def test_the_ledger_of_a_round_says_assignments_in_words(city):
    from thangdo.web.rounds.acts.assign import assign

    assign(city.part, city.people["appraiser2"], "2.1", actor=city.actor("manager"), at=AT, unit="U3")
    said = history(city.client("manager").get(reverse("rounds:ledger", args=["thu-2024"])).content.decode())
    for words in (
        "người: Appraiser2",
        "vai trò: thẩm định viên",
        "tiêu chí: 2.1 Công khai thủ tục",
        "đơn vị: Sở Đô thị",
    ):
        assert words in said, said
