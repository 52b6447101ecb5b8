"""Set when the phases of a part open and close, and extend an end by a decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing, in_turn
from thangdo.web.rounds.acts.appraise import block_of
from thangdo.web.rounds.deadlines import closes_at
from thangdo.web.rounds.models import Extension, Part, PhaseDate
from thangdo.web.rounds.phases import BY_CODE
from thangdo.web.rounds.refusals import ActRefused, DoneAlready

Dates = Mapping[str, tuple[datetime | None, datetime | None]]


def set_deadlines(part: Part, dates: Dates, *, actor: Actor, at: datetime) -> None:
    """Write opening and end of phases. The end of a running phase moves by `extend` only."""
    with doing("set_deadlines", actor, part, at):
        for phase, (opens, closes) in dates.items():
            if phase not in BY_CODE or (opens and closes and closes <= opens):
                raise ActRefused("bad_moment")
            stored = PhaseDate.objects.filter(part=part, phase=phase).first()
            if phase == part.phase and stored and stored.closes_at and stored.closes_at != closes:
                raise ActRefused("bad_moment")
            PhaseDate.objects.update_or_create(
                part=part, phase=phase, defaults={"opens_at": opens, "closes_at": closes}
            )


def extend(
    part: Part, unit: str, until: datetime, number: str, reason: str, *, actor: Actor, at: datetime
) -> Extension:
    """Move the end of the running phase, for one unit or for all (blank), by a decision with its reason."""
    if not reason.strip():
        raise ActRefused("needs_reason")
    with doing("extend", actor, part, at, unit=unit, reason=reason.strip()):
        in_turn(part)
        if unit:
            block_of(part, unit)
        given = {"closes_at": until, "number": number.strip(), "reason": reason.strip()}
        if Extension.objects.filter(part=part, phase=part.phase, unit=unit, **given).exists():
            raise DoneAlready()
        present = closes_at(part, part.phase, unit)
        if until <= at or (present is not None and until <= present):
            raise ActRefused("bad_moment")
        return Extension.objects.create(
            part=part,
            phase=part.phase,
            unit=unit,
            **given,
            decided_at=at,
            decided_by_id=actor.person_id,
        )
