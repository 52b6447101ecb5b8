"""One criterion a screen: the rule in plain words, the inputs, what they give at once, last year, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from thangdo.methodology import Node
from thangdo.methodology.rules import rule_sentence
from thangdo.reporting.listing import Listing
from thangdo.web.accounts.models import Person
from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.accounts.rates import CHANGES
from thangdo.web.formatting import language_now
from thangdo.web.formatting import points as points_text
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.acts.save_mark import Conflict, Saved, save_mark
from thangdo.web.rounds.blinding import seen_by
from thangdo.web.rounds.deadlines import closes_at, days_left, has_ended
from thangdo.web.rounds.evidence.flags import flags_of
from thangdo.web.rounds.models import (
    Appeal,
    Attachment,
    Document,
    Explanation,
    Mark,
    Member,
    Part,
    Submission,
)
from thangdo.web.rounds.phases import ORDER
from thangdo.web.rounds.points import applies, inputs_of, is_counted, points_given
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.seeing.case_lists import decided_list
from thangdo.web.rounds.seeing.round_lists import documents_list
from thangdo.web.rounds.sets import IssuedSet, issued_set
from thangdo.web.rounds.taking_part import taking_part
from thangdo.web.rounds.views.answering import actor_of, answering, refused_page
from thangdo.web.said import say
from thangdo.web.typed_values import whole_number

LAYER_ORDER = ("self", "appraisal_1", "appraisal_2", "appeal", "council")


@dataclass(frozen=True, slots=True)
class SideRow:
    """A row of the list at the side: a group, or a leaf with its state."""

    node: Node
    is_leaf: bool
    state: str


def explanation_of(inputs: Mapping[str, Any]) -> str:
    """The explanation stands with one of the inputs."""
    return next((str(entry.get("reason", "")) for entry in inputs.values() if entry.get("reason")), "")


def values_of(inputs: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(entry.get("value", "")) for name, entry in inputs.items()}


def side_rows(
    part: Part, issued: IssuedSet, member: Member, marks: Mapping[str, Mark], submission: Submission | None
) -> list[SideRow]:
    """The set's nodes that apply to the unit, with done, to do, sent back, counted."""
    sent_back = set(submission.sent_back_criteria) if submission and submission.state == "sent_back" else set()
    rows = []
    for node in issued.criteria.walk():
        if not applies(issued, part.set_text, node.code, member.block, member.unit):
            continue
        state = ""
        if node.is_leaf:
            mark = marks.get(node.code)
            if node.code in sent_back:
                state = "sent_back"
            elif is_counted(node):
                state = "counted"
            elif mark is not None and (mark.points or "na" in mark.inputs):
                state = "done"
        rows.append(SideRow(node, node.is_leaf, state))
    return rows


def last_year_mark(part: Part, unit: str, criterion: str) -> tuple[Part, Mark, Mark] | None:
    """The unit's own answer and its last decided points a year earlier, where the same code stood in the same index."""
    marks = list(
        Mark.objects.filter(
            part__index=part.index, part__round__year=part.round.year - 1, unit=unit, criterion=criterion
        ).select_related("part__round")
    )
    own = next((mark for mark in marks if mark.layer == "self"), None)
    if own is None:
        return None
    return own.part, own, max(marks, key=lambda mark: (LAYER_ORDER.index(mark.layer), mark.appraiser == "adjudicated"))


