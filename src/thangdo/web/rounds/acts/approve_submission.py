"""The leader approves the whole submission, or gives it back to the officer."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.submission import locked_submission, refuse_after_deadline, state_when_open
from thangdo.web.rounds.asked import unanswered
from thangdo.web.rounds.models import Part, Submission
from thangdo.web.rounds.refusals import ActRefused, DoneAlready


def approve_submission(part: Part, unit: str, *, actor: Actor, at: datetime) -> Submission:
    """Hand the submission in for the unit. Refused if incomplete, not with the leader, or after the deadline."""
    with doing("approve_submission", actor, part, at, unit=unit):
        submission = locked_submission(part, unit)
        if submission.state == "approved":
            raise DoneAlready() if submission.approved_by_id == actor.person_id else ActRefused("already_submitted")
        if submission.state != "with_leader":
            raise ActRefused("not_with_leader")
        refuse_after_deadline(part, unit, at)
        missing = unanswered(part, unit)
        if missing:
            raise ActRefused("incomplete", count=len(missing), criteria=", ".join(missing[:8]))
        submission.state, submission.approved_at, submission.approved_by_id = "approved", at, actor.person_id
        submission.sent_back_criteria = []
        submission.note = ""
        submission.version += 1
        submission.save()
    return submission


def return_to_officer(part: Part, unit: str, reason: str, *, actor: Actor, at: datetime) -> Submission:
    """Give the submission back inside the unit, with a reason."""
    if not reason.strip():
        raise ActRefused("needs_reason")
    with doing("approve_submission", actor, part, at, unit=unit, reason=reason):
        submission = locked_submission(part, unit)
        reopened = state_when_open(submission)
        if submission.state == reopened and submission.note == reason:
            raise DoneAlready()
        if submission.state != "with_leader":
            raise ActRefused("not_with_leader")
        submission.state, submission.note = reopened, reason
        submission.version += 1
        submission.save()
    return submission
