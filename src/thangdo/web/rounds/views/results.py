"""Computed results of a part, and their approval."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.rounds.acts.approve_results import approve_results
from thangdo.web.rounds.models import Decision, Part, RoundUnit
from thangdo.web.rounds.results import hash_of, part_results
from thangdo.web.rounds.views.answering import actor_of, answering


def results(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    found = part_results(here)
    is_final = found.entry is not None and not found.has_errors
    shown = found if is_final else part_results(here, state="draft")
    current = hash_of(here, found.entry) if found.entry is not None and is_final else ""
    approvals = list(Decision.objects.filter(part=here, kind="approval"))
    context = {
        "here": here,
        "entry": shown.entry,
        "is_final": is_final,
        "findings": [finding for finding in found.findings if finding.severity == "error"],
        "units": {unit.code: unit for unit in RoundUnit.objects.filter(round=here.round)},
        "hash": current,
        "approvals": approvals,
        "approval": approvals[-1] if approvals else None,
        "is_void": bool(approvals) and approvals[-1].results_hash != current,
        "may_approve": may(request.holder, BY_CODE["approve_results"], request.place) and is_final,
    }
    return render(request, "rounds/results.html", context)


def approve(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    then = reverse("rounds:results", args=[round, part])
    if request.method != "POST":
        return redirect(then)
    actor, at, given = actor_of(request), request.at, request.POST
    return answering(
        request,
        lambda: approve_results(
            here,
            given.get("number", ""),
            given.get("signed_on", ""),
            given.get("hash", ""),
            given.get("text", ""),
            actor=actor,
            at=at,
        ),
        _("The results are approved."),
        then,
    )
