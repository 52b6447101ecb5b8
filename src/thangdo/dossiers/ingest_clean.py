"""Which dossiers of a block are without fault, told for all rows at once; the others are left to the SQL of `ingest_checks`.

Nearly all rows of an export are in order and written in a usual form. They need no reasons and no query: they are
read by NumPy column by column. A row is passed here only where the SQL would pass it, with the same values and
flags; in doubt it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thangdo.dossiers.dates import EARLIEST, LATEST
from thangdo.dossiers.ingest_bytes import follow_official_form
from thangdo.dossiers.ingest_cells import READERS, Unreadable, trimmed
from thangdo.dossiers.ingest_repeated import places_among
from thangdo.dossiers.ingest_stamps import DAY_US, as_timestamps, read_stamps
from thangdo.dossiers.ingest_write import ARROW_TYPES, arrow_schema
from thangdo.dossiers.schema import DOSSIERS, Column

_EARLIEST, _LATEST = (int(np.datetime64(day, "us").astype(np.int64)) for day in (EARLIEST, LATEST))
_HOUR_US = 3_600_000_000
# Different texts of a column that are remembered; a column that means little else has a few thousand.
MOST_KEPT = 50_000
_MONDAY_OF_1970 = 3  # 1970-01-01 was a Thursday: days since then plus three count from a Monday


@dataclass(frozen=True, slots=True)
class Judged:
    """`rows` in the stored form but for `source_row`, their key column trimmed; only those of `is_clean` hold."""

    rows: pa.Table
    is_clean: Any


@dataclass(frozen=True, slots=True)
class _Stamp:
    moments: Any
    is_null: Any

    @property
    def days(self) -> Any:
        return self.moments // DAY_US


class Texts:
    """What the texts of a file mean: each different one of a column is read once, in all blocks together."""

    def __init__(self, units: frozenset[str] | None, procedures: frozenset[str] | None) -> None:
        """`units` and `procedures` are the catalogues' codes, None where none was ingested."""
        self._known = {"unit_code": units, "procedure_code": procedures}
        self._read: dict[str, dict[str | None, tuple[object, bool]]] = {}

    def read(self, column: Column, texts: list[str | None]) -> tuple[list[object], list[bool]]:
        """The value of each text, and whether it is one that the column may hold."""
        known = self._read.setdefault(column.name, {})
        if len(known) > MOST_KEPT:
            known.clear()
        found = []
        for text in texts:
            pair = known.get(text)
            if pair is None:
                pair = known[text] = self._read_once(column, text)
            found.append(pair)
        return [value for value, _ in found], [is_fit for _, is_fit in found]

    def _read_once(self, column: Column, text: str | None) -> tuple[object, bool]:
        value: object = text
        is_fit = True
        known = self._known.get(column.name)
        if column.kind in READERS:
            value = None
            if text is not None and text.strip():
                try:
                    value = READERS[column.kind](text.strip(), column)
                except Unreadable:
                    return None, False
        if column.kind == "code" and text is not None:
            is_fit = "\0" not in text and (known is None or text in known)
        if column.least is not None and value is not None:
            is_fit = is_fit and float(str(value)) >= column.least
        return value, is_fit


