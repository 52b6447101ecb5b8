"""One unit created, renamed, merged or split as a decision says it: judged against the register, then its rows.

The rows are those of an imported register, so that both doors write the same records and judge by the same rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches

from thangdo.evaluation.register import LEVELS
from thangdo.evaluation.register import Unit as RegisterUnit
from thangdo.evaluation.vietnamese import search_text
from thangdo.findings import Finding, Refused
from thangdo.web.formatting import language_now
from thangdo.web.registry.loading import (
    UnitChange,
    as_register,
    cells_of,
    changes,
    parents_named,
    read_import,
    stored_with_past,
)
from thangdo.web.registry.models import Unit
from thangdo.web.registry.reorganisation_faults import Fault
from thangdo.web.registry.succession import RULES
from thangdo.web.typed_values import EARLIEST, LATEST

# Kind → least and most predecessors, least and most successors.
SHAPES: Mapping[str, tuple[int, int, int, int]] = {
    "merged": (2, 40, 1, 1),
    "split": (1, 1, 2, 40),
    "renamed": (1, 1, 1, 1),
    "created": (0, 0, 1, 1),
}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
MOST_LETTERS = 255
# Named units looked for: one more than any change joins; a longer list is refused by its length.
MOST_NAMED = 41


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A successor as typed. A blank level or parent is the one its predecessors share."""

    code: str
    name_vi: str
    name_en: str = ""
    short_vi: str = ""
    level: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """What a decision says. `predecessors` are codes or names as typed; `on` is the first day of the successors."""

    kind: str
    document: str
    on: date | None
    predecessors: tuple[str, ...]
    successors: tuple[NewUnit, ...]
    rule: str = "mean"


