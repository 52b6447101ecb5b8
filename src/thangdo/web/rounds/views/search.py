"""Search over units, criteria and evidence: words with or without accents, đ as d."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation.vietnamese import search_text
from thangdo.methodology import Node
from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.web.accounts.permissions import BY_CODE, Holder, Place, visible_rows
from thangdo.web.formatting import day, language_now, points
from thangdo.web.lists import page_or_file
from thangdo.web.registry.lists import units_list
from thangdo.web.registry.models import Unit
from thangdo.web.registry.tree import unit_tree, units_below
from thangdo.web.rounds.links import criterion_link
from thangdo.web.rounds.models import Attachment, Part
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.evidence import holding
from thangdo.web.rounds.words import part_title
from thangdo.web.typed_values import search_words

MOST = 50


def search(request: Any) -> HttpResponse:
    """What this reader may see of what matches; at most fifty of each kind."""
    words = request.GET.get("q", "").strip()
    wanted = search_words(words)
    language = language_now()
    lists: list[Listing] = []
    if wanted:
        parts = list(Part.objects.select_related("round").exclude(set_text="").order_by("-round__year", "position"))
        lists = [
            units_list(Unit.objects.named_like(words)[:MOST], language),
            _criteria_list(_matching(parts, wanted), language),
            _documents_list(request.holder, parts, wanted, language),
        ]
    found = sum(len(listing.rows) for listing in lists)
    return page_or_file(request, "rounds/search.html", {"words": words, "found": found, "shown": lists}, lists)


def _matching(parts: Sequence[Part], wanted: Sequence[str]) -> list[tuple[Part, Node]]:
    found = []
    for part in parts:
        for node in issued_set(part).nodes.values():
            text = search_text(node.code, node.text.vi, node.text.en)
            if all(word in text for word in wanted):
                found.append((part, node))
    return found[:MOST]


def _criteria_list(found: Sequence[tuple[Part, Node]], language: Language) -> Listing:
    rows = [
        (
            f"{node.code} {node.text[language]}",
            points(node.maximum),
            Linked(
                f"{part_title(part, language)} · {part.round.name(language)}",
                reverse("rounds:part", args=[part.round.code, part.slug]),
            ),
        )
        for part, node in found
    ]
    columns = [Column(_("Criterion"), share=4), Column(_("Maximum"), True), Column(_("Where"), share=4)]
    return Listing("tieu-chi", _("Criteria"), columns, rows, empty=_("No criterion contains these words."))


def _documents_list(holder: Holder, parts: Sequence[Part], wanted: Sequence[str], language: Language) -> Listing:
    """Evidence whose name, number or text holds every word, among what the permission table lets this reader see."""
    below = units_below(unit_tree())
    visible = Q(pk__in=[])
    for part in parts:
        own = visible_rows(
            holder,
            BY_CODE["see_evidence"],
            Place(part.round.code, part.index, phase=part.phase, part=part.slug),
            below=below,
            leaves=issued_set(part).leaves_below(),
            criterion_column="criterion",
        )
        visible |= Q(part=part) & own
    rows = Attachment.objects.filter(visible)
    for word in wanted:
        rows = rows.filter(document__in=holding(word))
    by_key = {part.pk: part for part in parts}
    found = []
    for row in rows.select_related("document").order_by("-part__round__year", "id")[:MOST]:
        part = by_key[row.part_id]
        document = row.document
        href = reverse("rounds:evidence", args=[part.round.code, part.slug, row.unit, document.pk])
        leaf = criterion_link(part, row.unit, row.criterion)
        found.append(
            (
                Linked(document.name, href) if document.file_id else document.name,
                document.number,
                day(document.issued_on),
                document.issuer or row.unit,
                Linked(f"{row.criterion} · {part.round.name(language)}", leaf),
            )
        )
    columns = [
        Column(_("Document"), share=3),
        Column(_("Number"), share=2),
        Column(_("Date")),
        Column(_("Issuer"), share=3),
        Column(_("Claimed for"), share=2),
    ]
    return Listing(
        "minh-chung", _("Evidence"), columns, found, empty=_("No document you may see contains these words.")
    )
