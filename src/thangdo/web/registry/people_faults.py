"""What a list of people cannot be taken for: each fault with its row and column, said in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from thangdo.web.accounts.models import Person
from thangdo.web.accounts.roles import BY_CODE

WHY: dict[str, Any] = {
    "blank": _("Row %(row)s, column “%(column)s”: nothing is written. Every person needs a login and a name."),
    "long": _("Row %(row)s, column “%(column)s”: longer than %(limit)s characters. Shorten it."),
    "role": _("Row %(row)s, column “%(column)s”: there is no role “%(value)s”. Write one of: %(roles)s."),
    "unit": _("Row %(row)s, column “%(column)s”: the register has no unit “%(value)s”. Write its code."),
    "no_unit": _("Row %(row)s, column “%(column)s”: the role “%(value)s” is held in a unit. Write the unit's code."),
}
# A value is quoted so far that it is found again in the sheet.
QUOTED = 60
GIVEN_ROLES = tuple(code for code in BY_CODE if code != "public")
# What no column of the database would hold; SQLite would keep it.
LIMITS = {
    field.name: field.max_length
    for field in Person._meta.concrete_fields
    if field.name in {"login", "full_name", "email", "title"} and field.max_length
}


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row of WHY: where it stands (the header is row 1), and what was written there."""

    why: str
    row: int
    column: str
    value: str = ""

    def sentence(self) -> str:
        facts = {
            "row": self.row,
            "column": self.column,
            "value": self.value[:QUOTED],
            "limit": LIMITS.get(self.column, 0),
            "roles": ", ".join(GIVEN_ROLES),
        }
        return str(WHY[self.why] % facts)


class BadPeople(Exception):
    """The list cannot be taken: every fault of every row."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__(*faults)
        self.faults = tuple(faults)


def faults_of(number: int, row: Mapping[str, str], units: AbstractSet[str]) -> Iterable[RowFault]:
    """Everything that speaks against one row of cells; `units` are the codes of the register."""
    for column in ("login", "full_name"):
        if not row[column]:
            yield RowFault("blank", number, column)
    for column, limit in LIMITS.items():
        if len(row[column]) > limit:
            yield RowFault("long", number, column)
    role, unit = row["role"], row["unit"]
    if role and role not in GIVEN_ROLES:
        yield RowFault("role", number, "role", role)
    if unit and unit not in units:
        yield RowFault("unit", number, "unit", unit)
    if not unit and role in GIVEN_ROLES and BY_CODE[role].is_of_unit:
        yield RowFault("no_unit", number, "unit", role)
