"""Every page, by every role that may open it, asks the database at most 12 times, with few rows and with many."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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
from thangdo.web.registry.models import BlockMember, Succession, Unit
from thangdo.web.rounds import places
from thangdo.web.rounds.models import (
    AgendaItem,
    Appeal,
    Attachment,
    Document,
    Explanation,
    Extension,
    Mark,
    Member,
    Part,
    PhaseDate,
    RoundUnit,
    SampleItem,
    StoredFile,
    Submission,
    Vote,
)
from thangdo.web.rounds.phases import PHASES
from thangdo.web.rounds.places import keep_text
from thangdo.web.rounds.sets import issued_set
from thangdo.web.workbooks import workbook_bytes

BOUND = 12
NOT_OPENED = {"accounts:sign_out", "accounts:sign_in", "portal:published"}
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


# The answers that a preview is, and one that is refused.
SHOWN, REFUSED = frozenset({200}), frozenset({422})


def queries_of(client, address: str, form: dict[str, object] | None = None, answers: frozenset[int] = SHOWN) -> int:
    """How often the first look at the page asks; with a `form`, the page that answers it."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address) if form is None else client.post(address, form)
    assert answer.status_code in ({200, 302, 404} if form is None else answers), address
    return len(asked)


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "units"), [("few", 0), ("many", 12)])
def test_queries_are_bounded_for_every_role_at_every_address(rows, units, monkeypatch):
    if rows == "many":
        monkeypatch.setattr(small, "SET", LARGE_SET)
    city = small.make_city("self_score")
    fill(city, units)
    clients = {role: city.client(login) for role, login in LOGINS.items()}
    # A server that has started holds the sets.
    keep_text(city.part)
    too_many = []
    for phase in ("explain", "self_score", "appraise", "council"):
        Part.objects.update(phase=phase)
        for name in sorted(set(ADDRESSES) - NOT_OPENED):
            keys = arguments_of(name)
            roles = [role for role in LOGINS if expected(role, True, ADDRESSES[name][0], phase, "part" in keys)]
            # Every role in one phase; in the others those that differ most.
            for role in roles if phase == "explain" else {*roles[:1], *roles[-1:], *{"manager"}.intersection(roles)}:
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


@pytest.mark.django_db
def test_the_page_of_a_part_asks_no_more_for_any_of_its_phases_checklists_and_extensions():
    city = small.make_city("self_score")
    fill(city, 3)
    at = city.at
    with acting(ActInProgress("prepare", None, at)):
        PhaseDate.objects.bulk_create([PhaseDate(part=city.part, phase="council", closes_at=at)], ignore_conflicts=True)
        Extension.objects.bulk_create(
            Extension(
                part=city.part, phase="self_score", unit=unit, closes_at=at, number="1/QĐ", reason="bão",
                decided_at=at, decided_by=city.people["manager"],
            )
            for unit in ("U1", "U2", "X0")
        )  # fmt: skip
    found = {}
    for phase in PHASES:
        Part.objects.update(phase=phase.code)
        for login in ("manager", "lead", "officer"):
            found[phase.code, login] = queries_of(city.client(login), reverse("rounds:part", args=["thu-2024", "par"]))
    assert {key: count for key, count in found.items() if count > BOUND} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["rounds:criterion", "rounds:submission", "rounds:part"])
def test_a_set_that_was_issued_after_the_server_started_costs_no_query_of_its_own(address, monkeypatch):
    city = small.make_city("explain")
    fill(city, 0)
    clients = {role: city.client(login) for role, login in LOGINS.items() if role != "administrator"}
    path, found = reverse(address, kwargs=arguments_of(address)), {}
    for role, client in clients.items():
        # Nobody has opened a page of it in this process yet.
        monkeypatch.setattr(places, "_ISSUED", {})
        monkeypatch.setattr(places, "_HASH_AT", {})
        found[role] = queries_of(client, path)
    assert {role: count for role, count in found.items() if count > BOUND} == {}
    # What was read is kept: the next page does not carry the text again.
    with CaptureQueriesContext(connection) as asked:
        assert clients["manager"].get(path).status_code == 200
    assert not any("SELECT" in query["sql"] and small.SET[:40] in query["sql"] for query in asked)
    assert set(places._ISSUED) == {city.part.set_hash}


HEADER = ["login", "full_name", "unit", "role"]
SHEET = ["criterion", "input", "version", "value"]
MERGER = {
    "kind": "merged", "document": "1/NQ", "on": "2025-07-01", "predecessors": "U1\nU2", "rows": "1", "code-1": "U9",
    "name_vi-1": "Sở Mới", "rule": "mean",
}  # fmt: skip


def previews(rows: int) -> dict[str, tuple[str, str, dict[str, object]]]:
    """Each preview: who asks, where, and a form of so many rows, most of which change something."""
    units = [f"X{n},Phường mới {n},phuong_xa,U{1 + n % 2}" for n in range(rows)]
    people = [(f"moi{n}", f"Người Mới {n}", "U1", "officer") for n in range(rows)]
    answers = [("1.1", "answer", "0", "yes"), ("1.2", "numerator", "0", "3"), ("1.2", "denominator", "0", "4")]
    answers += [(f"3.{n}", "numerator", "0", "1") for n in range(1, 9)] if rows > 3 else []
    book, sheet = workbook_bytes("x", HEADER, people), workbook_bytes("x", SHEET, answers)
    text = "\n".join(["unit,name_vi,level,parent", *units])
    return {
        "units": ("administrator", "registry:unit_import", {"register": SimpleUploadedFile("u.csv", text.encode())}),
        "people": ("administrator", "registry:people_import", {"people": SimpleUploadedFile("n.xlsx", book)}),
        "answers": ("officer", "rounds:submission_workbook", {"workbook": SimpleUploadedFile("a.xlsx", sheet)}),
        "change of units": ("administrator", "rounds:reorganisation", {**MERGER, "preview": "1"}),
        "refused change": ("administrator", "rounds:reorganisation", {**MERGER, "on": "2024-07-01", "preview": "1"}),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize("name", previews(1))
def test_a_preview_asks_no_more_for_many_rows(name, rows, monkeypatch):
    if rows > 1:
        monkeypatch.setattr(small, "SET", LARGE_SET)
    city = small.make_city("self_score")
    with acting(ActInProgress("prepare", None, city.at)):
        below = [
            Unit(code=f"W{n}", name_vi=f"Phường {n}", level="phuong_xa", parent="U2", valid_to="2019-12-31")
            for n in range(rows)
        ]
        for unit in below:
            unit.fill_derived()
        below = Unit.objects.bulk_create(below)
        # Units with a past, seats and people of their own: everything a change of units looks for.
        for code in ("U1", "U2"):
            heir = Unit.objects.get(code=code)
            heir.valid_from = date(2020, 1, 1)
            heir.save()
            for number, unit in enumerate(below):
                if number % 2 == (code == "U1"):
                    Succession.objects.create(predecessor=unit, successor=heir, kind="merged", on="2020-01-01")
            BlockMember.objects.create(index="par", year=2023, block="so_nganh", unit=heir)
    login, address, form = previews(rows)[name]
    path, answers = reverse(address, kwargs=arguments_of(address)), REFUSED if name == "refused change" else SHOWN
    assert queries_of(city.client(login), path, form, answers) <= BOUND
