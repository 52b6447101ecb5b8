"""Who has something to do before a phase ends, and when they are told: on given days before the end, and after it.

Asked with the moment. The reminders of a part follow from what is open in it: whoever has done their work, or
whose end was moved, is no longer reminded of the old one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from thangdo.web.accounts.holders import all_holders
from thangdo.web.accounts.permissions import BY_CODE, Holder, Place, who_may
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.tree import unit_tree, units_above
from thangdo.web.rounds.deadlines import ends_by_unit, has_ended
from thangdo.web.rounds.models import Appeal, Explanation, Mark, Member, Part, Reminder, Submission
from thangdo.web.rounds.phases import PHASES


@dataclass(frozen=True, slots=True)
class Notice:
    """A row of when people are told: `before` the end; a notice that is later than another replaces it."""

    code: str
    before: timedelta


NOTICES = (
    Notice("week", timedelta(days=7)),
    Notice("three_days", timedelta(days=3)),
    Notice("last_day", timedelta(days=1)),
)
ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something a person has still to do in a part before `due_at`: a code of `WORDS` in `reminder_words`."""

    person_id: int
    what: str
    due_at: datetime


def notice_at(due_at: datetime, at: datetime) -> str:
    """The notice that holds at a moment: the latest one reached; '' before the first."""
    if has_ended(due_at, at):
        return ENDED
    return next((notice.code for notice in reversed(NOTICES) if at >= due_at - notice.before), "")


def waiting_in(part: Part, holders: list[Holder], parents: dict[str, str], at: datetime) -> list[Waiting]:
    """What is open in a part's running phase, person by person; managers are told when the phase has ended."""
    end_of = ends_by_unit(part, part.phase)
    found: dict[int, Waiting] = {}

    def tell(act: str, what: str, unit: str, due: datetime | None) -> None:
        if due is None:
            return
        place = Place(
            part.round.code,
            part.index,
            unit,
            phase=part.phase,
            units_above=units_above(unit, parents) if unit else (),
            part=part.slug,
        )
        for person in who_may(holders, BY_CODE[act], place):
            known = found.get(person)
            # One reminder a person and part: the nearest end first.
            if known is None or due < known.due_at:
                found[person] = Waiting(person, what, due)

    for act, what, unit in _open_work(part):
        due = end_of(unit)
        # Nobody can do anything after the end but the manager, who moves the round on.
        if not has_ended(due, at):
            tell(act, what, unit, due)
    due = end_of("")
    if has_ended(due, at):
        tell("advance", "phase_ended", "", due)
    return list(found.values())


def _open_work(part: Part) -> Iterator[tuple[str, str, str]]:
    """What waits, as the act that would do it, its words, and the unit ('' for all): two queries at most."""
    if part.phase == "self_score":
        for unit, state in Submission.objects.filter(part=part).values_list("unit", "state"):
            if state in {"open", "sent_back"}:
                yield "save_mark", "self_score", unit
            elif state == "with_leader":
                yield "approve_submission", "approve_submission", unit
    elif part.phase == "appraise":
        answered = Mark.objects.filter(part=part, layer="self").exclude(Q(points="") & ~Q(inputs__has_key="na"))
        decided = Mark.objects.filter(part=part, layer="appraisal_1").values_list("unit", "criterion")
        if set(answered.values_list("unit", "criterion")) - set(decided):
            yield "appraise", "appraise", ""
        for unit in Explanation.objects.filter(part=part, answered_at=None).values_list("unit", flat=True).distinct():
            yield "explain", "explain", unit
    elif part.phase == "explain":
        for unit in Explanation.objects.filter(part=part, answered_at=None).values_list("unit", flat=True).distinct():
            yield "explain", "explain", unit
        for unit in Member.objects.filter(part=part).values_list("unit", flat=True):
            yield "appeal", "appeal", unit
        if Appeal.objects.filter(part=part, outcome="").exists():
            yield "decide_appeal", "decide_appeal", ""


def make_reminders(at: datetime) -> int:
    """Write the reminders that are due at `at`, once each, and put away those whose reason is gone.

    Returns how many are new. Calling it again at the same moment changes nothing.
    """
    locking = {phase.code for phase in PHASES if phase.locks}
    parts = Part.objects.filter(phase__in=locking).select_related("round").prefetch_related("dates", "extensions")
    holders, parents = all_holders(at.date()), unit_tree()
    count = 0
    for part in parts:
        waiting = waiting_in(part, holders, parents, at)
        wanted = {(row.person_id, row.due_at): row for row in waiting}
        standing = list(Reminder.objects.filter(part=part, dismissed_at=None))
        gone = [row.pk for row in standing if (row.person_id, row.due_at) not in wanted]
        told = set(Reminder.objects.filter(part=part).values_list("person_id", "kind", "due_at"))
        new = []
        for row in waiting:
            notice = notice_at(row.due_at, at)
            if notice and (row.person_id, notice, row.due_at) not in told:
                new.append(
                    Reminder(
                        person_id=row.person_id, part=part, kind=notice, what=row.what, due_at=row.due_at, made_at=at
                    )
                )
        if not new and not gone:
            continue
        replaced = {(row.person_id, row.due_at) for row in new}
        gone += [row.pk for row in standing if (row.person_id, row.due_at) in replaced]
        with acting(ActInProgress("remind", None, at, round=part.round.code, place=part.slug)):
            Reminder.objects.filter(pk__in=gone).update(dismissed_at=at)
            Reminder.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
        count += len(new)
    # A part that has moved on needs nobody reminded of the phase it left.
    left = Reminder.objects.filter(dismissed_at=None).exclude(part__phase__in=locking)
    if left.exists():
        with acting(ActInProgress("remind", None, at)):
            left.update(dismissed_at=at)
    return count


def dismiss(reminder_id: int, person_id: int, at: datetime) -> bool:
    """Put one's own reminder away; false where it is another's or was put away already."""
    with acting(ActInProgress("dismiss_reminder", person_id, at)):
        rows = Reminder.objects.filter(pk=reminder_id, person_id=person_id, dismissed_at=None)
        return bool(rows.update(dismissed_at=at))
