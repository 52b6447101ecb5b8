"""A submission out to Excel and back: rows are found by criterion and input, wherever they were moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from thangdo.reporting.listing import Column, Listing
from thangdo.web.formatting import language_now
from thangdo.web.lists import file_of, wants_file
from thangdo.web.returned_workbook import NotAWorkbook, sheet_rows
from thangdo.web.rounds.acts.save_mark import Conflict, save_mark
from thangdo.web.rounds.models import Mark, Member, Part
from thangdo.web.rounds.points import applies, inputs_of, is_counted
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.seeing.answers import explanation_of, values_of
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.answering import actor_of, refused_page
from thangdo.web.said import say
from thangdo.web.typed_values import whole_number
from thangdo.web.workbooks import workbook_bytes, workbook_response

# The machine's columns come first and stand in every language alike, so a moved or translated sheet still reads.
COLUMNS = ("criterion", "input", "version", "value", "explanation", "place")
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One criterion that the sheet would change: before, after, and whether somebody else changed it meanwhile."""

    criterion: str
    before: dict[str, str]
    after: dict[str, str]
    explanation: str
    version: int
    is_conflict: bool


def write_out(request: Any, unit: str) -> HttpResponse:
    here: Part = request.part
    member = Member.objects.filter(part=here, unit=unit).first()
    if member is None:
        raise Http404
    language = get_language() or "vi"
    marks = {mark.criterion: mark for mark in Mark.objects.filter(part=here, unit=unit, layer="self")}
    issued = issued_set(here)
    rows = []
    for leaf in issued.leaves:
        if is_counted(leaf) or not applies(issued, here.set_text, leaf.code, member.block, unit):
            continue
        if not request.known.reads(leaf.code):
            continue
        mark = marks.get(leaf.code)
        values = values_of(mark.inputs) if mark else {}
        for number, declared in enumerate(inputs_of(leaf)):
            rows.append(
                (
                    leaf.code,
                    declared.name,
                    str(mark.version if mark else 0),
                    values.get(declared.name, ""),
                    explanation_of(mark.inputs) if mark and number == 0 else "",
                    place_of(here, unit),
                    leaf.text[language],
                    declared.name_en if language == "en" else declared.name_vi,
                    leaf.maximum,
                )
            )
    header = [*COLUMNS, _("Criterion"), _("Input"), _("Maximum")]
    content = workbook_bytes("tu-cham", header, rows, hidden=(5,), widths=(12, 14, 9, 14, 40, 12, 50, 30, 10))
    return workbook_response(f"{here.slug}-{here.round.year}-{unit}", content)


def place_of(part: Part, unit: str) -> str:
    """What a workbook was made for; one of another unit or year is refused, however alike it looks."""
    return f"{part.round.code}/{part.slug}/{unit}"


def read_back(request: Any, unit: str) -> HttpResponse:
    """Show what would change; with `confirm`, save it criterion by criterion."""
    here: Part = request.part
    back = reverse("rounds:submission", args=[here.round.code, here.slug, unit])
    try:
        if "confirm" in request.POST:
            changes = _confirmed(request, request.POST.getlist("take"))
        elif wants_file(request):
            changes = _confirmed(request, _codes_shown(request))
        else:
            changes = _differences(here, unit, _sheet(request))
    except ActRefused as refusal:
        return refused_page(request, refusal.sentence(), back)
    if wants_file(request):
        return file_of(request, [_changes_list(here, unit, changes)])
    if "confirm" not in request.POST:
        return render(
            request, "rounds/excel_preview.html", {"here": here, "unit": unit, "changes": changes, "back": back}
        )
    failed = []
    for change in changes:
        try:
            save_mark(
                here,
                unit,
                change.criterion,
                change.after,
                change.explanation,
                change.version,
                actor=actor_of(request),
                at=request.at,
            )
        except ActRefused as refusal:
            failed.append(f"{change.criterion}: {refusal.sentence()}")
        except Conflict:
            failed.append(f"{change.criterion}: " + _("somebody else changed it meanwhile"))
    say(request, _("Saved from Excel: %(count)s criteria.") % {"count": len(changes) - len(failed)})
    if failed:
        return refused_page(request, _("Not saved: %(rows)s") % {"rows": "; ".join(failed)}, back)
    from django.http import HttpResponseRedirect

    return HttpResponseRedirect(back)


def _sheet(request: Any) -> list[list[Any]]:
    try:
        return sheet_rows(request.FILES.get("workbook"))
    except NotAWorkbook as failure:
        raise ActRefused("bad_file", why=failure) from failure


