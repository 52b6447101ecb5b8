"""Rows of one batch that share a key: identical ones count once, contradicting ones are all rejected."""

# ruff: noqa: S608  (names come from the schema's rows, values through `quoted`)

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from thangdo.dossiers.ingest_stage import Staged
from thangdo.dossiers.ingest_write import write_at_once
from thangdo.dossiers.rejects import Reject, RejectFile
from thangdo.dossiers.schema import Table
from thangdo.dossiers.store import identifier, identifiers, parquet_list, quoted


def content_sql(table: Table) -> str:
    """A row's content (every column of the table and what was kept beside) as one text; blanks stay apart from ''."""
    cells = ", ".join(f"coalesce(CAST({identifier(name)} AS VARCHAR), '\\0')" for name in (*table.names, "extra"))
    return f"concat_ws('\\x1f', {cells})"


def resolve_held(connection: Any, table: Table, staged: list[Staged], folder: Path, rejects: RejectFile) -> None:
    """Decide the held rows of one batch (sources of one as-of) and stage those that remain.

    The first of identical rows remains, in the order of files and rows; where rows of one key differ, none does.
    """
    held = tuple(str(source.held) for source in staged if source.held is not None)
    if not held:
        return
    keys = identifiers(table.key)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE held AS SELECT *, {content_sql(table)} AS content FROM read_parquet({parquet_list(held)})"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE decided AS SELECT *, "
        f"min(content) OVER same <> max(content) OVER same AS contradicts, "
        f"row_number() OVER (PARTITION BY {keys} ORDER BY held_source, source_row) AS place FROM held "
        f"WINDOW same AS (PARTITION BY {keys})"
    )
    by_number = {source.number: source for source in staged}
    _reject_contradictions(connection, table, by_number, rejects)
    repeats = "SELECT held_source, count(*) FROM decided WHERE NOT contradicts AND place > 1 GROUP BY held_source"
    for number, count in connection.execute(repeats).fetchall():
        by_number[number].duplicate += count
    _stage_survivors(connection, table, by_number, folder)


def _reject_contradictions(connection: Any, table: Table, by_number: dict[int, Staged], rejects: RejectFile) -> None:
    key = table.key[0]
    found = connection.execute(
        f"SELECT held_source, source_row, {key} FROM decided WHERE contradicts ORDER BY held_source, source_row"
    ).fetchall()
    for number, count in Counter(row[0] for row in found).items():
        by_number[number].rejected += count
    rejects.add(
        Reject(by_number[number].source.path.name, row, (("DOS025", key),), code, code) for number, row, code in found
    )


def _stage_survivors(connection: Any, table: Table, by_number: dict[int, Staged], folder: Path) -> None:
    names = identifiers(column.name for column in table.stored_columns)
    month = f"strftime({identifier(table.month_of)}, '%Y-%m')" if table.month_of else "''"
    groups = connection.execute(
        f"SELECT held_source, {month}, count(*) FROM decided WHERE NOT contradicts AND place = 1 GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for number, name, count in groups:
        path = folder / f"{name or 'all'}-{number}-held.parquet"
        rows = connection.sql(
            f"SELECT {names} FROM decided WHERE NOT contradicts AND place = 1 AND held_source = {number} "
            f"AND {month} = {quoted(name)} ORDER BY source_row"
        )
        write_at_once(table, rows.to_arrow_table(), path)
        by_number[number].months[f"{name} held"] = (path, count)
