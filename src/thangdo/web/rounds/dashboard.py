"""What waits for a person: one small function a role, over the parts that are running."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from thangdo.web.accounts.permissions import Held, Holder
from thangdo.web.registry.tree import unit_tree, units_below
from thangdo.web.rounds.asked import asked_criteria
from thangdo.web.rounds.deadlines import days_left, latest
from thangdo.web.rounds.models import (
    AgendaItem,
    Appeal,
    Explanation,
    Extension,
    Mark,
    Member,
    Part,
    PhaseDate,
    RoundUnit,
    Submission,
)
from thangdo.web.rounds.phases import BY_CODE, transitions_from
from thangdo.web.rounds.sets import issued_set


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: where, in words, by when, how far."""

    href: str
    words: str
    context: str
    closes: datetime | None = None
    days: int | None = None
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What all of a person's tasks are made from, read once."""

    parts: list[Part]
    ends: dict[tuple[int, str], datetime]
    below: dict[str, tuple[str, ...]]
    at: datetime

    def end(self, part: Part, unit: str = "") -> datetime | None:
        fixed = self.ends.get((part.pk, ""))
        moved = max(
            (end for key in ((part.pk, "*"), (part.pk, unit)) if (end := self.ends.get(key)) is not None), default=None
        )
        return latest(fixed, moved)


def tasks_of(holder: Holder, at: datetime) -> list[Task]:
    """Everything that waits for `holder`, soonest end first."""
    parts = [part for part in Part.objects.select_related("round") if part.phase != "closed"]
    seen = Seen(parts, _ends(parts), units_below(unit_tree()) if holder.held else {}, at)
    found: list[Task] = []
    for grant in holder.held:
        make = BY_ROLE.get(grant.role)
        if make is not None:
            found += make(holder, grant, seen)
    unique = {(task.href, task.words): task for task in found}
    return sorted(unique.values(), key=lambda task: (task.days is None, task.days or 0))


def _ends(parts: list[Part]) -> dict[tuple[int, str], datetime]:
    """Ends of the running phases: (part, '') as set, (part, '*') extended for all, (part, unit) for one."""
    phases = {part.pk: part.phase for part in parts}
    ends: dict[tuple[int, str], datetime] = {}
    for date in PhaseDate.objects.filter(part__in=parts):
        if date.phase == phases[date.part_id] and date.closes_at is not None:
            ends[date.part_id, ""] = date.closes_at
    for extension in Extension.objects.filter(part__in=parts).order_by("closes_at"):
        if extension.phase == phases[extension.part_id]:
            ends[extension.part_id, extension.unit or "*"] = extension.closes_at
    return ends


def _reaches(grant: Held, part: Part) -> bool:
    return grant.round in ("", part.round.code) and grant.index in ("", part.index, part.slug)


def context_of(part: Part) -> str:
    language = get_language() or "vi"
    title = issued_set(part).criteria.title[language] if part.set_text else part.index
    return f"{title} · {part.round.name(language)} · {BY_CODE[part.phase].name(language)}"


def _members(grant: Held, part: Part, seen: Seen) -> list[Member]:
    units = seen.below.get(grant.unit, (grant.unit,))
    return list(Member.objects.filter(part=part, unit__in=units))


def _officer(holder: Holder, grant: Held, seen: Seen) -> list[Task]:
    found = []
    for part in seen.parts:
        if not _reaches(grant, part) or part.phase == "prepare":
            continue
        for member in _members(grant, part, seen):
            found += _officer_at(part, member, seen)
    return found


def _officer_at(part: Part, member: Member, seen: Seen) -> list[Task]:
    where = [part.round.code, part.slug, member.unit]
    unit = RoundUnit.objects.filter(round=part.round, code=member.unit).first()
    context = f"{context_of(part)} · {unit.short(get_language() or 'vi') if unit else member.unit}"
    end = seen.end(part, member.unit)
    days = days_left(end, seen.at)
    found: list[Task] = []
    submission = Submission.objects.filter(part=part, unit=member.unit).first()
    if (
        submission is not None
        and submission.state in {"open", "sent_back"}
        and part.phase in {"self_score", "appraise"}
    ):
        asked = set(asked_criteria(part, member.unit, member.block))
        done = Mark.objects.filter(part=part, unit=member.unit, layer="self", criterion__in=asked).exclude(points="")
        words = _("Self-score the criteria") if submission.state == "open" else _("Mend what was sent back")
        if submission.state == "open" and part.phase != "self_score":
            return found
        found.append(
            Task(reverse("rounds:submission", args=where), words, context, end, days, done.count(), len(asked))
        )
    questions = Explanation.objects.filter(part=part, unit=member.unit, answered_at=None).count()
    if questions:
        words = ngettext("Answer %(n)s question", "Answer %(n)s questions", questions) % {"n": questions}
        found.append(Task(reverse("rounds:submission", args=where) + "#giai-trinh", words, context, end, days))
    if part.phase == "explain":
        found.append(
            Task(
                reverse("rounds:submission", args=where),
                _("Read the appraisal; appeal where needed"),
                context,
                end,
                days,
            )
        )
    return found


