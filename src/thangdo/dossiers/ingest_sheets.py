"""Blocks of rows from Parquet files and workbooks: the same text columns as from CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from thangdo.dossiers.dates import ZONE
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.ingest_blocks import Block
from thangdo.dossiers.ingest_source import SourceFile

BLOCK_ROWS = 131_072


def sheet_blocks(source: SourceFile, only: tuple[str, ...] = ()) -> Iterator[Block]:
    """The rows of a Parquet file or of a workbook's sheet; `only` narrows the columns."""
    wanted = {name: column for column, name in source.columns.items() if not only or column in only}
    if not only:
        wanted.update({name: name for name in source.kept})
    tables = (
        _parquet_tables(source, list(wanted)) if source.form == "parquet" else _workbook_tables(source, list(wanted))
    )
    for table, offsets, lines in tables:
        yield Block(table.rename_columns([wanted[name] for name in table.column_names]), offsets, lines, ())


def _parquet_tables(source: SourceFile, names: list[str]) -> Iterator[tuple[pa.Table, Any, int]]:
    try:
        for batch in pq.ParquetFile(source.path).iter_batches(batch_size=BLOCK_ROWS, columns=names):
            columns = [_as_text(batch.column(name)) for name in names]
            yield pa.table(columns, names=names), np.arange(batch.num_rows), batch.num_rows
    except (OSError, pa.ArrowException) as error:
        raise DossiersFailure("DOS204", path=source.path, found=error) from error


def _as_text(column: Any) -> Any:
    """A typed column as the text that the checks read back without loss."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        # Nanoseconds, as some writers give them, are cut to the second like every other fraction.
        if column.type.tz is not None:
            column = pc.local_timestamp(column.cast(pa.timestamp("us", tz=ZONE), safe=False))
        return pc.strftime(column.cast(pa.timestamp("s"), safe=False), "%Y-%m-%d %H:%M:%S")
    if pa.types.is_floating(column.type):
        # Some writers have no other blank in a column of numbers.
        column = pc.if_else(pc.is_nan(column), None, column)
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), None, text)


def _workbook_tables(source: SourceFile, names: list[str]) -> Iterator[tuple[pa.Table, Any, int]]:
    """Blocks with the places of their rows; rows without any content are none, as in a CSV (sheets have many below)."""
    import python_calamine as calamine

    try:
        sheet = calamine.CalamineWorkbook.from_path(str(source.path)).get_sheet_by_name(source.sheet)
        rows = sheet.iter_rows()
        next(islice(rows, source.first_row - 1, source.first_row - 1), None)  # titles and header are passed over
    except (calamine.CalamineError, OSError) as error:
        raise DossiersFailure("DOS215", path=source.path) from error
    moments = {
        source.columns[column.name]
        for column in source.table.columns
        if column.kind in ("moment", "day") and column.name in source.columns
    }
    places = [(source.header.index(name), name in moments) for name in names]
    while taken := list(islice(rows, BLOCK_ROWS)):
        filled = [offset for offset, row in enumerate(taken) if any(not _is_blank(cell) for cell in row)]
        chunk = [taken[offset] for offset in filled]
        columns = [
            pa.array([_cell_text(row[place] if place < len(row) else None, is_moment) for row in chunk], pa.string())
            for place, is_moment in places
        ]
        yield pa.table(columns, names=names), np.array(filled, dtype=np.int64), len(taken)


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _cell_text(cell: Any, is_moment: bool) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if is_moment:
            # A day number without a date format: days since 1899-12-30 (ECMA-376, 18.17.4.1).
            moment = datetime(1899, 12, 30) + timedelta(days=cell)  # noqa: DTZ001  (wall-clock time of the zone)
            return (moment + timedelta(microseconds=500_000)).strftime("%Y-%m-%d %H:%M:%S")
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
