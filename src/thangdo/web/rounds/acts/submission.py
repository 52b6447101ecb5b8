"""Reading and moving a unit's submission; shared by the acts that do."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.deadlines import closes_at, has_ended
from thangdo.web.rounds.models import Part, Submission
from thangdo.web.rounds.refusals import ActRefused


def locked_submission(part: Part, unit: str) -> Submission:
    """The unit's submission, held until the transaction ends; refuses a unit that does not take part."""
    found = Submission.objects.select_for_update().filter(part=part, unit=unit).first()
    if found is None:
        raise ActRefused("no_such_unit")
    return found


def state_when_open(submission: Submission) -> str:
    """What an open submission is: sent back once it has been handed in, so that only what was sent back changes."""
    return "open" if submission.approved_at is None else "sent_back"


def refuse_after_deadline(part: Part, unit: str, at: datetime) -> None:
    closes = closes_at(part, part.phase, unit)
    if closes is not None and has_ended(closes, at):
        raise ActRefused("locked", closes=closes.astimezone(at.tzinfo).strftime("%d/%m/%Y %H:%M"))
