"""The checks of a row as SQL made from the schema: typed columns, faults (reject) and flags (accept, but look).

A block of rows arrives as text; one query gives it back typed, with two sums of bits. Every fault of a row is
found, not only the first.
"""

# ruff: noqa: S608  (names come from the schema's rows, values through `quoted`)

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from thangdo.dossiers.dates import EARLIEST, LATEST, day_sql, is_bare_day_sql, moment_sql
from thangdo.dossiers.ingest_cells import READERS
from thangdo.dossiers.schema import Column, Table
from thangdo.dossiers.store import identifier, identifiers, quoted

# The finding for a cell that cannot be read as its column's kind.
UNREADABLE = {
    "moment": "DOS012",
    "day": "DOS012",
    "count": "DOS013",
    "number": "DOS013",
    "yes_no": "DOS014",
    "word": "DOS015",
}

# The four cells of `hours`, in the order of the day, and what `working_time.seconds_of` reads.
TIMES = ("opens", "noon_closes", "noon_opens", "closes")
TIME_PATTERN = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"

# Thông tư 01/2018/TT-VPCP art. 19: agency code, day of reception, number within the day. The agency code of
# Quyết định 20/2020 has its first level first, the older one last.
CODE_PATTERN = r"[A-Z0-9]{1,11}(\.[A-Z0-9]{1,11}){0,6}-[0-9]{6}-[0-9]{4}"


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason to reject a row: the finding's code, the column it is about, and the SQL that is true for it."""

    code: str
    column: str
    condition: str


@dataclass(frozen=True, slots=True)
class Checks:
    """The query for one table's blocks. Bit i of the result's `faults` is `faults[i]`."""

    table: Table
    faults: tuple[Fault, ...]
    sql: str


def checks(
    table: Table,
    present: tuple[str, ...],
    *,
    unread: frozenset[str] = frozenset(),
    keep: tuple[str, ...] = (),
    has_units: bool = False,
    has_procedures: bool = False,
) -> Checks:
    """The checks of `table` for a file that has the columns `present` (others are blank) and `keep`.

    The query reads the relation `block` as `ingest_cells.read_cells` made it, with `row`; `unread` are stamps that are
    still text. Where told, it also reads the one-column tables `known_units` and `known_procedures` (code).
    """
    typed = ", ".join(
        f"{_typed_sql(column, column.name in present, column.name in unread)} AS {identifier(column.name)}"
        for column in table.columns
    )
    faults = (
        *_cell_faults(table, present, unread),
        *_row_faults(table),
        *_catalogue_faults(table, has_units, has_procedures),
    )
    is_faulty = " OR ".join(f"({fault.condition})" for fault in faults)
    bits = " + ".join(f"CASE WHEN {fault.condition} THEN {1 << bit} ELSE 0 END" for bit, fault in enumerate(faults))
    flags = " + ".join(
        f"CASE WHEN {condition} THEN {bit} ELSE 0 END" for bit, condition in _flag_conditions(table, present)
    )
    packed = ", ".join(f"{identifier(name)} := {identifier(name)}" for name in keep)
    extra = f"CAST(to_json(struct_pack({packed})) AS VARCHAR)" if keep else "CAST(NULL AS VARCHAR)"
    sql = (
        f"SELECT {identifiers(table.names)}, {extra} AS extra, CAST({flags or '0'} AS INTEGER) AS flags, "
        f"CAST(row AS INTEGER) AS source_row, CASE WHEN {is_faulty} THEN CAST({bits} AS BIGINT) ELSE 0 END AS faults "
        f"FROM (SELECT *, {typed} FROM block)"
    )
    return Checks(table, faults, sql)


def cell_sql(name: str) -> str:
    """A code or name without the blanks around it; NULL where nothing else is there."""
    blanks = "' ' || chr(9) || chr(160)"
    return f"CASE WHEN contains({name}, ' ') OR contains({name}, chr(160)) THEN nullif(trim({name}, {blanks}), '') ELSE {name} END"


def _typed_sql(column: Column, is_present: bool, is_unread: bool) -> str:
    if not is_present:
        return f"CAST(NULL AS {column.duck_type})"
    text = f"raw_{column.name}"
    if column.kind in ("code", "text"):
        return cell_sql(text)
    if is_unread:
        return moment_sql(text) if column.kind == "moment" else day_sql(text)
    return text


