"""The lists of single cases: a set's criteria, who decided a cell, shared evidence, the council's agenda."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from thangdo.methodology import Node
from thangdo.methodology.rules import rule_sentence
from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.reporting.listing_files import decimal_or
from thangdo.web.formatting import points as points_text
from thangdo.web.rounds.links import criterion_link
from thangdo.web.rounds.models import Mark, Part, RoundUnit
from thangdo.web.rounds.same_evidence import SameEvidence
from thangdo.web.rounds.seeing.round_lists import named
from thangdo.web.rounds.sets import IssuedSet
from thangdo.web.rounds.words import agenda_state, kind_name, layer_name, reason_of

Names = Mapping[str, RoundUnit]


def criteria_list(issued: IssuedSet, language: Language) -> Listing:
    """The tree of a set with maximum and rule."""
    rows = [
        (
            node.code,
            node.text[language],
            node.maximum,
            rule_sentence(node.rule, node.maximum, language) if node.rule and node.maximum is not None else "",
        )
        for node in issued.nodes.values()
    ]
    columns = [
        Column(_("Code")),
        Column(_("Criterion"), share=4),
        Column(_("Maximum"), True),
        Column(_("Rule"), share=4),
    ]
    return Listing("tieu-chi", issued.criteria.title[language], columns, rows, row_header=1)


def decided_list(marks: Iterable[Mark], language: Language) -> Listing:
    """What was decided of one cell, layer by layer."""
    rows = [
        (
            layer_name(mark.layer, language) + (" · " + _("settled") if mark.appraiser == "adjudicated" else ""),
            decimal_or(mark.points) if mark.points else _("not applicable"),
            reason_of(mark),
        )
        for mark in marks
    ]
    columns = [Column(_("Step"), share=2), Column(_("Points"), True), Column(_("Reason"), share=4)]
    return Listing("tham-dinh", _("Appraisal"), columns, rows)


def shared_list(
    part: Part, groups: Iterable[SameEvidence], nodes: Mapping[str, Node], names: Names, language: Language
) -> Listing:
    """Documents claimed by several units: a row a claim, so that a sheet can be sorted by unit or by points."""
    rows = [
        (
            f"{group.criterion} {nodes[group.criterion].text[language]}"
            if group.criterion in nodes
            else group.criterion,
            f"{group.name} {group.number}".strip(),
            _("the same file") if group.by == "file" else _("the same number and day"),
            Linked(named(names, claim.unit, language), criterion_link(part, claim.unit, group.criterion)),
            decimal_or(claim.points) if claim.points else "–",
            layer_name(claim.layer, language) if claim.layer else "",
            group.spread if group.is_uneven else None,
        )
        for group in groups
        for claim in group.claims
    ]
    columns = [
        Column(_("Criterion"), share=3),
        Column(_("Document"), share=3),
        Column(_("Alike by"), share=2),
        Column(_("Unit"), share=3),
        Column(_("Points"), True),
        Column(_("Step"), share=2),
        Column(_("Difference"), True),
    ]
    return Listing(f"cung-minh-chung-{part.slug}-{part.round.year}", _("Same evidence"), columns, rows)


def agenda_list(
    part: Part, items: Iterable[Any], nodes: Mapping[str, Node], names: Names, language: Language
) -> Listing:
    """The council's items with their votes, as `views.council.items_of` counts them, and what was decided."""
    rows = [
        (
            item.position,
            Linked(named(names, item.unit, language), criterion_link(part, item.unit, item.criterion)),
            f"{item.criterion} {nodes[item.criterion].text[language]}" if item.criterion in nodes else item.criterion,
            kind_name(item.kind),
            points_text(item.proposal),
            item.reason,
            item.votes_for,
            item.votes_against,
            item.votes_abstain,
            agenda_state(item.state),
        )
        for item in items
    ]
    columns = [
        Column(_("No."), True, 0),
        Column(_("Unit"), share=2),
        Column(_("Criterion"), share=3),
        Column(_("Kind"), share=2),
        Column(_("Points proposed"), True),
        Column(_("Reason"), share=3),
        Column(_("For"), True, 0),
        Column(_("Against"), True, 0),
        Column(_("Abstain"), True, 0),
        Column(_("Decision"), share=2),
    ]
    return Listing(
        f"chuong-trinh-hop-{part.slug}-{part.round.year}", _("Agenda of the council"), columns, rows, row_header=1
    )
