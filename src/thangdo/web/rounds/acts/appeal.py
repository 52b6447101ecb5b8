"""A unit appeals against the appraised points of a criterion."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.appraise import block_of
from thangdo.web.rounds.acts.submission import refuse_after_deadline
from thangdo.web.rounds.models import Appeal, Part
from thangdo.web.rounds.refusals import ActRefused


def appeal(part: Part, unit: str, criterion: str, request: str, *, actor: Actor, at: datetime) -> Appeal:
    """File one appeal a criterion, within the deadline."""
    if not request.strip():
        raise ActRefused("needs_text")
    with doing("appeal", actor, part, at, unit=unit, criterion=criterion, reason=request.strip()):
        block_of(part, unit)
        refuse_after_deadline(part, unit, at)
        # The part's row is the queue: two filings of one criterion at once meet here.
        Part.objects.select_for_update().get(pk=part.pk)
        if Appeal.objects.filter(part=part, unit=unit, criterion=criterion).exists():
            raise ActRefused("already_appealed")
        return Appeal.objects.create(
            part=part,
            unit=unit,
            criterion=criterion,
            filed_at=at.isoformat(timespec="seconds"),
            filed_by_id=actor.person_id,
            request=request.strip(),
        )
