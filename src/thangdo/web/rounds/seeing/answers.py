"""A unit's answers as pages read them: values and explanation of a mark, the list of criteria with states, last year's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thangdo.methodology import Node
from thangdo.web.accounts.permissions import Holder
from thangdo.web.rounds.known import Known, known_of
from thangdo.web.rounds.models import Mark, Member, Part, Submission
from thangdo.web.rounds.points import applies, is_counted
from thangdo.web.rounds.sets import IssuedSet

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
    known: Known, issued: IssuedSet, member: Member, marks: Mapping[str, Mark], submission: Submission | None
) -> list[SideRow]:
    """The set's nodes that apply to the unit and the reader may open, with done, to do, sent back, counted."""
    part = known.part
    sent_back = set(submission.sent_back_criteria) if submission and submission.state == "sent_back" else set()
    rows = []
    for node in issued.criteria.walk():
        if not applies(issued, part.set_text, node.code, member.block, member.unit):
            continue
        if not any(known.reads(leaf.code) for leaf in node.walk() if leaf.is_leaf):
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


def last_year_mark(part: Part, holder: Holder, unit: str, criterion: str) -> tuple[Part, Mark, Mark] | None:
    """The unit's own answer and its last points a year earlier that the reader may know, same code and index."""
    marks = list(
        Mark.objects.filter(
            part__index=part.index, part__round__year=part.round.year - 1, unit=unit, criterion=criterion
        ).select_related("part__round")
    )
    own = next((mark for mark in marks if mark.layer == "self"), None)
    if own is None:
        return None
    # A year that is not over yet is told no further than its own pages tell it.
    layers = known_of(own.part, holder, unit).layers
    marks = [mark for mark in marks if mark.layer in layers]
    return own.part, own, max(marks, key=lambda mark: (LAYER_ORDER.index(mark.layer), mark.appraiser == "adjudicated"))
