"""The appraisal matrix: a window of units × criteria drawn on the server, the whole as compact data."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Value
from django.db.models.functions import Concat
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from thangdo.methodology.rules import rule_sentence
from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now
from thangdo.web.lists import file_of, wants_file
from thangdo.web.rounds.deadlines import closes_at
from thangdo.web.rounds.heat import Cell, cells_of, points_of
from thangdo.web.rounds.links import criterion_link
from thangdo.web.rounds.models import Attachment, Explanation, Mark, Member, Part, RoundUnit, Visit
from thangdo.web.rounds.points import inputs_of
from thangdo.web.rounds.seeing.answers import values_of
from thangdo.web.rounds.seeing.round_lists import matrix_lists
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.words import part_title
from thangdo.web.typed_values import whole_number

ROWS, COLUMNS = 50, 40


def visible_marks(request: Any) -> Q:
    """The permission table's condition on marks of this part."""
    shown: Q = request.known.marks & request.known.across("see_matrix")
    return shown


def axes(request: Any) -> tuple[list[RoundUnit], list[Any]]:
    """All units and criteria of the part this reader may see, in their order."""
    part: Part = request.part
    members = Member.objects.filter(part=part).values("unit")
    units = list(RoundUnit.objects.filter(round=part.round, code__in=members))
    issued = issued_set(part)
    leaves_below = issued.leaves_below()
    criteria: set[str] = set()
    grants = [grant for grant in request.holder.held if BY_CODE["see_matrix"].scope(grant.role)]
    for grant in grants:
        is_all = BY_CODE["see_matrix"].scope(grant.role) == "everywhere" or not grant.criterion
        criteria.update(leaf.code for leaf in issued.leaves) if is_all else criteria.update(
            leaves_below.get(grant.criterion, ())
        )
    if all(BY_CODE["see_matrix"].scope(grant.role) == "assigned" for grant in grants):
        own = set(request.known.below.get(request.holder.own_unit, (request.holder.own_unit,)))
        units = [unit for unit in units if unit.code not in own]
    return units, [leaf for leaf in issued.leaves if leaf.code in criteria]


def matrix(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    units, leaves = axes(request)
    row, column = _start(request, "r", len(units), ROWS), _start(request, "c", len(leaves), COLUMNS)
    if wants_file(request):
        whole = cells_of(here, visible_marks(request), None)
        lists = matrix_lists(here, units, leaves, whole, language_now())
        return file_of(
            request, lists, title=_("Appraisal matrix: %(title)s") % {"title": part_title(here, language_now())}
        )
    shown_units, shown_leaves = units[row : row + ROWS], leaves[column : column + COLUMNS]
    visit = Visit.objects.filter(part=here, person=request.person).first()
    visible = visible_marks(request)
    cells = cells_of(
        here,
        visible,
        visit.seen_at if visit else None,
        [unit.code for unit in shown_units],
        [leaf.code for leaf in shown_leaves],
    )
    layer = "appraisal_1" if here.phase == "appraise" else "appraisal_2"
    counts = Mark.objects.filter(visible, part=here).aggregate(
        given=Count("id", filter=Q(layer="self") & ~Q(points="")),
        decided=Count(Concat("unit", Value("/"), "criterion"), filter=Q(layer="appraisal_1"), distinct=True),
    )
    if visit is None:
        # Two windows opened at once note one visit.
        first = Visit(part=here, person=request.person, seen_at=request.at)
        Visit.objects.bulk_create([first], ignore_conflicts=True)
    else:
        Visit.objects.filter(pk=visit.pk).update(seen_at=request.at)
    chosen_unit, chosen_code = request.GET.get("u", ""), request.GET.get("t", "")
    pane = _pane(request, units, chosen_unit, chosen_code, cells) if chosen_unit and chosen_code else None
    context = {
        "here": here,
        "units": shown_units,
        "leaves": shown_leaves,
        "cells": cells,
        "row": row,
        "column": column,
        "rows": len(units),
        "columns": len(leaves),
        "row_step": ROWS,
        "column_step": COLUMNS,
        "left": max(0, counts["given"] - counts["decided"]),
        **counts,
        "waiting": Explanation.objects.filter(part=here, answered_at=None).count(),
        "closes": closes_at(here, here.phase),
        "layer": layer,
        "pane": pane,
    }
    return render(request, "rounds/matrix.html", context)


def _start(request: Any, name: str, count: int, step: int) -> int:
    wanted = whole_number(request.GET.get(name, "0"))
    return min(wanted, max(0, count - 1)) // step * step


def _pane(
    request: Any, units: list[RoundUnit], unit: str, criterion: str, cells: dict[tuple[str, str], Cell]
) -> dict[str, Any] | None:
    """What decides a cell, below the matrix: the unit's inputs, evidence, and how others with the same kind stand."""
    here: Part = request.part
    issued = issued_set(here)
    node = issued.nodes.get(criterion)
    named = next((row for row in units if row.code == unit), None)
    cell = cells.get((unit, criterion))
    if node is None or not node.is_leaf or node.rule is None or node.maximum is None or named is None or cell is None:
        return None
    from dataclasses import replace

    language = get_language() or "vi"
    place = replace(request.place, unit=unit, criterion=criterion, nodes_above=issued.nodes_above(criterion))
    marks = list(Mark.objects.filter(request.known.marks, part=here, unit=unit, criterion=criterion))
    own = next((mark for mark in marks if mark.layer == "self"), None)
    others: dict[str, int] = {}
    for (other, code), found in cells.items():
        if code == criterion and other != unit and found.points:
            others[found.points] = others.get(found.points, 0) + 1
    return {
        "unit": named,
        "node": node,
        "cell": cell,
        "sentence": rule_sentence(node.rule, node.maximum, language),
        "inputs": inputs_of(node),
        "values": values_of(own.inputs) if own else {},
        "marks": [mark for mark in marks if mark.layer != "self"],
        "attachments": Attachment.objects.filter(part=here, unit=unit, criterion=criterion).select_related("document"),
        "others": sorted(others.items(), key=lambda item: -item[1])[:4],
        "may_appraise": may(request.holder, BY_CODE["appraise"], place),
        "may_adjudicate": may(request.holder, BY_CODE["adjudicate"], place) and cell.is_split,
        "appraise": reverse("rounds:appraise", args=[here.round.code, here.slug, unit, criterion]),
        "adjudicate": reverse("rounds:adjudicate", args=[here.round.code, here.slug, unit, criterion]),
        "ask": reverse("rounds:ask", args=[here.round.code, here.slug, unit, criterion]),
        "page": criterion_link(here, unit, criterion),
    }


def matrix_data(request: Any, round: str, part: str) -> HttpResponse:
    """The whole matrix as compact JSON: units, criteria, and rows of points ('' where none)."""
    units, leaves = axes(request)
    points = points_of(request.part, visible_marks(request))
    codes = [leaf.code for leaf in leaves]
    rows = [[points.get((unit.code, code), "") for code in codes] for unit in units]
    return JsonResponse(
        {
            "units": [[unit.code, unit.name_vi] for unit in units],
            "criteria": [[leaf.code, format(leaf.maximum, "f") if leaf.maximum is not None else ""] for leaf in leaves],
            "points": rows,
        },
        json_dumps_params={"separators": (",", ":"), "ensure_ascii": False},
    )
