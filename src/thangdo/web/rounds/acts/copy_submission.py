"""Take last year's answers as this year's for a whole submission, where nothing is typed yet: one act."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any

from thangdo.evaluation.year_on_year import comparable_criteria
from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.save_mark import LAYER, entries, refuse_unless_open
from thangdo.web.rounds.acts.submission import locked_submission
from thangdo.web.rounds.deadlines import closes_at, has_ended
from thangdo.web.rounds.models import Mark, Member, Part
from thangdo.web.rounds.points import applies, inputs_of, is_counted, points_given
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.sets import issued_set


def answers_to_copy(part: Part, member: Member, typed: Container[str]) -> dict[str, dict[str, str]]:
    """Last year's own answers of a unit by criterion, where the criterion asks the same and is not `typed` yet.

    Words are not copied: an explanation belongs to its year. Two queries.
    """
    unit = member.unit
    before = (
        Part.objects.filter(index=part.index, round__year=part.round.year - 1, members__unit=unit)
        .exclude(set_text="")
        .first()
    )
    if before is None or not part.set_text:
        return {}
    issued = issued_set(part)
    same = set(comparable_criteria(issued_set(before).criteria, issued.criteria))
    old = dict(Mark.objects.filter(part=before, unit=unit, layer=LAYER).values_list("criterion", "inputs"))
    found = {}
    for leaf in issued.leaves:
        if leaf.code not in same or leaf.code in typed or leaf.code not in old or is_counted(leaf):
            continue
        known = {declared.name for declared in inputs_of(leaf)} | {"na"}
        fields = {name: value for name, value in _values(old[leaf.code]).items() if name in known}
        if fields and applies(issued, part.set_text, leaf.code, member.block, unit):
            found[leaf.code] = fields
    return found


def copy_submission(part: Part, unit: str, *, actor: Actor, at: datetime) -> int:
    """Copy them; returns how many. What somebody types meanwhile stands. Raises ActRefused."""
    with doing("copy_submission", actor, part, at, unit=unit):
        submission = locked_submission(part, unit)
        closes = closes_at(part, part.phase, unit)
        if has_ended(closes, at) and closes is not None:
            raise ActRefused("locked", closes=closes.astimezone(at.tzinfo).strftime("%d/%m/%Y %H:%M"))
        refuse_unless_open(part.phase, submission.state, submission.sent_back_criteria or [], "")
        member = Member.objects.filter(part=part, unit=unit).first()
        marks = list(Mark.objects.select_for_update().filter(part=part, unit=unit, layer=LAYER).order_by("pk"))
        copied = answers_to_copy(part, member, {mark.criterion for mark in marks if mark.inputs}) if member else {}
        if member is None or not copied:
            raise ActRefused("nothing_to_copy")
        # A mark that was emptied again is still a row: it is filled, every other is new.
        emptied = {mark.criterion: mark for mark in marks if not mark.inputs}
        new = []
        for criterion, fields in copied.items():
            given = points_given(part.set_text, criterion, member.block, unit, LAYER, fields)
            first = inputs_of(issued_set(part).nodes[criterion])[0].name
            columns: dict[str, Any] = {
                "inputs": entries(fields, "", first, at),
                "points": "" if given.points is None else format(given.points, "f"),
                "maximum": "" if given.maximum is None else format(given.maximum, "f"),
                "changed_at": at,
                "changed_by_id": actor.person_id,
            }
            if criterion in emptied:
                mark = emptied[criterion]
                Mark.objects.filter(pk=mark.pk, version=mark.version).update(**columns, version=mark.version + 1)
            else:
                new.append(Mark(part=part, unit=unit, criterion=criterion, layer=LAYER, **columns))
        Mark.objects.bulk_create(new, ignore_conflicts=True)
    return len(copied)


def _values(inputs: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(entry.get("value", "")) for name, entry in inputs.items() if entry.get("value", "") != ""}
