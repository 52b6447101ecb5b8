"""The officer hands the whole submission to the leader."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.submission import locked_submission, refuse_after_deadline
from thangdo.web.rounds.asked import unanswered
from thangdo.web.rounds.models import Part, Submission
from thangdo.web.rounds.refusals import ActRefused, DoneAlready


def submit(part: Part, unit: str, *, actor: Actor, at: datetime) -> Submission:
    """Move the submission to the leader. Refused while a criterion lacks its inputs or after the deadline."""
    with doing("submit", actor, part, at, unit=unit):
        submission = locked_submission(part, unit)
        if submission.state == "with_leader" and submission.submitted_by_id == actor.person_id:
            raise DoneAlready()
        if submission.state not in {"open", "sent_back"}:
            raise ActRefused("with_leader" if submission.state == "with_leader" else "already_submitted")
        refuse_after_deadline(part, unit, at)
        missing = unanswered(part, unit)
        if missing:
            raise ActRefused("incomplete", count=len(missing), criteria=", ".join(missing[:8]))
        submission.state, submission.submitted_at, submission.submitted_by_id = "with_leader", at, actor.person_id
        submission.version += 1
        submission.save()
    return submission
