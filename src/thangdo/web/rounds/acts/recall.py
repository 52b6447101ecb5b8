"""The officer takes the submission back from the leader's desk before it is approved."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.submission import locked_submission, refuse_after_deadline, state_when_open
from thangdo.web.rounds.models import Part, Submission
from thangdo.web.rounds.refusals import ActRefused, DoneAlready


def recall(part: Part, unit: str, *, actor: Actor, at: datetime) -> Submission:
    """Open the submission again. Refused once the leader has approved it, or after the deadline."""
    with doing("recall", actor, part, at, unit=unit):
        submission = locked_submission(part, unit)
        if submission.state in {"open", "sent_back"}:
            raise DoneAlready()
        if submission.state != "with_leader":
            raise ActRefused("already_submitted")
        refuse_after_deadline(part, unit, at)
        submission.state = state_when_open(submission)
        submission.version += 1
        submission.save()
    return submission
