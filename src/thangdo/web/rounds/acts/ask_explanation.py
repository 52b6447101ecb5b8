"""An appraiser asks a unit to explain a criterion."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing, in_turn
from thangdo.web.rounds.acts.appraise import block_of
from thangdo.web.rounds.models import Explanation, Part
from thangdo.web.rounds.refusals import ActRefused, DoneAlready


def ask_explanation(part: Part, unit: str, criterion: str, question: str, *, actor: Actor, at: datetime) -> Explanation:
    """Put a question to the unit; it appears in the unit's work until answered."""
    if not question.strip():
        raise ActRefused("needs_text")
    with doing("ask_explanation", actor, part, at, unit=unit, criterion=criterion, reason=question.strip()):
        block_of(part, unit)
        in_turn(part)
        asked = Explanation.objects.filter(
            part=part, unit=unit, criterion=criterion, question=question.strip(), asked_by_id=actor.person_id
        )
        if asked.filter(answered_at=None).exists():
            raise DoneAlready()
        return Explanation.objects.create(
            part=part,
            unit=unit,
            criterion=criterion,
            question=question.strip(),
            asked_by_id=actor.person_id,
            asked_at=at,
        )