def _leader(holder: Holder, grant: Held, seen: Seen) -> list[Task]:
    found = []
    for part in seen.parts:
        if not _reaches(grant, part):
            continue
        units = seen.below.get(grant.unit, (grant.unit,))
        for submission in Submission.objects.filter(part=part, unit__in=units, state="with_leader"):
            end = seen.end(part, submission.unit)
            found.append(
                Task(
                    reverse("rounds:submission", args=[part.round.code, part.slug, submission.unit]),
                    _("Approve the submission"),
                    context_of(part),
                    end,
                    days_left(end, seen.at),
                )
            )
    return found


def _appraiser(holder: Holder, grant: Held, seen: Seen) -> list[Task]:
    found = []
    for part in seen.parts:
        if not _reaches(grant, part) or part.phase not in {"appraise", "explain"} or not part.set_text:
            continue
        end = seen.end(part)
        href = reverse("rounds:matrix", args=[part.round.code, part.slug])
        if part.phase == "appraise":
            leaves = issued_set(part).leaves_below().get(grant.criterion) if grant.criterion else None
            marks = Mark.objects.filter(part=part).exclude(unit__in=seen.below.get(holder.own_unit, (holder.own_unit,)))
            if leaves is not None:
                marks = marks.filter(criterion__in=leaves)
            counts = marks.aggregate(
                total=Count("id", filter=Q(layer="self") & ~Q(points="")),
                done=Count("id", filter=Q(layer="appraisal_1", appraiser=f"tv{holder.person_id}")),
            )
            words = _("Appraise the criteria assigned to you")
            found.append(
                Task(href, words, context_of(part), end, days_left(end, seen.at), counts["done"], counts["total"])
            )
        elif grant.role == "lead_appraiser":
            open_appeals = Appeal.objects.filter(part=part, outcome="").count()
            if open_appeals:
                words = ngettext("Decide %(n)s appeal", "Decide %(n)s appeals", open_appeals) % {"n": open_appeals}
                href = reverse("rounds:appeals", args=[part.round.code, part.slug])
                found.append(Task(href, words, context_of(part), end, days_left(end, seen.at)))
    return found


def _council(holder: Holder, grant: Held, seen: Seen) -> list[Task]:
    found = []
    for part in seen.parts:
        if not _reaches(grant, part) or part.phase != "council":
            continue
        waiting = AgendaItem.objects.filter(part=part, state="open")
        if grant.role == "council":
            waiting = waiting.exclude(votes__person_id=holder.person_id or 0)
        count = waiting.count()
        words = (
            ngettext("Vote on %(n)s item", "Vote on %(n)s items", count) % {"n": count}
            if grant.role == "council"
            else _("Prepare the agenda and record decisions")
        )
        if count or grant.role == "secretary":
            href = reverse("rounds:council", args=[part.round.code, part.slug])
            found.append(Task(href, words, context_of(part), seen.end(part)))
    return found


def _manager(holder: Holder, grant: Held, seen: Seen) -> list[Task]:
    found = []
    for part in seen.parts:
        if not _reaches(grant, part):
            continue
        end = seen.end(part)
        language = get_language() or "vi"
        ways = transitions_from(part.phase, "advance")
        words = ways[0].name(language) if ways else BY_CODE[part.phase].name(language)
        href = reverse("rounds:part", args=[part.round.code, part.slug])
        found.append(Task(href, words, context_of(part), end, days_left(end, seen.at)))
    return found


BY_ROLE: dict[str, Callable[[Holder, Held, Seen], list[Task]]] = {
    "officer": _officer,
    "leader": _leader,
    "appraiser": _appraiser,
    "lead_appraiser": _appraiser,
    "council": _council,
    "secretary": _council,
    "manager": _manager,
}
