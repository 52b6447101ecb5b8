"""What waits for a person: one small function a role, over the parts that are running, read in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from thangdo.web.accounts.permissions import Held, Holder
from thangdo.web.registry.tree import unit_tree, units_below
from thangdo.web.rounds.deadlines import days_left, latest
from thangdo.web.rounds.models import (
    AgendaItem,
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
from thangdo.web.rounds.seeing.progress import Progress, asked_codes, progress_of
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.words import part_title


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: where, in words, by when, how far (in numbers, and `said` where numbers need words)."""

    href: str
    words: str
    context: str
    closes: datetime | None = None
    days: int | None = None
    done: int = 0
    total: int = 0
    said: str = ""


@dataclass
class Seen:
    """What a person's tasks are made from: each table is read once, and only where some role asks for it."""

    holder: Holder
    at: datetime
    parts: list[Part] = field(init=False)

    def __post_init__(self) -> None:
        found = Part.objects.exclude(phase="closed").select_related("round")
        self.parts = list(found.order_by("-round__year", "position"))

    @cached_property
    def below(self) -> dict[str, tuple[str, ...]]:
        return units_below(unit_tree())

    @cached_property
    def own_codes(self) -> set[str]:
        """Units this person fills in or approves for."""
        grants = [grant.unit for grant in self.holder.held if grant.role in {"officer", "leader"} and grant.unit]
        return {code for unit in grants for code in self.below.get(unit, (unit,))}

    @cached_property
    def members(self) -> list[Any]:
        """The own units in every part, each with the state of its submission ('' before there is one)."""
        submission = Submission.objects.filter(part=OuterRef("part"), unit=OuterRef("unit")).values("state")[:1]
        found = Member.objects.filter(part__in=self.parts, unit__in=self.own_codes)
        return list(found.annotate(state=Coalesce(Subquery(submission), Value(""))))

    @cached_property
    def answered(self) -> dict[tuple[int, str], set[str]]:
        """Criteria that have points, by part and unit."""
        found: dict[tuple[int, str], set[str]] = {}
        marks = Mark.objects.filter(part__in=self.parts, unit__in=self.own_codes, layer="self").exclude(points="")
        for part, unit, criterion in marks.values_list("part", "unit", "criterion"):
            found.setdefault((part, unit), set()).add(criterion)
        return found

    @cached_property
    def questions(self) -> dict[tuple[int, str], int]:
        rows = Explanation.objects.filter(part__in=self.parts, unit__in=self.own_codes, answered_at=None)
        counted = rows.order_by().values_list("part", "unit").annotate(n=Count("id"))
        return {(part, unit): n for part, unit, n in counted}

    @cached_property
    def names(self) -> dict[tuple[int, str], RoundUnit]:
        rounds = {part.round_id for part in self.parts}
        found = RoundUnit.objects.filter(round__in=rounds, code__in=self.own_codes)
        return {(row.round_id, row.code): row for row in found}

    @cached_property
    def progress(self) -> dict[int, Progress]:
        return progress_of(self.parts)

    @cached_property
    def to_appraise(self) -> dict[int, dict[str, tuple[int, int]]]:
        """By part and criterion: answers given, and those this person has appraised; never the own unit's."""
        own = self.below.get(self.holder.own_unit, (self.holder.own_unit,))
        mine = Q(layer="appraisal_1", appraiser=f"tv{self.holder.person_id}")
        rows = Mark.objects.filter(part__in=self.parts).exclude(unit__in=own).order_by()
        found: dict[int, dict[str, tuple[int, int]]] = {}
        counted = rows.values_list("part", "criterion").annotate(
            total=Count("id", filter=Q(layer="self") & ~Q(points="")), done=Count("id", filter=mine)
        )
        for part, criterion, total, done in counted:
            found.setdefault(part, {})[criterion] = (total, done)
        return found

    @cached_property
    def to_vote(self) -> dict[int, int]:
        """Open items of the agenda this person has not voted on, by part."""
        open_items = AgendaItem.objects.filter(part__in=self.parts, state="open")
        waiting = open_items.exclude(votes__person_id=self.holder.person_id or 0).order_by()
        return dict(waiting.values_list("part").annotate(n=Count("id")))

    @cached_property
    def _ends(self) -> dict[tuple[int, str], datetime]:
        """Ends of the running phases: (part, '') as set, (part, '*') extended for all, (part, unit) for one."""
        phases = {part.pk: part.phase for part in self.parts}
        ends: dict[tuple[int, str], datetime] = {}
        for date in PhaseDate.objects.filter(part__in=self.parts):
            if date.phase == phases[date.part_id] and date.closes_at is not None:
                ends[date.part_id, ""] = date.closes_at
        for extension in Extension.objects.filter(part__in=self.parts).order_by("closes_at"):
            if extension.phase == phases[extension.part_id]:
                ends[extension.part_id, extension.unit or "*"] = extension.closes_at
        return ends

    def end(self, part: Part, unit: str = "") -> datetime | None:
        fixed = self._ends.get((part.pk, ""))
        moved = max(
            (end for key in ((part.pk, "*"), (part.pk, unit)) if (end := self._ends.get(key)) is not None), default=None
        )
        return latest(fixed, moved)

    def task(
        self, part: Part, href: str, words: str, unit: str = "", done: int = 0, total: int = 0, said: str = ""
    ) -> Task:
        end = self.end(part, unit)
        context = context_of(part)
        if unit:
            named = self.names.get((part.round_id, unit))
            context += f" · {named.short(get_language() or 'vi') if named else unit}"
        return Task(href, words, context, end, days_left(end, self.at), done, total, said)


