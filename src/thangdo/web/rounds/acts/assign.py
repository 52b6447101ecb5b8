"""Assign criteria of a part to an appraiser, or take the assignment back."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.accounts.models import Grant, Person
from thangdo.web.accounts.permissions import BY_CODE
from thangdo.web.registry.models import Unit
from thangdo.web.rounds.acts.act import Actor, doing, in_turn
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.rounds.sets import issued_set

ROLES = ("appraiser", "lead_appraiser")
assert all(BY_CODE["appraise"].scope(role) == "assigned" for role in ROLES)


def assign(
    part: Part, person: Person, criterion: str, *, actor: Actor, at: datetime, role: str = "appraiser", unit: str = ""
) -> Grant:
    """Give `person` the criterion (and those below it) of this part, for all units or one and those below."""
    if role not in ROLES:
        raise ActRefused("bad_choice")
    if criterion and criterion not in issued_set(part).nodes:
        raise ActRefused("no_such_criterion")
    with doing("assign", actor, part, at, criterion=criterion):
        in_turn(part)
        held_unit = Unit.objects.filter(code=unit).first() if unit else None
        grant, created = Grant.objects.get_or_create(
            person=person, role=role, round=part.round.code, index=part.slug, criterion=criterion, unit=held_unit
        )
        if not created:
            raise DoneAlready()
    return grant


def withdraw(part: Part, grant_id: int, *, actor: Actor, at: datetime) -> None:
    """Take an assignment of this part back."""
    with doing("assign", actor, part, at):
        grants = Grant.objects.filter(pk=grant_id, round=part.round.code, index=part.slug, role__in=ROLES)
        if not grants.select_for_update().first():
            raise ActRefused("not_allowed" if Grant.objects.filter(pk=grant_id).exists() else "gone")
        grants.delete()


def earlier_part(part: Part) -> Part | None:
    """The part of the same index and a shared block in the latest earlier year."""
    found = Part.objects.filter(index=part.index, round__year__lt=part.round.year).select_related("round")
    return next((row for row in found.order_by("-round__year", "position") if set(row.blocks) & set(part.blocks)), None)


def copy_assignments(part: Part, *, actor: Actor, at: datetime) -> int:
    """Give everyone what they appraised in the year before, where the criterion still stands. Returns how many."""
    earlier = earlier_part(part)
    if earlier is None:
        raise ActRefused("nothing_before")
    nodes = issued_set(part).nodes
    with doing("assign", actor, part, at):
        in_turn(part)
        rows = Grant.objects.filter(
            role__in=ROLES, round=earlier.round.code, index__in=(earlier.slug, earlier.index), person__is_active=True
        )
        present = set(
            Grant.objects.filter(role__in=ROLES, round=part.round.code, index=part.slug).values_list(
                "person_id", "role", "criterion", "unit_id"
            )
        )
        new = {
            (row.person_id, row.role, row.criterion, row.unit_id)
            for row in rows
            if not row.criterion or row.criterion in nodes
        } - present
        Grant.objects.bulk_create(
            Grant(
                person_id=person, role=role, criterion=criterion, unit_id=unit, round=part.round.code, index=part.slug
            )
            for person, role, criterion, unit in sorted(new, key=str)
        )
    return len(new)
