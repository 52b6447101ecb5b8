"""What speaks against recording a change of units: one row each, said in the reader's language with what to do."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from thangdo.web.formatting import day

FAULTS: dict[str, Any] = {
    "no_document": _("Write the number of the legal document, such as 1685/NQ-UBTVQH15."),
    "no_day": _("Write the day of effect, between %(first)s and %(last)s."),
    "bad_rule": _("Choose how the past of the units is taken over."),
    "too_long": _("“%(field)s” is longer than the %(limit)s characters that are kept. Shorten it."),
    "predecessors_merged": _("A merger joins at least two units; %(given)s is named. Write one on each line."),
    "too_many": _("%(given)s units are named; a merger is recorded for at most %(most)s. Import the rest as a list."),
    "predecessors_split": _("Exactly one unit is split; %(given)s are named."),
    "predecessors_renamed": _("Exactly one unit gets a new name; %(given)s are named."),
    "predecessors_created": _("A new unit has no unit before it. Record a merger, a split or a new name instead."),
    "successors_merged": _("A merger gives one unit; %(given)s are named."),
    "successors_split": _("A split gives at least two units; %(given)s is named."),
    "successors_renamed": _("A new name gives one unit; %(given)s are named."),
    "successors_created": _("Name the one unit that is created; %(given)s are named."),
    "unknown_unit": _("The register has no unit “%(unit)s”. Write its code or its whole name."),
    "which_unit": _("“%(unit)s” is not one unit's code or whole name. Did you mean: %(near)s?"),
    "predecessor_twice": _("%(unit)s is named twice."),
    "successor_twice": _("The code %(unit)s is given to two new units."),
    "has_heir": _("%(unit)s gave way to %(heirs)s already (its last day: %(day)s). A unit ends only once."),
    "ended": _("%(unit)s has %(day)s as its last day: that is not the day before the day of effect."),
    "not_born": _("%(unit)s begins only on %(day)s: it cannot end before."),
    "bad_code": _("“%(unit)s” has no usable code: letters without accents, digits, points and hyphens, at most 40."),
    "own_successor": _("%(unit)s cannot come from itself: the unit of the new day needs a code of its own."),
    "code_taken": _("The code %(unit)s belongs to %(name)s. Give the new unit a code of its own."),
    "no_name": _("Write the Vietnamese name of the unit %(unit)s."),
    "unknown_parent": _("The parent unit “%(unit)s” is not in the register. Write its code."),
    "parent_ends": _("The new unit cannot stand below %(unit)s, which ends or is the unit itself."),
    "no_level": _("Choose the level of the unit %(unit)s."),
    "under_evaluation": _(
        "%(unit)s is under evaluation for %(year)s in “%(round)s”. Finish that part, or take the unit out of it first."
    ),
    "closed_year": _(
        "The results of %(year)s are closed and count %(unit)s as a unit of that year. Write a day after that year."
    ),
    "year_is_over": _("Every round of %(year)s is closed: its units no longer change. Write a day after that year."),
    "just_recorded": _("Somebody else has just recorded one of these units. Look at the register before trying again."),
}


class Fault:
    """One row of FAULTS with the facts that fill its sentence."""

    __slots__ = ("code", "facts")

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts

    def __repr__(self) -> str:
        return f"Fault({self.code!r}, {self.facts!r})"

    def sentence(self) -> str:
        """What is wrong and what to do, in the language of the moment."""
        shown = {name: day(value) if isinstance(value, date) else value for name, value in self.facts.items()}
        if "field" in shown:
            shown["field"] = _now("Name") if shown["field"] == "name" else _now("Number of the legal document")
        if shown.get("day", "") is None:
            shown["day"] = _now("not stated")
        return str(FAULTS[self.code] % shown)
