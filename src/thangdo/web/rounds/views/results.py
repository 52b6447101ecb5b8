"""Computed results of a part as a reader reads them, and their approval."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.edition.ranking_values import ranges_over_choices, ranking_values
from thangdo.edition.sentences import finding
from thangdo.evaluation import IndexResults, Results
from thangdo.evaluation.blocks import block_name
from thangdo.evaluation.method import method_facts
from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.reporting.numbers import Absent, interval, rank_range
from thangdo.reporting.ranking_table import RankingTable, how_to_read, ranking_table
from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.acts.approve_results import approve_results
from thangdo.web.rounds.drawing import ask_to_draw
from thangdo.web.rounds.links import unit_link
from thangdo.web.rounds.models import Decision, Part
from thangdo.web.rounds.results import hash_of, part_results
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.answering import actor_of, answering

# A mark or a counted value that a unit has not given.
NOT_GIVEN = {"EVA050", "EVA051"}


def results(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    language = language_now()
    found = part_results(here)
    is_final = found.entry is not None and not found.has_errors
    shown = found if is_final else part_results(here, state="draft")
    if shown.is_drawing:
        ask_to_draw(here, request.at)
    current = hash_of(here, found.entry) if found.entry is not None and is_final else ""
    approvals = list(Decision.objects.filter(part=here, kind="approval"))
    entry = shown.entry
    errors = [finding for finding in found.findings if finding.severity == "error"]
    blocks, lists, sentence = [], [], ""
    if entry is not None:
        tables = [(block, _table(here, shown.results, entry, block, language)) for block in here.blocks]
        blocks = [_block(shown.results, entry, block, table, language) for block, table in tables]
        lists = [_listing(here, entry, block, table, language) for block, table in tables]
        if shown.is_drawing:
            lists = [replace(listing, note=_("The ranges of ranks were being computed.")) for listing in lists]
        sentence = "; ".join(finding(shown.results, entry, block, language) for block in here.blocks)
    missing = _missing(here, shown.results, entry, language) if entry is not None and not is_final else None
    context = {
        "here": here,
        "entry": entry,
        "missing": missing,
        "sentence": sentence if is_final else "",
        "blocks": blocks,
        "facts": method_facts(entry.criteria_set, language) if entry is not None else [],
        "is_final": is_final,
        "is_drawing": shown.is_drawing,
        "count": len(errors),
        # What a unit has not given yet stands in the list, by unit.
        "findings": [row for row in errors if missing is None or row.code not in NOT_GIVEN],
        "hash": current,
        "approvals": approvals,
        "approval": approvals[-1] if approvals else None,
        "is_void": bool(approvals) and approvals[-1].results_hash != current,
        "may_approve": may(request.holder, BY_CODE["approve_results"], request.place) and is_final,
    }
    if missing is not None:
        lists.append(missing)
    return page_or_file(request, "rounds/results.html", context, lists, title=sentence)


def _missing(part: Part, results: Results, entry: IndexResults, language: Language) -> Listing | None:
    """Criteria that have no points yet, unit by unit; None where every unit has given all."""
    nodes = issued_set(part).nodes
    rows = [
        (
            Linked(results.units[row.unit].full(language), unit_link(part, row.unit)),
            len(row.missing),
            "; ".join(f"{code} {nodes[code].text[language]}" if code in nodes else code for code in row.missing),
        )
        for row in entry.rows
        if row.missing
    ]
    columns = [Column(_("Unit"), share=3), Column(_("Criteria"), True, 0), Column(_("Not given yet"), share=6)]
    return Listing("con-thieu", _("What is missing"), columns, rows) if rows else None


def _table(part: Part, results: Results, entry: IndexResults, block: str, language: Language) -> RankingTable:
    """The site's ranking of a block, each unit leading to where it stands on the platform."""
    table = ranking_values(results, entry, block, language)
    codes = [row.unit for row in entry.block_rows(block)]
    rows = [replace(row, link=unit_link(part, code)) for row, code in zip(table.rows, codes, strict=True)]
    return replace(table, rows=rows)


def _block(
    results: Results, entry: IndexResults, block: str, table: RankingTable, language: Language
) -> dict[str, Any]:
    return {
        "name": block_name(block, language),
        "table": ranking_table(table, language),
        "how": how_to_read(table, language),
        "choices": _choices(results, entry, block, language),
    }


def _choices(results: Results, entry: IndexResults, block: str, language: Language) -> Listing | None:
    """Ranks over the declared choices of method, where the set declares any."""
    rows = ranges_over_choices(results, entry, block, language)
    if not rows:
        return None
    columns = [Column(_("Unit"), share=3), Column(_("Rank"), True, 0), Column(_("Ranks over the choices"), True)]
    return Listing("lua-chon", _("Ranks when the method's choices change"), columns, rows)


def _listing(part: Part, entry: IndexResults, block: str, table: RankingTable, language: Language) -> Listing:
    """The same ranking as rows for a file."""
    has_ranges = any(row.rank_low is not None for row in table.rows)
    columns = [Column(_("Rank"), True, 0)]
    if has_ranges:
        columns += [Column(_("Rank range"), True), Column(_("Score range"), True)]
    columns += [
        Column(_("Unit"), share=4),
        Column(_("Points"), True, table.digits),
        Column(_("Maximum"), True),
        Column(_("Percent"), True, table.digits),
        Column(_("Class")),
    ]
    rows = []
    for row, shown in zip(entry.block_rows(block), table.rows, strict=True):
        ranges = []
        if has_ranges:
            ranges = [
                rank_range(shown.rank_low, shown.rank_high) if shown.rank_low and shown.rank_high else "",
                interval(shown.low, shown.high, language, table.digits)
                if shown.low is not None and shown.high is not None
                else "",
            ]
        rows.append(
            (
                row.rank,
                *ranges,
                Linked(shown.unit, shown.link),
                Absent.NOT_GIVEN if row.points is None else row.points,
                row.maximum,
                Absent.NOT_GIVEN if row.percent is None else row.percent,
                shown.class_name,
            )
        )
    return Listing(f"ket-qua-{block}", f"{table.caption}", columns, rows, row_header=3 if has_ranges else 1)


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
