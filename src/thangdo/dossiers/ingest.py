"""Take files into the store: look, check, stage, settle duplicates, meet the store, commit.

`read = accepted + rejected + duplicate` holds for every file, and the store changes only in `store_commit.commit`.
A batch is what one call brings for one table with one as-of.
"""

# ruff: noqa: S608  (names come from the schema's rows, values through `quoted`)

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from thangdo.dossiers.derived import VERSION as DERIVED_VERSION
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.ingest_duplicates import resolve_held
from thangdo.dossiers.ingest_keys import key_hashes
from thangdo.dossiers.ingest_pseudonyms import key_id
from thangdo.dossiers.ingest_rows import Context
from thangdo.dossiers.ingest_source import SourceFile, open_source
from thangdo.dossiers.ingest_stage import Progress, Staged, stage
from thangdo.dossiers.ingest_suspects import Suspects
from thangdo.dossiers.rejects import RejectFile
from thangdo.dossiers.schema import AGENCY_FACTS, CALENDAR, DOSSIERS, EVENTS, FLAGS, PROCEDURES, UNITS, Table
from thangdo.dossiers.store import Store, quoted
from thangdo.dossiers.store_commit import clean, commit, writing
from thangdo.dossiers.store_manifest import Batch, Manifest, Source, StoredFile, read_manifest
from thangdo.dossiers.store_merge import Merge, merge_catalogue
from thangdo.findings import Finding, Refused, Where
from thangdo.proof.canonical import content_hash

MEMORY = "1500MB"
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
    cannot be written (it keeps its last complete state).
    """
    sources = _opened(files, table, tuple(keep))
    with _undisturbed(), _failures_named(root), writing(root) as staging:
        manifest = read_manifest(root)
        if manifest.key_id != key_id(pseudonym_key) and any(
            batch.table in ("dossiers", "events") for batch in manifest.batches
        ):
            raise DossiersFailure("DOS209", path=root)
        clean(root, manifest)
        run = _Run(root, staging, manifest, as_of, pseudonym_key, language, progress)
        for described in ORDER:
            chosen = [source for source in sources if source.table is described]
            if chosen:
                run.take(described, chosen)
        return Ingested(
            tuple(run.batches), tuple(run.findings), run.rejected_by_code, run.manifest.newest_as_of("dossiers")
        )


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

    Blocks of 16 MB come and go; Arrow's own allocator gives each back to the kernel and pays for fresh pages every
    time, which was a third of all work. The search for cycles walks through every loaded module again and again, a
    tenth of it, and finds none.
    """
    usual, was_collecting = pa.default_memory_pool(), gc.isenabled()
    pa.set_memory_pool(pa.system_memory_pool())
    gc.disable()
    try:
        yield
    finally:
        pa.set_memory_pool(usual)
        if was_collecting:
            gc.enable()