def _differences(part: Part, unit: str, rows: list[list[Any]]) -> list[Change]:
    """Rows may have been moved, columns hidden or added: what counts is the header and the codes."""
    header = [str(cell).strip() for cell in rows[0]] if rows else []
    if not {"criterion", "input", "value", "version"} <= set(header):
        raise ActRefused("bad_file", why=_("columns are missing: %(names)s") % {"names": ", ".join(COLUMNS)})
    place = {name: header.index(name) for name in COLUMNS if name in header}
    known = issued_set(part).nodes
    after: dict[str, dict[str, str]] = {}
    explanations: dict[str, str] = {}
    versions: dict[str, int] = {}
    faults = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: _text(row[at]) if at < len(row) else "" for name, at in place.items()}
        code = cells["criterion"]
        if not code:
            continue
        if cells.get("place", "") not in {"", place_of(part, unit)}:
            raise ActRefused("other_workbook", place=cells["place"], here=place_of(part, unit))
        if code not in known or not known[code].is_leaf:
            faults.append(_("row %(row)s: there is no criterion %(code)s") % {"row": number, "code": code[:40]})
            continue
        if cells["input"] not in {declared.name for declared in inputs_of(known[code])}:
            faults.append(
                _("row %(row)s: %(code)s has no input “%(name)s”")
                % {"row": number, "code": code, "name": cells["input"][:40]}
            )
            continue
        if cells["input"] in after.get(code, {}):
            faults.append(
                _("row %(row)s: %(code)s %(name)s stands twice") % {"row": number, "code": code, "name": cells["input"]}
            )
            continue
        after.setdefault(code, {})[cells["input"]] = cells["value"]
        explanations[code] = explanations.get(code) or cells.get("explanation", "")
        versions[code] = whole_number(cells["version"], -1)
    if faults:
        more = f" (+{len(faults) - SHOWN})" if len(faults) > SHOWN else ""
        raise ActRefused("bad_file", why="; ".join(faults[:SHOWN]) + more)
    stored = {mark.criterion: mark for mark in Mark.objects.filter(part=part, unit=unit, layer="self")}
    changes = []
    for code, fields in after.items():
        mark = stored.get(code)
        before = values_of(mark.inputs) if mark else {}
        old_words = explanation_of(mark.inputs) if mark else ""
        # An input whose row was lost stays as it is; one whose cell was emptied is emptied.
        given = {name: value for name, value in {**before, **fields}.items() if value}
        if given == {name: value for name, value in before.items() if value} and explanations[code] == old_words:
            continue
        version = mark.version if mark else 0
        changes.append(Change(code, before, given, explanations[code], version, versions[code] != version))
    return changes


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell).strip()


def _codes_shown(request: Any) -> list[str]:
    """Every criterion of the preview, ticked or not."""
    return [name.partition("|")[2] for name in request.POST if name.startswith("version|")]


def _changes_list(part: Part, unit: str, changes: list[Change]) -> Listing:
    """The preview as a list: what stands now beside what the workbook says."""
    language = language_now()
    nodes = issued_set(part).nodes
    stored = {mark.criterion: mark for mark in Mark.objects.filter(part=part, unit=unit, layer="self")}

    def said(code: str, fields: Mapping[str, str]) -> str:
        named = {row.name: row.name_en if language == "en" else row.name_vi for row in inputs_of(nodes[code])}
        return "; ".join(f"{named.get(name, name)}: {value}" for name, value in fields.items() if value) or "–"

    rows = [
        (
            f"{change.criterion} {nodes[change.criterion].text[language]}",
            said(change.criterion, values_of(stored[change.criterion].inputs) if change.criterion in stored else {}),
            said(change.criterion, change.after),
            change.explanation,
        )
        for change in changes
        if change.criterion in nodes and nodes[change.criterion].is_leaf
    ]
    columns = [
        Column(_("Criterion"), share=3),
        Column(_("Now"), share=2),
        Column(_("From Excel"), share=2),
        Column(_("Explanation"), share=2),
    ]
    return Listing(f"se-doi-{part.slug}-{part.round.year}-{unit}", _("What the workbook would change"), columns, rows)


def _confirmed(request: Any, codes: Iterable[str]) -> list[Change]:
    """The changes of the preview under these codes; the stored version is checked again on saving."""
    changes = []
    for code in codes:
        fields = {
            name.split("|", 2)[2]: value for name, value in request.POST.items() if name.startswith(f"value|{code}|")
        }
        version = request.POST.get(f"version|{code}", "")
        changes.append(
            Change(
                code,
                {},
                fields,
                request.POST.get(f"explanation|{code}", ""),
                whole_number(version, -1),
                False,
            )
        )
    return changes
