"""Save a unit's own inputs for a criterion: the busiest act, kept to three statements."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.deadlines import has_ended, latest
from thangdo.web.rounds.models import Mark, Part
from thangdo.web.rounds.points import Given, applies, inputs_of, is_counted, points_given
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.sets import issued_set

LAYER = "self"

# One look at everything that decides whether this unit may save this criterion now.
READ = """
SELECT m.block, s.state, s.sent_back_criteria, d.closes_at,
       (SELECT max(e.closes_at) FROM rounds_extension e
         WHERE e.part_id = m.part_id AND e.phase = %s AND (e.unit = '' OR e.unit = m.unit)),
       k.id, k.version
  FROM rounds_member m
  JOIN rounds_submission s ON s.part_id = m.part_id AND s.unit = m.unit
  LEFT JOIN rounds_phasedate d ON d.part_id = m.part_id AND d.phase = %s
  LEFT JOIN rounds_mark k ON k.part_id = m.part_id AND k.unit = m.unit AND k.criterion = %s
        AND k.layer = 'self'
 WHERE m.part_id = %s AND m.unit = %s"""


REPLACE = """
UPDATE rounds_mark
   SET inputs = %s, points = %s, maximum = %s, version = version + 1, changed_at = %s, changed_by_id = %s
 WHERE id = %s AND version = %s"""


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
    with doing("save_mark", actor, part, at, unit=unit, criterion=criterion, reason=explanation.strip()):
        block, stored, stored_version = _open_for(part, unit, criterion, at)
        if not applies(issued_set(part), part.set_text, criterion, block, unit):
            raise ActRefused("not_applicable_here")
        given = points_given(part.set_text, criterion, block, unit, LAYER, fields, language)
        new: dict[str, Any] = {
            "inputs": entries(fields, explanation, declared[0].name, at),
            "points": "" if given.points is None else format(given.points, "f"),
            "maximum": "" if given.maximum is None else format(given.maximum, "f"),
        }
        if stored is None and version == 0:
            _, created = Mark.objects.get_or_create(
                part=part,
                unit=unit,
                criterion=criterion,
                layer=LAYER,
                appraiser="",
                defaults={**new, "changed_at": at, "changed_by_id": actor.person_id},
            )
            if created:
                return Saved(1, given, at)
        elif stored is not None and stored_version == version and _replace(stored, version, new, at, actor):
            return Saved(version + 1, given, at)
        found = _conflict(part, unit, criterion)
        if isinstance(found, Conflict) and _says_the_same(found.inputs, new["inputs"]):
            # The same form sent twice: what was asked for stands already.
            return Saved(found.version, given, found.changed_at or at)
        raise found


def _says_the_same(stored: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Equal values and explanation; only the moment they were given may differ."""

    def told(inputs: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        return {name: (entry.get("value", ""), entry.get("reason", "")) for name, entry in inputs.items()}

    return told(stored) == told(new)


def _open_for(part: Part, unit: str, criterion: str, at: datetime) -> tuple[str, int | None, int]:
    """Block, key and version of the stored mark; refuses where the unit may not save now."""
    # The share lock keeps a leader from approving between this look and the change.
    lock = " FOR SHARE OF s" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(READ + lock, [part.phase, part.phase, criterion, part.pk, unit])
        row = cursor.fetchone()
    if row is None:
        raise ActRefused("no_such_unit")
    block, state, sent_back, fixed, moved, key, version = row
    closes = latest(_moment(fixed), _moment(moved))
    if closes is not None and has_ended(closes, at):
        raise ActRefused("locked", closes=closes.astimezone(at.tzinfo).strftime("%d/%m/%Y %H:%M"))
    sent_back = json.loads(sent_back) if isinstance(sent_back, str) else sent_back
    refuse_unless_open(part.phase, state, sent_back, criterion)
    return block, key, version or 0


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


def _moment(value: datetime | str | None) -> datetime | None:
    """SQLite hands times over as text or without zone, in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def _replace(key: int, version: int, new: dict[str, Any], at: datetime, actor: Actor) -> bool:
    """Write over version `version` only; no row changed means that somebody was first."""
    moment: datetime | str = (
        at if connection.vendor == "postgresql" else at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    )
    inputs = json.dumps(new["inputs"], ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(REPLACE, [inputs, new["points"], new["maximum"], moment, actor.person_id, key, version])
        return cursor.rowcount == 1


def _conflict(part: Part, unit: str, criterion: str) -> Exception:
    stored = Mark.objects.filter(part=part, unit=unit, criterion=criterion, layer=LAYER).first()
    if stored is None:
        return ActRefused("conflict")
    return Conflict(stored.version, stored.inputs, stored.changed_at, stored.changed_by_id)
