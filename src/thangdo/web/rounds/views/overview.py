"""A part at a glance for those who run and check it: how far, where points go, what changed, what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _

from thangdo.edition.sentences import finding
from thangdo.evaluation.quality_rules import QUALITY_RULES
from thangdo.evaluation.year_on_year import YearlyChange
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.deadlines import closes_at, days_left
from thangdo.web.rounds.links import criterion_link, unit_link
from thangdo.web.rounds.models import Mark, Part, RoundUnit
from thangdo.web.rounds.seeing.flags import flag_sentence, flags_of_part
from thangdo.web.rounds.seeing.last_year import last_year_of
from thangdo.web.rounds.seeing.part_lists import costly, cut_list, heat_list, heat_of, year_list, year_slope
from thangdo.web.rounds.seeing.progress import progress_of
from thangdo.web.rounds.seeing.scores import current_results, unit_cells
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.matrix import axes

# Signs on one page; a file has them all.
PAGE = 60


def overview(request: Any, round: str, part: str) -> HttpResponse:
    here: Part = request.part
    language = language_now()
    progress = progress_of([here])[here.pk]
    sentence = progress.sentence(here.phase)
    names = {unit.code: unit for unit in RoundUnit.objects.filter(round=here.round)}
    results = current_results(here) if here.set_text else None
    entry = results.entry if results else None
    if entry is not None and results is not None and here.phase in {"approve", "closed"}:
        sentence = finding(results.results, entry, here.blocks[0], language)
    cells = unit_cells(entry)
    last = last_year_of(here, cells) if cells else None
    changes: Mapping[str, YearlyChange] = {}
    lists = [heat_list(here, cells, names, language), cut_list(here, cells, names, language)] if cells else []
    if last is not None:
        changes = last.changes(cells.values())
        lists.append(year_list(here, changes, names, last, language))
    counts = Counter(flag.rule.code for flag in flags_of_part(here, cells, last)) if cells else Counter()
    done, total = progress.done_of(here.phase)
    closes = closes_at(here, here.phase)
    context = {
        "here": here,
        "sentence": sentence,
        "progress": progress,
        "done": done,
        "total": total,
        "closes": closes,
        "days": days_left(closes, request.at),
        "is_composite": here.kind == "composite",
        "heat": heat_of(here, cells, names, language),
        "costly": costly(here, cells, language),
        "last": last,
        "slope": year_slope(here, changes, names, last, language) if last else None,
        "flag_counts": [(rule.name(language), counts[rule.code]) for rule in QUALITY_RULES if counts[rule.code]],
        "flag_total": sum(counts.values()),
    }
    return page_or_file(request, "rounds/overview.html", context, lists, title=sentence)


def flags(request: Any, round: str, part: str) -> HttpResponse:
    """Data-quality flags of what this reader may see, one rule at a time or all."""
    here: Part = request.part
    language = language_now()
    units, leaves = axes(request)
    names = {unit.code: unit for unit in units}
    codes = {leaf.code for leaf in leaves}
    cells = unit_cells(current_results(here).entry) if here.set_text else {}
    if request.known.is_blind:
        cells = {unit: replace(own, final={**own.final, **own.own}) for unit, own in cells.items()}
    untold = set()
    if request.known.is_council_untold:
        untold = set(Mark.objects.filter(part=here, layer="council").values_list("unit", "criterion"))
    found = [
        flag
        for flag in flags_of_part(here, cells, last_year_of(here, cells) if cells else None)
        if flag.unit in names and flag.criterion in codes and (flag.unit, flag.criterion) not in untold
    ]
    counts = Counter(flag.rule.code for flag in found)
    rule = request.GET.get("loai", "")
    nodes = issued_set(here).nodes if here.set_text else {}
    shown = [flag for flag in found if rule in ("", flag.rule.code)]
    rows = [
        (
            Linked(names[flag.unit].name(language), unit_link(here, flag.unit)),
            Linked(
                f"{flag.criterion} {nodes[flag.criterion].text[language]}",
                criterion_link(here, flag.unit, flag.criterion),
            ),
            flag.rule.name(language),
            flag_sentence(flag, language),
        )
        for flag in shown
    ]
    listing = Listing(
        f"dau-hieu-{here.slug}-{here.round.year}",
        _("Data to look at again"),
        [
            Column(_("Unit"), share=2),
            Column(_("Criterion"), share=3),
            Column(_("Sign"), share=2),
            Column(_("What was found"), share=4),
        ],
        rows,
        note=_("A sign accuses nobody: it says where to look first."),
        empty=_("Nothing stands out."),
    )
    pages = Paginator(rows, PAGE)
    page = pages.get_page(request.GET.get("trang"))
    context = {
        "here": here,
        "page": page,
        "shown": replace(listing, rows=list(page)),
        "count": len(found),
        "rule": rule,
        "rules": [
            (row.code, row.name(language), counts[row.code], _parameters(row.parameters)) for row in QUALITY_RULES
        ],
        "may_overview": may(request.holder, BY_CODE["see_results"], request.place),
    }
    return page_or_file(request, "rounds/flags.html", context, [listing])


def _parameters(given: Any) -> str:
    words = {
        "points": _("percentage points at least"),
        "score": _("modified z-score at least"),
        "peers": _("peers at least"),
    }
    from thangdo.web.formatting import number

    return "; ".join(f"{words[name]} {number(value)}" for name, value in given.items())
