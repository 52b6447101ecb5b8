"""A unit answers what an appraiser asked."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.submission import refuse_after_deadline
from thangdo.web.rounds.models import Explanation, Part
from thangdo.web.rounds.refusals import ActRefused, DoneAlready


def explain(part: Part, explanation_id: int, answer: str, *, unit: str, actor: Actor, at: datetime) -> Explanation:
    """Answer a question once, within the deadline of the phase."""
    if not answer.strip():
        raise ActRefused("needs_text")
    question = Explanation.objects.filter(part=part, unit=unit, pk=explanation_id).first()
    if question is None:
        raise ActRefused("not_allowed")
    with doing("explain", actor, part, at, unit=unit, criterion=question.criterion, reason=answer.strip()):
        refuse_after_deadline(part, unit, at)
        changed = Explanation.objects.filter(pk=question.pk, answered_at=None).update(
            answer=answer.strip(), answered_at=at, answered_by_id=actor.person_id
        )
        if not changed:
            question.refresh_from_db()
            is_same = (question.answer, question.answered_by_id) == (answer.strip(), actor.person_id)
            raise DoneAlready() if is_same else ActRefused("already_decided")
    question.refresh_from_db()
    return question
