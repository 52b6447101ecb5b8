"""Rows of people and grants as the permission table's values."""

from __future__ import annotations

from datetime import date

from thangdo.web.accounts.models import Grant, Person
from thangdo.web.accounts.permissions import Held, Holder


def held(grant: Grant, unit_code: str) -> Held:
    return Held(
        grant.role,
        unit_code,
        grant.round,
        grant.index,
        grant.criterion,
        tuple(phase for phase in grant.phases.split(",") if phase),
        grant.on_behalf_of_id,
    )


def holder_of(person: Person, on: date) -> Holder:
    """What `person` holds on a day: one query, where the person was read with their unit."""
    grants = Grant.objects.filter(person_id=person.pk).valid_on(on).select_related("unit")
    rows = [held(grant, grant.unit.code if grant.unit else "") for grant in grants]
    return Holder(person.pk, person.unit.code if person.unit else "", tuple(rows))


def all_holders(on: date) -> list[Holder]:
    """Everyone active with what they hold on a day: one query."""
    grants: dict[int, list[Held]] = {}
    own: dict[int, str] = {}
    rows = Grant.objects.valid_on(on).filter(person__is_active=True).select_related("unit", "person__unit")
    for grant in rows:
        grants.setdefault(grant.person_id, []).append(held(grant, grant.unit.code if grant.unit else ""))
        own[grant.person_id] = grant.person.unit.code if grant.person.unit else ""
    return [Holder(person, own[person], tuple(rows)) for person, rows in grants.items()]
