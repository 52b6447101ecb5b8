"""Recording one change of units in the browser: a form for its kind, what would change, then the change."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation.blocks import block_name
from thangdo.evaluation.register import LEVELS
from thangdo.web.accounts.rates import CHANGES
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.registry.faults import finding_sentence
from thangdo.web.registry.models import Unit
from thangdo.web.registry.reorganisation import SHAPES, Judged, NewUnit, Reorganisation
from thangdo.web.rounds.acts.reorganise import NotReorganised, judged_with_rounds, reorganise
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.rounds.reorganisation import effects_of
from thangdo.web.rounds.seeing.reorganisation_lists import preview_lists
from thangdo.web.rounds.views.answering import actor_of, refused_page
from thangdo.web.said import say
from thangdo.web.typed_values import whole_number

# Rows of new units in a form: what a split needs at first, what "one more" adds to, and where it ends.
ROWS, MOST_ROWS = 2, 40
COLUMNS = tuple(field.name for field in fields(NewUnit))


def reorganisation(request: Any) -> HttpResponse:
    """GET: the form of a kind, with a unit filled in where the address names one. POST: preview, record or back."""
    if request.method != "POST":
        kind = request.GET.get("loai", "")
        unit = Unit.objects.filter(code=request.GET.get("don-vi", "")).values_list("code", flat=True).first()
        empty = Reorganisation(kind if kind in SHAPES else "merged", "", None, (unit,) if unit else (), ())
        return _form(request, empty, ())
    asked = read_reorganisation(request.POST)
    if "more" in request.POST or "back" in request.POST:
        return _form(request, asked, (), more="more" in request.POST)
    if "confirm" in request.POST:
        return _record(request, asked)
    judged = judged_with_rounds(asked)
    if judged.is_recorded:
        return _recorded(request, judged, DoneAlready().sentence())
    if judged.faults or judged.findings:
        return _form(request, asked, _sentences(judged))
    lists = preview_lists(judged, effects_of(judged, request.at.date()), language_now())
    if not judged.ending:
        # A unit that takes nobody's place touches the register alone.
        lists = lists[:1]
    context = {
        **_shown(asked),
        "judged": judged,
        "before": ", ".join(unit.name(language_now()) for unit in judged.ending),
        "after": ", ".join(row.name(language_now()) for row in judged.rows if row.unit in judged.codes),
        "typed": _typed(request),
        "all_lists": lists,
    }
    return page_or_file(request, "rounds/reorganisation_preview.html", context, lists, title=_("Change of units"))


def read_reorganisation(given: Any) -> Reorganisation:
    """The form as a value: blank lines and rows left out, nothing judged."""
    try:
        on = date.fromisoformat(given.get("on", "").strip())
    except ValueError:
        on = None
    rows = [
        {name: " ".join(given.get(f"{name}-{row}", "").split()) for name in COLUMNS}
        for row in range(1, min(whole_number(given.get("rows", ""), ROWS), MOST_ROWS) + 1)
    ]
    kind = given.get("kind", "")
    return Reorganisation(
        kind if kind in SHAPES else "merged",
        given.get("document", "").strip(),
        on,
        tuple(text for line in given.get("predecessors", "").splitlines() if (text := " ".join(line.split()))),
        tuple(NewUnit(**row) for row in rows if any(text for name, text in row.items() if name != "level")),
        given.get("rule", "mean"),
    )


def _record(request: Any, asked: Reorganisation) -> HttpResponse:
    if not CHANGES.allow(f"person:{request.person.pk}"):
        return refused_page(request, ActRefused("too_fast").sentence(), request.path, status=429)
    try:
        judged = reorganise(asked, actor=actor_of(request), at=request.at)
    except DoneAlready as again:
        return _recorded(request, Judged(asked, (), (), (), ()), again.sentence())
    except NotReorganised as refused:
        return _form(request, asked, _sentences(refused.judged))
    return _recorded(request, judged, _("The change of units is recorded."))


def _recorded(request: Any, judged: Judged, words: str) -> HttpResponse:
    say(request, words)
    return HttpResponseRedirect(reverse("registry:unit", args=[judged.codes[0]]))


def _sentences(judged: Judged) -> tuple[str, ...]:
    told = [fault.sentence() for fault in judged.faults] + [finding_sentence(found) for found in judged.findings]
    return tuple(dict.fromkeys(told))


def _form(request: Any, asked: Reorganisation, problems: tuple[str, ...], *, more: bool = False) -> HttpResponse:
    language = request.LANGUAGE_CODE
    _least_old, most_old, least_new, most_new = SHAPES[asked.kind]
    count = max(least_new, len(asked.successors) + more) if most_new > 1 else 1
    rows = [*asked.successors, *[NewUnit("", "")] * (count - len(asked.successors))]
    context = {
        **_shown(asked),
        "problems": problems,
        "rows": rows,
        "most_old": most_old,
        "may_add": most_new > len(rows),
        "levels": [
            ("", _("as the units before") if most_old else _("choose")),
            *((code, block_name(code, language)) for code in LEVELS),
        ],
    }
    return render(request, "rounds/reorganisation.html", context, status=422 if problems else 200)


def _shown(asked: Reorganisation) -> dict[str, Any]:
    return {
        "asked": asked,
        "kinds": tuple(SHAPES),
        "day": asked.on.isoformat() if asked.on else "",
        "predecessors": "\n".join(asked.predecessors),
    }


def _typed(request: Any) -> list[tuple[str, str]]:
    """Everything of the form, to go with the answer to the preview."""
    left_out = {"csrfmiddlewaretoken", "preview", "confirm", "tai"}
    return [(name, value) for name, value in request.POST.items() if name not in left_out]