class _failures_named:
    """Turns what engines raise for a full disk into the room's failure."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            raise DossiersFailure("DOS208", path=self._root, found=str(error).split("\n")[0][:200]) from error


class _Run:
    """One call's work, table by table."""

    def __init__(
        self,
        root: Path,
        staging: Path,
        manifest: Manifest,
        as_of: date | None,
        pseudonym_key: bytes | None,
        language: str,
        progress: Progress,
    ) -> None:
        self.manifest = manifest
        self.batches: list[Batch] = []
        self.findings: list[Finding] = []
        self.rejected_by_code: dict[str, int] = {}
        self._root = root
        self._staging = staging
        self._as_of = as_of
        self._key = pseudonym_key
        self._language = language
        self._progress = progress

    def take(self, table: Table, sources: list[SourceFile]) -> None:
        """Ingest the call's files of one table, as one commit."""
        folder = self._staging / table.name
        folder.mkdir()
        options = self._options(sources)
        sources, context = self._prepared(table, sources, options)
        rejects = RejectFile(folder / "rejects.csv", self._language)
        staged = [
            stage(source, number, context, folder, rejects, self._progress) for number, source in enumerate(sources)
        ]
        staged = [source for source in staged if not self._is_known(source, table, options)]
        with duckdb.connect(
            ":memory:", config={"threads": 2, "memory_limit": MEMORY, "temp_directory": str(folder / "spill")}
        ) as connection:
            files, batches = self._merged(connection, table, staged, folder, rejects, options)
        rejects.close()
        for code, count in rejects.counts.items():
            self.rejected_by_code[code] = self.rejected_by_code.get(code, 0) + count
        self._describe(staged)
        changes = any(source.accepted or source.rejected for batch in batches for source in batch.sources)
        if changes:
            before = len(self.manifest.batches)
            self.manifest = commit(
                self._root,
                folder,
                self.manifest,
                table.name,
                files,
                batches,
                rejects.path if rejects.rows else None,
                key_id(self._key),
                lambda: self._progress("commit", 0, 0),
            )
            batches = self.manifest.batches[before:]
        self.batches.extend(batches)

    def _options(self, sources: list[SourceFile]) -> str:
        """The hash of what, beside a file's bytes, decides which of its rows are accepted."""
        catalogues = [file.path for name in ("units", "procedures") for file in self.manifest.of(name)]
        kept = sorted({name for source in sources for name in source.kept})
        return content_hash([kept, key_id(self._key), catalogues, str(self._as_of or "")])

    def _prepared(self, table: Table, sources: list[SourceFile], options: str) -> tuple[list[SourceFile], Context]:
        """What the checks need to know before the first row: catalogues, and which keys repeat."""
        if table is not DOSSIERS:
            return sources, Context(self._codes("units"), None, None, hold_all=True, pseudonym_key=self._key)
        hashes, remaining, sha256_of = [], [], {}
        for source in sources:
            found, sha256, size = key_hashes(source, self._progress)
            if not self._is_known(Staged(source, 0, sha256=sha256, size=size), table, options):
                hashes.append(found)
                sha256_of[source.path] = sha256
                remaining.append(source)
        suspects = Suspects(hashes) if hashes else None
        return remaining, Context(
            self._codes("units"),
            self._codes("procedures"),
            suspects,
            hashes=sha256_of,
            pseudonym_key=self._key,
        )

    def _codes(self, table: str) -> Any:
        """The catalogue's codes, or None where none was ingested."""
        files = Store(self._root, self.manifest).files(table)
        if not files:
            return None
        column = "unit_code" if table == "units" else "procedure_code"
        paths = ", ".join(quoted(path) for path in files)
        with duckdb.connect(":memory:") as connection:
            return pa.table(
                connection.sql(f"SELECT {column} AS code FROM read_parquet([{paths}])").to_arrow_table()
            ).column(0)

    def _is_known(self, staged: Staged, table: Table, options: str) -> bool:
        """Whether the very file was ingested before under the same options; then its account says duplicate."""
        for batch in self.manifest.batches:
            for source in batch.sources:
                if (batch.table, batch.options, source.sha256) == (table.name, options, staged.sha256):
                    again = replace(
                        source, name=staged.source.path.name, accepted=0, duplicate=source.read - source.rejected
                    )
                    self.batches.append(Batch(batch.number, table.name, batch.as_of, options, (again,), batch.rejects))
                    self._note("DOS034", staged, batch.number, "note")
                    return True
        return False

    def _merged(
        self, connection: Any, table: Table, staged: list[Staged], folder: Path, rejects: RejectFile, options: str
    ) -> tuple[tuple[StoredFile, ...], tuple[Batch, ...]]:
        """The table's files after all batches of this call, oldest as-of first, and the batches."""
        files = tuple(file for file in self.manifest.files if file.table == table.name)
        batches: list[Batch] = []
        for as_of in sorted({self._as_of_of(source, table) for source in staged}):
            members = [source for source in staged if self._as_of_of(source, table) == as_of]
            number = self.manifest.next_batch() + len(batches)
            self._progress("settle", len(batches), len(staged))
            resolve_held(connection, table, members, folder, rejects)
            self._progress("merge", len(batches), len(staged))
            files, duplicates, ties = self._met(connection, table, members, files, folder, number, as_of)
            if ties:
                self._note("DOS109", members[0], ties, "warning")
            accounts = tuple(_account(source, duplicates.get(source.number, 0)) for source in members)
            batches.append(Batch(number, table.name, as_of, options, accounts))
        return files, tuple(batches)

    def _met(
        self,
        connection: Any,
        table: Table,
        members: list[Staged],
        files: tuple[StoredFile, ...],
        folder: Path,
        number: int,
        as_of: date,
    ) -> tuple[tuple[StoredFile, ...], dict[int, int], int]:
        new = tuple(
            StoredFile(
                path.name,
                table.name,
                month.removesuffix(" held"),
                as_of,
                number,
                source.number,
                rows,
                derived=DERIVED_VERSION if table.has_derived else 0,
            )
            for source in members
            for month, (path, rows) in source.months.items()
            if rows
        )

        def located(file: StoredFile) -> str:
            return str((folder if "/" not in file.path else self._root) / file.path)

        if not table.catalogue:
            merged = Merge(connection, table, folder, located).merge(files, new, number, as_of)
            return merged.files, merged.duplicates, merged.ties
        if not new:
            return files, {}, 0
        old = located(files[0]) if files else None
        path, rows, repeats = merge_catalogue(connection, table, folder, old, tuple(map(located, new)), number, as_of)
        newest = max([as_of, *(file.as_of for file in files)])
        duplicates: dict[int, int] = {}
        for file in new:
            duplicates[file.source] = duplicates.get(file.source, 0) + repeats.get(located(file), 0)
        return (StoredFile(path.name, table.name, "", newest, number, 0, rows),), duplicates, 0

    def _as_of_of(self, source: Staged, table: Table) -> date:
        """As given, else the newest stamp, else (catalogues) not before what the store holds."""
        return self._as_of or source.newest or self.manifest.newest_as_of(table.name) or date.min

    def _describe(self, staged: list[Staged]) -> None:
        for source in staged:
            if source.truncated:
                self._note("DOS031", source, source.read, "error")
            if source.recoded:
                self._note("DOS032", source, source.recoded, "warning")
            if source.source.ignored:
                self._note("DOS033", source, ", ".join(source.source.ignored), "note")
            if not source.read:
                self._note("DOS035", source, "", "warning")
            for flag, count in zip(FLAGS, source.flags):
                if count:
                    self._note(
                        flag.code, source, int(count), "note" if flag.code in ("DOS103", "DOS108") else "warning"
                    )

    def _note(self, code: str, source: Staged, found: object, severity: Any) -> None:
        self.findings.append(Finding(code, Where(source.source.path.name), str(found), severity=severity))


def _account(source: Staged, known: int) -> Source:
    """The file's account; a row that is nowhere in it, or twice, is a fault of this program and stops it."""
    duplicate = source.duplicate + known
    accepted = sum(rows for _, rows in source.months.values()) - known
    if source.read != accepted + source.rejected + duplicate:
        raise AssertionError(
            f"{source.source.path.name}: {source.read} read, {accepted} + {source.rejected} + {duplicate}"
        )
    return Source(
        source.source.path.name, source.sha256, source.size, source.read, accepted, source.rejected, duplicate
    )
