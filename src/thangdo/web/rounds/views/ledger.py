"""The ledger on screen: a round's changes, those of one submission and of one cell, and how it stood at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.reporting.listing_files import decimal_or
from thangdo.web.changes import MOST_IN_A_FILE, changes_list, typed_moment_of
from thangdo.web.formatting import language_now, moment
from thangdo.web.ledger.history import entries_at, rows_at
from thangdo.web.lists import page_or_file, wants_file
from thangdo.web.registry.history_names import register_names
from thangdo.web.rounds.links import criterion_link
from thangdo.web.rounds.models import Mark, Member, Part, Round, RoundUnit, Submission
from thangdo.web.rounds.phases import BY_CODE as PHASES
from thangdo.web.rounds.seeing.values import names_of
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.words import layer_name, part_title, value_word

PAGE = 50


def _shown(request: Any, stored: Round, place: str, name: str, title: str) -> tuple[Any, Listing]:
    """One page of the entries, or as many as a file holds."""
    entries = entries_at(stored.code, place)
    if request.part is not None:
        entries = entries.filter(request.known.entries)
    pages = Paginator(entries, PAGE)
    page = pages.get_page(request.GET.get("trang"))
    rows = list(entries[:MOST_IN_A_FILE] if wants_file(request) else page)
    names = names_of(stored)
    return page, changes_list(rows, name, title, names.said, names.place, register_names(rows).name)


def round_ledger(request: Any, round: str) -> HttpResponse:
    stored = Round.objects.filter(code=round).first()
    if stored is None:
        raise Http404
    place = request.GET.get("noi", "")
    title = _("Every change of %(name)s") % {"name": stored.name(language_now())}
    page, listing = _shown(request, stored, place, f"nhat-ky-{round}", title)
    then = typed_moment_of(request.GET.get("luc", ""))
    lists = [listing]
    if then is not None:
        lists.insert(0, _parts_then(stored, then))
    context = {
        "trail": (reverse("rounds:round", args=[round]), stored.name(language_now())),
        "listing": listing,
        "page": page,
        "place": place,
        "asks_place": True,
        "then": then,
    }
    return page_or_file(request, "rounds/ledger.html", context, lists, title=title)


def _parts_then(stored: Round, then: datetime) -> Listing:
    """Every part as it stood: its phase, the submissions handed in and the answers given by then."""
    language = language_now()
    parts = {part.pk: part for part in stored.parts.all()}
    submissions = rows_at(Submission, then, Submission.objects.filter(part__in=parts).values_list("pk", flat=True))
    marks = rows_at(Mark, then, Mark.objects.filter(part__in=parts).values_list("pk", flat=True))
    rows = []
    for row in rows_at(Part, then, parts):
        part = parts[row["id"]]
        own = [submission for submission in submissions if submission["part_id"] == part.pk]
        given = [mark for mark in marks if mark["part_id"] == part.pk and mark["points"] != ""]
        rows.append(
            (
                part_title(part, language),
                PHASES[row["phase"]].name(language),
                sum(submission["state"] == "approved" for submission in own),
                sum(mark["layer"] == "self" for mark in given),
                sum(mark["layer"] != "self" for mark in given),
            )
        )
    columns = [
        Column(_("Part"), share=3),
        Column(_("Phase"), share=2),
        Column(_("Submissions handed in"), True, 0),
        Column(_("Answers given"), True, 0),
        Column(_("Points decided"), True, 0),
    ]
    title = _("How it stood at %(moment)s") % {"moment": moment(then)}
    return Listing("luc", title, columns, rows, empty=_("Nothing was here yet."))


def unit_ledger(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    """Everything that happened to one unit's submission, and its points at a chosen moment."""
    here: Part = request.part
    named = RoundUnit.objects.filter(round=here.round, code=unit).first()
    if named is None or not Member.objects.filter(part=here, unit=unit).exists():
        raise Http404
    title = _("Every change of the submission of %(name)s") % {"name": named.name(language_now())}
    page, listing = _shown(request, here.round, f"{part}/{unit}", f"nhat-ky-{part}-{unit}", title)
    then = typed_moment_of(request.GET.get("luc", ""))
    lists = [listing]
    if then is not None:
        lists.insert(0, _marks_then(request, unit, then))
    context = {
        "trail": (reverse("rounds:standing", args=[round, part, unit]), named.name(language_now())),
        "listing": listing,
        "page": page,
        "then": then,
    }
    return page_or_file(request, "rounds/ledger.html", context, lists, title=title)


def cell_ledger(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    """Everything that happened to one criterion of one unit, and how it stood at a chosen moment."""
    here: Part = request.part
    named = RoundUnit.objects.filter(round=here.round, code=unit).first()
    if named is None:
        raise Http404
    title = _("Every change of %(criterion)s of %(name)s") % {
        "criterion": criterion,
        "name": named.name(language_now()),
    }
    place = f"{part}/{unit}/{criterion}"
    page, listing = _shown(request, here.round, place, f"nhat-ky-{part}-{unit}-{criterion}", title)
    then = typed_moment_of(request.GET.get("luc", ""))
    lists = [listing]
    if then is not None:
        lists.insert(0, _marks_then(request, unit, then, criterion))
    context = {
        "trail": (criterion_link(here, unit, criterion), f"{named.name(language_now())} · {criterion}"),
        "listing": listing,
        "page": page,
        "then": then,
    }
    return page_or_file(request, "rounds/ledger.html", context, lists, title=title)


def _marks_then(request: Any, unit: str, then: datetime, criterion: str = "") -> Listing:
    """The unit's answers and points as they stood. Marks are never deleted, so today's keys are all there ever were."""
    language = language_now()
    part: Part = request.part
    marks = Mark.objects.filter(request.known.marks, part=part, unit=unit)
    if criterion:
        marks = marks.filter(criterion=criterion)
    nodes = issued_set(part).nodes
    order = {code: place for place, code in enumerate(nodes)}
    found = rows_at(Mark, then, marks.values_list("pk", flat=True))
    rows = [
        (
            Linked(
                f"{row['criterion']} {nodes[row['criterion']].text[language]}",
                criterion_link(part, unit, row["criterion"]),
            ),
            layer_name(row["layer"], language),
            "; ".join(
                value_word(nodes[row["criterion"]], str(entry.get("value", "")), language)
                for entry in row["inputs"].values()
            ),
            decimal_or(row["points"]),
        )
        for row in sorted(found, key=lambda row: (order.get(row["criterion"], 0), row["id"]))
        if row["criterion"] in nodes
    ]
    columns = [
        Column(_("Criterion"), share=4),
        Column(_("Step"), share=2),
        Column(_("Answer"), share=2),
        Column(_("Points"), True, 2),
    ]
    title = _("How it stood at %(moment)s") % {"moment": moment(then)}
    return Listing("luc", title, columns, rows, empty=_("Nothing was given yet."))
