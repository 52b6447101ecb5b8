"""The rounds, and one round with its parts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.rounds.models import Part, Round
from thangdo.web.rounds.phases import BY_CODE as PHASE


def rounds(request: Any) -> HttpResponse:
    found = Round.objects.prefetch_related("parts")
    return render(
        request,
        "rounds/rounds.html",
        {"rounds": found, "phase": PHASE, "may_open": may(request.holder, BY_CODE["open_round"])},
    )


def round_page(request: Any, round: str) -> HttpResponse:
    stored = Round.objects.filter(code=round).first()
    if stored is None:
        raise Http404
    parts = Part.objects.filter(round=stored)
    context = {
        "round": stored,
        "parts": parts,
        "phase": PHASE,
        "may_add": stored.state != "final" and may(request.holder, BY_CODE["open_round"]),
        "may_export": may(request.holder, BY_CODE["export_round"]),
        "may_ledger": may(request.holder, BY_CODE["see_ledger"]),
    }
    return render(request, "rounds/round.html", context)
