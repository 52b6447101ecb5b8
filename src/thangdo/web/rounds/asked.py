"""What a unit is asked to answer itself, and what of it is still open."""

from __future__ import annotations

from thangdo.web.rounds.models import Mark, Member, Part
from thangdo.web.rounds.points import compiled_set, is_counted
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.sets import issued_set


def asked_criteria(part: Part, unit: str, block: str) -> list[str]:
    """The leaves a unit must answer itself: those that apply, are not counted, bonus or penalty."""
    if issued_set(part).is_composite:
        return []
    compiled = compiled_set(part.set_text)
    nodes = issued_set(part).nodes
    return [
        compiled.codes[position]
        for position, must in compiled.applicable(block, unit).items()
        if must and not is_counted(nodes[compiled.codes[position]])
    ]


def unanswered(part: Part, unit: str) -> list[str]:
    """The criteria a unit has still to answer, in the order of the set."""
    member = Member.objects.filter(part=part, unit=unit).first()
    if member is None:
        raise ActRefused("no_such_unit")
    done = {
        mark.criterion
        for mark in Mark.objects.filter(part=part, unit=unit, layer="self")
        if mark.points or "na" in mark.inputs
    }
    return [code for code in asked_criteria(part, unit, member.block) if code not in done]