class _Reading:
    """One block being read: its columns so far, and the rows still without fault."""

    def __init__(self, block: pa.Table, texts: Texts) -> None:
        self.is_clean = np.ones(block.num_rows, dtype=bool)
        self.columns: dict[str, Any] = {}
        self._block = block
        self._texts = texts

    def read(self, column: Column) -> _Stamp | None:
        """Read one column; a stamp is given back as numbers for the checks between columns."""
        if column.name in self._block.column_names:
            cells = self._block.column(column.name).combine_chunks()
        else:
            cells = pa.nulls(self._block.num_rows, ARROW_TYPES[column.duck_type])
        if column.kind == "moment":
            return self._stamp(column, cells)
        if column.name == DOSSIERS.key[0]:
            cells = trimmed(cells)
            if _holds_nul(cells):
                self._require(pc.fill_null(pc.invert(pc.match_substring(cells, "\0")), True))
        elif column.kind == "count" and pa.types.is_integer(cells.type):
            assert column.least is not None
            self._require(pc.fill_null(pc.greater_equal(cells, column.least), True))
        elif pa.types.is_string(cells.type) or pa.types.is_dictionary(cells.type):
            cells = self._each_once(column, cells)
        if column.required:
            self._require(pc.is_valid(cells))
        self.columns[column.name] = cells
        return None

    def _require(self, holds: Any) -> None:
        self.is_clean &= holds.to_numpy(zero_copy_only=False) if isinstance(holds, pa.Array) else holds

    def _each_once(self, column: Column, cells: Any) -> Any:
        """Read each different text once."""
        if not pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_encode()
        values, fits = self._texts.read(column, trimmed(cells.dictionary).to_pylist())
        if not all(fits):
            self._require(pc.fill_null(pa.array(fits, pa.bool_()).take(cells.indices), True))
        read = pa.array(values, ARROW_TYPES[column.duck_type])
        if not pa.types.is_string(read.type):
            return read.take(cells.indices)
        # What is stored as its place among the texts stays so, but where two texts mean the same, or one nothing.
        if read.null_count or len(set(values)) < len(values):
            return read.take(cells.indices).dictionary_encode()
        return pa.DictionaryArray.from_arrays(cells.indices, read)

    def _stamp(self, column: Column, cells: Any) -> _Stamp:
        is_null = np.asarray(pc.is_null(cells)) if cells.null_count else np.zeros(len(cells), dtype=bool)
        if pa.types.is_timestamp(cells.type):
            moments = np.asarray(
                pc.fill_null(cells.cast(pa.int64()), _EARLIEST) if cells.null_count else cells.cast(pa.int64())
            )
            self._require((moments >= _EARLIEST) & (moments < _LATEST))
        else:
            moments, is_read = read_stamps(cells)
            self._require(is_read | is_null)
            cells = as_timestamps(moments, is_null)
        if column.required:
            self._require(~is_null)
        self.columns[column.name] = cells
        return _Stamp(moments, is_null)


def _holds_nul(cells: Any) -> bool:
    """Whether a NUL may stand in some cell: one look at the bytes of all of them."""
    data = cells.buffers()[2]
    return data is not None and bool((np.frombuffer(data, dtype=np.uint8) == 0).any())


def judge(block: pa.Table, texts: Texts) -> Judged:
    """Read a block of dossiers: text columns, or typed ones where the parser could read them."""
    reading = _Reading(block, texts)
    stamps = {column.name: stamp for column in DOSSIERS.columns if (stamp := reading.read(column)) is not None}
    received = stamps["received_at"]
    for name in ("due_at", "finished_at"):
        later = stamps[name]
        # A stamp without a time stands for its whole day: the receipt's own day is not before it.
        is_in_order = (later.moments >= received.moments) | (later.moments == received.days * DAY_US)
        reading.is_clean &= is_in_order | later.is_null
    columns = reading.columns
    columns["extra"] = pa.nulls(block.num_rows, pa.string())
    columns["flags"] = pa.array(_flags(columns, stamps), pa.int32())
    schema = pa.schema([arrow_schema(DOSSIERS.stored_columns).field(name) for name in columns])
    return Judged(pa.table(columns, schema=schema), reading.is_clean)


def _flags(columns: dict[str, Any], stamps: dict[str, _Stamp]) -> Any:
    """The sum of the bits of `schema.FLAGS`, as `ingest_checks` has them."""
    received, due, re_due, finished, apology = (
        stamps[name] for name in ("received_at", "due_at", "re_due_at", "finished_at", "apology_at")
    )
    outcome = columns["outcome"]
    is_open = places_among(outcome, ("open",)) == 0
    has_outcome = np.asarray(pc.is_valid(outcome))
    night, weekend = _out_of_hours(received)
    finished_night, finished_weekend = _out_of_hours(finished)
    more = _exceeds(columns, "components_digital") | _exceeds(columns, "components_reused")
    conditions = (
        ~follow_official_form(columns["dossier_code"]),
        night | finished_night,
        weekend | finished_weekend,
        has_outcome & (is_open == ~finished.is_null),
        ~apology.is_null & (apology.moments < received.days * DAY_US),
        more,
        ~re_due.is_null & (re_due.moments < due.days * DAY_US),
        ~has_outcome,
    )
    flags = np.zeros(len(night), dtype=np.int32)
    for bit, condition in enumerate(conditions):
        flags |= condition.astype(np.int32) << bit
    return flags


def _out_of_hours(stamp: _Stamp) -> tuple[Any, Any]:
    """Whether a stamp with a time lies between 22:00 and 06:00, and whether on a Saturday or Sunday."""
    days = stamp.days
    time = stamp.moments - days * DAY_US
    has_time = (time != 0) & ~stamp.is_null
    return has_time & ((time >= 22 * _HOUR_US) | (time < 6 * _HOUR_US)), has_time & ((days + _MONDAY_OF_1970) % 7 >= 5)


def _exceeds(columns: dict[str, Any], name: str) -> Any:
    return np.asarray(pc.fill_null(pc.greater(columns[name], columns["components"]), False))
