"""The addresses of one criterion: reading it, saving what was typed, copying last year's answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from thangdo.web.accounts.rates import CHANGES
from thangdo.web.formatting import points as points_text
from thangdo.web.rounds.acts.save_mark import Conflict, Saved, save_mark
from thangdo.web.rounds.models import (
    Part,
)
from thangdo.web.rounds.points import inputs_of
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.seeing.answers import last_year_mark, values_of
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.answering import actor_of, answering, refused_page
from thangdo.web.rounds.views.criterion_answer import criterion_response
from thangdo.web.said import say
from thangdo.web.typed_values import whole_number


def criterion_page(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    if request.method == "POST":
        return save(request, round, part, unit, criterion)
    return criterion_response(request, unit, criterion)


# The unit or criterion is no longer asked: there is no form to go back to, and what was typed is given back.
NO_PAGE_LEFT = {"no_such_unit", "no_such_criterion", "not_applicable_here", "counted"}


def save(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    """Save what was typed. From a script: a light fragment; without script: the next page, or this one with what stops it."""
    here: Part = request.part
    is_script = request.headers.get("X-Requested-With") == "fetch"
    if request.method != "POST":
        return HttpResponseRedirect(reverse("rounds:criterion", args=[round, part, unit, criterion]))
    if not CHANGES.allow(f"person:{request.person.pk}"):
        sentence = ActRefused("too_fast").sentence()
        if is_script:
            return HttpResponse(sentence, status=429, content_type="text/plain")
        return refused_page(request, sentence, request.path.removesuffix("luu/"), status=429)
    given = request.POST
    fields = {name[6:]: value for name, value in given.items() if name.startswith("field-")}
    explanation = given.get("explanation", "")
    try:
        saved = save_mark(
            here,
            unit,
            criterion,
            fields,
            explanation,
            whole_number(given.get("version", "0") or "0", -1),
            actor=actor_of(request),
            at=request.at,
            language=get_language() or "vi",
        )
    except Conflict as conflict:
        if is_script:
            return HttpResponse(
                _("Somebody else saved this meanwhile. Save to see both and choose."),
                status=409,
                content_type="text/plain",
            )
        return criterion_response(
            request, unit, criterion, typed=fields, typed_explanation=explanation, conflict=conflict, status=409
        )
    except ActRefused as refusal:
        if is_script:
            return HttpResponse(refusal.sentence(), status=422, content_type="text/plain")
        if refusal.code in NO_PAGE_LEFT:
            return refused_page(request, refusal.sentence(), reverse("rounds:part", args=[round, part]), status=422)
        return criterion_response(
            request,
            unit,
            criterion,
            typed=fields,
            typed_explanation=explanation,
            problem=refusal.sentence(),
            status=422,
        )
    if is_script:
        return saved_fragment(saved)
    if saved.given.bad_inputs:
        say(request, _("Saved as typed, but not every input can be read."))
        return HttpResponseRedirect(reverse("rounds:criterion", args=[round, part, unit, criterion]))
    say(request, _("Saved at %(time)s.") % {"time": saved.at.strftime("%H:%M")})
    return HttpResponseRedirect(
        given.get("then") if _is_ours(given.get("then", "")) else request.path.removesuffix("luu/")
    )


def saved_fragment(saved: Saved) -> HttpResponse:
    """What autosave needs, as one short line of JSON: no template on the busiest path."""
    given = saved.given
    return JsonResponse(
        {
            "version": saved.version,
            "saved": saved.at.strftime("%H:%M"),
            "points": points_text(given.points) if given.points is not None else "",
            "maximum": points_text(given.maximum) if given.maximum is not None else "",
            "arithmetic": given.arithmetic,
            "bad": dict(given.bad_inputs or {}),
            "applicable": given.is_applicable,
        }
    )


def _is_ours(path: str) -> bool:
    return path.startswith("/dot/") and "//" not in path


def copy_last_year(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    """Take last year's own answer as this year's, to be checked and changed."""
    back = reverse("rounds:criterion", args=[round, part, unit, criterion])
    here: Part = request.part
    if request.method != "POST":
        return HttpResponseRedirect(back)
    found = last_year_mark(here, request.holder, unit, criterion)
    if found is None:
        return refused_page(request, _("There is no answer from last year."), back)
    _part, own, _decided = found
    node = issued_set(here).nodes.get(criterion)
    if node is None or not node.is_leaf:
        return refused_page(
            request, ActRefused("no_such_criterion").sentence(), reverse("rounds:part", args=[round, part])
        )
    known = {declared.name for declared in inputs_of(node)}
    fields = {name: value for name, value in values_of(own.inputs).items() if name in known or name == "na"}
    version = request.POST.get("version", "0")

    def act() -> None:
        try:
            save_mark(
                here,
                unit,
                criterion,
                fields,
                "",
                whole_number(version, -1),
                actor=actor_of(request),
                at=request.at,
            )
        except Conflict as conflict:
            raise ActRefused("conflict") from conflict

    return answering(request, act, _("Last year's answer is copied. Check it before you hand in."), back)
