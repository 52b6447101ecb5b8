"""The council's quorum: a written rule of the round; a decision below it is refused in words."""

from __future__ import annotations

import pytest
from django.urls import reverse

from thangdo.web.accounts.models import Grant, Person
from thangdo.web.rounds.acts.prepare_council import add_item, conclude_item
from thangdo.web.rounds.acts.set_quorum import set_quorum
from thangdo.web.rounds.acts.vote import vote
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.quorum import quorum_of
from thangdo.web.rounds.refusals import ActRefused

COUNCIL = ["thu-2024", "par"]


@pytest.fixture
def council(city):
    """A council of four and one item on its agenda."""
    city.in_phase("council")
    for number in (2, 3, 4):
        person = Person.objects.create(login=f"hd{number}", full_name=f"Hội đồng {number}", password="!")
        Grant.objects.create(person=person, role="council")
        city.people[f"hd{number}"] = person
    add_item(city.part, "U1", "1.1", "1.5", "đủ hồ sơ", actor=city.actor("secretary"), at=city.at)
    return city


def item(city):
    return city.part.agenda.get()


def test_two_thirds_of_four_are_three_and_fewer_votes_record_no_decision(council):
    city, secretary = council, council.actor("secretary")
    set_quorum(city.part, "2/3", actor=city.actor("manager"), at=city.at)
    quorum = quorum_of(city.part, city.at)
    assert (quorum.needed, quorum.members) == (3, 4)
    vote(city.part, item(city).pk, "for", actor=city.actor("council"), at=city.at)
    vote(city.part, item(city).pk, "abstain", actor=city.actor("hd2"), at=city.at)
    with pytest.raises(ActRefused) as refused:
        conclude_item(city.part, item(city).pk, actor=secretary, at=city.at)
    assert refused.value.code == "no_quorum"
    assert refused.value.facts == {"given": 2, "members": 4, "needed": 3}
    assert item(city).state == "open"
    vote(city.part, item(city).pk, "against", actor=city.actor("hd3"), at=city.at)
    # Three voted: the tie of those who said yes and no does not adopt.
    assert conclude_item(city.part, item(city).pk, actor=secretary, at=city.at).state == "rejected"


def test_a_number_stands_as_written_and_without_a_rule_one_vote_is_enough(council):
    city = council
    set_quorum(city.part, "3", actor=city.actor("manager"), at=city.at)
    assert quorum_of(city.part, city.at).needed == 3
    set_quorum(city.part, "", actor=city.actor("manager"), at=city.at)
    assert quorum_of(city.part, city.at) is None
    vote(city.part, item(city).pk, "for", actor=city.actor("council"), at=city.at)
    assert conclude_item(city.part, item(city).pk, actor=city.actor("secretary"), at=city.at).state == "adopted"


@pytest.mark.parametrize("text", ["0", "-1", "3/2", "2/0", "nhiều", "1.5", "=1+1"])
def test_what_is_no_rule_is_refused(council, text):
    with pytest.raises(ActRefused, match="bad_quorum"):
        set_quorum(council.part, text, actor=council.actor("manager"), at=council.at)


def test_the_rule_cannot_be_changed_once_the_council_decided_under_it(council):
    city = council
    vote(city.part, item(city).pk, "for", actor=city.actor("council"), at=city.at)
    conclude_item(city.part, item(city).pk, actor=city.actor("secretary"), at=city.at)
    with pytest.raises(ActRefused, match="quorum_in_use"):
        set_quorum(city.part, "2", actor=city.actor("manager"), at=city.at)


def test_it_travels_in_the_head_of_the_rounds_folder(council):
    set_quorum(council.part, "2/3", actor=council.actor("manager"), at=council.at)
    assert round_value(council.part.round).header()["council"] == {"quorum": "2/3"}


def test_the_page_says_the_rule_how_many_voted_and_why_a_decision_is_not_recorded(council):
    city, address = council, reverse("rounds:council", args=COUNCIL)
    assert city.client("secretary").post(reverse("rounds:quorum", args=COUNCIL), {"quorum": "2"}).status_code == 403
    city.client("manager").post(reverse("rounds:quorum", args=COUNCIL), {"quorum": "2"})
    vote(city.part, item(city).pk, "for", actor=city.actor("council"), at=city.at)
    text = city.client("secretary").get(address).content.decode()
    assert "ít nhất 2 trong 4 thành viên" in text and "đã có 1 trong ít nhất 2 phiếu" in text
    refused = city.client("secretary").post(reverse("rounds:council_item", args=[*COUNCIL, item(city).pk]))
    assert "Mới có 1 trong 4 thành viên hội đồng biểu quyết" in refused.content.decode()
