"""One criterion a screen: the rule in plain words, the inputs, what they give at once, last year, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language

from thangdo.methodology.rules import rule_sentence
from thangdo.reporting.listing import Listing
from thangdo.web.accounts.models import Person
from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.acts.save_mark import Conflict
from thangdo.web.rounds.deadlines import closes_at, days_left, has_ended
from thangdo.web.rounds.evidence.flags import flags_of
from thangdo.web.rounds.models import (
    Appeal,
    Attachment,
    Document,
    Explanation,
    Mark,
    Part,
)
from thangdo.web.rounds.phases import ORDER
from thangdo.web.rounds.points import inputs_of, is_counted, points_given
from thangdo.web.rounds.seeing.answers import explanation_of, last_year_mark, side_rows, values_of
from thangdo.web.rounds.seeing.case_lists import decided_list
from thangdo.web.rounds.seeing.round_lists import documents_list
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.taking_part import taking_part


def criterion_response(
    request: Any,
    unit: str,
    criterion: str,
    *,
    typed: Mapping[str, str] | None = None,
    typed_explanation: str | None = None,
    problem: str = "",
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    here: Part = request.part
    language = get_language() or "vi"
    issued = issued_set(here)
    node = issued.nodes[criterion]
    unit_here = taking_part(here, unit)
    if unit_here is None or not node.is_leaf or node.rule is None or node.maximum is None:
        raise Http404
    member, named, submission = unit_here.member, unit_here.named, unit_here.submission
    all_marks = list(Mark.objects.filter(request.known.marks, part=here, unit=unit).order_by("id"))
    marks = {mark.criterion: mark for mark in all_marks if mark.layer == "self"}
    own = marks.get(criterion)
    values = dict(typed) if typed is not None else values_of(own.inputs) if own else {}
    closes = closes_at(here, here.phase, unit)
    rows = side_rows(request.known, issued, member, marks, submission)
    leaves = [row for row in rows if row.is_leaf]
    position = next((n for n, row in enumerate(leaves) if row.node.code == criterion), 0)
    given = points_given(here.set_text, criterion, member.block, unit, "self", values, language)
    attachments = list(
        Attachment.objects.filter(part=here, unit=unit, criterion=criterion).select_related("document__file")
    )
    can_write = (
        may(request.holder, BY_CODE["save_mark"], request.place)
        and submission is not None
        and (
            submission.state == "open"
            or (submission.state == "sent_back" and criterion in (submission.sent_back_criteria or [criterion]))
        )
        and not has_ended(closes, request.at)
        and not is_counted(node)
        and (here.phase == "self_score" or submission.state == "sent_back")
    )
    asked = [row for row in leaves if row.state != "counted" and row.node.role == "normal"]
    context: dict[str, Any] = {
        "here": here,
        "node": node,
        "named": named,
        "trail": [issued.nodes[code] for code in reversed(issued.nodes_above(criterion))],
        "sentence": rule_sentence(node.rule, node.maximum, language),
        "inputs": inputs_of(node),
        "values": values,
        "explanation": typed_explanation
        if typed_explanation is not None
        else explanation_of(own.inputs)
        if own
        else "",
        "own": own,
        "version": conflict.version if conflict else own.version if own else 0,
        "given": given,
        "rows": rows,
        "done": sum(row.state == "done" for row in asked),
        "total": len(asked),
        "following": leaves[position + 1].node if position + 1 < len(leaves) else None,
        "days": days_left(closes, request.at),
        "closes": closes,
        "can_write": can_write,
        "is_counted": is_counted(node),
        "last_year": last_year_mark(here, request.holder, unit, criterion),
        "attachments": attachments,
        "flags": flags_of(here, attachments, request.known.across("see_evidence")),
        "held_documents": (
            Document.objects.filter(unit=unit, file__isnull=False)
            .exclude(attachments__in=attachments)
            .order_by("-added_at")[:50]
            if can_write
            else []
        ),
        "decided": [mark for mark in all_marks if mark.criterion == criterion and mark.layer != "self"],
        "questions": Explanation.objects.filter(request.known.questions, part=here, unit=unit, criterion=criterion),
        "appeal": Appeal.objects.filter(part=here, unit=unit, criterion=criterion).first(),
        "may": {
            code: may(request.holder, BY_CODE[code], request.place)
            for code in ("appraise", "ask_explanation", "appeal", "attach_evidence", "explain")
        },
        "is_past_self": ORDER[here.phase] > ORDER["self_score"],
        "problem": problem,
        "conflict": conflict,
        "conflict_by": Person.objects.filter(pk=conflict.changed_by_id or 0).first() if conflict else None,
        "conflict_values": values_of(conflict.inputs) if conflict else {},
        "conflict_explanation": explanation_of(conflict.inputs) if conflict else "",
    }
    lists: list[Listing] = []
    if attachments:
        names = {unit: named}
        lists.append(documents_list(here, attachments, names, context["flags"], language_now()))
    if context["decided"]:
        lists.append(decided_list(context["decided"], language_now()))
    title = f"{named.name(language_now())} · {criterion} {node.text[language_now()]}"
    return page_or_file(request, "rounds/criterion.html", context, lists, title=title, status=status)
