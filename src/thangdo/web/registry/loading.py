"""The register into rows: what would change first, then the change itself as one act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from thangdo.evaluation.register import Unit as RegisterUnit
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.models import Succession, Unit

FIELDS = (
    "name_vi",
    "name_en",
    "short_vi",
    "short_en",
    "aliases",
    "level",
    "parent",
    "valid_from",
    "valid_to",
    "code_source",
)


@dataclass(frozen=True, slots=True)
class UnitChange:
    """One unit of a file that is new, or differs: the fields with before and after."""

    code: str
    name: str
    is_new: bool
    fields: tuple[tuple[str, str, str], ...] = ()


def values_of(unit: RegisterUnit) -> dict[str, object]:
    found = {name: getattr(unit, name) for name in FIELDS}
    found["aliases"] = ";".join(unit.aliases)
    return found


def changes(units: Iterable[RegisterUnit]) -> list[UnitChange]:
    """What loading `units` would change; units not in the file stay as they are."""
    stored = {unit.code: unit for unit in Unit.objects.all()}
    found = []
    for unit in units:
        row = stored.get(unit.unit)
        if row is None:
            found.append(UnitChange(unit.unit, unit.name_vi, True))
            continue
        differing = tuple(
            (name, str(getattr(row, name) or ""), str(value or ""))
            for name, value in values_of(unit).items()
            if (getattr(row, name) or None) != (value or None)
        )
        if differing:
            found.append(UnitChange(unit.unit, unit.name_vi, False, differing))
    return found


def load_units(units: Iterable[RegisterUnit], *, actor_id: int | None, at: datetime) -> int:
    """Write new and changed units and their succession; returns how many units changed."""
    rows = list(units)
    changed = {change.code: change for change in changes(rows)}
    with acting(ActInProgress("load_units", actor_id, at)):
        new = []
        for unit in rows:
            if unit.unit not in changed:
                continue
            if changed[unit.unit].is_new:
                row = Unit(code=unit.unit, **values_of(unit))
                row.fill_derived()
                new.append(row)
            else:
                row = Unit.objects.get(code=unit.unit)
                for name, value in values_of(unit).items():
                    setattr(row, name, value)
                row.save()
        Unit.objects.bulk_create(new, batch_size=1000)
        _load_succession(rows)
    return len(changed)


def _load_succession(units: list[RegisterUnit]) -> None:
    keys = dict(Unit.objects.values_list("code", "pk"))
    present = set(Succession.objects.values_list("predecessor_id", "successor_id"))
    heirs: dict[str, int] = {}
    for unit in units:
        for before in unit.predecessors:
            heirs[before] = heirs.get(before, 0) + 1
    new = []
    for unit in units:
        for before in unit.predecessors:
            pair = (keys.get(before), keys[unit.unit])
            if pair[0] is None or pair in present or unit.valid_from is None:
                continue
            kind = "split" if heirs[before] > 1 else "merged" if len(unit.predecessors) > 1 else "renamed"
            new.append(Succession(predecessor_id=pair[0], successor_id=pair[1], kind=kind, on=unit.valid_from))
    Succession.objects.bulk_create(new)
