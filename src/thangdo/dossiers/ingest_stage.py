"""Read one source, check its rows in two threads, and write what passes into staged files, in the file's order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from thangdo.dossiers.in_order import in_order
from thangdo.dossiers.ingest_blocks import Block
from thangdo.dossiers.ingest_compressed import ByteStream
from thangdo.dossiers.ingest_lines import raw_blocks
from thangdo.dossiers.ingest_rows import CheckedBlock, Context, RowChecker
from thangdo.dossiers.ingest_sheets import sheet_blocks
from thangdo.dossiers.ingest_source import SourceFile
from thangdo.dossiers.ingest_write import MonthWriters
from thangdo.dossiers.rejects import Reject, RejectFile
from thangdo.dossiers.schema import FLAGS

THREADS = 2
MOST_WAITING = 50_000  # rows in doubt, or rejects, that wait to be settled together
MOST_WRITING = 2

Progress = Callable[[str, int, int], None]


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


def stage(
    source: SourceFile, number: int, context: Context, folder: Path, rejects: RejectFile, progress: Progress
) -> Staged:
    """Read, check and stage one source. Rows whose key is suspect go to a file of their own, undecided."""
    known = context.hashes.get(source.path)
    stream = ByteStream(source.path, source.compression, is_hashed=known is None)
    total = source.path.stat().st_size
    with ThreadPoolExecutor(THREADS) as pool, ThreadPoolExecutor(1) as writing:
        staging = _Staging(source, number, context, folder, rejects, writing)
        items: Iterable[Any] = raw_blocks(source, stream) if source.form == "csv" else sheet_blocks(source)
        for block in in_order(pool, staging.checker.check, items, THREADS + 1):
            staging.take(block)
            progress("rows", stream.bytes_read, total)
        staged = staging.close()
    if source.form != "csv":
        for _ in stream.chunks(1 << 22):
            pass
    staged.truncated, staged.sha256, staged.size = stream.truncated, known or stream.sha256, total
    return staged


class _Staging:
    """One source's blocks in the file's order: rows into files by month, rejects into theirs.

    Parquet is written by a thread of its own, at most MOST_WRITING blocks behind.
    """

    def __init__(
        self,
        source: SourceFile,
        number: int,
        context: Context,
        folder: Path,
        rejects: RejectFile,
        writing: ThreadPoolExecutor,
    ) -> None:
        self.checker = RowChecker(source, context)
        self._staged = Staged(source, number)
        self._writers = MonthWriters(source.table, folder, number)
        self._held_path = folder / f"held-{number}.parquet"
        self._held: Any = None
        self._rejects = rejects
        self._base = source.first_row
        self._doubtful: list[Block] = []
        self._rejected: list[Reject] = []
        self._writing = writing
        self._written: deque[Future[None]] = deque()

    def take(self, block: CheckedBlock) -> None:
        """The next block of the file."""
        self._staged.read += block.lines - block.blank
        self._staged.recoded += block.recoded
        self._write(block, self._base)
        if block.doubtful is not None:
            self._doubtful.append(replace(block.doubtful, offsets=block.doubtful.offsets + self._base))
        self._base += block.lines
        if sum(len(waiting.offsets) for waiting in self._doubtful) >= MOST_WAITING:
            self._settle()

    def close(self) -> Staged:
        """Finish every file; the account so far."""
        self._settle()
        if self._held is not None:
            self._held.close()
            self._staged.held = self._held_path
        while self._written:
            self._written.popleft().result()
        self._staged.months = self._writers.close()
        return self._staged

    def _settle(self) -> None:
        """Decide the rows in doubt; then every reject up to here is known, and they are listed in the file's order."""
        if self._doubtful:
            self._write(self.checker.settle(self._doubtful), 0)
        self._rejects.add(sorted(self._rejected, key=lambda reject: reject.row))
        self._doubtful, self._rejected = [], []

    def _write(self, block: CheckedBlock, base: int) -> None:
        staged = self._staged
        name = staged.source.path.name
        self._rejected += (
            Reject(name, base + offset, reasons, found, key) for offset, reasons, found, key in block.rejects
        )
        staged.rejected += len(block.rejects)
        staged.flags += block.flags
        staged.newest = max((day for day in (staged.newest, block.newest) if day is not None), default=None)
        self._written.append(self._writing.submit(self._writers.add, _numbered(block.accepted, base)))
        if len(self._written) > MOST_WRITING:
            self._written.popleft().result()
        if block.held is not None:
            rows = _numbered(block.held, base)
            rows = rows.append_column("held_source", pa.array([staged.number] * len(rows), pa.int32()))
            if self._held is None:
                self._held = pq.ParquetWriter(self._held_path, rows.schema, compression="zstd", compression_level=1)
            self._held.write_table(rows)
        if not self._doubtful and len(self._rejected) >= MOST_WAITING:
            self._settle()


def _numbered(rows: Any, base: int) -> Any:
    position = rows.schema.get_field_index("source_row")
    return rows.set_column(position, "source_row", pc.cast(pc.add(rows.column("source_row"), base), pa.int32()))
