"""Creating a round in the browser: its head, its parts with their sets, and the units that take part."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.web.rounds.acts.choose_units import choose_units
from thangdo.web.rounds.acts.open_round import add_part, create_round
from thangdo.web.rounds.models import Part, Round
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.rounds.set_choices import chosen_text, set_choices
from thangdo.web.rounds.unit_choices import unit_choices
from thangdo.web.rounds.views.answering import actor_of, answering
from thangdo.web.said import say
from thangdo.web.typed_values import whole_number

SET_LIMIT = 5 << 20


def new_round(request: Any) -> HttpResponse:
    """The head of a new round; what was typed stays in the form when it is refused."""
    problem, given = "", request.POST
    if request.method == "POST":
        year = given.get("year", "").strip()
        code = given.get("code", "").strip().lower()
        try:
            create_round(
                code,
                whole_number(year),
                given.get("name_vi", ""),
                given.get("name_en", ""),
                actor=actor_of(request),
                at=request.at,
                illustrative="illustrative" in given,
            )
            say(request, _("The round is created. Now choose its criteria sets."))
            return HttpResponseRedirect(reverse("rounds:add_part", args=[code]))
        except DoneAlready as again:
            say(request, again.sentence())
            return HttpResponseRedirect(reverse("rounds:add_part", args=[code]))
        except ActRefused as refusal:
            problem = refusal.sentence()
    year = given.get("year") or str(request.at.year)
    context = {
        "problem": problem,
        "year": year,
        "code": given.get("code") or f"dot-{year}",
        "name_vi": given.get("name_vi") or f"Đánh giá năm {year}",
        "name_en": given.get("name_en") or f"Evaluation of {year}",
        "illustrative": "illustrative" in given,
    }
    return render(request, "rounds/new_round.html", context, status=422 if problem else 200)


def new_part(request: Any, round: str) -> HttpResponse:
    """Choose a criteria set for one more part: shipped, issued in an earlier round, or a file."""
    stored = Round.objects.filter(code=round).first()
    if stored is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            part = add_part(stored, set_text(request), (), actor=actor_of(request), at=request.at)
            say(request, _("The part is added. Now choose its units."))
            return HttpResponseRedirect(reverse("rounds:choose_units", args=[stored.code, part.slug]))
        except DoneAlready as again:
            say(request, again.sentence())
            return HttpResponseRedirect(reverse("rounds:choose_units", args=[stored.code, again.facts["slug"]]))
        except ActRefused as refusal:
            problem = refusal.sentence()
    context = {
        "round": stored,
        "parts": Part.objects.filter(round=stored),
        "choices": set_choices(stored.year),
        "problem": problem,
    }
    return render(request, "rounds/new_part.html", context, status=422 if problem else 200)


def set_text(request: Any) -> str:
    """The text of the set a form names: an uploaded file, or a choice of the list."""
    file = request.FILES.get("set")
    if file is None:
        return chosen_text(request.POST.get("choice", ""))
    if file.size > SET_LIMIT:
        raise ActRefused("bad_file", why=_("a YAML file of at most 5 MB"))
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as failure:
        raise ActRefused("bad_file", why="UTF-8") from failure


def units(request: Any, round: str, part: str) -> HttpResponse:
    """Tick the units of each block; proposed are those of the year before, with their successors."""
    here: Part = request.part
    if request.method == "POST":
        given, actor, at = request.POST, actor_of(request), request.at
        chosen = {block: list(dict.fromkeys(given.getlist(f"unit-{block}"))) for block in here.blocks}
        for block in here.blocks:
            chosen[block] += [code for code in given.get(f"more-{block}", "").split() if code not in chosen[block]]
        everyone = {code for codes in chosen.values() for code in codes}
        unranked = everyone & set(given.getlist("unranked"))
        return answering(
            request,
            lambda: choose_units(
                here, {block: codes for block, codes in chosen.items() if codes}, unranked=unranked, actor=actor, at=at
            ),
            _("The units are chosen."),
            reverse("rounds:part", args=[round, part]),
        )
    return render(request, "rounds/choose_units.html", {"here": here, "choices": unit_choices(here)})
