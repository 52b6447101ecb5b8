"""Staged Parquet files: one a month of each source, filled block by block."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from thangdo.dossiers.ingest_derived import derived_columns
from thangdo.dossiers.ingest_repeated import REPEATED, without_unused
from thangdo.dossiers.schema import Column, Table

ROW_GROUP = 131_072
# Level 1 halves the time of level 3 for a tenth more bytes; codes of dossiers do not repeat, so no dictionary.
COMPRESSION = "zstd"
LEVEL = 1
# Row numbers follow each other: as differences they take no place.
_ENCODING = {"source_row": "DELTA_BINARY_PACKED"}

ARROW_TYPES: dict[str, Any] = {
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
}


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The schema of rows, the same in every block of a table."""
    return pa.schema(
        [(column.name, REPEATED if _is_repeated(column) else ARROW_TYPES[column.duck_type]) for column in columns]
    )


def _is_repeated(column: Column) -> bool:
    """Whether a block holds each of the column's few texts once, with its place in every row."""
    return column.kind in ("code", "word") and column.name != "dossier_code"


def as_stored(table: Table, rows: pa.Table, hashes: Any = None) -> pa.Table:
    """Rows as a current file holds them: the stored columns, and those derived from them.

    `hashes` are `text_hashes` of the dossier codes where they are known already.
    """
    schema = arrow_schema(table.stored_columns)
    rows = rows.select(schema.names).cast(schema)
    for place, field in enumerate(schema):
        if field.type == REPEATED:
            rows = rows.set_column(place, field, without_unused(rows.column(place)))
    if not table.has_derived:
        return rows
    derived = derived_columns(table.name, rows, hashes)
    return pa.table([*rows.columns, *derived.values()], names=[*schema.names, *derived])


def write_at_once(table: Table, rows: pa.Table, path: Path) -> None:
    """A current file of few rows."""
    pq.write_table(as_stored(table, rows), path, compression=COMPRESSION, compression_level=LEVEL, store_schema=False)


@dataclass(slots=True)
class _Month:
    path: Path
    writer: Any
    waiting: list[Any]
    waiting_rows: int = 0
    rows: int = 0


class MonthWriters:
    """Writes accepted rows of one source into `folder`, a file a month (or one file where there are no months)."""

    def __init__(self, table: Table, folder: Path, source: int) -> None:
        self._table = table
        self._folder = folder
        self._source = source
        self._schema = as_stored(table, arrow_schema(table.stored_columns).empty_table()).schema
        self._months: dict[str, _Month] = {}
        self._dictionary = [
            column.name
            for column in table.stored_columns
            if column.duck_type != "BOOLEAN"
            and column.name not in ("dossier_code", "source_row", "extra", "at")
            and column.kind not in ("moment", "day")
        ]
        if table.has_derived:
            self._dictionary += ["received_day", "flow", "amendment"]

    def add(self, rows: pa.Table) -> None:
        """Take rows that are `as_stored` (in any order of months)."""
        if not self._table.month_of:
            self._append("", rows)
            return
        months = np.asarray(rows.column(self._table.month_of)).astype("datetime64[M]")
        if not len(months):
            return
        if (months == months[0]).all():
            self._append(str(months[0]), rows)
            return
        order = np.argsort(months, kind="stable")
        ordered = rows.take(pa.array(order))
        months = months[order]
        starts = np.flatnonzero(np.concatenate([[True], months[1:] != months[:-1]]))
        for start, end in zip(starts, [*starts[1:], len(months)]):
            self._append(str(months[start]), ordered.slice(start, end - start))

    def _append(self, name: str, rows: pa.Table) -> None:
        month = self._months.get(name)
        if month is None:
            path = self._folder / f"{name or 'all'}-{self._source}.parquet"
            month = self._months[name] = _Month(path, self._writer(path), [])
        month.waiting.append(rows)
        month.waiting_rows += rows.num_rows
        if month.waiting_rows >= ROW_GROUP:
            _flush(month)

    def _writer(self, path: Path) -> Any:
        return pq.ParquetWriter(
            path,
            self._schema,
            compression=COMPRESSION,
            compression_level=LEVEL,
            use_dictionary=self._dictionary,
            write_statistics=[field.name for field in self._schema if _is_ordered(field.type)],
            store_schema=False,
            column_encoding=_ENCODING if "source_row" in self._schema.names else None,
        )

    def close(self) -> dict[str, tuple[Path, int]]:
        """Finish every file; path and rows by month."""
        for month in self._months.values():
            if month.waiting:
                _flush(month)
            month.writer.close()
        return {name: (month.path, month.rows) for name, month in self._months.items()}


def _is_ordered(kind: pa.DataType) -> bool:
    """Whether a column's least and greatest value help to leave out parts of a file: of texts in no order they do not."""
    return bool(pa.types.is_integer(kind) or pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def _flush(month: _Month) -> None:
    rows = pa.concat_tables(month.waiting).unify_dictionaries()
    month.writer.write_table(rows, row_group_size=ROW_GROUP * 2)
    month.rows += rows.num_rows
    month.waiting, month.waiting_rows = [], 0
