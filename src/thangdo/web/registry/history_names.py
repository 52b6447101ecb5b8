"""Names for keys and codes of the register that the ledger has: units and their parents, people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from thangdo.web.accounts.models import Person
from thangdo.web.formatting import language_now
from thangdo.web.ledger.history import differences
from thangdo.web.ledger.models import Entry
from thangdo.web.registry.models import Unit

UNIT, PARENT, PEOPLE = "unit_id", "parent", ("person_id", "on_behalf_of_id")


@dataclass(frozen=True, slots=True)
class RegisterNames:
    """What the register calls what some entries name by key or code."""

    units: Mapping[int, str]
    parents: Mapping[str, str]
    people: Mapping[int, str]

    def name(self, column: str, value: Any) -> str | None:
        """The name behind a value; None where the column is none of the register's or the row is gone."""
        if column == UNIT:
            return self.units.get(value)
        if column == PARENT:
            return self.parents.get(str(value))
        return self.people.get(value) if column in PEOPLE else None


def register_names(entries: Iterable[Entry]) -> RegisterNames:
    """The names that some entries need: one query a kind that is met."""
    keys: dict[str, set[Any]] = {UNIT: set(), PARENT: set(), "people": set()}
    for entry in entries:
        for change in differences(entry):
            kind = "people" if change.column in PEOPLE else change.column
            if kind in keys:
                keys[kind] |= {value for value in (change.before, change.after) if value not in (None, "")}
    language = language_now()
    return RegisterNames(
        {unit.pk: unit.name(language) for unit in Unit.objects.filter(pk__in=keys[UNIT])} if keys[UNIT] else {},
        {unit.code: unit.name(language) for unit in Unit.objects.filter(code__in=keys[PARENT])} if keys[PARENT] else {},
        dict(Person.objects.filter(pk__in=keys["people"]).values_list("pk", "full_name")) if keys["people"] else {},
    )
