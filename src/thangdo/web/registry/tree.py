"""The tree of units, and what the permission table says with it."""

from __future__ import annotations

from dataclasses import replace

from thangdo.web.accounts.permissions import Act, Held, Holder, Place, granting
from thangdo.web.registry.models import Unit
from thangdo.web.statements import ask

# A unit and those above it with their parents: one statement, however deep. UNION ends it where the register runs in
# a circle.
WAY_UP = """
WITH RECURSIVE way (code, parent) AS (
  SELECT code, parent FROM registry_unit WHERE code = %s
  UNION
  SELECT u.code, u.parent FROM registry_unit u JOIN way ON u.code = way.parent)
SELECT code, parent FROM way"""


def unit_tree() -> dict[str, str]:
    """Every unit's parent, by code."""
    return dict(Unit.objects.values_list("code", "parent"))


def units_above(unit: str, parents: dict[str, str] | None = None) -> tuple[str, ...]:
    """The parents of a unit, nearest first; a circle in the register ends the walk."""
    if parents is None:
        parents = dict(ask(WAY_UP, [unit]))
    found: list[str] = []
    current = unit
    while True:
        above = parents.get(current, "")
        if not above or above in found:
            return tuple(found)
        found.append(above)
        current = above


def units_below(parents: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Each unit's own code and those of all units below it."""
    below: dict[str, list[str]] = {code: [code] for code in parents}
    for code in parents:
        for above in units_above(code, parents):
            below.setdefault(above, [above]).append(code)
    return {code: tuple(codes) for code, codes in below.items()}


def granting_with_tree(holder: Holder, act: Act, place: Place) -> Held | None:
    """Ask the table; read the units above only where the answer may hang on them."""
    grant = granting(holder, act, place)
    scopes = {act.scope(held.role) for held in holder.held}
    is_settled = grant is not None and act.scope(grant.role) != "assigned"
    if is_settled or not place.unit or not scopes & {"own_unit", "assigned"}:
        return grant
    if place.unit not in holder.ways:
        holder.ways[place.unit] = units_above(place.unit)
    above = holder.ways[place.unit]
    return granting(holder, act, replace(place, units_above=above)) if above else grant
