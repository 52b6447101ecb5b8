"""The first page, the method page, and the sign of life for the operator."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from thangdo.reporting.listing import Column, Listing
from thangdo.web.lists import page_or_file
from thangdo.web.portal.diagram import transition_diagram
from thangdo.web.portal.published import publications
from thangdo.web.rounds.checklist import GUARDS
from thangdo.web.rounds.phases import PHASES, TRANSITIONS


def home(request: Any) -> HttpResponse:
    if request.person is not None:
        return redirect("rounds:work")
    sites = publications(settings.PUBLISHED_ROOT, request.LANGUAGE_CODE)
    return render(request, "portal/home.html", {"sites": sites, "is_demo": settings.CONFIGURATION.is_demo})


def alive(request: Any) -> HttpResponse:
    """200 when the database answers; for the proxy and the operator's monitor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def method(request: Any) -> HttpResponse:
    """How a round goes: the table of phases and transitions, drawn from its rows."""
    language = request.LANGUAGE_CODE
    names = {phase.code: phase.name(language) for phase in PHASES}
    guards = {guard.code: str(guard.words) for guard in GUARDS}
    rows = [
        (
            names[way.source],
            names[way.target],
            way.name(language) + (" · " + _("with a written reason") if way.needs_reason else ""),
            "; ".join(guards[code] for code in way.guards) or "–",
        )
        for way in TRANSITIONS
    ]
    columns = [
        Column(_("From")),
        Column(_("To")),
        Column(_("What is done"), share=2),
        Column(_("What must hold first"), share=4),
    ]
    listing = Listing("chuyen-giai-doan", _("Transitions"), columns, rows, row_header=2)
    context = {
        "diagram": transition_diagram(PHASES, TRANSITIONS, language),
        "transitions": listing,
    }
    return page_or_file(request, "portal/method.html", context, [listing])
