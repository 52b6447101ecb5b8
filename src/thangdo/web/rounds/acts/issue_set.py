"""Issue a criteria set for a part: its text is kept as it is, and its content hash freezes it."""

from __future__ import annotations

from datetime import datetime

from thangdo.findings import Refused
from thangdo.methodology import set_hash
from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.rounds.sets import IssuedSet, issued_set_of_text


def choose_set(part: Part, name: str, text: str, *, actor: Actor, at: datetime) -> Part:
    """Put a draft set in place. Refused once a set was issued, or where the text has faults.

    The set must be of the part's index and know its blocks; `name` blank takes the set's own id.
    """
    with doing("issue_set", actor, part, at):
        part = Part.objects.select_for_update().select_related("round").get(pk=part.pk)
        if part.set_hash:
            raise ActRefused("already_issued")
        criteria = checked_set(text).criteria
        if criteria.index != part.index or not set(part.blocks) <= set(criteria.blocks):
            raise ActRefused("other_set", index=criteria.index, blocks=", ".join(criteria.blocks))
        name = name or criteria.id
        beside = Part.objects.filter(round=part.round, set_name=name).exclude(pk=part.pk)
        if beside.exclude(set_text=text).exists():
            raise ActRefused("set_name_taken", name=name)
        part.kind = criteria.kind
        part.set_name, part.set_text = name, text
        part.version += 1
        part.save()
    return part


def issue_set(part: Part, *, actor: Actor, at: datetime) -> Part:
    """Freeze the chosen set by its content hash."""
    with doing("issue_set", actor, part, at):
        part = Part.objects.select_for_update().select_related("round").get(pk=part.pk)
        if part.set_hash:
            raise DoneAlready()
        part.set_hash = set_hash(checked_set(part.set_text).criteria)
        part.version += 1
        part.save()
    return part


def checked_set(text: str) -> IssuedSet:
    """The set of a text. Raises ActRefused with the first faults where there are any."""
    try:
        return issued_set_of_text(text)
    except Refused as refused:
        faults = ", ".join(f"{finding.code} {finding.where}" for finding in refused.findings[:5])
        raise ActRefused("bad_set", faults=faults) from refused
