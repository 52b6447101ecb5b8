"""One part of a round: where it stands, what stops it, its set, assignments and dates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.methodology import set_hash
from thangdo.web.accounts.models import Grant, Person
from thangdo.web.accounts.permissions import BY_CODE, may, visible_rows
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.acts.assign import ROLES, assign, copy_assignments, earlier_part, withdraw
from thangdo.web.rounds.acts.issue_set import choose_set, issue_set
from thangdo.web.rounds.acts.move_phase import move_phase
from thangdo.web.rounds.acts.set_deadlines import extend, set_deadlines
from thangdo.web.rounds.checklist import checked
from thangdo.web.rounds.models import Extension, Mark, Member, Part, PhaseDate, RoundUnit, Submission
from thangdo.web.rounds.phases import PHASES, transitions_from
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.results import approval_state
from thangdo.web.rounds.seeing.case_lists import criteria_list
from thangdo.web.rounds.seeing.round_lists import assignments_list, members_list
from thangdo.web.rounds.set_choices import set_choices
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.answering import actor_of, answering
from thangdo.web.rounds.views.opening import set_text
from thangdo.web.rounds.words import part_title
from thangdo.web.typed_values import read_moment, whole_number


def home_of(part: Part) -> str:
    return reverse("rounds:part", args=[part.round.code, part.slug])


def part_page(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    holder, place = request.holder, request.place
    # Asked by the checklist and shown below: read once.
    decided = Prefetch("extensions", Extension.objects.select_related("decided_by"))
    members = Prefetch("members", members_of_page(submissions_seen(request)))
    prefetch_related_objects([here], "dates", "round__units", decided, members)
    ways = [
        (way, checked(here, way, request.at))
        for way in transitions_from(here.phase)
        if may(holder, BY_CODE[way.act], place)
    ]
    names = {unit.code: unit for unit in here.round.units.all()}
    submissions = {row.unit: row for row in Submission.objects.filter(part=here)}
    rows: list[Any] = list(here.members.all())
    done = {row.unit: row.answered for row in rows}
    seen = {row.unit for row in rows if row.is_seen}
    # How far another unit is, and why it was given more time, is for those who follow the round.
    follows = may(holder, BY_CODE["see_ledger"], place) or may(holder, BY_CODE["see_matrix"], place)
    is_filled_in = follows and here.kind != "composite"
    listed = members_list(here, rows, names, submissions if is_filled_in else None, done, seen, language_now())
    context = {
        "here": here,
        "issued": issued_set(here) if here.set_text else None,
        "ways": ways,
        "phases": PHASES,
        "dates": {row.phase: row for row in here.dates.all()},
        "extensions": [row for row in here.extensions.all() if follows or not row.unit or row.unit in seen],
        "members": listed,
        # Nobody appraises what is computed from other figures.
        "is_appraised": bool(here.set_text) and here.kind != "composite",
        "may": {code: may(holder, BY_CODE[code], place) for code in LINKED_ACTS},
        "approval": approval_state(here) if here.phase in {"approve", "closed"} else "",
    }
    return page_or_file(request, "rounds/part.html", context, [listed], title=part_title(here, language_now()))


LINKED_ACTS = (
    "issue_set",
    "choose_units",
    "assign",
    "set_deadlines",
    "extend",
    "see_matrix",
    "see_appeals",
    "see_council",
    "see_results",
    "see_submission",
    "see_ledger",
)


def submissions_seen(request: Any) -> Q:
    """On the members of a part: those whose submissions this reader may open."""
    act = BY_CODE["see_submission"]
    return visible_rows(request.holder, act, request.place, below=request.known.below, leaves={})


def members_of_page(seen: Q) -> QuerySet[Member]:
    """Members with `is_seen` (may the reader open it) and `answered` (criteria with points of their own)."""
    own = Mark.objects.filter(part=OuterRef("part"), unit=OuterRef("unit"), layer="self").exclude(points="")
    counted = own.order_by().values("unit").annotate(n=Count("id")).values("n")
    return Member.objects.annotate(
        is_seen=Case(When(seen, then=Value(True)), default=Value(False)), answered=Coalesce(Subquery(counted), 0)
    )


def issue(request: Any, round: str, part: str) -> HttpResponse:
    """Choose a set (shipped, of an earlier round, or a file), then issue it."""
    here: Part = request.part
    if request.method == "POST":
        actor, at = actor_of(request), request.at
        if "issue" in request.POST:
            return answering(
                request, lambda: issue_set(here, actor=actor, at=at), _("The set is issued."), home_of(here)
            )

        def choose() -> None:
            choose_set(here, "", set_text(request), actor=actor, at=at)

        return answering(request, choose, _("The draft set is in place."), request.path)
    issued = issued_set(here) if here.set_text else None
    context = {
        "here": here,
        "issued": issued,
        "draft_hash": set_hash(issued.criteria) if issued and not here.set_hash else "",
        "choices": []
        if here.set_hash
        else [
            choice
            for choice in set_choices(here.round.year)
            if choice.index == here.index and set(here.blocks) <= set(choice.blocks)
        ],
    }
    lists = [criteria_list(issued, language_now())] if issued else []
    return page_or_file(request, "rounds/issue.html", context, lists)


def assignments(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    if request.method == "POST":
        actor, at = actor_of(request), request.at
        if "withdraw" in request.POST:
            key = whole_number(request.POST["withdraw"])
            return answering(
                request,
                lambda: withdraw(here, key, actor=actor, at=at),
                _("The assignment is withdrawn."),
                request.path,
            )

        def give() -> None:
            person = Person.objects.filter(login=request.POST.get("login", "")).first()
            if person is None:
                raise ActRefused("bad_value", value=request.POST.get("login", ""), field=_("person"))
            given = request.POST
            role, unit = given.get("role", ROLES[0]), given.get("unit", "")
            assign(here, person, given.get("criterion", ""), actor=actor, at=at, role=role, unit=unit)

        if "copy" in request.POST:
            return answering(
                request,
                lambda: copy_assignments(here, actor=actor, at=at),
                _("The assignments of the year before are taken over."),
                request.path,
            )
        return answering(request, give, _("The assignment is recorded."), request.path)
    grants = Grant.objects.filter(
        role__in=ROLES, round__in=["", here.round.code], index__in=["", here.index, here.slug]
    )
    people = Person.objects.filter(grants__role__in=ROLES, is_active=True).distinct()
    shown = list(grants.select_related("person", "unit").order_by("criterion", "person__full_name"))
    return page_or_file(
        request,
        "rounds/assignments.html",
        {
            "here": here,
            "grants": shown,
            "units": RoundUnit.objects.filter(
                round=here.round, code__in=Member.objects.filter(part=here).values("unit")
            ),
            "earlier": earlier_part(here),
            "nodes": list(issued_set(here).nodes.values()) if here.set_text else [],
            "people": people,
            "roles": ROLES,
        },
        [assignments_list(here, shown, language_now())],
    )


def deadlines(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    if request.method == "POST":
        actor, at = actor_of(request), request.at

        def write() -> None:
            dates = {
                phase.code: (
                    _moment(request.POST, f"{phase.code}-opens"),
                    _moment(request.POST, f"{phase.code}-closes"),
                )
                for phase in PHASES
                if f"{phase.code}-closes" in request.POST
            }
            set_deadlines(here, dates, actor=actor, at=at)

        return answering(request, write, _("The dates are set."), home_of(here))
    dates = {row.phase: row for row in PhaseDate.objects.filter(part=here)}
    context = {
        "here": here,
        "phases": PHASES,
        "dates": dates or proposed_dates(here),
        "is_proposed": not dates,
    }
    return render(request, "rounds/deadlines.html", context)


def proposed_dates(part: Part) -> dict[str, PhaseDate]:
    """The dates of the year before, moved by whole weeks so that they fall on the same weekday; none where there were none."""
    earlier = earlier_part(part)
    if earlier is None:
        return {}
    moved = timedelta(weeks=52 * (part.round.year - earlier.round.year))
    return {
        row.phase: PhaseDate(
            phase=row.phase,
            opens_at=row.opens_at + moved if row.opens_at else None,
            closes_at=row.closes_at + moved if row.closes_at else None,
        )
        for row in PhaseDate.objects.filter(part=earlier)
    }


def extension(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    units = RoundUnit.objects.filter(round=here.round, code__in=Member.objects.filter(part=here).values("unit"))
    if request.method == "POST":
        actor, at, given = actor_of(request), request.at, request.POST

        def decide() -> None:
            until = _moment(given, "until")
            if until is None:
                raise ActRefused("bad_moment")
            extend(
                here, given.get("unit", ""), until, given.get("number", ""), given.get("reason", ""), actor=actor, at=at
            )

        return answering(request, decide, _("The extension is recorded."), home_of(here))
    return render(request, "rounds/extension.html", {"here": here, "units": units})


def advance(request: Any, round: str, part: str) -> HttpResponse:
    return _move(request)


def reopen(request: Any, round: str, part: str) -> HttpResponse:
    return _move(request)


def _move(request: Any) -> HttpResponse:
    here: Part = request.part
    if request.method != "POST":
        return redirect(home_of(here))
    code, reason = request.POST.get("way", ""), request.POST.get("reason", "")
    actor, at = actor_of(request), request.at
    return answering(
        request,
        lambda: move_phase(here, code, reason, actor=actor, at=at),
        _("The round has moved to its next phase."),
        home_of(here),
    )


def _moment(given: Any, name: str) -> datetime | None:
    """A moment typed as `yyyy-mm-ddThh:mm`, in Vietnam's time; None where blank."""
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return read_moment(text)
    except ValueError as failure:
        raise ActRefused("bad_value", value=text[:40], field=name) from failure
