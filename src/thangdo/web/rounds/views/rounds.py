"""The rounds, and one round with its parts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse

from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file, wants_file
from thangdo.web.rounds.models import Part, Round
from thangdo.web.rounds.phases import BY_CODE as PHASE
from thangdo.web.rounds.seeing.round_lists import parts_list, rounds_list


def rounds(request: Any) -> HttpResponse:
    found = Round.objects.prefetch_related("parts__round")
    context = {"rounds": found, "phase": PHASE, "may_open": may(request.holder, BY_CODE["open_round"])}
    listing = rounds_list(found, language_now()) if wants_file(request) else None
    return page_or_file(request, "rounds/rounds.html", context, [listing] if listing else [])


def round_page(request: Any, round: str) -> HttpResponse:
    stored = Round.objects.filter(code=round).first()
    if stored is None:
        raise Http404
    listing = parts_list(Part.objects.filter(round=stored).select_related("round"), language_now())
    context = {
        "round": stored,
        "may_add": stored.state != "final" and may(request.holder, BY_CODE["open_round"]),
        "may_export": may(request.holder, BY_CODE["export_round"]),
        "may_ledger": may(request.holder, BY_CODE["see_ledger"]),
    }
    return page_or_file(request, "rounds/round.html", context, [listing], title=stored.name(language_now()))
