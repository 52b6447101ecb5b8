"""An appraiser agrees with a unit's points for a criterion, or changes them with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from thangdo.web.registry.tree import units_above
from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.submission import refuse_after_deadline
from thangdo.web.rounds.models import Mark, Member, Part, SampleItem
from thangdo.web.rounds.phases import BY_CODE
from thangdo.web.rounds.points import points_given
from thangdo.web.rounds.refusals import ActRefused

ADJUDICATED = "adjudicated"
BELOW = {"appraisal_1": ("self",), "appraisal_2": ("appraisal_1", "self")}


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for a cell beneath a layer: its inputs and points."""

    layer: str
    inputs: Mapping[str, Any]
    points: str
    maximum: str


def standing_below(part: Part, unit: str, criterion: str, layer: str) -> Standing | None:
    """The last decided mark beneath `layer`; an adjudicated one before single ones."""
    marks = Mark.objects.filter(part=part, unit=unit, criterion=criterion)
    for lower in BELOW[layer]:
        rows = [mark for mark in marks if mark.layer == lower]
        if rows:
            chosen = next((mark for mark in rows if mark.appraiser == ADJUDICATED), rows[0])
            return Standing(lower, chosen.inputs, chosen.points, chosen.maximum)
    return None


def agree(part: Part, unit: str, criterion: str, *, actor: Actor, at: datetime) -> Mark:
    """Keep the unit's inputs as this layer's. Refused where the unit gave no points."""
    layer = BY_CODE[part.phase].layer
    with doing("appraise", actor, part, at, unit=unit, criterion=criterion):
        refuse_locked_appraisal(part, unit, at)
        below = standing_below(part, unit, criterion, layer)
        if below is None or (not below.points and "na" not in below.inputs):
            raise ActRefused("nothing_to_agree")
        moment = at.isoformat(timespec="seconds")
        inputs = {
            name: {**entry, "reason": "", "given_at": moment}
            for name, entry in below.inputs.items()
            if str(entry.get("value", "")).strip()
        }
        return _write(part, unit, criterion, layer, inputs, below.points, below.maximum, actor, at)


def change_points(
    part: Part, unit: str, criterion: str, fields: Mapping[str, str], reason: str, *, actor: Actor, at: datetime
) -> Mark:
    """Decide other points (`points`), other inputs, or `na`, with a reason."""
    if not reason.strip():
        raise ActRefused("needs_reason")
    layer = BY_CODE[part.phase].layer
    with doing("appraise", actor, part, at, unit=unit, criterion=criterion, reason=reason.strip()):
        refuse_locked_appraisal(part, unit, at)
        block = block_of(part, unit)
        inputs, points, maximum = decided(part, unit, criterion, block, layer, fields, reason, at)
        return _write(part, unit, criterion, layer, inputs, points, maximum, actor, at)


def refuse_locked_appraisal(part: Part, unit: str, at: datetime) -> None:
    """The end of the appraisal locks it. That of the appeals binds the units; whoever decides comes after it."""
    if part.phase == "appraise":
        refuse_after_deadline(part, unit, at)


def block_of(part: Part, unit: str) -> str:
    block = Member.objects.filter(part=part, unit=unit).values_list("block", flat=True).first()
    if block is None:
        raise ActRefused("no_such_unit")
    return block


def decided(
    part: Part,
    unit: str,
    criterion: str,
    block: str,
    layer: str,
    fields: Mapping[str, str],
    reason: str,
    at: datetime,
) -> tuple[dict[str, dict[str, str]], str, str]:
    """The inputs of a decided mark with points and maximum as text; refuses points outside the criterion's range."""
    given_fields = {name: value for name, value in fields.items() if value.strip()}
    given = points_given(part.set_text, criterion, block, unit, layer, given_fields)
    is_na = "na" in given_fields
    if given.bad_inputs or given.problem or (given.points is None and not is_na):
        raise ActRefused("bad_points", maximum=given.maximum if given.maximum is not None else "–")
    moment = at.isoformat(timespec="seconds")
    inputs = {
        name: {"value": _plain(value), "reason": reason.strip(), "given_at": moment}
        for name, value in given_fields.items()
    }
    return inputs, _text(given.points), _text(given.maximum)


def _plain(value: str) -> str:
    """What the folder keeps: a decimal point, whatever was typed."""
    return (
        value.strip().replace(",", ".") if value.strip().replace(",", "").replace(".", "").isdigit() else value.strip()
    )


def _text(value: Decimal | None) -> str:
    return "" if value is None else format(value, "f")


def _write(
    part: Part,
    unit: str,
    criterion: str,
    layer: str,
    inputs: dict[str, Any],
    points: str,
    maximum: str,
    actor: Actor,
    at: datetime,
) -> Mark:
    """One appraiser a cell, two where it was drawn; two that agree are adjudicated by that."""
    if actor.holder.own_unit and actor.holder.own_unit in (unit, *units_above(unit)):
        raise ActRefused("own_unit")
    rows = list(Mark.objects.select_for_update().filter(part=part, unit=unit, criterion=criterion, layer=layer))
    others = [row for row in rows if row.appraiser not in {actor.code, ADJUDICATED, ""}]
    is_sampled = SampleItem.objects.filter(part=part, unit=unit, criterion=criterion).exists()
    if others and not (is_sampled and len(others) == 1):
        raise ActRefused("appraised_by_other")
    mark = put_mark(part, unit, criterion, layer, actor.code, inputs, points, maximum, actor, at)
    if others and others[0].points == points:
        put_mark(part, unit, criterion, layer, ADJUDICATED, inputs, points, maximum, actor, at)
    return mark


def put_mark(
    part: Part,
    unit: str,
    criterion: str,
    layer: str,
    appraiser: str,
    inputs: dict[str, Any],
    points: str,
    maximum: str,
    actor: Actor,
    at: datetime,
) -> Mark:
    """Write one mark of a layer above the unit's own; called inside an act only."""
    mark, created = Mark.objects.get_or_create(
        part=part,
        unit=unit,
        criterion=criterion,
        layer=layer,
        appraiser=appraiser,
        defaults={
            "inputs": inputs,
            "points": points,
            "maximum": maximum,
            "changed_at": at,
            "changed_by_id": actor.person_id,
        },
    )
    # A form sent twice decides once.
    if not created and not (mark.says(inputs) and (mark.points, mark.maximum) == (points, maximum)):
        mark.inputs, mark.points, mark.maximum = inputs, points, maximum
        mark.changed_at, mark.changed_by_id, mark.version = at, actor.person_id, mark.version + 1
        mark.save()
    return mark
