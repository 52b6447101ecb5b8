"""The register into rows: what would change first, then the change itself as one act."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch

from thangdo.evaluation.register import COLUMNS, parse_register
from thangdo.evaluation.register import Unit as RegisterUnit
from thangdo.findings import Finding, Refused, Where
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.models import Succession, Unit
from thangdo.web.returned_workbook import NotAWorkbook

FILE = "units.csv"
# No column holds as much; a longer cell is a list whose quotation marks do not match.
LARGEST_CELL = 100_000
# A text that is too long is quoted so far that it is found again in the list.
QUOTED = 60
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


def changes(units: Iterable[RegisterUnit], register: Iterable[Unit] | None = None) -> list[UnitChange]:
    """What loading `units` would change in the `register` (None: as stored now); units not in the file stay as they are."""
    stored = {unit.code: unit for unit in (Unit.objects.all() if register is None else register)}
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


def parents_named(changed: Iterable[UnitChange]) -> set[str]:
    """Codes of the units that changes name as a parent, before or after."""
    return {value for change in changed for name, *values in change.fields if name == "parent" for value in values}


def read_import(text: str, register: Iterable[Unit] | None = None) -> list[RegisterUnit]:
    """The units of an uploaded list, judged together with those that are stored: a list may name some units only.

    `register` is what `stored_with_past` gave, where it was read already. Columns may stand in any order; one that is
    missing leaves what is stored. Raises `Refused` with every fault, texts that no column holds among them; rows are
    counted as in the list. Raises `NotAWorkbook` where the text is no table.
    """
    # Strict: a quotation mark that is never closed is a fault. How long a cell may be is asked here, for the limit of
    # `csv` belongs to the process and others move it.
    reader = csv.DictReader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), strict=True)
    try:
        header = [name for name in reader.fieldnames or () if name in COLUMNS]
        listed = [{name: (row.get(name) or "").strip() for name in header} for row in reader]
    except csv.Error as failure:
        raise NotAWorkbook("no_table") from failure
    if any(len(cell) > LARGEST_CELL for row in listed for cell in row.values()):
        raise NotAWorkbook("no_table")
    if "unit" not in header:
        # Let the register itself say which columns it wants.
        parse_register(text, FILE)
    stored = {unit.code: cells_of(unit) for unit in (stored_with_past() if register is None else register)}
    codes = {row["unit"] for row in listed}
    whole = [{**stored.get(row["unit"], dict.fromkeys(COLUMNS, "")), **row} for row in listed]
    whole += [row for code, row in stored.items() if code not in codes]
    faults = list(_too_long(listed))
    try:
        found = [unit for unit in parse_register(as_register(whole), FILE) if unit.unit in codes]
    except Refused as refused:
        faults += refused.findings
    if faults:
        raise Refused(sorted(faults, key=lambda fault: fault.where.row))
    return found


def _too_long(listed: Iterable[Mapping[str, str]]) -> Iterable[Finding]:
    """Cells that no column holds (SQLite would keep what PostgreSQL cannot); the header is row 1."""
    limits = {"unit" if field.name == "code" else field.name: field.max_length for field in Unit._meta.concrete_fields}
    for number, row in enumerate(listed, start=2):
        for column, value in row.items():
            limit = limits.get(column)
            if limit is not None and len(value) > limit:
                where, facts = Where(FILE, number, column), {"length": len(value)}
                quoted = value if len(value) <= QUOTED else f"{value[:QUOTED]}…"
                yield Finding("WEB016", where, quoted, str(limit), facts=facts)


def as_register(rows: Iterable[Mapping[str, str]]) -> str:
    """Rows of cells as the text of a register file; a cell that is not given is blank."""
    target = io.StringIO()
    writer = csv.DictWriter(target, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()


def stored_with_past() -> list[Unit]:
    """Every unit of the register with those it came from and those it gave way to: three queries."""
    return list(
        Unit.objects.prefetch_related(
            Prefetch("successions_in", Succession.objects.select_related("predecessor")),
            Prefetch("successions_out", Succession.objects.select_related("successor")),
        )
    )


def cells_of(unit: Unit) -> dict[str, str]:
    """A stored unit as the cells of a register file."""
    cells = {name: str(getattr(unit, name) or "") for name in FIELDS}
    before = [row.predecessor.code for row in unit.successions_in.all() if row.predecessor is not None]
    return {**cells, "unit": unit.code, "predecessors": ";".join(before)}


@dataclass(frozen=True, slots=True)
class Decree:
    """What successions rest on: the legal document, and the rule by which the past is taken over."""

    document: str = ""
    rule: str = "mean"


def load_units(units: Iterable[RegisterUnit], *, actor_id: int | None, at: datetime) -> int:
    """Write new and changed units and their succession; returns how many units changed."""
    with acting(ActInProgress("load_units", actor_id, at)):
        return write_units(units)


def write_units(units: Iterable[RegisterUnit], decree: Decree = Decree()) -> int:
    """The same inside an act that is already in progress: by a decree, where one is known."""
    rows = list(units)
    changed = {change.code: change for change in changes(rows)}
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
    _write_succession(rows, decree, {row.code for row in new})
    return len(changed)


def _write_succession(units: list[RegisterUnit], decree: Decree, born: set[str]) -> None:
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
            new.append(_succession(pair[0], pair[1], kind, unit.valid_from, decree))
        if decree.document and unit.unit in born and not unit.predecessors and unit.valid_from is not None:
            new.append(_succession(None, keys[unit.unit], "created", unit.valid_from, decree))
    Succession.objects.bulk_create(new)


def _succession(before: int | None, after: int, kind: str, on: date, decree: Decree) -> Succession:
    return Succession(
        predecessor_id=before, successor_id=after, kind=kind, on=on, rule=decree.rule, legal_basis=decree.document
    )
