"""Where a page is: the part an address names, and its place for the permission table."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from thangdo.web.accounts.permissions import Place
from thangdo.web.rounds.models import Part, Round
from thangdo.web.rounds.sets import issued_set
from thangdo.web.statements import Columns, ask

# Without the set's text: it is long, frozen by its hash once issued, and asked for on every page.
PART = Columns(
    Part, "id", "round_id", "position", "index", "slug", "kind", "blocks", "set_name", "set_hash", "phase",
    "phase_since", "version",
)  # fmt: skip
ROUND = Columns(Round, "id", "code", "name_vi", "name_en", "year", "state", "language", "illustrative", "created_at")
# The text comes along where this process does not hold the set of that part yet: no question of its own.
FIND = f"""
SELECT {PART.of("p")}, {ROUND.of("r")}, CASE WHEN p.set_hash = %s THEN '' ELSE p.set_text END
  FROM rounds_round r JOIN rounds_part p ON p.round_id = r.id
 WHERE r.code = %s AND p.slug = %s"""  # noqa: S608  # names of columns, written above

# Texts of issued sets by their content hash, and the hash each part was last met with; a process meets a few dozen.
_ISSUED: dict[str, str] = {}
_HASH_AT: dict[tuple[str, str], str] = {}
# No set has this hash.
_NOT_MET = "-"


def part_of(kwargs: dict[str, Any]) -> Part | None:
    """The part that the address names by `round` and `part`; 404 where there is none."""
    if "part" not in kwargs:
        return None
    held = _HASH_AT.get((kwargs["round"], kwargs["part"]), _NOT_MET)
    rows = ask(FIND, [held, kwargs["round"], kwargs["part"]])
    if not rows:
        raise Http404
    part: Part = PART.object(rows[0])
    part.round = ROUND.object(rows[0][len(PART.names) : -1])
    if part.set_hash == held:
        part.set_text = _ISSUED[held]
    else:
        part.set_text = rows[0][-1]
        keep_text(part)
    return part


def keep_text(part: Part) -> None:
    """Hold the text of an issued set, which no longer changes, for the pages to come."""
    if part.set_hash:
        # One text for all parts with this set.
        part.set_text = _ISSUED.setdefault(part.set_hash, part.set_text)
        _HASH_AT[part.round.code, part.slug] = part.set_hash


def place_of(part: Part | None, kwargs: dict[str, Any]) -> Place:
    """The place of an address, with the criterion's parents where it names one."""
    unit = str(kwargs.get("unit", ""))
    if part is None:
        return Place(round=str(kwargs.get("round", "")), unit=unit)
    criterion = str(kwargs.get("criterion", ""))
    above: tuple[str, ...] = ()
    if criterion:
        known = issued_set(part)
        if criterion not in known.nodes:
            raise Http404
        above = known.nodes_above(criterion)
    return Place(part.round.code, part.index, unit, criterion, part.phase, (), above, part.slug)
