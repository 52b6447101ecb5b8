"""A unit appeals against the appraised points of a criterion."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing, in_turn
from thangdo.web.rounds.acts.appraise import block_of
from thangdo.web.rounds.acts.submission import refuse_after_deadline
from thangdo.web.rounds.models import Appeal, Part
from thangdo.web.rounds.refusals import ActRefused, DoneAlready


def appeal(part: Part, unit: str, criterion: str, request: str, *, actor: Actor, at: datetime) -> Appeal:
    """File one appeal a criterion, within the deadline."""
    if not request.strip():
        raise ActRefused("needs_text")
    with doing("appeal", actor, part, at, unit=unit, criterion=criterion, reason=request.strip()):
        block_of(part, unit)
        refuse_after_deadline(part, unit, at)
        in_turn(part)
        filed = Appeal.objects.filter(part=part, unit=unit, criterion=criterion).first()
        if filed is not None:
            is_same = (filed.filed_by_id, filed.request) == (actor.person_id, request.strip())
            raise DoneAlready() if is_same else ActRefused("already_appealed")
        return Appeal.objects.create(
            part=part,
            unit=unit,
            criterion=criterion,
            filed_at=at.isoformat(timespec="seconds"),
            filed_by_id=actor.person_id,
            request=request.strip(),
        )
