"""Save a unit's own inputs for a criterion: the busiest act, kept to two statements.

The first looks at everything that decides; the second writes only where all of that still holds. On PostgreSQL
the second is a whole transaction of its own, with the act for the ledger in it; SQLite takes both into one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from thangdo.web.ledger.acting import SETTING, ActInProgress, acting, current_act
from thangdo.web.rounds.acts.act import TEXT_LIMIT, Actor, permitted
from thangdo.web.rounds.deadlines import has_ended, latest
from thangdo.web.rounds.models import Mark, Part
from thangdo.web.rounds.points import Given, applies, inputs_of, is_counted, points_given
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.sets import issued_set
from thangdo.web.statements import ask, change, found_moment, given_moment

LAYER = "self"

# One look at everything that decides whether this unit may save this criterion now.
READ = """
SELECT m.block, s.state, s.sent_back_criteria, s.version, d.closes_at,
       (SELECT max(e.closes_at) FROM rounds_extension e
         WHERE e.part_id = m.part_id AND e.phase = %s AND (e.unit = '' OR e.unit = m.unit)),
       k.id, k.version
  FROM rounds_member m
  JOIN rounds_submission s ON s.part_id = m.part_id AND s.unit = m.unit
  LEFT JOIN rounds_phasedate d ON d.part_id = m.part_id AND d.phase = %s
  LEFT JOIN rounds_mark k ON k.part_id = m.part_id AND k.unit = m.unit AND k.criterion = %s
        AND k.layer = 'self'
 WHERE m.part_id = %s AND m.unit = %s"""

# The submission and the phase as they were read. On PostgreSQL the act is told in the same statement, and the share
# lock keeps a leader from approving before it commits.
STILL_OPEN = """
SELECT s.id FROM rounds_submission s JOIN rounds_part p ON p.id = s.part_id
 WHERE s.part_id = %s AND s.unit = %s AND s.version = %s AND p.phase = %s"""
FRAMES = {
    "postgresql": (
        f"WITH act AS MATERIALIZED (SELECT set_config('{SETTING}', %s, true)), "
        f"place AS MATERIALIZED ({STILL_OPEN} FOR SHARE OF s)",
        "EXISTS (SELECT 1 FROM act, place)",
    ),
    "sqlite": (f"WITH place AS ({STILL_OPEN})", "EXISTS (SELECT 1 FROM place)"),
}
ADD = """{frame}
INSERT INTO rounds_mark (inputs, points, maximum, changed_at, changed_by_id, part_id, unit, criterion,
                         layer, appraiser, version)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, 'self', '', 1 WHERE {holds}
ON CONFLICT (part_id, unit, criterion, layer, appraiser) DO NOTHING"""
REPLACE = """{frame}
UPDATE rounds_mark
   SET inputs = %s, points = %s, maximum = %s, changed_at = %s, changed_by_id = %s, version = version + 1
 WHERE id = %s AND version = %s AND {holds}"""
STATEMENTS = {
    vendor: tuple(text.format(frame=frame, holds=holds) for text in (ADD, REPLACE))
    for vendor, (frame, holds) in FRAMES.items()
}


# Any number or choice in words; what is longer belongs into the explanation.
VALUE_LIMIT = 500


class Conflict(Exception):
    """Somebody else saved first: what they wrote and the version it has now."""

    def __init__(
        self, version: int, inputs: Mapping[str, Any], changed_at: datetime | None, changed_by_id: int | None
    ) -> None:
        super().__init__(version)
        self.version = version
        self.inputs = inputs
        self.changed_at = changed_at
        self.changed_by_id = changed_by_id


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved, and what it gives."""

    version: int
    given: Given
    at: datetime


def entries(fields: Mapping[str, str], explanation: str, first: str, at: datetime) -> dict[str, dict[str, str]]:
    """The rows of `marks.csv` this save stands for; the explanation goes with the rule's first input."""
    moment = at.isoformat(timespec="seconds")
    found = {
        name: {"value": value.strip(), "reason": "", "given_at": moment}
        for name, value in fields.items()
        if value.strip()
    }
    if explanation.strip():
        found.setdefault(first, {"value": "", "reason": "", "given_at": moment})["reason"] = explanation.strip()
    return found


