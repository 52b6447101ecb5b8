"""Read one source, check its rows in two threads, and write what passes into staged files, in the file's order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from thangdo.dossiers.ingest_blocks import Block, RawBlock, parse, raw_blocks
from thangdo.dossiers.ingest_cells import read_cells
from thangdo.dossiers.ingest_checks import Checks, cell_sql, checks
from thangdo.dossiers.ingest_compressed import ByteStream
from thangdo.dossiers.ingest_pseudonyms import pseudonym
from thangdo.dossiers.ingest_sheets import sheet_blocks
from thangdo.dossiers.ingest_source import SourceFile
from thangdo.dossiers.ingest_write import MonthWriters
from thangdo.dossiers.rejects import Reject, RejectFile
from thangdo.dossiers.schema import FLAGS

THREADS = 2
FIRST_ROW = 2  # the header is row 1

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Context:
    """What the checks of every source of a table share.

    `units` and `procedures` are the catalogues' codes (None where none was ingested); `suspects` are hashes of
    keys seen more than once in the command's files, `hashes` the SHA-256 of files already read for them; with `hold_all` every row waits for the others (tables whose
    rows are few).
    """

    units: Any = None
    procedures: Any = None
    suspects: Any = None
    hold_all: bool = False
    hashes: Mapping[Path, str] = field(default_factory=dict)
    pseudonym_key: bytes | None = None


@dataclass
class Staged:
    """One source after reading: its account so far, its files by month, the rows held back, what was noticed."""

    source: SourceFile
    number: int
    read: int = 0
    rejected: int = 0
    duplicate: int = 0
    newest: date | None = None
    months: dict[str, tuple[Path, int]] = field(default_factory=dict)
    held: Path | None = None
    flags: Any = field(default_factory=lambda: np.zeros(len(FLAGS), dtype=np.int64))
    recoded: int = 0
    truncated: bool = False
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class _CheckedBlock:
    lines: int
    blank: int
    accepted: Any
    held: Any
    rejects: list[tuple[int, tuple[tuple[str, str], ...], str, str]]
    flags: Any
    newest: date | None
    recoded: int


def in_order(
    pool: ThreadPoolExecutor, function: Callable[[Item], Result], items: Iterable[Item], ahead: int = THREADS + 1
) -> Iterator[Result]:
    """Apply `function` in the pool, at most `ahead` items at once, and give the results in the items' order."""
    waiting: deque[Future[Result]] = deque()
    for item in items:
        waiting.append(pool.submit(function, item))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def key_hashes(source: SourceFile, progress: Progress) -> tuple[Any, str, int]:
    """Hashes of the key column of every row, and the file's SHA-256 and size.

    `hash()` of two different codes may agree: it names suspects, whose codes are compared later.
    """
    column = source.table.key[0]
    local = threading.local()

    def hashes(item: RawBlock | Block) -> Any:
        block = parse(source, item, (column,)) if isinstance(item, RawBlock) else item
        connection = _connection(local)
        given = _view(connection, "block", block.columns)
        cell = cell_sql(column)
        query = f"SELECT hash({cell}) AS hash FROM block WHERE {column} IS NOT NULL"  # noqa: S608
        found = connection.sql(query).fetchnumpy()["hash"]
        del given
        return found

    stream = ByteStream(source.path, source.compression)
    total = source.path.stat().st_size
    parts = []
    with ThreadPoolExecutor(THREADS) as pool:
        items: Iterable[Any] = raw_blocks(source, stream) if source.form == "csv" else sheet_blocks(source, (column,))
        for part in in_order(pool, hashes, items):
            parts.append(np.ascontiguousarray(part, dtype=np.uint64))
            progress("keys", stream.bytes_read, total)
    if source.form != "csv":
        for _ in stream.chunks(1 << 22):
            pass
    return (np.concatenate(parts) if parts else np.zeros(0, np.uint64)), stream.sha256, total


def repeated(hashes: list[Any]) -> Any:
    """Hashes that occur more than once over all files, sorted."""
    together = np.concatenate(hashes) if len(hashes) > 1 else hashes[0]
    together.sort()
    return np.unique(together[1:][together[1:] == together[:-1]])


def stage(
    source: SourceFile, number: int, context: Context, folder: Path, rejects: RejectFile, progress: Progress
) -> Staged:
    """Read, check and stage one source. Rows whose key is suspect go to a file of their own, undecided."""
    staged = Staged(source, number)
    writers = MonthWriters(source.table, folder, number)
    held_path = folder / f"held-{number}.parquet"
    held: Any = None
    checker = _Checker(source, context)
    known = context.hashes.get(source.path)
    stream = ByteStream(source.path, source.compression, is_hashed=known is None)
    total = source.path.stat().st_size
    base = FIRST_ROW
    with ThreadPoolExecutor(THREADS) as pool:
        items: Iterable[Any] = raw_blocks(source, stream) if source.form == "csv" else sheet_blocks(source)
        for block in in_order(pool, checker.check, items):
            rejects.add(
                Reject(source.path.name, base + offset, reasons, found, key)
                for offset, reasons, found, key in block.rejects
            )
            staged.read += block.lines - block.blank
            staged.rejected += len(block.rejects)
            staged.flags += block.flags
            staged.recoded += block.recoded
            staged.newest = max((day for day in (staged.newest, block.newest) if day is not None), default=None)
            writers.add(_numbered(block.accepted, base))
            if block.held is not None:
                rows = _numbered(block.held, base).append_column(
                    "held_source", pa.array([number] * len(block.held), pa.int32())
                )
                held = held or pq.ParquetWriter(held_path, rows.schema, compression="zstd", compression_level=1)
                held.write_table(rows)
            base += block.lines
            progress("rows", stream.bytes_read, total)
    if held is not None:
        held.close()
        staged.held = held_path
    staged.months = writers.close()
    if source.form != "csv":
        for _ in stream.chunks(1 << 22):
            pass
    staged.truncated, staged.sha256, staged.size = stream.truncated, known or stream.sha256, total
    return staged


