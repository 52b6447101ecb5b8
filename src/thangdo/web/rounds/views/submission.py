"""A unit's submission as a whole: progress, questions, appeals, and handing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.acts.approve_submission import approve_submission, return_to_officer
from thangdo.web.rounds.acts.copy_submission import answers_to_copy, copy_submission
from thangdo.web.rounds.acts.recall import recall
from thangdo.web.rounds.acts.send_back import send_back
from thangdo.web.rounds.acts.submit import submit
from thangdo.web.rounds.deadlines import closes_at, days_left
from thangdo.web.rounds.models import Appeal, Attachment, Explanation, Mark, Member, Part, RoundUnit, Submission
from thangdo.web.rounds.seeing.answers import LAYER_ORDER, side_rows
from thangdo.web.rounds.seeing.round_lists import answers_list
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.answering import actor_of, answering
from thangdo.web.rounds.words import part_title


def home_of(part: Part, unit: str) -> str:
    return reverse("rounds:submission", args=[part.round.code, part.slug, unit])


def overview(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    here: Part = request.part
    if here.set_text and issued_set(here).is_composite:
        # Nothing to fill in: what the unit has is where it stands.
        return redirect("rounds:standing", round, part, unit)
    member = Member.objects.filter(part=here, unit=unit).first()
    named = RoundUnit.objects.filter(round=here.round, code=unit).first()
    if member is None or named is None or not here.set_text:
        raise Http404
    submission = Submission.objects.filter(part=here, unit=unit).select_related("submitted_by", "approved_by").first()
    known = request.known
    all_marks = list(Mark.objects.filter(known.marks, part=here, unit=unit).order_by("id"))
    own = {mark.criterion: mark for mark in all_marks if mark.layer == "self"}
    decided = {
        mark.criterion: mark
        for mark in sorted(all_marks, key=lambda m: (LAYER_ORDER.index(m.layer), m.appraiser == "adjudicated"))
        if mark.layer != "self"
    }
    rows = side_rows(known, issued_set(here), member, own, submission)
    asked = [row for row in rows if row.is_leaf and row.state != "counted" and row.node.role == "normal"]
    counts: dict[str, int] = {}
    for criterion in Attachment.objects.filter(known.rows, part=here, unit=unit).values_list("criterion", flat=True):
        counts[criterion] = counts.get(criterion, 0) + 1
    closes = closes_at(here, here.phase, unit)
    may_copy = (
        submission is not None
        and submission.state == "open"
        and may(request.holder, BY_CODE["copy_submission"], request.place)
    )
    context = {
        "here": here,
        "named": named,
        "member": member,
        "submission": submission,
        "rows": rows,
        "own": own,
        "decided": decided,
        "evidence": counts,
        "done": sum(row.state == "done" for row in asked),
        "total": len(asked),
        "first_open": next((row.node for row in asked if row.state != "done"), None),
        "closes": closes,
        "days": days_left(closes, request.at),
        "questions": Explanation.objects.filter(known.questions, part=here, unit=unit).select_related("asked_by"),
        "appeals": Appeal.objects.filter(known.rows, part=here, unit=unit),
        "copyable": len(answers_to_copy(here, member, {c for c, mark in own.items() if mark.inputs}))
        if may_copy
        else 0,
        "may": {
            code: may(request.holder, BY_CODE[code], request.place)
            for code in ("submit", "recall", "approve_submission", "send_back", "explain", "appeal", "save_mark")
        },
    }
    listing = answers_list(here, unit, rows, own, decided, counts, language_now())
    title = f"{named.name(language_now())} · {part_title(here, language_now())}"
    return page_or_file(request, "rounds/submission.html", context, [listing], title=title)


def _act(request: Any, unit: str, act: Callable[..., object], said: str, **given: Any) -> HttpResponse:
    """An act of one button on a unit's submission: done, told, and back to the submission; an address opened leads there."""
    here: Part = request.part
    home = home_of(here, unit)
    if request.method != "POST":
        return redirect(home)
    actor, at = actor_of(request), request.at
    return answering(request, lambda: act(here, unit, **given, actor=actor, at=at), said, home)


def hand_in(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    return _act(request, unit, submit, _("The submission is with the leader."))


def take_back(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    return _act(request, unit, recall, _("The submission is open again."))


def approve(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    """The leader approves, or gives it back with a reason."""
    if "return" in request.POST:
        return _act(
            request, unit, return_to_officer, _("The submission is back with the officer."), reason=_reason(request)
        )
    return _act(request, unit, approve_submission, _("The submission is approved and handed in."))


def _reason(request: Any) -> str:
    return str(request.POST.get("reason", ""))


def copy_all(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    """Last year's answers as this year's, wherever nothing is typed yet."""
    said = _("Last year's answers are copied. Check each before you hand in.")
    return _act(request, unit, copy_submission, said)


def return_to_unit(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    """Some criteria, or the whole where none is named, with a reason."""
    given = {"criteria": request.POST.getlist("criterion"), "reason": _reason(request)}
    return _act(request, unit, send_back, _("The submission is sent back to the unit."), **given)


def workbook(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    """The submission as Excel (GET), and back with what differs shown first (POST)."""
    from thangdo.web.rounds.views.submission_excel import read_back, write_out

    if request.method == "POST":
        return read_back(request, unit)
    return write_out(request, unit)


def to_submission(part: Part, unit: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(home_of(part, unit))
