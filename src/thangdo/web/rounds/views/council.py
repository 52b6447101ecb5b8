"""The council's agenda and votes, and the minutes as a Word document."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.reporting.minutes import Minutes, MinutesItem, minutes_docx, minutes_pdf
from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.formatting import language_now, points
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.acts.prepare_council import add_item, conclude_item
from thangdo.web.rounds.acts.set_quorum import set_quorum
from thangdo.web.rounds.acts.vote import vote
from thangdo.web.rounds.models import AgendaItem, Appeal, Mark, Member, Part, RoundUnit, Vote
from thangdo.web.rounds.quorum import quorum_of
from thangdo.web.rounds.seeing.case_lists import agenda_list
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.answering import actor_of, answering
from thangdo.web.rounds.words import agenda_state, kind_name


def items_of(part: Part) -> list[AgendaItem]:
    return list(
        AgendaItem.objects.filter(part=part).annotate(
            votes_for=Count("votes", filter=Q(votes__choice="for")),
            votes_against=Count("votes", filter=Q(votes__choice="against")),
            votes_abstain=Count("votes", filter=Q(votes__choice="abstain")),
        )
    )


def agenda(request: Any, round: str, part: str) -> HttpResponse:
    """The agenda (GET), and a new item (POST, by the secretary)."""
    here: Part = request.part
    if request.method == "POST":
        actor, at, given = actor_of(request), request.at, request.POST
        return answering(
            request,
            lambda: add_item(
                here,
                given.get("unit", ""),
                given.get("criterion", ""),
                given.get("points", ""),
                given.get("reason", ""),
                actor=actor,
                at=at,
            ),
            _("The item is on the agenda."),
            request.path,
        )
    items = items_of(here)
    units = {unit.code: unit for unit in RoundUnit.objects.filter(round=here.round)}
    members = Member.objects.filter(part=here)
    on_agenda = {(item.unit, item.criterion) for item in items}
    disputed = [
        row
        for row in Appeal.objects.filter(part=here).exclude(outcome="accepted")
        if (row.unit, row.criterion) not in on_agenda
    ]
    context: dict[str, Any] = {
        "here": here,
        "items": items,
        "open": sum(item.state == "open" for item in items),
        "units": units,
        "members": [units[member.unit] for member in members if member.unit in units],
        "leaves": issued_set(here).leaves if here.set_text else (),
        "nodes": issued_set(here).nodes if here.set_text else {},
        "mine": dict(Vote.objects.filter(item__part=here, person=request.person).values_list("item_id", "choice")),
        "disputed": disputed,
        "chosen_unit": request.GET.get("u", ""),
        "chosen_criterion": request.GET.get("t", ""),
        "may_prepare": may(request.holder, BY_CODE["prepare_council"], request.place),
        "quorum": quorum_of(here, request.at) if here.phase not in {"approve", "closed"} else None,
        "may_set_quorum": may(request.holder, BY_CODE["set_quorum"], request.place),
        "may_vote": may(request.holder, BY_CODE["vote"], request.place),
    }
    listing = agenda_list(here, items, context["nodes"], units, language_now())
    return page_or_file(request, "rounds/council.html", context, [listing] if items else [])


def conclude(request: Any, round: str, part: str, item: int) -> HttpResponse:
    here: Part = request.part
    then = reverse("rounds:council", args=[round, part])
    if request.method != "POST":
        return redirect(then)
    actor, at = actor_of(request), request.at
    return answering(
        request, lambda: conclude_item(here, item, actor=actor, at=at), _("The decision is recorded."), then
    )


def quorum(request: Any, round: str, part: str) -> HttpResponse:
    """The written rule of how many must vote."""
    here: Part = request.part
    then = reverse("rounds:council", args=[round, part])
    if request.method != "POST":
        return redirect(then)
    actor, at, text = actor_of(request), request.at, request.POST.get("quorum", "")
    return answering(request, lambda: set_quorum(here, text, actor=actor, at=at), _("The rule is written down."), then)


def cast(request: Any, round: str, part: str, item: int) -> HttpResponse:
    here: Part = request.part
    then = reverse("rounds:council", args=[round, part])
    if request.method != "POST":
        return redirect(then)
    actor, at, choice = actor_of(request), request.at, request.POST.get("choice", "")
    return answering(request, lambda: vote(here, item, choice, actor=actor, at=at), _("Your vote is counted."), then)


def minutes(request: Any, round: str, part: str) -> HttpResponse:
    """The minutes: each item with its proposal, votes and decision, as Word or (`?tai=pdf`) as PDF."""
    here: Part = request.part
    value = minutes_of(here)
    name = f"bien-ban-{here.slug}-{here.round.year}"
    if request.GET.get("tai") == "pdf":
        response = HttpResponse(minutes_pdf(value, language_now()), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        return response
    response = HttpResponse(minutes_docx(value), content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response


def minutes_of(part: Part) -> Minutes:
    """The minutes as they stand, in the reader's language."""
    language = language_now()
    units = {unit.code: unit for unit in RoundUnit.objects.filter(round=part.round)}
    issued = issued_set(part)
    stood = {
        (mark.unit, mark.criterion): mark.points
        for mark in Mark.objects.filter(part=part).exclude(layer="council").order_by("id")
    }
    items = []
    for item in items_of(part):
        node = issued.nodes.get(item.criterion)
        unit = units.get(item.unit)
        before = stood.get((item.unit, item.criterion), "")
        facts = (
            (_("Kind"), kind_name(item.kind)),
            (_("Points before"), points(before) if before else _("not given yet")),
            (_("Points proposed"), points(item.proposal)),
            (_("Reason"), item.reason),
            (_("For, against, abstained"), f"{item.votes_for}, {item.votes_against}, {item.votes_abstain}"),  # type: ignore[attr-defined]
            (_("Decision"), agenda_state(item.state)),
        )
        heading = f"{item.position}. {unit.name(language) if unit else item.unit} – {item.criterion}"
        items.append(MinutesItem(heading, node.text[language] if node else "", facts))
    return Minutes(
        _("Minutes of the appraisal council"),
        f"{issued.criteria.title[language]} · {part.round.name(language)}",
        tuple(items),
        (_("Secretary"), _("Chair of the council")),
        _("The council has no item on its agenda."),
        STATE_AND_MOTTO if language == "vi" else (),
    )


# Vietnamese papers open with them; an English copy does not.
STATE_AND_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