def _numbered(rows: Any, base: int) -> Any:
    position = rows.schema.get_field_index("source_row")
    return rows.set_column(position, "source_row", pc.cast(pc.add(rows.column("source_row"), base), pa.int32()))


def _connection(local: threading.local) -> Any:
    if not hasattr(local, "connection"):
        local.connection = duckdb.connect(":memory:", config={"threads": 1})
    return local.connection


def _view(connection: Any, name: str, rows: pa.Table) -> Any:
    """Let the engine read an Arrow table as `name` while the result is alive (`register` would load pandas)."""
    relation = connection.from_arrow(rows)
    relation.create_view(name, replace=True)
    return relation


class _Checker:
    """Checks blocks of one source; each thread has an engine of its own with the catalogues in it."""

    def __init__(self, source: SourceFile, context: Context) -> None:
        self._source = source
        self._context = context
        self._local = threading.local()
        self._made: dict[frozenset[str], Checks] = {}

    def _checks(self, unread: frozenset[str]) -> Checks:
        """The checks for blocks whose stamps `unread` are not in the usual form."""
        if unread not in self._made:
            context = self._context
            self._made[unread] = checks(
                self._source.table,
                tuple(self._source.columns),
                unread=unread,
                keep=self._source.kept,
                has_units=context.units is not None,
                has_procedures=context.procedures is not None,
                has_suspects=context.suspects is not None and len(context.suspects) > 0,
            )
        return self._made[unread]

    def _engine(self) -> Any:
        is_new = not hasattr(self._local, "connection")
        connection = _connection(self._local)
        if is_new:
            context = self._context
            for name, column, values in (
                ("known_units", "code", context.units),
                ("known_procedures", "code", context.procedures),
                ("suspects", "hash", context.suspects),
            ):
                if values is not None:
                    given = _view(connection, "given", pa.table({column: values}))
                    connection.execute(f"CREATE TABLE {name} AS FROM given")
                    del given
        return connection

    def check(self, item: RawBlock | Block) -> _CheckedBlock:
        block = parse(self._source, item) if isinstance(item, RawBlock) else item
        cells, unread = read_cells(block.columns, self._source.table)
        made = self._checks(unread)
        connection = self._engine()
        given = _view(connection, "block", cells.append_column("row", pa.array(block.offsets)))
        rows = connection.sql(made.sql).to_arrow_table()
        del given
        rejects: list[tuple[int, tuple[tuple[str, str], ...], str, str]] = [
            (row.offset, ((row.code, ""),), row.found.strip()[:200], "") for row in block.broken
        ]
        faults = np.asarray(rows.column("faults"))
        if faults.any():
            rejects += self._rejects(block, made, rows, faults)
            rejects.sort(key=lambda reject: reject[0])
            rows = rows.filter(pa.array(faults == 0))
        flags = np.bincount(np.asarray(rows.column("flags")), minlength=1 << len(FLAGS))
        bits = np.arange(len(flags))
        counts = np.array([flags[(bits & flag.bit) > 0].sum() for flag in FLAGS], dtype=np.int64)
        newest = self._newest(rows)
        if self._context.pseudonym_key is not None and "dossier_code" in rows.column_names:
            rows = self._with_pseudonyms(rows)
        accepted, held = self._apart(rows)
        blank = block.lines - len(block.offsets) - len(block.broken)
        return _CheckedBlock(block.lines, blank, accepted, held, rejects, counts, newest, block.recoded)

    def _apart(self, rows: Any) -> tuple[Any, Any]:
        suspect = rows.column("suspect")
        rows = rows.drop_columns(["faults", "suspect"])
        if self._context.hold_all:
            return rows.slice(0, 0), rows
        if not pc.any(suspect).as_py():
            return rows, None
        return rows.filter(pc.invert(suspect)), rows.filter(suspect)

    def _rejects(
        self, block: Block, made: Checks, rows: Any, faults: Any
    ) -> list[tuple[int, tuple[tuple[str, str], ...], str, str]]:
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
            found.append((offset, reasons, cell or "", key))
        return found

    def _newest(self, rows: Any) -> date | None:
        found = [pc.max(rows.column(name)).as_py() for name in self._source.table.stamps]
        return max((moment.date() for moment in found if moment is not None), default=None)

    def _with_pseudonyms(self, rows: Any) -> Any:
        key = self._context.pseudonym_key
        assert key is not None
        hashed = pa.array([pseudonym(key, code) for code in rows.column("dossier_code").to_pylist()], pa.string())
        return rows.set_column(rows.schema.get_field_index("dossier_code"), "dossier_code", hashed)
