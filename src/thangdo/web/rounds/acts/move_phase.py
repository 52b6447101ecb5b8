"""Take a part along a row of the transition table: forwards when its guards hold, back with a reason."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.checklist import unmet
from thangdo.web.rounds.models import Member, Part, Submission
from thangdo.web.rounds.phases import transition
from thangdo.web.rounds.refusals import ActRefused, DoneAlready


def move_phase(part: Part, code: str, reason: str, *, actor: Actor, at: datetime) -> Part:
    """Do the transition `code`. Refused where it does not start here, a guard fails, or a reason is missing."""
    way = transition(code)
    if way is not None and way.target == part.phase:
        raise DoneAlready()
    if way is None or way.source != part.phase:
        raise ActRefused("no_such_way")
    if way.needs_reason and not reason.strip():
        raise ActRefused("needs_reason")
    with doing(way.act, actor, part, at, reason=reason.strip()):
        # The row decides: of two managers who press at once, one finds another phase.
        part = Part.objects.select_for_update().select_related("round").get(pk=part.pk)
        if part.phase != way.source:
            raise DoneAlready() if part.phase == way.target else ActRefused("wrong_phase")
        stopping = unmet(part, way, at)
        if stopping:
            raise ActRefused("guard", items="; ".join(stopping))
        part.phase, part.phase_since = way.target, at
        part.version += 1
        part.save()
        if way.target == "self_score":
            _open_submissions(part)
        _follow_state(part)
    return part


def _open_submissions(part: Part) -> None:
    present = set(Submission.objects.filter(part=part).values_list("unit", flat=True))
    Submission.objects.bulk_create(
        Submission(part=part, unit=member.unit)
        for member in Member.objects.filter(part=part)
        if member.unit not in present
    )


def _follow_state(part: Part) -> None:
    """A round is final when all its parts are closed, and draft again when one is re-opened."""
    state = "draft" if Part.objects.filter(round=part.round).exclude(phase="closed").exists() else "final"
    if part.round.state != state:
        part.round.state = state
        part.round.save()
