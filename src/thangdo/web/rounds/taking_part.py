"""A unit that takes part in a part of a round: its row of that year, its block and its submission, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from thangdo.web.rounds.models import Member, Part, RoundUnit, Submission
from thangdo.web.statements import Columns, ask

MEMBER = Columns(Member, "id", "part_id", "position", "block", "unit", "ranked")
NAMED = Columns(RoundUnit, "id", "round_id", "position", "code", "name_vi", "name_en", "short_vi", "short_en")
SUBMISSION = Columns(Submission, *(field.attname for field in Submission._meta.concrete_fields))
FIND = f"""
SELECT {MEMBER.of("m")}, {NAMED.of("u")}, {SUBMISSION.of("s")}
  FROM rounds_member m
  JOIN rounds_roundunit u ON u.round_id = %s AND u.code = m.unit
  LEFT JOIN rounds_submission s ON s.part_id = m.part_id AND s.unit = m.unit
 WHERE m.part_id = %s AND m.unit = %s"""  # noqa: S608  # names of columns, written above


@dataclass(frozen=True, slots=True)
class TakingPart:
    """A unit in a part; `submission` is None before the part is opened."""

    member: Member
    named: RoundUnit
    submission: Submission | None


def taking_part(part: Part, unit: str) -> TakingPart | None:
    """None where the unit does not take part."""
    rows = ask(FIND, [part.round_id, part.pk, unit])
    if not rows:
        return None
    row, named, handed_in = rows[0], len(MEMBER.names), len(MEMBER.names) + len(NAMED.names)
    return TakingPart(
        MEMBER.object(row),
        NAMED.object(row[named:]),
        SUBMISSION.object(row[handed_in:]) if row[handed_in] is not None else None,
    )