def tasks_of(seen: Seen) -> list[Task]:
    """Everything that waits for the person, soonest end first."""
    found: list[Task] = []
    for grant in seen.holder.held:
        make = BY_ROLE.get(grant.role)
        if make is not None:
            found += make(grant, seen)
    unique = {(task.href, task.words): task for task in found}
    return sorted(unique.values(), key=lambda task: (task.days is None, task.days or 0))


def _reached(grant: Held, seen: Seen) -> Iterable[Part]:
    return (
        part
        for part in seen.parts
        if grant.round in ("", part.round.code) and grant.index in ("", part.index, part.slug)
    )


def context_of(part: Part) -> str:
    language = get_language() or "vi"
    return f"{part_title(part, language)} · {part.round.name(language)} · {BY_CODE[part.phase].name(language)}"


def members_of(grant: Held, part: Part, seen: Seen) -> list[Any]:
    units = set(seen.below.get(grant.unit, (grant.unit,)))
    return [member for member in seen.members if member.part_id == part.pk and member.unit in units]


def answered_of(part: Part, member: Member, seen: Seen) -> tuple[int, int]:
    """Criteria answered and asked of one unit."""
    asked = asked_codes(part.set_text, member.block, member.unit) if part.set_text else frozenset()
    return len(asked & seen.answered.get((part.pk, member.unit), set())), len(asked)


def _officer(grant: Held, seen: Seen) -> list[Task]:
    return [
        task
        for part in _reached(grant, seen)
        if part.phase != "prepare"
        for member in members_of(grant, part, seen)
        for task in _officer_at(part, member, answered_of(part, member, seen), seen)
    ]


def _officer_at(part: Part, member: Any, counted: tuple[int, int], seen: Seen) -> list[Task]:
    unit, state = member.unit, member.state
    href = reverse("rounds:submission", args=[part.round.code, part.slug, unit])
    found: list[Task] = []
    if state == "open" and part.phase == "self_score":
        found.append(seen.task(part, href, _("Self-score the criteria"), unit, *counted))
    elif state == "sent_back" and part.phase in {"self_score", "appraise"}:
        found.append(seen.task(part, href, _("Correct what was sent back"), unit, *counted))
    questions = seen.questions.get((part.pk, unit), 0)
    if questions:
        words = ngettext("Answer %(n)s question", "Answer %(n)s questions", questions) % {"n": questions}
        found.append(seen.task(part, href + "#giai-trinh", words, unit))
    if part.phase == "explain":
        found.append(seen.task(part, href, _("Read the appraisal; appeal where needed"), unit))
    return found


def _leader(grant: Held, seen: Seen) -> list[Task]:
    found = []
    for part in _reached(grant, seen):
        for member in members_of(grant, part, seen):
            if member.state == "with_leader":
                href = reverse("rounds:submission", args=[part.round.code, part.slug, member.unit])
                found.append(seen.task(part, href, _("Approve the submission"), member.unit))
    return found


def _appraiser(grant: Held, seen: Seen) -> list[Task]:
    found = []
    for part in _reached(grant, seen):
        where: list[Any] = [part.round.code, part.slug]
        if not part.set_text:
            continue
        if part.phase == "appraise":
            cells = seen.to_appraise.get(part.pk, {})
            leaves = issued_set(part).leaves_below().get(grant.criterion) if grant.criterion else tuple(cells)
            counted = [cells.get(code, (0, 0)) for code in leaves or ()]
            words = _("Appraise the criteria assigned to you")
            done, total = sum(done for _, done in counted), sum(total for total, _ in counted)
            found.append(seen.task(part, reverse("rounds:matrix", args=where), words, done=done, total=total))
        elif part.phase == "explain" and grant.role == "lead_appraiser":
            open_appeals = seen.progress[part.pk].appeals_open
            if open_appeals:
                words = ngettext("Decide %(n)s appeal", "Decide %(n)s appeals", open_appeals) % {"n": open_appeals}
                found.append(seen.task(part, reverse("rounds:appeals", args=where), words))
    return found


def _council(grant: Held, seen: Seen) -> list[Task]:
    found = []
    for part in _reached(grant, seen):
        if part.phase != "council":
            continue
        href = reverse("rounds:council", args=[part.round.code, part.slug])
        if grant.role == "secretary":
            found.append(seen.task(part, href, _("Prepare the agenda and record decisions")))
        elif count := seen.to_vote.get(part.pk, 0):
            words = ngettext("Vote on %(n)s item", "Vote on %(n)s items", count) % {"n": count}
            found.append(seen.task(part, href, words))
    return found


def _manager(grant: Held, seen: Seen) -> list[Task]:
    found = []
    language = get_language() or "vi"
    for part in _reached(grant, seen):
        ways = transitions_from(part.phase, "advance")
        words = ways[0].name(language) if ways else BY_CODE[part.phase].name(language)
        progress = seen.progress[part.pk]
        done, total = progress.done_of(part.phase)
        href = reverse("rounds:part", args=[part.round.code, part.slug])
        found.append(seen.task(part, href, words, done=done, total=total, said=progress.sentence(part.phase)))
    return found


BY_ROLE: dict[str, Callable[[Held, Seen], list[Task]]] = {
    "officer": _officer,
    "leader": _leader,
    "appraiser": _appraiser,
    "lead_appraiser": _appraiser,
    "council": _council,
    "secretary": _council,
    "manager": _manager,
}
