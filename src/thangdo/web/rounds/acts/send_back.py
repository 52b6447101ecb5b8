"""The lead appraiser sends a submission back to its unit, whole or for some criteria."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.submission import locked_submission
from thangdo.web.rounds.models import Part, Submission
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.rounds.sets import issued_set


def send_back(part: Part, unit: str, criteria: Sequence[str], reason: str, *, actor: Actor, at: datetime) -> Submission:
    """Open an approved submission again for `criteria` (none: all of it). A reason is required.

    Written rule: possible while self-scoring or appraisal lasts; the unit then submits and approves again.
    """
    if not reason.strip():
        raise ActRefused("needs_reason")
    if set(criteria) - {leaf.code for leaf in issued_set(part).leaves}:
        raise ActRefused("no_such_criterion")
    with doing("send_back", actor, part, at, unit=unit, reason=reason):
        submission = locked_submission(part, unit)
        asked = ("sent_back", reason, list(criteria))
        if (submission.state, submission.note, submission.sent_back_criteria) == asked:
            raise DoneAlready()
        if submission.state != "approved":
            raise ActRefused("not_submitted")
        submission.state, submission.note = "sent_back", reason
        submission.sent_back_criteria = list(criteria)
        submission.version += 1
        submission.save()
    return submission
