"""A small city for the platform's tests: three departments, one criteria set with several rules, a person a role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

AT = datetime(2024, 11, 18, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))

SET = """
format: thangdo-criteria-set/1
id: thu-2024
index: par
title: {vi: Chỉ số thử, en: Trial index}
edition: {year: 2024}
blocks: [so_nganh]
source: illustrative
maximum: 10
rounding: {result: {digits: 2, mode: half_up}}
classes:
  on: percent
  bands:
    - {code: tot, name: {vi: Tốt, en: Good}, from: 80}
    - {code: kha, name: {vi: Khá, en: Fair}, from: 0}
criteria:
  - code: "1"
    text: {vi: Chỉ đạo, en: Direction}
    children:
      - code: "1.1"
        text: {vi: Ban hành kế hoạch, en: Plan issued}
        maximum: 2
        rule: {kind: yes_no}
      - code: "1.2"
        text: {vi: Mức độ hoàn thành kế hoạch, en: Share of the plan done}
        maximum: 2
        rule: {kind: proportional, when_zero: error}
  - code: "2"
    text: {vi: Thủ tục, en: Procedures}
    children:
      - code: "2.1"
        text: {vi: Công khai thủ tục, en: Procedures published}
        maximum: 6
        rule: {kind: proportional, when_zero: full}
"""

UNITS = (
    ("U1", "Sở Du lịch", "Department of Tourism"),
    ("U2", "Sở Nội vụ", "Department of Home Affairs"),
    ("U3", "Sở Đô thị", "Department of Urban Affairs"),
)

# Login, role, unit of the grant, own unit.
PEOPLE = (
    ("administrator", "administrator", "", ""),
    ("manager", "manager", "", ""),
    ("officer", "officer", "U1", "U1"),
    ("officer2", "officer", "U2", "U2"),
    ("officer3", "officer", "U3", "U3"),
    ("leader", "leader", "U1", "U1"),
    ("appraiser", "appraiser", "", "U2"),
    ("appraiser2", "appraiser", "", "U2"),
    ("lead", "lead_appraiser", "", ""),
    ("council", "council", "", ""),
    ("secretary", "secretary", "", ""),
    ("auditor", "auditor", "", ""),
)

# Of the roles held everywhere or at U1, one login each.
LOGINS = {role: login for login, role, where, _ in PEOPLE if where in ("", "U1")}


@dataclass(frozen=True)
class City:
    """What a test starts from: the part of the round, people by login, and the moment it plays in."""

    at: datetime
    people: Mapping[str, object]

    @property
    def part(self):
        from thangdo.web.rounds.models import Part

        return Part.objects.select_related("round").get()

    def actor(self, login: str):
        from thangdo.web.accounts.holders import holder_of
        from thangdo.web.rounds.acts.act import Actor

        person = self.people[login]
        return Actor(person.pk, holder_of(person, self.at.date()))

    def client(self, login: str) -> Client:
        client = Client()
        client.force_login(self.people[login], backend="thangdo.web.accounts.sign_in.PasswordBackend")
        return client

    def in_phase(self, phase: str) -> None:
        """Put the part into a phase directly, for tests that are not about the way there."""
        from thangdo.web.rounds.models import Member, Part, Submission

        Part.objects.update(phase=phase)
        part = self.part
        for member in Member.objects.filter(part=part):
            Submission.objects.get_or_create(part=part, unit=member.unit)


def make_round(at: datetime = AT):
    """The trial round as the core's value, in draft."""
    from thangdo.evaluation import IndexEntry, Round, Table
    from thangdo.evaluation.round import SPECS
    from thangdo.methodology import parse

    columns = SPECS["units"].columns
    units = tuple(
        tuple({"unit": code, "name_vi": vi, "name_en": en, "level": "so_nganh"}.get(name, "") for name in columns)
        for code, vi, en in UNITS
    )
    return Round(
        id="thu-2024",
        year=2024,
        state="draft",
        language="vi",
        indices=(IndexEntry("par", "points", "thu-2024", ("so_nganh",)),),
        sets={"thu-2024": parse(SET)},
        tables={
            "units": Table(columns, units, "units.csv"),
            "membership": Table(
                SPECS["membership"].columns,
                tuple(("par", "so_nganh", code, "true") for code, _, _ in UNITS),
                "membership.csv",
            ),
        },
        illustrative=True,
    )


def make_people() -> dict[str, object]:
    from thangdo.web.accounts.models import Grant, Person
    from thangdo.web.registry.models import Unit

    units = {code: Unit.objects.create(code=code, name_vi=vi, name_en=en, level="so_nganh") for code, vi, en in UNITS}
    people = {}
    for login, role, where, own in PEOPLE:
        person = Person(login=login, full_name=login.title(), unit=units.get(own))
        person.set_unusable_password()
        person.save()
        Grant.objects.create(person=person, role=role, unit=units.get(where))
        people[login] = person
    return people


def make_city(phase: str, at: datetime = AT) -> City:
    from thangdo.web.rounds.loading import store_round
    from thangdo.web.rounds.models import PhaseDate

    people = make_people()
    stored = store_round(make_round(), actor_id=None, at=at, phases={"par": phase})
    part = stored.parts.get()
    for name in ("self_score", "appraise", "explain"):
        PhaseDate.objects.create(part=part, phase=name, opens_at=at, closes_at=at + timedelta(days=30))
    return City(at, people)


@pytest.fixture
def city(db: None) -> City:
    """The city in self-scoring."""
    return make_city("self_score")


@pytest.fixture(autouse=True)
def evidence_folder(settings, tmp_path: Path) -> Iterator[Path]:
    """Evidence of a test lies in its own folder."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield settings.EVIDENCE_ROOT