def save_mark(
    part: Part,
    unit: str,
    criterion: str,
    fields: Mapping[str, str],
    explanation: str,
    version: int,
    *,
    actor: Actor,
    at: datetime,
    language: str = "vi",
) -> Saved:
    """Keep `fields` as the unit's own answer if the stored version is still `version` (0: none yet).

    Raises ActRefused, or Conflict with what somebody else wrote meanwhile. Inputs that cannot be read are
    kept as typed and give no points, so nothing typed is lost.
    """
    node = issued_set(part).nodes.get(criterion)
    if node is None or not node.is_leaf:
        raise ActRefused("no_such_criterion")
    if is_counted(node):
        raise ActRefused("counted")
    declared = inputs_of(node)
    unknown = set(fields) - {row.name for row in declared} - {"na"}
    if unknown:
        raise ActRefused("unknown_field", field=", ".join(sorted(unknown)))
    for name, text, limit in (
        *((name, text, VALUE_LIMIT) for name, text in fields.items()),
        ("", explanation, TEXT_LIMIT),
    ):
        if len(text) > limit:
            raise ActRefused("too_long", field=name or _("Explanation"), limit=limit)
    act = permitted("save_mark", actor, part, at, unit=unit, criterion=criterion, reason=explanation.strip())
    # One statement is one transaction; within a larger one, and on SQLite, the act is told as every other is.
    is_alone = connection.vendor == "postgresql" and not connection.in_atomic_block
    with nullcontext() if is_alone else acting(act):
        look = _look(part, unit, criterion, at)
        if not applies(issued_set(part), part.set_text, criterion, look.block, unit):
            raise ActRefused("not_applicable_here")
        given = points_given(part.set_text, criterion, look.block, unit, LAYER, fields, language)
        inputs = entries(fields, explanation, declared[0].name, at)
        if look.version == version and _write(part, unit, criterion, look, inputs, given, act):
            return Saved(version + 1, given, at)
        # Somebody was first: with another answer, or by taking the submission on.
        found = Mark.objects.filter(part=part, unit=unit, criterion=criterion, layer=LAYER).first()
        if found is not None and found.says(inputs):
            # The same form sent twice: what was asked for stands already.
            return Saved(found.version, given, found.changed_at or at)
        if found is not None and found.version != version:
            raise Conflict(found.version, found.inputs, found.changed_at, found.changed_by_id)
        _look(part, unit, criterion, at)
        raise ActRefused("conflict")


@dataclass(frozen=True, slots=True)
class Look:
    """What stood when the save looked: the unit's block, the submission's version, the mark's key and version (0: none)."""

    block: str
    submission_version: int
    key: int | None
    version: int


def _look(part: Part, unit: str, criterion: str, at: datetime) -> Look:
    """Refuses where the unit may not save now."""
    rows = ask(READ, [part.phase, part.phase, criterion, part.pk, unit])
    if not rows:
        raise ActRefused("no_such_unit")
    block, state, sent_back, submission_version, fixed, moved, key, version = rows[0]
    closes = latest(found_moment(fixed), found_moment(moved))
    if closes is not None and has_ended(closes, at):
        raise ActRefused("locked", closes=closes.astimezone(at.tzinfo).strftime("%d/%m/%Y %H:%M"))
    sent_back = json.loads(sent_back) if isinstance(sent_back, str) else sent_back
    refuse_unless_open(part.phase, state, sent_back, criterion)
    return Look(block, submission_version, key, version or 0)


def refuse_unless_open(phase: str, state: str, sent_back: list[str], criterion: str) -> None:
    """A submission is changed while open; after it was sent back (even during appraisal), only where it was."""
    if state == "with_leader":
        raise ActRefused("with_leader")
    if state == "approved":
        raise ActRefused("already_submitted")
    if state == "open" and phase != "self_score":
        raise ActRefused("wrong_phase")
    if state == "sent_back" and sent_back and criterion not in sent_back:
        raise ActRefused("not_sent_back", criteria=", ".join(sent_back))


def _write(
    part: Part,
    unit: str,
    criterion: str,
    look: Look,
    inputs: Mapping[str, Any],
    given: Given,
    act: ActInProgress,
) -> bool:
    """Write over what `look` saw and nothing else; False where that no longer stands."""
    add, replace = STATEMENTS[connection.vendor]
    told = [current_act() or act.as_text()] if connection.vendor == "postgresql" else []
    parameters = [
        *told,
        *(part.pk, unit, look.submission_version, part.phase),
        json.dumps(inputs, ensure_ascii=False),
        "" if given.points is None else format(given.points, "f"),
        "" if given.maximum is None else format(given.maximum, "f"),
        given_moment(act.at),
        act.actor_id,
    ]
    if look.key is None:
        return change(add, [*parameters, part.pk, unit, criterion]) == 1
    return change(replace, [*parameters, look.key, look.version]) == 1
