"""Every page, by every role that may open it, asks the database at most 12 times, with few rows and with many."""

from __future__ import annotations

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import tests.web.conftest as small
from tests.web.addresses import arguments_of
from tests.web.conftest import LOGINS
from tests.web.test_permission_matrix import expected
from thangdo.web.accounts.addresses import ADDRESSES
from thangdo.web.accounts.models import Grant, Person
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.models import Unit
from thangdo.web.rounds.models import (
    AgendaItem,
    Appeal,
    Attachment,
    Document,
    Explanation,
    Mark,
    Member,
    Part,
    RoundUnit,
    SampleItem,
    StoredFile,
    Submission,
    Vote,
)
from thangdo.web.rounds.sets import issued_set

BOUND = 12
# What leaves as a file holds the whole round, not a page of it.
FILES = {"rounds:export"}
NOT_OPENED = {"accounts:sign_out", "accounts:sign_in", "portal:published"} | FILES
MORE_LEAVES = "".join(
    f"""
      - code: "3.{number}"
        text: {{vi: Tiêu chí {number}, en: Criterion {number}}}
        maximum: 1
        rule: {{kind: proportional, when_zero: full}}"""
    for number in range(1, 9)
)
LARGE_SET = (
    small.SET.replace("maximum: 10\n", "maximum: 18\n", 1)
    + '  - code: "3"\n    text: {vi: Dịch vụ, en: Services}\n    children:'
    + MORE_LEAVES
    + "\n"
)


def fill(city: small.City, units: int) -> None:
    """Marks in every layer, evidence, questions, appeals and an agenda for every cell; `units` more below U1."""
    part, at = city.part, city.at
    with acting(ActInProgress("prepare", None, at, round=part.round.code)):
        rows = [
            Unit(code=f"X{n}", name_vi=f"Phòng {n}", level="phong", parent=f"X{n - 1}" if n % 4 else "U1")
            for n in range(units)
        ]
        for row in rows:
            row.fill_derived()
        rows = Unit.objects.bulk_create(rows)
        RoundUnit.objects.bulk_create(
            RoundUnit(round=part.round, position=10 + n, code=row.code, name_vi=row.name_vi)
            for n, row in enumerate(rows)
        )
        Member.objects.bulk_create(
            Member(part=part, position=10 + n, block="so_nganh", unit=row.code, ranked="true")
            for n, row in enumerate(rows)
        )
        people = Person.objects.bulk_create(
            Person(login=f"nguoi{n}", full_name=f"Người {n}", password="!", unit=row) for n, row in enumerate(rows)
        )
        Grant.objects.bulk_create(Grant(person=person, role="officer", unit=person.unit) for person in people)
        codes = ["U1", "U2", "U3", *(row.code for row in rows)]
        Submission.objects.filter(part=part).delete()
        Submission.objects.bulk_create(Submission(part=part, unit=code, state="open") for code in codes)
        leaves = [leaf.code for leaf in issued_set(part).leaves]
        cells = [(unit, leaf) for unit in codes for leaf in leaves]
        layers = (("self", ""), ("appraisal_1", "tv7"), ("appraisal_1", "tv8"), ("appeal", ""))
        inputs = {"points": {"value": "1", "reason": "Theo báo cáo", "given_at": at.isoformat()}}
        Mark.objects.bulk_create(
            Mark(
                part=part, unit=unit, criterion=leaf, layer=layer, appraiser=who, inputs=inputs,
                points="0.5" if who == "tv8" else "1", maximum="1", changed_at=at, changed_by=city.people["officer"],
            )
            for (unit, leaf), (layer, who) in itertools.product(cells, layers)
        )  # fmt: skip
        SampleItem.objects.bulk_create(SampleItem(part=part, unit=u, criterion=c, seed=1) for u, c in cells[:40])
        file = StoredFile.objects.create(
            sha256="a" * 64, size=10, media_type="application/pdf", extension="pdf", stored_at=at
        )
        documents = Document.objects.bulk_create(
            Document(
                unit=unit, file=file, name=f"Báo cáo {n}", number=f"{n}/BC", issued_on="2023-05-01",
                added_at=at, added_by=city.people["officer"], sha256=file.sha256, search=f"bao cao {n}",
            )
            for unit in codes
            for n in range(8 if units else 1)
        )  # fmt: skip
        of_unit = {unit: [d for d in documents if d.unit == unit] for unit in codes}
        Attachment.objects.bulk_create(
            Attachment(part=part, unit=unit, criterion=leaf, document=document)
            for unit, leaf in cells
            for document in of_unit[unit][: 6 if leaf == "1.2" else 1]
        )
        Explanation.objects.bulk_create(
            Explanation(part=part, unit=u, criterion=c, question="Vì sao?", asked_at=at, asked_by=city.people["lead"])
            for u, c in cells
        )
        Appeal.objects.bulk_create(
            Appeal(
                part=part,
                unit=u,
                criterion=c,
                request="Chưa tính",
                filed_at=at.isoformat(),
                filed_by=city.people["officer"],
            )
            for u, c in cells
        )
        items = AgendaItem.objects.bulk_create(
            AgendaItem(part=part, position=n, unit=u, criterion=c, proposal="1", reason="Bất đồng")
            for n, (u, c) in enumerate(cells[:60])
        )
        Vote.objects.bulk_create(
            Vote(item=item, person=city.people["council"], choice="for", given_at=at) for item in items
        )


def queries_of(client, address: str) -> int:
    """How often the page asks; where it is too often, the first look may have read the set or noted the visit."""
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code in {200, 302, 404}, address
        if len(asked) <= BOUND:
            break
    return len(asked)


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "units"), [("few", 0), ("many", 12)])
def test_queries_are_bounded_for_every_role_at_every_address(rows, units, monkeypatch):
    if rows == "many":
        monkeypatch.setattr(small, "SET", LARGE_SET)
    city = small.make_city("self_score")
    fill(city, units)
    clients = {role: city.client(login) for role, login in LOGINS.items()}
    too_many = []
    for phase in ("explain", "self_score", "appraise", "council"):
        Part.objects.update(phase=phase)
        for name in sorted(set(ADDRESSES) - NOT_OPENED):
            keys = arguments_of(name)
            roles = [role for role in LOGINS if expected(role, True, ADDRESSES[name][0], phase, "part" in keys)]
            # Every role in one phase; in the others the two that differ most.
            for role in roles if phase == "explain" else {roles[0], roles[-1]} if roles else ():
                found = queries_of(clients[role], reverse(name, kwargs=keys))
                if found > BOUND:
                    too_many.append((found, phase, role, name))
    assert too_many == [], "\n".join(map(str, too_many))


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["rounds:submission", "rounds:ledger_unit", "rounds:criterion"])
def test_an_appraiser_of_many_criteria_costs_no_query_each(address, monkeypatch):
    monkeypatch.setattr(small, "SET", LARGE_SET)
    city = small.make_city("explain")
    appraiser = Person.objects.get(login=LOGINS["appraiser"])
    Grant.objects.filter(person=appraiser).delete()
    with acting(ActInProgress("prepare", None, city.at)):
        for leaf in issued_set(city.part).leaves:
            Grant.objects.create(person=appraiser, role="appraiser", criterion=leaf.code)
    client, keys = city.client(LOGINS["appraiser"]), arguments_of(address)
    assert client.get(reverse(address, kwargs=keys)).status_code == 200
    assert queries_of(client, reverse(address, kwargs=keys)) <= BOUND
