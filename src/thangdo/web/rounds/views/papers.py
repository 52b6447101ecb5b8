"""The round's papers as Word: minutes of the council, the decision on the results, the notice on a unit's appeals."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from thangdo.evaluation.blocks import block_name
from thangdo.reporting.language import Language
from thangdo.reporting.official_paper import Block, Grid, Heading, Paper, paper_bytes
from thangdo.web.formatting import language_now, moment, number
from thangdo.web.formatting import points as points_text
from thangdo.web.rounds.models import Appeal, Decision, Mark, Part, RoundUnit
from thangdo.web.rounds.results import hash_of, part_results
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.words import class_name, outcome_name, part_title

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _answered(name: str, paper: Paper, language: Language) -> HttpResponse:
    response = HttpResponse(paper_bytes(paper, language), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response


def _place_and_day(on: date | None) -> str:
    if on is None:
        return _("…………, … / … / …")
    return _("…………, %(day)s/%(month)s/%(year)s") % {
        "day": f"{on.day:02d}",
        "month": f"{on.month:02d}",
        "year": on.year,
    }


def _about(part: Part, language: Language) -> str:
    return f"{part_title(part, language)} · {part.round.name(language)}"


def _names(part: Part) -> dict[str, RoundUnit]:
    return {unit.code: unit for unit in RoundUnit.objects.filter(round=part.round)}


def decision(request: Any, round: str, part: str) -> HttpResponse:
    """The decision that approves the results, with its annex; a draft until an approval holds for them."""
    here: Part = request.part
    language = language_now()
    found = part_results(here)
    if found.entry is None or found.has_errors:
        raise Http404
    current = hash_of(here, found.entry)
    approval = Decision.objects.filter(part=here, kind="approval").order_by("-id").first()
    holds = approval if approval is not None and approval.results_hash == current else None
    criteria = issued_set(here).criteria
    units = _names(here)
    body: list[Block] = [
        *(_("Pursuant to %(basis)s;") % {"basis": text[language]} for text in criteria.edition.legal_basis),
        _("Considering the results of self-scoring, appraisal, appeals and the council,"),
        Heading(_("DECIDES"), is_centred=True),
        _("Article 1. The results of %(what)s are approved as in the annex.") % {"what": _about(here, language)},
        _("Article 2. The results are those with the content hash %(hash)s; any later change voids this approval.")
        % {"hash": current},
        _("Article 3. The units named in the annex are to carry out this decision."),
    ]
    for place, block in enumerate(here.blocks, start=1):
        rows = found.entry.block_rows(block)
        title = f"{place}. {block_name(block, language)}" if len(here.blocks) > 1 else block_name(block, language)
        body.append(Heading(_("Annex: %(title)s") % {"title": title}))
        body.append(
            Grid(
                (_("Rank"), _("Unit"), _("Points"), _("Maximum"), _("Percent"), _("Class")),
                [
                    (
                        str(row.rank) if row.rank is not None else "–",
                        units[row.unit].name(language) if row.unit in units else row.unit,
                        points_text(row.points),
                        points_text(row.maximum),
                        number(row.percent, 2),
                        class_name(criteria, row.class_code, language),
                    )
                    for row in rows
                ],
                (0.09, 0.3, 0.13, 0.17, 0.13, 0.18),
                frozenset({0, 2, 3, 4}),
            )
        )
    paper = Paper(
        _("The evaluating authority"),
        _("Office in charge of the evaluation"),
        holds.number if holds else "",
        _place_and_day(date.fromisoformat(holds.signed_on[:10]) if holds and holds.signed_on else None),
        _("Decision"),
        _("Approving the results of %(what)s") % {"what": _about(here, language)},
        body,
        ((_("Recipients"), ""), (_("Head of the office"), "")),
        is_draft=holds is None,
    )
    return _answered(f"quyet-dinh-{here.slug}-{here.round.year}", paper, language)


def appeal_notice(request: Any, round: str, part: str, unit: str) -> HttpResponse:
    """What was decided on a unit's appeals, and why; 404 where it has filed none."""
    here: Part = request.part
    language = language_now()
    appeals = list(Appeal.objects.filter(request.known.rows, part=here, unit=unit))
    named = RoundUnit.objects.filter(round=here.round, code=unit).first()
    if not appeals or named is None:
        raise Http404
    nodes = issued_set(here).nodes
    points = {
        (mark.criterion, mark.layer): mark.points
        for mark in Mark.objects.filter(request.known.marks, part=here, unit=unit).order_by("id")
    }
    rows = []
    for row in appeals:
        node = nodes.get(row.criterion)
        before = points.get((row.criterion, "appraisal_2")) or points.get((row.criterion, "appraisal_1"), "")
        rows.append(
            (
                f"{row.criterion} {node.text[language]}" if node else row.criterion,
                row.request,
                outcome_name(row.outcome),
                points_text(before) or "–",
                points_text(points.get((row.criterion, "appeal"), "")) or "–",
                row.reason or "–",
            )
        )
    undecided = sum(not row.outcome for row in appeals)
    granted = sum(row.outcome in {"accepted", "partly"} for row in appeals)
    body: list[Block] = [
        _("To: %(unit)s.") % {"unit": named.name(language)},
        _("Appeals of the unit: %(all)s; granted in whole or in part: %(granted)s; not decided yet: %(open)s.")
        % {"all": len(appeals), "granted": granted, "open": undecided},
        Grid(
            (_("Criterion"), _("Request"), _("Outcome"), _("Appraised, points"), _("Now, points"), _("Reason")),
            rows,
            (0.18, 0.21, 0.16, 0.17, 0.12, 0.16),
            frozenset({3, 4}),
        ),
    ]
    if last := max(row.decided_at for row in appeals):
        body.append(_("Last decision: %(moment)s.") % {"moment": moment(last)})
    paper = Paper(
        _("The evaluating authority"),
        _("Office in charge of the evaluation"),
        "",
        _place_and_day(request.at.date()),
        _("Notice"),
        _("Outcome of appeals: %(what)s") % {"what": _about(here, language)},
        body,
        ((_("Recipients"), ""), (_("Head of the office"), "")),
        is_draft=undecided > 0,
    )
    return _answered(f"thong-bao-{here.slug}-{here.round.year}-{unit}", paper, language)
