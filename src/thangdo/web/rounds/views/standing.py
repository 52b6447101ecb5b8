"""Where one unit stands in a part: its points, what it lost and why, what would lift it a class, last year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from thangdo.evaluation.outputs import plain
from thangdo.evaluation.unit_profile import UnitIndex, unit_profile
from thangdo.reporting.listing import Listing
from thangdo.reporting.numbers import number, rank_range
from thangdo.reporting.points_lost import points_lost_table
from thangdo.reporting.ranking_table import class_chip
from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.drawing import ask_to_draw
from thangdo.web.rounds.known import LAYERS, known_of
from thangdo.web.rounds.models import Mark, Part
from thangdo.web.rounds.results import part_results, unit_results
from thangdo.web.rounds.seeing.flags import flags_of_part
from thangdo.web.rounds.seeing.last_year import last_year_of
from thangdo.web.rounds.seeing.scores import unit_cells
from thangdo.web.rounds.seeing.unit_lists import changed_list, flag_list, lift_list, losses_of, yearly_list
from thangdo.web.rounds.sets import issued_set

MOST_LOSSES = 12


def standing(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    here: Part = request.part
    if not here.set_text:
        raise Http404
    if not issued_set(here).is_composite and request.known.criteria is not None:
        # The whole of a unit's points would tell those of criteria this reader was not given.
        return redirect("rounds:submission", round, part, unit)
    language = language_now()
    # A closed round does not change: its whole result is known, with the rank and its range. Before that a
    # unit's points come from its own marks alone, and its rank is for those who may see every result.
    may_rank = here.phase == "closed" or may(request.holder, BY_CODE["see_results"], request.place)
    if may_rank:
        found = part_results(here, state="final" if here.phase == "closed" else "draft")
        if found.is_drawing:
            ask_to_draw(here, request.at)
    else:
        found = unit_results(here, unit, layers=request.known.layers)
    profiles = unit_profile(found.results, unit, language)
    if not profiles:
        raise Http404
    profile = profiles[0]
    cells = unit_cells(found.entry).get(unit)
    last = last_year_of(here, [unit])
    if last is not None and known_of(last.part, request.holder, unit).layers != LAYERS:
        # A year that is not over is told no further than its own pages tell it.
        last = None
    lists: list[Listing] = []
    if cells is not None:
        marks = list(Mark.objects.filter(request.known.marks, part=here, unit=unit).order_by("id"))
        lists = [lift_list(here, profile, unit, language)] if profile.gap and profile.gap.lifts else []
        lists.append(changed_list(here, cells, marks, language))
        if last is not None:
            lists.append(yearly_list(here, cells, last, language))
        lists.append(flag_list(here, unit, flags_of_part(here, {unit: cells}, last), language))
    losses = losses_of(here, profile, unit)
    interval = next((item for item in found.results.intervals if item.unit == unit and item.kind == "sampling"), None)
    name = found.results.units[unit].full(language)
    title = _sentence(name, profile)
    context = {
        "here": here,
        "unit": unit,
        "name": name,
        "title": title,
        "profile": profile,
        "chip": class_chip(profile.class_name, profile.class_level) if profile.class_name else "",
        "rank": profile.row.rank if may_rank else None,
        "rank_range": rank_range(interval.rank_low, interval.rank_high) if interval else "",
        "is_drawing": found.is_drawing,
        "level": interval.level if interval else None,
        "lost": points_lost_table(losses[:MOST_LOSSES], _("Points lost by criterion"), language) if losses else None,
        "more_lost": losses[MOST_LOSSES:],
        "is_filled_in": not issued_set(here).is_composite,
        "missing": len(profile.row.missing),
        "last": last,
        "change": last.change_of(cells) if last and cells else None,
        "may_results": may(request.holder, BY_CODE["see_results"], request.place),
    }
    return page_or_file(request, "rounds/standing.html", context, lists, title=title)


def _sentence(name: str, profile: UnitIndex) -> str:
    """What happened to the unit, in one line."""
    language = language_now()
    row = profile.row
    if row.points is None or row.maximum is None:
        return _("%(unit)s has no points yet") % {"unit": name}
    values = {
        "unit": name,
        "points": number(row.points, language),
        "maximum": number(Decimal(plain(row.maximum)), language),
        "missing": number(len(row.missing), language),
        "class": profile.class_name,
        "next": profile.next_class,
    }
    if row.missing:
        return _("%(unit)s: %(points)s of %(maximum)s points so far, %(missing)s criteria not given yet") % values
    if profile.gap is not None and profile.gap.percent_short:
        values["short"] = number(profile.gap.percent_short, language, 2)
        return _("%(unit)s: %(points)s of %(maximum)s points, %(class)s; %(short)s short of %(next)s") % values
    if profile.class_name:
        return _("%(unit)s: %(points)s of %(maximum)s points, %(class)s") % values
    return _("%(unit)s: %(points)s of %(maximum)s points") % values
