"""The rows of a block checked: those in order at once, the others one by one with every reason.

Each thread has an engine of its own with the catalogues in it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thangdo.dossiers.ingest_blocks import Block, ColumnTypes, parse
from thangdo.dossiers.ingest_bytes import TextCells, text_hashes
from thangdo.dossiers.ingest_cells import read_cells
from thangdo.dossiers.ingest_checks import Checks, checks
from thangdo.dossiers.ingest_clean import Texts, judge
from thangdo.dossiers.ingest_lines import RawBlock, lines_at
from thangdo.dossiers.ingest_pseudonyms import pseudonym
from thangdo.dossiers.ingest_source import SourceFile
from thangdo.dossiers.ingest_suspects import Suspects
from thangdo.dossiers.ingest_write import arrow_schema, as_stored
from thangdo.dossiers.schema import DOSSIERS, FLAGS

# Where more rows than this share are in doubt, the whole block is read again for the query.
MOST_DOUBTFUL = 0.3

# Offset in the block, pairs of finding code and column, the cell, the key.
Rejected = tuple[int, tuple[tuple[str, str], ...], str, str]


@dataclass(frozen=True)
class Context:
    """What the checks of every source of a table share.

    `units` and `procedures` are the catalogues' codes (None where none was ingested); `suspects` are keys that may
    occur more than once in the command's files, `hashes` the SHA-256 of files already read for them; with `hold_all`
    every row waits for the others (tables whose rows are few).
    """

    units: Any = None
    procedures: Any = None
    suspects: Suspects | None = None
    hold_all: bool = False
    hashes: Mapping[Path, str] = field(default_factory=dict)
    pseudonym_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class CheckedBlock:
    """A block's outcome: rows to take, rows that wait for others and rows in doubt (None: none).

    Offsets in the block stand as `source_row`. Rows in doubt are texts, to be given to `RowChecker.settle`.
    """

    lines: int
    blank: int
    accepted: pa.Table
    held: pa.Table | None
    rejects: list[Rejected]
    flags: Any
    newest: date | None
    recoded: int
    doubtful: Block | None = None


class RowChecker:
    """Checks blocks of one source, in several threads at a time."""

    def __init__(self, source: SourceFile, context: Context) -> None:
        self._source = source
        self._context = context
        self._local = threading.local()
        self._made: dict[frozenset[str], Checks] = {}
        self._types = ColumnTypes(source)
        self._schema = arrow_schema(source.table.stored_columns)
        units, procedures = (
            None if codes is None else frozenset(codes.to_pylist()) for codes in (context.units, context.procedures)
        )
        self._texts = Texts(units, procedures)

    def check(self, item: RawBlock | Block) -> CheckedBlock:
        """Every row of the block is in the outcome once: taken, held, or rejected with its reasons."""
        # Kept columns become JSON, which only the query writes.
        if self._source.table is DOSSIERS and not self._source.kept:
            checked = self._at_once(item)
            if checked is not None:
                return checked
        block = parse(self._source, item) if isinstance(item, RawBlock) else item
        rows, rejects = self._one_by_one(block)
        return self._outcome(block, rows, None, rejects)

    def _at_once(self, item: RawBlock | Block) -> CheckedBlock | None:
        """The outcome with the few rows in doubt apart; None where all of them are better put to the query."""
        block = parse(self._source, item, types=self._types) if isinstance(item, RawBlock) else item
        judged = judge(block.columns, self._texts)
        rows = judged.rows.append_column("source_row", pa.array(block.offsets.astype(np.int32)))
        if judged.is_clean.all():
            return self._outcome(block, rows, None, [])
        places = np.flatnonzero(~judged.is_clean)
        doubtful = self._doubtful(item, block, places)
        if doubtful is None:
            return None
        return replace(self._outcome(block, rows, judged.is_clean, []), doubtful=doubtful)

    def settle(self, doubtful: list[Block]) -> CheckedBlock:
        """Rows in doubt of several blocks, whose offsets here count from the file's beginning: taken, held or rejected.

        One query for many rows: most of its cost is that it is asked.
        """
        columns = pa.concat_tables([block.columns for block in doubtful])
        block = Block(columns, np.concatenate([block.offsets for block in doubtful]), columns.num_rows, ())
        rows, rejects = self._one_by_one(block)
        return self._outcome(block, rows, None, rejects)

    def _doubtful(self, item: RawBlock | Block, block: Block, places: Any) -> Block | None:
        """The rows at `places` as a block of texts; None where they are too many or cannot be told from others."""
        if len(places) > MOST_DOUBTFUL * block.columns.num_rows:
            return None
        offsets = block.offsets[places]
        if not isinstance(item, RawBlock):
            return Block(block.columns.take(pa.array(places)), offsets, block.lines, ())
        lines = lines_at(item, block.lines, offsets)
        if lines is None:
            return None
        found = parse(self._source, lines)
        if found.columns.num_rows != len(places):
            return None
        return Block(found.columns, offsets, block.lines, ())

    def _one_by_one(self, block: Block) -> tuple[pa.Table, list[Rejected]]:
        """Rows without fault, and the others with every reason."""
        cells, unread = read_cells(block.columns, self._source.table)
        made = self._checks(unread)
        connection = self._engine()
        given = _view(connection, "block", cells.append_column("row", pa.array(block.offsets)))
        rows = connection.sql(made.sql).to_arrow_table()
        del given
        faults = np.asarray(rows.column("faults"))
        rejects = self._rejects(block, made, rows, faults) if faults.any() else []
        if rejects:
            rows = rows.filter(pa.array(faults == 0))
        return rows.select(self._schema.names).cast(self._schema), rejects

    def _outcome(self, block: Block, rows: pa.Table, counts: Any, rejects: list[Rejected]) -> CheckedBlock:
        """The rows that `counts` masks (None: all of them) and the rejects, those that are no rows among them."""
        rejects = rejects + [(row.offset, ((row.code, ""),), row.found.strip()[:200], "") for row in block.broken]
        rejects.sort(key=lambda reject: reject[0])
        accepted, held = self._apart(rows, counts)
        taken = [accepted] if held is None else [accepted, held]
        blank = block.lines - len(block.offsets) - len(block.broken)
        flags = sum(_flag_counts(rows) for rows in taken)
        return CheckedBlock(block.lines, blank, accepted, held, rejects, flags, self._newest(taken), block.recoded)

    def _apart(self, rows: pa.Table, counts: Any) -> tuple[pa.Table, pa.Table | None]:
        """Rows to take, as they are stored, and rows that wait for others."""
        table = self._source.table
        rows = rows.select(self._schema.names)
        suspects = self._context.suspects
        is_held = hashes = None
        if self._context.hold_all:
            is_held = np.ones(rows.num_rows, dtype=bool)
        elif suspects is not None and len(suspects.hashes):
            hashes = text_hashes(TextCells.of(rows.column(table.key[0])))
            is_held = suspects.among(hashes)
        if self._context.pseudonym_key is not None and "dossier_code" in rows.column_names:
            rows, hashes = self._with_pseudonyms(rows), None
        if is_held is None or not is_held.any():
            taken, held = counts, None
        else:
            counts = np.ones(rows.num_rows, dtype=bool) if counts is None else counts
            taken, held = counts & ~is_held, rows.filter(pa.array(counts & is_held))
        if taken is not None:
            rows, hashes = rows.filter(pa.array(taken)), None if hashes is None else hashes[taken]
        return as_stored(table, rows, hashes), held

    def _checks(self, unread: frozenset[str]) -> Checks:
        """The checks for blocks whose stamps `unread` are not in the usual form."""
        if unread not in self._made:
            self._made[unread] = checks(
                self._source.table,
                tuple(self._source.columns),
                unread=unread,
                keep=self._source.kept,
                has_units=self._context.units is not None,
                has_procedures=self._context.procedures is not None,
            )
        return self._made[unread]

    def _engine(self) -> Any:
        if not hasattr(self._local, "connection"):
            connection = duckdb.connect(":memory:", config={"threads": 1})
            for name, codes in (("known_units", self._context.units), ("known_procedures", self._context.procedures)):
                if codes is not None:
                    given = _view(connection, "given", pa.table({"code": codes}))
                    connection.execute(f"CREATE TABLE {name} AS FROM given")
                    del given
            self._local.connection = connection
        return self._local.connection

    def _rejects(self, block: Block, made: Checks, rows: pa.Table, faults: Any) -> list[Rejected]:
        found = []
        offsets = np.asarray(rows.column("source_row"))
        for position in np.flatnonzero(faults):
            offset, bits = int(offsets[position]), int(faults[position])
            reasons = tuple((fault.code, fault.column) for bit, fault in enumerate(made.faults) if bits >> bit & 1)
            place = int(np.searchsorted(block.offsets, offset))
            columns = block.columns
            cell = columns.column(reasons[0][1])[place].as_py() if reasons[0][1] in columns.column_names else None
            key = columns.column(self._source.table.key[0])[place].as_py() or ""
            if self._context.pseudonym_key is not None and self._source.table.key[0] == "dossier_code":
                key = pseudonym(self._context.pseudonym_key, key.strip())
                cell = key if reasons[0][1] == "dossier_code" else cell
            # A list is read by people: what cannot be seen gets its sign.
            found.append((offset, reasons, (cell or "").replace("\0", "␀"), key.replace("\0", "␀")))
        return found

    def _newest(self, taken: list[pa.Table]) -> date | None:
        found = [pc.max(rows.column(name)).as_py() for rows in taken for name in self._source.table.stamps]
        return max((moment.date() for moment in found if moment is not None), default=None)

    def _with_pseudonyms(self, rows: pa.Table) -> pa.Table:
        key = self._context.pseudonym_key
        assert key is not None
        codes = rows.column("dossier_code").to_pylist()
        hashed = pa.array([None if code is None else pseudonym(key, code) for code in codes], pa.string())
        return rows.set_column(rows.schema.get_field_index("dossier_code"), "dossier_code", hashed)


def _view(connection: Any, name: str, rows: pa.Table) -> Any:
    """Let the engine read an Arrow table as `name` while the result is alive (`register` would load pandas)."""
    relation = connection.from_arrow(rows)
    relation.create_view(name, replace=True)
    return relation


def _flag_counts(rows: pa.Table) -> Any:
    """How many rows carry each of FLAGS."""
    sums = np.bincount(np.asarray(rows.column("flags")), minlength=1 << len(FLAGS))
    bits = np.arange(len(sums))
    return np.array([sums[(bits & flag.bit) > 0].sum() for flag in FLAGS], dtype=np.int64)