@dataclass(frozen=True, slots=True)
class Judged:
    """A reorganisation beside the register: the units that end, those below them, and every row to write.

    `changes` are those rows beside the register, `parents` the names of the units they stand or stood below.
    `faults` are all that speak against it, `findings` those of the register's own rules. `is_recorded`: it stands
    in the register already, word for word.
    """

    asked: Reorganisation
    ending: tuple[Unit, ...]
    below: tuple[Unit, ...]
    rows: tuple[RegisterUnit, ...]
    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...] = ()
    is_recorded: bool = False
    changes: tuple[UnitChange, ...] = ()
    parents: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the successors."""
        return tuple(new.code for new in self.asked.successors)


def judge(asked: Reorganisation) -> Judged:
    """Everything the register says of it, all faults at once."""
    stored = {unit.code: unit for unit in stored_with_past()}
    ending, faults = _ending(asked, stored)
    if asked.on is not None and _is_recorded(asked, ending, stored):
        return Judged(asked, ending, (), (), (), is_recorded=True)
    faults += [*_head_faults(asked), *_shape_faults(asked)]
    codes = {unit.code for unit in ending}
    below = tuple(unit for unit in stored.values() if unit.parent in codes and unit.code not in codes)
    for unit in ending:
        faults += _ending_faults(unit, asked.on)
    for new in asked.successors:
        faults += _successor_faults(new, asked.on, codes, stored)
        faults += _place_faults(new, ending, codes)
    repeated = [code for code, times in Counter(new.code for new in asked.successors).items() if code and times > 1]
    faults += [Fault("successor_twice", unit=code) for code in repeated]
    if faults or asked.on is None:
        return Judged(asked, ending, below, (), tuple(faults))
    rows, findings = _rows(asked, asked.on, ending, below, stored)
    changed = tuple(changes(rows, stored.values()))
    parents = {code: _called(stored[code]) for code in parents_named(changed) if code in stored}
    return Judged(asked, ending, below, rows, (), findings, changes=changed, parents=parents)


def _ending(asked: Reorganisation, stored: Mapping[str, Unit]) -> tuple[tuple[Unit, ...], list[Fault]]:
    """The units named as predecessors: by code, or by a name that one unit bears."""
    named: dict[str, list[Unit]] = {}
    for unit in stored.values():
        for text in {unit.code, unit.name_vi, unit.name_en, unit.short_vi, *unit.aliases.split(";")}:
            if key := search_text(text):
                named.setdefault(key, []).append(unit)
    found: dict[str, Unit] = {}
    faults = []
    for text in asked.predecessors[:MOST_NAMED]:
        key = search_text(text)
        units = [stored[text]] if text in stored else named.get(key, [])
        if len(units) > 1 and asked.on is not None:
            # A name that was handed on means the unit that bears it on the last day.
            units = [unit for unit in units if _is_valid(unit, asked.on - timedelta(days=1))] or units
        if len(units) != 1:
            near = units or [unit for close in get_close_matches(key, named, 3, 0.6) for unit in named[close]]
            offered = ", ".join(dict.fromkeys(f"{_called(unit)} ({unit.code})" for unit in near[:4]))
            faults.append(Fault("unknown_unit" if not offered else "which_unit", unit=text, near=offered))
        elif units[0].code in found:
            faults.append(Fault("predecessor_twice", unit=_called(units[0])))
        else:
            found[units[0].code] = units[0]
    return tuple(found.values()), faults


def _called(unit: Unit) -> str:
    return unit.name(language_now())


def _is_valid(unit: Unit, on: date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= on) and (unit.valid_to is None or on <= unit.valid_to)


def _head_faults(asked: Reorganisation) -> Iterable[Fault]:
    if not asked.document:
        yield Fault("no_document")
    if len(asked.document) > MOST_LETTERS:
        yield Fault("too_long", field="document", limit=MOST_LETTERS)
    if asked.on is None or not EARLIEST <= asked.on.year <= LATEST:
        yield Fault("no_day", first=EARLIEST, last=LATEST)
    if asked.rule not in RULES:
        yield Fault("bad_rule")


def _shape_faults(asked: Reorganisation) -> Iterable[Fault]:
    least_old, most_old, least_new, most_new = SHAPES[asked.kind]
    if len(asked.predecessors) > most_old > 1:
        yield Fault("too_many", given=len(asked.predecessors), most=most_old)
    elif not least_old <= len(asked.predecessors) <= most_old:
        yield Fault(f"predecessors_{asked.kind}", given=len(asked.predecessors))
    if not least_new <= len(asked.successors) <= most_new:
        yield Fault(f"successors_{asked.kind}", given=len(asked.successors))


def _ending_faults(unit: Unit, on: date | None) -> Iterable[Fault]:
    heirs = [_called(row.successor) for row in unit.successions_out.all() if row.successor is not None]
    if heirs:
        yield Fault("has_heir", unit=_called(unit), day=unit.valid_to, heirs=", ".join(heirs))
    elif on is not None and unit.valid_to is not None and unit.valid_to != on - timedelta(days=1):
        yield Fault("ended", unit=_called(unit), day=unit.valid_to)
    if on is not None and unit.valid_from is not None and unit.valid_from >= on:
        yield Fault("not_born", unit=_called(unit), day=unit.valid_from)


def _successor_faults(new: NewUnit, on: date | None, ending: set[str], stored: Mapping[str, Unit]) -> Iterable[Fault]:
    if not _CODE.fullmatch(new.code):
        yield Fault("bad_code", unit=new.code or new.name_vi)
        return
    if new.code in ending:
        yield Fault("own_successor", unit=new.code)
        return
    old = stored.get(new.code)
    if old is not None and (old.valid_from is None or old.valid_from != on or old.successions_in.all()):
        yield Fault("code_taken", unit=new.code, name=_called(old))
    if old is None and not new.name_vi:
        yield Fault("no_name", unit=new.code)
    if max(map(len, (new.name_vi, new.name_en))) > MOST_LETTERS or len(new.short_vi) > 120:
        yield Fault("too_long", field="name", limit=MOST_LETTERS if len(new.short_vi) <= 120 else 120)
    if new.parent and new.parent not in stored:
        yield Fault("unknown_parent", unit=new.parent)


def _place_faults(new: NewUnit, ending: tuple[Unit, ...], codes: set[str]) -> Iterable[Fault]:
    if new.parent and new.parent in codes | {new.code}:
        yield Fault("parent_ends", unit=new.parent)
    if new.level not in LEVELS and (new.level or not _shared(ending, "level")):
        yield Fault("no_level", unit=new.code)


def _shared(units: Iterable[Unit], column: str) -> str:
    """The value all units have in a column; blank where they differ."""
    values = {str(getattr(unit, column)) for unit in units}
    return values.pop() if len(values) == 1 else ""


def _is_recorded(asked: Reorganisation, ending: tuple[Unit, ...], stored: Mapping[str, Unit]) -> bool:
    """Whether exactly this is in the register: a form that comes a second time."""
    past = {unit.code for unit in ending}
    return bool(asked.successors) and all(
        (old := stored.get(new.code)) is not None
        and old.name_vi == new.name_vi
        and {row.predecessor.code if row.predecessor else "" for row in old.successions_in.all()} == (past or {""})
        and all(
            (row.kind, row.on, row.legal_basis) == (asked.kind, asked.on, asked.document)
            for row in old.successions_in.all()
        )
        for new in asked.successors
    )


def _rows(
    asked: Reorganisation, on: date, ending: tuple[Unit, ...], below: tuple[Unit, ...], stored: Mapping[str, Unit]
) -> tuple[tuple[RegisterUnit, ...], tuple[Finding, ...]]:
    """Units that end, units that begin, and units below that get a new parent, as a register would name them."""
    cells = [{**cells_of(unit), "valid_to": (on - timedelta(days=1)).isoformat()} for unit in ending]
    past = ";".join(unit.code for unit in ending)
    for new in asked.successors:
        old = stored.get(new.code)
        typed = {
            "unit": new.code,
            "name_vi": new.name_vi,
            "name_en": new.name_en,
            "short_vi": new.short_vi,
            "level": new.level or _shared(ending, "level"),
            "parent": new.parent or _shared(ending, "parent"),
            "valid_from": on.isoformat(),
            "predecessors": past,
        }
        cells.append({**(cells_of(old) if old else {}), **{name: text for name, text in typed.items() if text}})
    if len(asked.successors) == 1:
        cells += [{**cells_of(unit), "parent": asked.successors[0].code} for unit in below]
    try:
        return tuple(read_import(as_register(cells), stored.values())), ()
    except Refused as refused:
        return (), refused.findings
