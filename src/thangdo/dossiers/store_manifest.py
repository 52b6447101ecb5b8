"""The manifest of a store: which files make up its last complete state.

`manifest.json` is replaced by one rename after every file it names is on the disk, so a reader, or a run
that comes after a killed one, finds either the state before or the state after, never a mixture.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from thangdo.dossiers.failure import DossiersFailure

NAME = "manifest.json"
FORMAT = 1

State = Literal["current", "superseded"]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One Parquet file: rows of one table, one batch, one source file and one month (blank: no month).

    Rows of a `current` file are the newest version of their key; those of a `superseded` one are older
    versions, and carry their own `as_of` as a column. `derived` is the version of the derived columns it holds
    (`derived.VERSION`; 0: none).
    """

    path: str
    table: str
    month: str
    as_of: date
    batch: int
    source: int
    rows: int
    state: State = "current"
    derived: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """One ingested file and its account: read = accepted + rejected + duplicate."""

    name: str
    sha256: str
    size: int
    read: int
    accepted: int
    rejected: int
    duplicate: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What one command brought for one table at one as-of.

    `options` is the hash of everything but the files that decides which rows are accepted (columns kept,
    key of the pseudonyms, catalogues): the same file under the same options changes nothing.
    """

    number: int
    table: str
    as_of: date
    options: str
    sources: tuple[Source, ...]
    rejects: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The last complete state. `retired` files left it with this generation and go at the next ingest."""

    generation: int = 0
    key_id: str = ""
    batches: tuple[Batch, ...] = ()
    files: tuple[StoredFile, ...] = ()
    retired: tuple[str, ...] = ()

    def of(self, table: str, state: State = "current") -> tuple[StoredFile, ...]:
        """The table's files in that state, in the order of month and batch."""
        chosen = (file for file in self.files if file.table == table and file.state == state)
        return tuple(sorted(chosen, key=lambda file: (file.month, file.batch, file.source, file.path)))

    def next_batch(self) -> int:
        return max((batch.number for batch in self.batches), default=0) + 1

    def newest_as_of(self, table: str) -> date | None:
        return max((file.as_of for file in self.files if file.table == table), default=None)

    def successor(self, *, batches: tuple[Batch, ...], files: tuple[StoredFile, ...], key_id: str) -> Manifest:
        """The next state: `files` are all of it; what they no longer name is retired."""
        kept = {file.path for file in files}
        retired = tuple(file.path for file in self.files if file.path not in kept)
        return replace(
            self,
            generation=self.generation + 1,
            key_id=key_id,
            batches=self.batches + batches,
            files=files,
            retired=retired,
        )


def read_manifest(root: Path) -> Manifest:
    """The store's state; an empty one where the folder holds no store. DossiersFailure where it is unreadable."""
    path = root / NAME
    if not path.exists():
        return Manifest()
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise DossiersFailure("DOS202", path=path, found=content["format"], expected=FORMAT)
        return Manifest(
            generation=content["generation"],
            key_id=content["key_id"],
            batches=tuple(_batch(row) for row in content["batches"]),
            files=tuple(StoredFile(**{**row, "as_of": date.fromisoformat(row["as_of"])}) for row in content["files"]),
            retired=tuple(content["retired"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DossiersFailure("DOS201", path=path, found=error) from error


def _batch(row: dict[str, Any]) -> Batch:
    sources = tuple(Source(**source) for source in row["sources"])
    return Batch(**{**row, "as_of": date.fromisoformat(row["as_of"]), "sources": sources})


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step: written aside, flushed to the disk, renamed, the folder flushed."""
    content = {"format": FORMAT, **asdict(manifest)}
    aside = root / f".{NAME}.new"
    with aside.open("w", encoding="utf-8") as stream:
        json.dump(content, stream, ensure_ascii=False, indent=1, default=str)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(root / NAME)
    flush_folder(root)


def flush_folder(folder: Path) -> None:
    """Make renames inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
