"""The ledger on screen: a round's changes, and those of one cell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from thangdo.web.accounts.models import Person
from thangdo.web.accounts.permissions import BY_CODE
from thangdo.web.ledger.history import differences, entries_at, rows_at
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.models import Mark, Part, Round

PAGE = 50


def _shown(entries: list[Entry]) -> list[tuple[Entry, str, Any, list[Any]]]:
    """Entries with the act's row, the person's name and what changed."""
    ids = {entry.actor_id for entry in entries if entry.actor_id}
    people = dict(Person.objects.filter(pk__in=ids).values_list("pk", "full_name"))
    return [
        (entry, people.get(entry.actor_id or 0, ""), BY_CODE.get(entry.act), differences(entry)) for entry in entries
    ]


def round_ledger(request: Any, round: str) -> HttpResponse:
    stored = Round.objects.filter(code=round).first()
    if stored is None:
        raise Http404
    pages = Paginator(entries_at(round, request.GET.get("noi", "")), PAGE)
    page = pages.get_page(request.GET.get("trang"))
    context = {"round": stored, "entries": _shown(list(page)), "page": page, "place": request.GET.get("noi", "")}
    return render(request, "rounds/ledger.html", context)


def cell_ledger(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    """Everything that happened to one criterion of one unit, and how it stood at a chosen moment."""
    here: Part = request.part
    entries = list(entries_at(round, f"{part}/{unit}/{criterion}")[:500])
    moment = _moment(request.GET.get("luc", ""))
    then = None
    if moment is not None:
        # Marks are never deleted, so today's keys are all there ever were.
        keys = Mark.objects.filter(part=here, unit=unit, criterion=criterion).values_list("pk", flat=True)
        then = rows_at(Mark, moment, keys)
    context = {
        "here": here,
        "unit": unit,
        "criterion": criterion,
        "entries": _shown(entries),
        "moment": moment,
        "then": then,
    }
    return render(request, "rounds/cell_ledger.html", context)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found
