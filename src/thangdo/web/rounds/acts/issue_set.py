"""Issue a criteria set for a part: its text is kept as it is, and its content hash freezes it."""

from __future__ import annotations

from datetime import datetime

from thangdo.findings import Refused
from thangdo.methodology import set_hash
from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.sets import issued_set_of_text


def choose_set(part: Part, name: str, text: str, *, actor: Actor, at: datetime) -> Part:
    """Put a draft set in place. Refused once a set was issued, or where the text has faults."""
    with doing("issue_set", actor, part, at):
        part = Part.objects.select_for_update().select_related("round").get(pk=part.pk)
        if part.set_hash:
            raise ActRefused("already_issued")
        _checked(text)
        part.set_name, part.set_text = name, text
        part.version += 1
        part.save()
    return part


def issue_set(part: Part, *, actor: Actor, at: datetime) -> Part:
    """Freeze the chosen set by its content hash."""
    with doing("issue_set", actor, part, at):
        part = Part.objects.select_for_update().select_related("round").get(pk=part.pk)
        if part.set_hash:
            raise ActRefused("already_issued")
        _checked(part.set_text)
        part.set_hash = set_hash(issued_set_of_text(part.set_text).criteria)
        part.version += 1
        part.save()
    return part


def _checked(text: str) -> None:
    try:
        issued_set_of_text(text)
    except Refused as refused:
        faults = ", ".join(f"{finding.code} {finding.where}" for finding in refused.findings[:5])
        raise ActRefused("bad_set", faults=faults) from refused
