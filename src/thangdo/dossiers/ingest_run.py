"""One call's work on the store, table by table: stage, settle duplicates, meet the store, commit."""

# ruff: noqa: S608  (names come from the schema's rows, values through `quoted`)

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from thangdo.dossiers.derived import VERSION as DERIVED_VERSION
from thangdo.dossiers.ingest_duplicates import resolve_held
from thangdo.dossiers.ingest_keys import add_key_hashes
from thangdo.dossiers.ingest_pseudonyms import key_id
from thangdo.dossiers.ingest_rows import Context
from thangdo.dossiers.ingest_source import SourceFile
from thangdo.dossiers.ingest_stage import Progress, Staged, stage
from thangdo.dossiers.ingest_suspects import KeyHashes, Suspects
from thangdo.dossiers.rejects import RejectFile
from thangdo.dossiers.schema import DOSSIERS, FLAGS, Table
from thangdo.dossiers.store import Store, quoted
from thangdo.dossiers.store_commit import commit
from thangdo.dossiers.store_manifest import Batch, Manifest, Source, StoredFile
from thangdo.dossiers.store_merge import Merge, merge_catalogue
from thangdo.findings import Finding, Where
from thangdo.proof.canonical import content_hash

MEMORY = "1500MB"


class IngestRun:
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
        sources, context = self._prepared(table, sources, options, folder)
        rejects = RejectFile(folder / "rejects.csv", table, self._language)
        staged = [
            stage(source, number, context, folder, rejects, self._progress) for number, source in enumerate(sources)
        ]
        staged = [source for source in staged if not self._is_known(source, table, options)]
        with duckdb.connect(
            ":memory:", config={"threads": 2, "memory_limit": MEMORY, "temp_directory": str(folder / "spill")}
        ) as connection:
            # In a notebook the engine would draw a bar of its own beside `progress`, on standard output.
            connection.execute("SET enable_progress_bar = false")
            files, batches = self._merged(connection, table, staged, folder, rejects, options)
        rejects.close()
        for code, count in rejects.counts.items():
            self.rejected_by_code[code] = self.rejected_by_code.get(code, 0) + count
        self._describe(staged)
        for file, count, rows in rejects.bare():
            self.findings.append(Finding("DOS042", Where(file), rows, str(count), severity="note"))
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

    def _prepared(
        self, table: Table, sources: list[SourceFile], options: str, folder: Path
    ) -> tuple[list[SourceFile], Context]:
        """What the checks need to know before the first row: catalogues, and which keys repeat."""
        if table is not DOSSIERS:
            return sources, Context(self._codes("units"), None, None, hold_all=True, pseudonym_key=self._key)
        remaining, sha256_of = [], {}
        found = KeyHashes(folder)
        for source in sources:
            place = found.place
            sha256, size = add_key_hashes(source, found, self._progress)
            if self._is_known(Staged(source, 0, sha256=sha256, size=size), table, options):
                found.forget(place)
            else:
                sha256_of[source.path] = sha256
                remaining.append(source)
        suspects = Suspects(found.repeated()) if remaining else None
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
            if source.source.header_row > 1:
                self._note("DOS039", source, source.source.header_row, "note")
            if source.source.is_numbered:
                self._note("DOS040", source, source.source.header_row + 1, "note")
            if source.source.ignored:
                self._note("DOS033", source, ", ".join(source.source.ignored), "note")
            if source.source.passed_over:
                self._note("DOS036", source, ", ".join(source.source.passed_over), "warning")
            if source.source.unread_sheets:
                self._note("DOS037", source, ", ".join(source.source.unread_sheets), "warning")
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
