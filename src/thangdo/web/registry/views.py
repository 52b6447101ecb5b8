"""Units: the list, one unit with its past and future, import with a preview, search."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation.blocks import block_name
from thangdo.evaluation.register import COLUMNS, LEVELS
from thangdo.findings import Refused
from thangdo.reporting.listing import Listing
from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.changes import changes_list
from thangdo.web.formatting import language_now
from thangdo.web.kept_list import packed, unpacked
from thangdo.web.ledger.history import entries_of
from thangdo.web.lists import page_or_file, wants_file
from thangdo.web.registry.faults import finding_sentence
from thangdo.web.registry.history_names import register_names
from thangdo.web.registry.lists import MOST_FAULTS, SHOWN, blocks_list, parent_names, unit_changes_list, units_list
from thangdo.web.registry.loading import changes, load_units, read_import
from thangdo.web.registry.models import BlockMember, Succession, Unit
from thangdo.web.registry.sheets import as_csv, sheet_rows
from thangdo.web.returned_workbook import SIZE_LIMIT, NotAWorkbook

# The whole register of the city holds some hundreds; a country's would be asked for by words.
MOST_UNITS = 1500


def units(request: Any) -> HttpResponse:
    """Units valid today (or all), by level, narrowed by words."""
    words, level = request.GET.get("q", ""), request.GET.get("cap", "")
    found = Unit.objects.named_like(words) if words else Unit.objects.all()
    if "het" not in request.GET:
        found = found.valid_on(request.at.date())
    if level in LEVELS:
        found = found.filter(level=level)
    language = request.LANGUAGE_CODE
    context = {
        "words": words,
        "level": level,
        "levels": [(code, block_name(code, language)) for code in LEVELS],
        "with_past": "het" in request.GET,
        "may_manage": may(request.holder, BY_CODE["manage_units"]),
    }
    return page_or_file(request, "registry/units.html", context, [units_list(found[:MOST_UNITS], language_now())])


def unit_page(request: Any, unit: str) -> HttpResponse:
    found = Unit.objects.filter(code=unit).first()
    if found is None:
        raise Http404
    blocks = blocks_list(BlockMember.objects.filter(unit=found).order_by("-year", "index"), language_now())
    context: dict[str, Any] = {
        "unit": found,
        "parent": Unit.objects.filter(code=found.parent).first() if found.parent else None,
        "below": Unit.objects.filter(parent=unit)[:400],
        "before": Succession.objects.filter(successor=found).select_related("predecessor"),
        "may_manage": may(request.holder, BY_CODE["manage_units"]),
        "after": Succession.objects.filter(predecessor=found).select_related("successor"),
        "changes": _history(found) if may(request.holder, BY_CODE["see_ledger"]) else None,
        "blocks": blocks,
    }
    lists = [listing for listing in (blocks, context["changes"]) if listing is not None]
    return page_or_file(request, "registry/unit.html", context, lists, title=found.name(language_now()))


def _history(found: Unit) -> Listing:
    entries = list(entries_of(found).order_by("-id")[:200])
    title = _("Changes of this unit")
    return changes_list(entries, f"nhat-ky-{found.code}", title, named=register_names(entries).name)


def unit_import(request: Any) -> HttpResponse:
    """A register as Excel or CSV: first what would change, then the change."""
    context: dict[str, Any] = {"changes": None, "error": "", "columns": COLUMNS}
    if request.method != "POST":
        return render(request, "registry/unit_import.html", context)
    file = request.FILES.get("register")
    try:
        text = unpacked(request.POST.get("text", "")) if file is None else _register_text(file)
        rows = read_import(text)
        found = changes(rows)
    except Refused as refused:
        context["faults"] = [
            f"{finding.where}: {finding_sentence(finding)}" for finding in refused.findings[:MOST_FAULTS]
        ]
        context["faults_left"] = len(refused.findings) - len(context["faults"])
        return render(request, "registry/unit_import.html", context, status=422)
    except (UnicodeDecodeError, NotAWorkbook) as failure:
        context["error"] = _("The file cannot be read: %(why)s") % {"why": failure}
        return render(request, "registry/unit_import.html", context, status=422)
    if "confirm" in request.POST:
        load_units(rows, actor_id=request.person.pk, at=request.at)
        return HttpResponseRedirect(reverse("registry:units"))
    shown = found if wants_file(request) else found[:SHOWN]
    listing = unit_changes_list(shown, parent_names(shown))
    context |= {
        "changes": found,
        "new_units": sum(change.is_new for change in found),
        "listing": listing,
        "most_shown": SHOWN,
        "text": packed(text),
    }
    return page_or_file(request, "registry/unit_import.html", context, [listing])


def _register_text(file: Any) -> str:
    if file.name.lower().endswith(".csv"):
        if file.size > SIZE_LIMIT:
            # Half a list would be taken for a whole one.
            raise NotAWorkbook("large_list")
        return str(file.read().decode("utf-8-sig"))
    return as_csv(sheet_rows(file))
