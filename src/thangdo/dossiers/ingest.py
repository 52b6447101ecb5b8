"""Take files into the store: look, check, stage, settle duplicates, meet the store, commit.

`read = accepted + rejected + duplicate` holds for every file, and the store changes only in `store_commit.commit`.
A batch is what one call brings for one table with one as-of.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.ingest_pseudonyms import key_id
from thangdo.dossiers.ingest_run import IngestRun
from thangdo.dossiers.ingest_source import SourceFile, open_source
from thangdo.dossiers.ingest_stage import Progress
from thangdo.dossiers.schema import AGENCY_FACTS, CALENDAR, DOSSIERS, EVENTS, PROCEDURES, UNITS
from thangdo.dossiers.store import refuse_damaged
from thangdo.dossiers.store_commit import clean, writing
from thangdo.dossiers.store_manifest import Batch, read_manifest
from thangdo.findings import Finding, Refused, Where

# As malloc.h numbers them.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3

# Catalogues first, so that a call that brings everything checks dossiers against them.
ORDER = (UNITS, PROCEDURES, CALENDAR, AGENCY_FACTS, DOSSIERS, EVENTS)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a call did: its batches with the account of every file, findings, and the newest as-of of dossiers.

    `batches` includes those that changed nothing.
    """

    batches: tuple[Batch, ...]
    findings: tuple[Finding, ...]
    rejected_by_code: dict[str, int]
    as_of: date | None

    def total(self, name: str) -> int:
        """Sum over all files of `read`, `accepted`, `rejected` or `duplicate`."""
        return sum(getattr(source, name) for batch in self.batches for source in batch.sources)


def _quiet(_stage: str, _done: int, _total: int) -> None:
    pass


def ingest(
    files: Sequence[Path],
    root: Path,
    *,
    table: str | None = None,
    as_of: date | None = None,
    keep: Sequence[str] = (),
    pseudonym_key: bytes | None = None,
    language: str = "vi",
    progress: Progress = _quiet,
) -> Ingested:
    """Ingest `files` (CSV, gz or zst of it, Parquet, XLSX) into the store in the folder `root`.

    `table` is guessed from each header where not given; `as_of` from the newest stamp of each file. `keep` names
    further columns to keep, `pseudonym_key` replaces dossier codes by keyed hashes. `progress(stage, done,
    total)` is called often.

    Raises Refused where a file is no table of ours (nothing is changed then) and DossiersFailure where the store
    cannot be written (it keeps its last complete state) or is damaged (DOS214).
    """
    sources = _opened(files, table, tuple(keep))
    with _undisturbed(), _failures_named(root), writing(root) as staging:
        manifest = read_manifest(root)
        refuse_damaged(root, manifest)
        if manifest.key_id != key_id(pseudonym_key) and any(
            batch.table in ("dossiers", "events") for batch in manifest.batches
        ):
            raise DossiersFailure("DOS209", path=root)
        clean(root, manifest)
        run = IngestRun(root, staging, manifest, as_of, pseudonym_key, language, progress)
        for described in ORDER:
            chosen = [source for source in sources if source.table is described]
            if chosen:
                run.take(described, chosen)
        return Ingested(
            tuple(run.batches),
            (*_missing(sources, keep), *run.findings),
            run.rejected_by_code,
            run.manifest.newest_as_of("dossiers"),
        )


def _missing(sources: list[SourceFile], keep: Sequence[str]) -> list[Finding]:
    """Columns to keep that no file has: a slip there would lose a column that somebody declared."""
    had = {name for source in sources for name in (*source.kept, *source.columns.values())}
    lost = [name for name in keep if name not in had]
    return [Finding("DOS038", Where(column="--keep"), ", ".join(lost), severity="warning")] if lost else []


def _opened(files: Sequence[Path], table: str | None, keep: tuple[str, ...]) -> list[SourceFile]:
    sources, findings = [], []
    for path in files:
        try:
            sources.append(open_source(path, table, keep))
        except DossiersFailure as failure:
            findings.append(
                Finding(failure.code, Where(str(path)), str(failure.facts.get("found", "")), facts=failure.facts)
            )
    if findings:
        raise Refused(findings)
    return sources


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Arrow's buffers from the C library, and no search for cyclic garbage, while files are read.

    Blocks of 8 MB come and go; Arrow's own allocator gives each back to the kernel and pays for fresh pages every
    time, which was a third of all work. The search for cycles walks through every loaded module again and again, a
    tenth of it, and finds none.
    """
    _keep_freed_memory()
    usual, was_collecting = pa.default_memory_pool(), gc.isenabled()
    pa.set_memory_pool(pa.system_memory_pool())
    gc.disable()
    try:
        yield
    finally:
        pa.set_memory_pool(usual)
        if was_collecting:
            gc.enable()


def _keep_freed_memory() -> None:
    """Let the C library keep what is freed for the next block, a twentieth of all work: mallopt(3), where there is one."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_TRIM_THRESHOLD, 512 << 20)
        library.mallopt(_MMAP_THRESHOLD, 32 << 20)


class _failures_named:
    """Turns what engines raise for a full disk into the room's failure."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            raise DossiersFailure("DOS208", path=self._root, found=str(error).split("\n")[0][:200]) from error