def _cell_faults(table: Table, present: tuple[str, ...], unread: frozenset[str]) -> list[Fault]:
    faults = []
    for column in table.columns:
        if column.name not in present:
            if column.required:
                faults.append(Fault("DOS011", column.name, "true"))
            continue
        text, value = f"raw_{column.name}", identifier(column.name)
        unreadable = "false"
        if column.kind in READERS:
            unreadable = f"bad_{column.name}"
        elif column.name in unread:
            unreadable = f"({value} IS NULL AND {text} IS NOT NULL AND trim({text}) <> '')"
        if column.required:
            faults.append(Fault("DOS011", column.name, f"{value} IS NULL AND NOT coalesce({unreadable}, false)"))
        if column.kind in UNREADABLE:
            faults.append(Fault(UNREADABLE[column.kind], column.name, unreadable))
        if column.kind in ("moment", "day"):
            faults.append(Fault("DOS016", column.name, f"{value} < DATE '{EARLIEST}' OR {value} >= DATE '{LATEST}'"))
        if column.kind == "code":
            # No catalogue and no key holds one, and most programs end the text there.
            faults.append(Fault("DOS029", column.name, f"contains({text}, chr(0))"))
        if column.least is not None:
            faults.append(Fault("DOS017", column.name, f"{value} < {column.least}"))
    return faults


def _row_faults(table: Table) -> list[Fault]:
    if table.name == "agency_facts":
        beyond = "value < 0 OR (ends_with(fact, '_share') AND value > 1)"
        return [Fault("DOS026", "period_to", "period_to < period_from"), Fault("DOS041", "value", beyond)]
    if table.name == "units":
        return [Fault("DOS026", "valid_to", "valid_to < valid_from")]
    if table.name == "calendar":
        return _hours_faults()
    if table.name != "dossiers":
        return []
    # A stamp without a time stands for its whole day, so it is never before another one of that day.
    before = "{0} < received_at AND NOT ({1} AND CAST({0} AS DATE) = CAST(received_at AS DATE))"
    return [
        Fault(code, column, before.format(column, is_bare_day_sql(column)))
        for code, column in (("DOS021", "due_at"), ("DOS022", "finished_at"))
    ]


def _hours_faults() -> list[Fault]:
    """What keeps a row of `hours` from being working hours; other kinds of days do not use these cells."""
    is_hours = "kind = 'hours' AND "
    missing = [Fault("DOS011", name, f"{is_hours}{name} IS NULL") for name in TIMES]
    odd = [Fault("DOS027", name, f"{is_hours}NOT regexp_full_match({name}, {quoted(TIME_PATTERN)})") for name in TIMES]
    # Without a noon break the morning closes when the afternoon opens; an office that never opens has no hours.
    in_turn = [
        Fault("DOS028", later, f"{is_hours}TRY_CAST({later} AS TIME) < TRY_CAST({earlier} AS TIME)")
        for earlier, later in pairwise(TIMES)
    ]
    never = f"{is_hours}TRY_CAST(closes AS TIME) <= TRY_CAST(opens AS TIME)"
    return [*missing, *odd, *in_turn, Fault("DOS028", "closes", never)]


def _catalogue_faults(table: Table, has_units: bool, has_procedures: bool) -> list[Fault]:
    faults = []
    if has_units and table.name in ("dossiers", "events", "agency_facts"):
        unknown = "unit_code IS NOT NULL AND unit_code NOT IN (SELECT code FROM known_units)"
        faults.append(Fault("DOS023", "unit_code", unknown))
    if has_procedures and table.name == "dossiers":
        unknown = "procedure_code IS NOT NULL AND procedure_code NOT IN (SELECT code FROM known_procedures)"
        faults.append(Fault("DOS024", "procedure_code", unknown))
    return faults


def _flag_conditions(table: Table, present: tuple[str, ...]) -> list[tuple[int, str]]:
    if table.name != "dossiers":
        return []
    moments = [name for name in ("received_at", "finished_at") if name in present]
    night = " OR ".join(
        f"((extract(hour FROM {name}) >= 22 OR extract(hour FROM {name}) < 6) AND NOT {is_bare_day_sql(name)})"
        for name in moments
    )
    weekend = " OR ".join(f"(dayofweek({name}) IN (0, 6) AND NOT {is_bare_day_sql(name)})" for name in moments)
    return [
        (1, f"NOT regexp_full_match(dossier_code, {quoted(CODE_PATTERN)})"),
        (2, night),
        (4, weekend),
        (8, "outcome IS NOT NULL AND (outcome = 'open') = (finished_at IS NOT NULL)"),
        (16, "apology_at < date_trunc('day', received_at)"),
        (32, "components_digital > components OR components_reused > components"),
        (64, "re_due_at < date_trunc('day', due_at)"),
        (128, "outcome IS NULL"),
    ]
