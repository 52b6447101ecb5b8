"""Who may do what where: every role × every address × every phase, against the table; addresses from the resolver."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.addresses import arguments_of, named_addresses
from tests.web.conftest import LOGINS, make_city
from thangdo.web.accounts.addresses import ADDRESSES
from thangdo.web.accounts.permissions import ACTS, BY_CODE, Held, Holder, Place, may, visible_rows, who_may
from thangdo.web.accounts.roles import ROLES
from thangdo.web.rounds.models import Mark
from thangdo.web.rounds.phases import PHASES


def test_every_address_has_a_row_and_every_row_an_address():
    assert named_addresses() == set(ADDRESSES)
    codes = {code for row in ADDRESSES.values() for code in row if code}
    assert codes <= set(BY_CODE)
    roles = {role.code for role in ROLES}
    assert all(role in roles for act in ACTS for role, _ in act.allowed)
    phases = {phase.code for phase in PHASES}
    assert all(set(act.phases) <= phases for act in ACTS)


def expected(role: str, own: bool, code: str, phase: str, has_phase: bool) -> bool:
    """The table read by hand: role in the act's row, phase open; `own` for roles of the unit U1."""
    act = BY_CODE[code]
    if has_phase and act.phases and phase not in act.phases:
        return False
    return act.scope("public") is not None or act.scope(role) is not None


@pytest.mark.django_db
@pytest.mark.parametrize("phase", [phase.code for phase in PHASES])
def test_every_role_at_every_address(phase):
    city = make_city("self_score")
    city.in_phase(phase)
    wrong = []
    for role, login in {**LOGINS, "public": ""}.items():
        client = city.client(login) if login else Client()
        client.raise_request_exception = False
        for name in sorted(ADDRESSES):
            # Signing out would end the session the next address needs.
            if name in {"accounts:sign_out", "accounts:sign_in", "portal:published"}:
                continue
            keys = arguments_of(name)
            for method, code in zip(("get", "post"), ADDRESSES[name], strict=True):
                if method == "post" and code:
                    continue  # changed through acts, which ask the same table: see below
                response = getattr(client, method)(reverse(name, kwargs=keys))
                if not code:
                    granted = response.status_code != 405
                    want = False
                else:
                    refused = response.status_code == 403 or (
                        response.status_code == 302 and response["Location"].startswith("/dang-nhap/?next")
                    )
                    granted = not refused
                    want = expected(role, True, code, phase, "part" in keys)
                if granted != want:
                    wrong.append((role, name, method, response.status_code))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("phase", [phase.code for phase in PHASES])
def test_every_role_changing_at_every_address(phase):
    """A change that the table refuses answers 403 and changes nothing."""
    from thangdo.web.ledger.models import Entry

    city = make_city("self_score")
    city.in_phase(phase)
    wrong = []
    for role, login in LOGINS.items():
        client = city.client(login)
        client.raise_request_exception = False
        for name in sorted(ADDRESSES):
            code = ADDRESSES[name][1]
            keys = arguments_of(name)
            if not code or code in {"sign_in", "own_account"} or expected(role, True, code, phase, "part" in keys):
                continue
            before = Entry.objects.count()
            response = client.post(reverse(name, kwargs=keys), {})
            if response.status_code != 403 or Entry.objects.count() != before:
                wrong.append((role, name, response.status_code))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["", "officer", "administrator"])
def test_no_address_answers_to_a_method_that_is_neither_reading_nor_sending_a_form(login):
    city = make_city("self_score")
    client = city.client(login) if login else Client()
    wrong = [
        (name, method, answer.status_code)
        for name in sorted(ADDRESSES)
        for method in ("OPTIONS", "TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND", "LOCK", "GARBAGE")
        if (answer := client.generic(method, reverse(name, kwargs=arguments_of(name)))).status_code != 405
        or answer["Allow"] != "GET, HEAD, POST"
    ]
    assert wrong == []


@pytest.mark.django_db
def test_officers_reach_their_own_unit_and_those_below_only():
    city = make_city("self_score")
    client = city.client("officer")
    assert client.get(reverse("rounds:submission", args=["thu-2024", "par", "U1"])).status_code == 200
    assert client.get(reverse("rounds:submission", args=["thu-2024", "par", "U2"])).status_code == 403
    officer = Holder(1, "U1", (Held("officer", "U1"),))
    act = BY_CODE["save_mark"]
    assert may(officer, act, Place(unit="U1.PHONG", units_above=("U1",), phase="self_score"))
    assert not may(officer, act, Place(unit="U2", phase="self_score"))


def test_nobody_appraises_their_own_unit_and_assignments_bound_the_criteria():
    appraiser = Holder(2, "U2", (Held("appraiser", criterion="1"),))
    act = BY_CODE["appraise"]
    assert may(appraiser, act, Place(unit="U1", criterion="1.2", phase="appraise", nodes_above=("1",)))
    assert not may(appraiser, act, Place(unit="U2", criterion="1.2", phase="appraise", nodes_above=("1",)))
    assert not may(appraiser, act, Place(unit="U1", criterion="2.1", phase="appraise", nodes_above=("2",)))


@pytest.mark.django_db
def test_the_three_questions_agree():
    """A list shows exactly the rows whose page opens, and `who` names exactly those who may."""
    city = make_city("self_score")
    part = city.part
    for unit in ("U1", "U2", "U3"):
        for criterion in ("1.1", "1.2", "2.1"):
            Mark.objects.create(part=part, unit=unit, criterion=criterion, layer="self", inputs={}, changed_at=city.at)
    act = BY_CODE["see_submission"]
    parents = {"1.1": ("1",), "1.2": ("1",), "2.1": ("2",)}
    holders = [
        Holder(1, "U1", (Held("officer", "U1"),)),
        Holder(2, "U2", (Held("appraiser", criterion="1"),)),
        Holder(3, "", (Held("auditor"),)),
        Holder(4, "U3", (Held("administrator"),)),
        Holder(5, "", ()),
    ]
    for holder in holders:
        condition = visible_rows(
            holder, act, Place("thu-2024", "par"), below={}, leaves={"1": ("1.1", "1.2")}, criterion_column="criterion"
        )
        listed = set(Mark.objects.filter(condition).values_list("unit", "criterion"))
        opened = {
            (unit, criterion)
            for unit in ("U1", "U2", "U3")
            for criterion, above in parents.items()
            if may(holder, act, Place("thu-2024", "par", unit, criterion, nodes_above=above))
        }
        assert listed == opened
    assert who_may(holders, act, Place("thu-2024", "par", "U2", "1.1", nodes_above=("1",))) == [3]
