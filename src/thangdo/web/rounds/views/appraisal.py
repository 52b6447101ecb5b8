"""Deciding a cell, asking about it, and how well two appraisers agree."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.acts.adjudicate import adjudicate
from thangdo.web.rounds.acts.appraise import agree, change_points
from thangdo.web.rounds.acts.ask_explanation import ask_explanation
from thangdo.web.rounds.acts.draw_sample import draw_sample
from thangdo.web.rounds.agreement import agreement_of
from thangdo.web.rounds.links import criterion_link
from thangdo.web.rounds.models import Part, RoundUnit
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.seeing.round_lists import pairs_list
from thangdo.web.rounds.views.answering import actor_of, answering
from thangdo.web.rounds.views.matrix import axes, visible_marks
from thangdo.web.typed_values import whole_number


def _then(request: Any, unit: str, criterion: str) -> str:
    """Back to where the decision was made: the matrix window, or the criterion's page."""
    part: Part = request.part
    wanted = str(request.POST.get("then", ""))
    if wanted.startswith(f"/dot/{part.round.code}/{part.slug}/ma-tran/"):
        return wanted
    return criterion_link(part, unit, criterion)


def decide(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    """Agree, or change points with a reason."""
    here: Part = request.part
    then = _then(request, unit, criterion)
    if request.method != "POST":
        return redirect(then)
    actor, at, given = actor_of(request), request.at, request.POST
    if "agree" in given:
        return answering(
            request,
            lambda: agree(here, unit, criterion, actor=actor, at=at),
            _("Agreed: %(code)s.") % {"code": criterion},
            then,
        )
    fields = {"na": "1"} if given.get("na") else {"points": given.get("points", "")}
    return answering(
        request,
        lambda: change_points(here, unit, criterion, fields, given.get("reason", ""), actor=actor, at=at),
        _("Changed with its reason: %(code)s.") % {"code": criterion},
        then,
    )


def settle(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    """The lead appraiser's adjudication."""
    here: Part = request.part
    then = _then(request, unit, criterion)
    if request.method != "POST":
        return redirect(then)
    actor, at, given = actor_of(request), request.at, request.POST
    return answering(
        request,
        lambda: adjudicate(
            here, unit, criterion, {"points": given.get("points", "")}, given.get("reason", ""), actor=actor, at=at
        ),
        _("Settled: %(code)s.") % {"code": criterion},
        then,
    )


def ask(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    here: Part = request.part
    then = _then(request, unit, criterion)
    if request.method != "POST":
        return redirect(then)
    actor, at, question = actor_of(request), request.at, request.POST.get("question", "")
    return answering(
        request,
        lambda: ask_explanation(here, unit, criterion, question, actor=actor, at=at),
        _("The question is with the unit."),
        then,
    )


def agreement(request: Any, round: str, part: str) -> HttpResponse:
    """How often two appraisers gave the same points, and the cells where they did not."""
    here: Part = request.part
    if request.method == "POST":
        actor, at, given = actor_of(request), request.at, request.POST

        def draw() -> None:
            size, seed = whole_number(given.get("size", "")), whole_number(given.get("seed", ""), -1)
            if size < 1:
                raise ActRefused("bad_value", value=given.get("size", "")[:40], field=_("number of cells"))
            if seed < 0:
                raise ActRefused("bad_value", value=given.get("seed", "")[:40], field=_("seed"))
            draw_sample(here, size, seed, actor=actor, at=at)

        return answering(request, draw, _("The sample is drawn."), request.path)
    units, leaves = axes(request)
    found = agreement_of(
        here,
        visible=visible_marks(request),
        units={unit.code for unit in units},
        criteria={leaf.code for leaf in leaves},
    )
    names = {unit.code: unit for unit in RoundUnit.objects.filter(round=here.round)}
    listing = pairs_list(here, found.pairs, names, language_now())
    context = {
        "here": here,
        "agreement": found,
        "pairs": listing,
        "may_draw": may(request.holder, BY_CODE["draw_sample"], request.place),
    }
    return page_or_file(request, "rounds/agreement.html", context, [listing])