def criterion_page(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    if request.method == "POST":
        return save(request, round, part, unit, criterion)
    return criterion_response(request, unit, criterion)


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
    all_marks = list(Mark.objects.filter(seen_by(here, request.holder, unit), part=here, unit=unit).order_by("id"))
    marks = {mark.criterion: mark for mark in all_marks if mark.layer == "self"}
    own = marks.get(criterion)
    values = dict(typed) if typed is not None else values_of(own.inputs) if own else {}
    closes = closes_at(here, here.phase, unit)
    rows = side_rows(here, issued, member, marks, submission)
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
        "last_year": last_year_mark(here, unit, criterion),
        "attachments": attachments,
        "flags": flags_of(here, attachments),
        "held_documents": (
            Document.objects.filter(unit=unit, file__isnull=False)
            .exclude(attachments__in=attachments)
            .order_by("-added_at")[:50]
            if can_write
            else []
        ),
        "decided": [mark for mark in all_marks if mark.criterion == criterion and mark.layer != "self"],
        "questions": Explanation.objects.filter(part=here, unit=unit, criterion=criterion),
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


# The unit or criterion is no longer asked: there is no form to go back to, and what was typed is given back.
NO_PAGE_LEFT = {"no_such_unit", "no_such_criterion", "not_applicable_here", "counted"}


def save(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    """Save what was typed. From a script: a light fragment; without script: the next page, or this one with what stops it."""
    here: Part = request.part
    is_script = request.headers.get("X-Requested-With") == "fetch"
    if request.method != "POST":
        return HttpResponseRedirect(reverse("rounds:criterion", args=[round, part, unit, criterion]))
    if not CHANGES.allow(f"person:{request.person.pk}"):
        sentence = ActRefused("too_fast").sentence()
        if is_script:
            return HttpResponse(sentence, status=429, content_type="text/plain")
        return refused_page(request, sentence, request.path.removesuffix("luu/"), status=429)
    given = request.POST
    fields = {name[6:]: value for name, value in given.items() if name.startswith("field-")}
    explanation = given.get("explanation", "")
    try:
        saved = save_mark(
            here,
            unit,
            criterion,
            fields,
            explanation,
            whole_number(given.get("version", "0") or "0", -1),
            actor=actor_of(request),
            at=request.at,
            language=get_language() or "vi",
        )
    except Conflict as conflict:
        if is_script:
            return HttpResponse(
                _("Somebody else saved this meanwhile. Save to see both and choose."),
                status=409,
                content_type="text/plain",
            )
        return criterion_response(
            request, unit, criterion, typed=fields, typed_explanation=explanation, conflict=conflict, status=409
        )
    except ActRefused as refusal:
        if is_script:
            return HttpResponse(refusal.sentence(), status=422, content_type="text/plain")
        if refusal.code in NO_PAGE_LEFT:
            return refused_page(request, refusal.sentence(), reverse("rounds:part", args=[round, part]), status=422)
        return criterion_response(
            request,
            unit,
            criterion,
            typed=fields,
            typed_explanation=explanation,
            problem=refusal.sentence(),
            status=422,
        )
    if is_script:
        return saved_fragment(saved)
    if saved.given.bad_inputs:
        say(request, _("Saved as typed, but not every input can be read."))
        return HttpResponseRedirect(reverse("rounds:criterion", args=[round, part, unit, criterion]))
    say(request, _("Saved at %(time)s.") % {"time": saved.at.strftime("%H:%M")})
    return HttpResponseRedirect(
        given.get("then") if _is_ours(given.get("then", "")) else request.path.removesuffix("luu/")
    )


def saved_fragment(saved: Saved) -> HttpResponse:
    """What autosave needs, as one short line of JSON: no template on the busiest path."""
    from django.http import JsonResponse

    given = saved.given
    return JsonResponse(
        {
            "version": saved.version,
            "saved": saved.at.strftime("%H:%M"),
            "points": points_text(given.points) if given.points is not None else "",
            "maximum": points_text(given.maximum) if given.maximum is not None else "",
            "arithmetic": given.arithmetic,
            "bad": dict(given.bad_inputs or {}),
            "applicable": given.is_applicable,
        }
    )


def _is_ours(path: str) -> bool:
    return path.startswith("/dot/") and "//" not in path


def copy_last_year(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    """Take last year's own answer as this year's, to be checked and changed."""
    back = reverse("rounds:criterion", args=[round, part, unit, criterion])
    here: Part = request.part
    if request.method != "POST":
        return HttpResponseRedirect(back)
    found = last_year_mark(here, unit, criterion)
    if found is None:
        return refused_page(request, _("There is no answer from last year."), back)
    _part, own, _decided = found
    node = issued_set(here).nodes.get(criterion)
    if node is None or not node.is_leaf:
        return refused_page(
            request, ActRefused("no_such_criterion").sentence(), reverse("rounds:part", args=[round, part])
        )
    known = {declared.name for declared in inputs_of(node)}
    fields = {name: value for name, value in values_of(own.inputs).items() if name in known or name == "na"}
    version = request.POST.get("version", "0")

    def act() -> None:
        try:
            save_mark(
                here,
                unit,
                criterion,
                fields,
                "",
                whole_number(version, -1),
                actor=actor_of(request),
                at=request.at,
            )
        except Conflict as conflict:
            raise ActRefused("conflict") from conflict

    return answering(request, act, _("Last year's answer is copied. Check it before you hand in."), back)
