"""The register of appeals, filing and deciding, and answers to appraisers' questions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.acts.appeal import appeal
from thangdo.web.rounds.acts.decide_appeal import decide_appeal
from thangdo.web.rounds.acts.explain import explain
from thangdo.web.rounds.models import Appeal, Mark, Part, RoundUnit
from thangdo.web.rounds.seeing.round_lists import appeals_list
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.answering import actor_of, answering


def visible_appeals(request: Any) -> list[Appeal]:
    part: Part = request.part
    condition = request.known.across("see_appeals")
    return list(Appeal.objects.filter(condition, part=part).select_related("filed_by", "decided_by"))


def register(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    found = visible_appeals(request)
    marks: dict[tuple[str, str], dict[str, Mark]] = {}
    for mark in Mark.objects.filter(
        request.known.marks_across,
        part=here,
        unit__in={row.unit for row in found},
        criterion__in={row.criterion for row in found},
    ):
        marks.setdefault((mark.unit, mark.criterion), {})[mark.layer] = mark
    names = {unit.code: unit for unit in RoundUnit.objects.filter(round=here.round)}
    context = {
        "here": here,
        "appeals": found,
        "open": sum(not row.outcome for row in found),
        "marks": marks,
        "nodes": issued_set(here).nodes if here.set_text else {},
        "units": names,
        "may_decide": may(request.holder, BY_CODE["decide_appeal"], request.place),
    }
    listing = appeals_list(here, found, names, language_now())
    return page_or_file(request, "rounds/appeals.html", context, [listing])


def file(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    here: Part = request.part
    then = reverse("rounds:criterion", args=[round, part, unit, criterion])
    if request.method != "POST":
        return redirect(then)
    actor, at, words = actor_of(request), request.at, request.POST.get("request", "")
    return answering(
        request, lambda: appeal(here, unit, criterion, words, actor=actor, at=at), _("The appeal is filed."), then
    )


def decide(request: Any, round: str, part: str, unit: str, appeal: int) -> HttpResponse:
    here: Part = request.part
    then = reverse("rounds:appeals", args=[round, part])
    if request.method != "POST":
        return redirect(then)
    actor, at, given = actor_of(request), request.at, request.POST
    return answering(
        request,
        lambda: decide_appeal(
            here,
            appeal,
            given.get("outcome", ""),
            given.get("points", ""),
            given.get("reason", ""),
            unit=unit,
            actor=actor,
            at=at,
        ),
        _("The appeal is decided."),
        then,
    )


def answer(request: Any, round: str, part: str, unit: str, question: int) -> HttpResponse:
    here: Part = request.part
    then = reverse("rounds:submission", args=[round, part, unit])
    if request.method != "POST":
        return redirect(then)
    actor, at, words = actor_of(request), request.at, request.POST.get("answer", "")
    return answering(
        request, lambda: explain(here, question, words, unit=unit, actor=actor, at=at), _("The answer is given."), then
    )
