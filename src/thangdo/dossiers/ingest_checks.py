"""The checks of a row as SQL made from the schema: typed columns, faults (reject) and flags (accept, but look).

A block of rows arrives as text; one query gives it back typed, with two sums of bits. Every fault of a row is
found, not only the first.
"""

# ruff: noqa: S608  (names come from the schema's rows, values through `quoted`)

from __future__ import annotations

from dataclasses import dataclass

from thangdo.dossiers.dates import EARLIEST, LATEST, day_sql, is_bare_day_sql, moment_sql
from thangdo.dossiers.schema import Column, Table
from thangdo.dossiers.store import identifier, identifiers, quoted

YES = ("1", "true", "t", "yes", "y", "x", "có", "co", "đúng")
NO = ("0", "false", "f", "no", "n", "không", "khong", "sai")

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
    keep: tuple[str, ...] = (),
    has_units: bool = False,
    has_procedures: bool = False,
    has_suspects: bool = False,
    trim: bool = True,
) -> Checks:
    """The checks of `table` for a file that has the columns `present` (others are blank) and `keep`.

    The query reads the relation `block` (text columns and `row`), and, where told, the one-column tables
    `known_units`, `known_procedures` (code) and `suspects` (hash of a key that is seen more than once).
    """
    typed = ", ".join(
        f"{_typed_sql(column, column.name in present)} AS {identifier(column.name)}" for column in table.columns
    )
    raw = ", ".join(
        f"{_trimmed(column.name) if trim else identifier(column.name)} AS raw_{column.name}"
        for column in table.columns
        if column.name in present
    )
    kept = "".join(f", {identifier(name)} AS {identifier('keep ' + name)}" for name in keep)
    faults = (
        *_cell_faults(table, present),
        *_row_faults(table),
        *_catalogue_faults(table, has_units, has_procedures),
    )
    fault_sum = " + ".join(
        f"CASE WHEN {fault.condition} THEN {1 << bit} ELSE 0 END" for bit, fault in enumerate(faults)
    )
    flag_sum = " + ".join(
        f"CASE WHEN {condition} THEN {bit} ELSE 0 END" for bit, condition in _flag_conditions(table, present)
    )
    extra = (
        "CAST(to_json(struct_pack("
        + ", ".join(f"{identifier(name)} := {identifier('keep ' + name)}" for name in keep)
        + ")) AS VARCHAR)"
        if keep
        else "CAST(NULL AS VARCHAR)"
    )
    suspect = f"hash({table.key[0]}) IN (SELECT hash FROM suspects)" if has_suspects else "false"
    names = identifiers(table.names)
    sql = (
        f"SELECT {names}, {extra} AS extra, CAST({flag_sum or '0'} AS INTEGER) AS flags, CAST(row AS INTEGER) AS source_row, "
        f"CAST({fault_sum} AS BIGINT) AS faults, {suspect} AS suspect FROM "
        f"(SELECT *, {typed} FROM (SELECT row, {raw}{kept} FROM block))"
    )
    return Checks(table, faults, sql)


def _trimmed(name: str) -> str:
    return f"nullif(trim({identifier(name)}), '')"


def _number_sql(text: str) -> str:
    """Decimal point or comma; with both, the later one is the decimal sign and the other groups thousands."""
    swapped = f"replace(replace({text}, '.', ''), ',', '.')"
    grouped = f"replace({text}, ',', '')"
    return (
        f"CASE WHEN {text} NOT LIKE '%,%' THEN TRY_CAST({text} AS DOUBLE) "
        f"WHEN {text} NOT LIKE '%.%' THEN TRY_CAST(replace({text}, ',', '.') AS DOUBLE) "
        f"WHEN {text} LIKE '%.%,%' THEN TRY_CAST({swapped} AS DOUBLE) ELSE TRY_CAST({grouped} AS DOUBLE) END"
    )


def _typed_sql(column: Column, is_present: bool) -> str:
    text = f"raw_{column.name}"
    if not is_present:
        return f"CAST(NULL AS {column.duck_type})"
    match column.kind:
        case "moment":
            return moment_sql(text)
        case "day":
            return day_sql(text)
        case "yes_no":
            yes, no = (", ".join(quoted(word) for word in words) for words in (YES, NO))
            return f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
        case "word":
            words = ", ".join(quoted(word) for word in column.words)
            return f"CASE WHEN lower({text}) IN ({words}) THEN lower({text}) END"
        case "count":
            number = _number_sql(text)
            return (
                f"CASE WHEN NOT contains({text}, '.') AND NOT contains({text}, ',') THEN TRY_CAST({text} AS INTEGER) "
                f"WHEN {number} = floor({number}) THEN TRY_CAST({number} AS INTEGER) END"
            )
        case "number":
            number = _number_sql(text)
            return f"CASE WHEN isfinite({number}) THEN {number} END"
        case _:
            return text


def _cell_faults(table: Table, present: tuple[str, ...]) -> list[Fault]:
    faults = []
    for column in table.columns:
        if column.name not in present:
            if column.required:
                faults.append(Fault("DOS011", column.name, "true"))
            continue
        text, value = f"raw_{column.name}", identifier(column.name)
        if column.required:
            faults.append(Fault("DOS011", column.name, f"{text} IS NULL"))
        if column.kind in ("moment", "day", "yes_no", "word", "count", "number"):
            code = {"moment": "DOS012", "day": "DOS012", "yes_no": "DOS014", "word": "DOS015"}.get(
                column.kind, "DOS013"
            )
            faults.append(Fault(code, column.name, f"{text} IS NOT NULL AND {value} IS NULL"))
        if column.kind in ("moment", "day"):
            faults.append(Fault("DOS016", column.name, f"{value} < DATE '{EARLIEST}' OR {value} >= DATE '{LATEST}'"))
        if column.least is not None:
            faults.append(Fault("DOS017", column.name, f"{value} < {column.least}"))
    return faults


def _row_faults(table: Table) -> list[Fault]:
    if table.name != "dossiers":
        return []
    # A stamp without a time stands for its whole day, so it is never before another one of that day.
    before = "{0} < received_at AND NOT ({1} AND CAST({0} AS DATE) = CAST(received_at AS DATE))"
    return [
        Fault(code, column, before.format(column, is_bare_day_sql(column)))
        for code, column in (("DOS021", "due_at"), ("DOS022", "finished_at"))
    ]


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
