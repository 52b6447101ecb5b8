"""A store opened for reading: which Parquet files hold a table, now or as of an earlier day.

The store's layout and columns are described in docs/reference/dossiers-store.md.
"""

# ruff: noqa: S608  (names come from the schema's rows, values through `quoted`)

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from thangdo.dossiers.derived import VERSION
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.schema import BY_NAME, Column, Table
from thangdo.dossiers.store_manifest import NAME, Manifest, StoredFile, read_manifest

_PARQUET_END = b"PAR1"


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A column's name as SQL writes it (`at` is a reserved word)."""
    return '"' + name.replace('"', '""') + '"'


def identifiers(names: Iterable[str], prefix: str = "") -> str:
    """A list of columns as SQL writes it, each with `prefix`."""
    return ", ".join(prefix + identifier(name) for name in names)


def parquet_list(paths: tuple[str, ...]) -> str:
    """The SQL list that `read_parquet` takes."""
    return "[" + ", ".join(quoted(path) for path in paths) + "]"


def _is_whole(path: Path) -> bool:
    """Whether a Parquet file is there to its end: its last four bytes say so (what lies between is the reader's)."""
    try:
        with path.open("rb") as stream:
            stream.seek(-len(_PARQUET_END), os.SEEK_END)
            return stream.read() == _PARQUET_END
    except OSError:
        return False


def refuse_damaged(root: Path, manifest: Manifest) -> None:
    """DossiersFailure DOS214 where a file of the store's state is missing or cut off."""
    damaged = [file.path for file in manifest.files if not _is_whole(root / file.path)]
    if damaged:
        found = ", ".join(damaged[:3]) + (" …" if len(damaged) > 3 else "")
        raise DossiersFailure("DOS214", path=root, found=found)


@dataclass(frozen=True, slots=True)
class Relation:
    """A table of the store at one as-of.

    `files` hold the rows that are the newest version by then. `superseded` hold older versions that may
    still be the newest one at an earlier as-of; it is empty for the present state, and then any engine may
    read `files` as they are. `has_derived`: every file holds the derived columns of this release beside the stored ones.
    """

    table: Table
    files: tuple[str, ...]
    superseded: tuple[str, ...] = ()
    as_of: date | None = None
    has_derived: bool = False

    def sql(self, columns: tuple[str, ...] = ()) -> str:
        """A DuckDB query that gives the rows; `columns` narrows it (all stored columns otherwise)."""
        names = columns or tuple(column.name for column in self.table.stored_columns)
        listed = identifiers(names)
        parts = [f"SELECT {listed} FROM read_parquet({parquet_list(self.files)})"] if self.files else []
        if self.superseded:
            parts.append(self._older_sql(listed))
        if not parts:
            empty = ", ".join(
                f"NULL::{column.duck_type} AS {identifier(column.name)}" for column in self._columns(names)
            )
            return f"SELECT {empty} WHERE false"
        return " UNION ALL ".join(parts)

    def _columns(self, names: tuple[str, ...]) -> list[Column]:
        known = {column.name: column for column in self.table.stored_columns}
        return [known[name] for name in names]

    def _older_sql(self, listed: str) -> str:
        """The newest old version of each key by then, unless a current row already is the newest by then."""
        assert self.as_of is not None
        keys = identifiers(self.table.key)
        newest = (
            f"SELECT * FROM read_parquet({parquet_list(self.superseded)}) WHERE as_of <= DATE '{self.as_of}' "
            f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY as_of DESC, version_rank DESC) = 1"
        )
        if not self.files:
            return f"SELECT {listed} FROM ({newest})"
        current = f"SELECT {keys} FROM read_parquet({parquet_list(self.files)})"
        return f"SELECT {listed} FROM ({newest}) AS older ANTI JOIN ({current}) AS newer USING ({keys})"


class Store:
    """A store, opened at its last complete state. Later ingests do not change what this object sees.

    `as_of` is the newest as-of of its dossiers (None while it holds none).
    """

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self.root = root
        self.manifest = manifest

    @classmethod
    def open(cls, root: Path) -> Store:
        """Open the store in the folder `root`.

        DossiersFailure DOS203 where there is none, DOS214 where a file of its state is missing or cut off.
        """
        if not (root / NAME).is_file():
            raise DossiersFailure("DOS203", path=root)
        manifest = read_manifest(root)
        refuse_damaged(root, manifest)
        return cls(root, manifest)

    @property
    def as_of(self) -> date | None:
        return self.manifest.newest_as_of("dossiers")

    def tables(self) -> tuple[str, ...]:
        """Names of the tables that hold rows."""
        return tuple(name for name in BY_NAME if self.manifest.of(name))

    def rows(self, table: str) -> int:
        """How many rows are current."""
        return sum(file.rows for file in self.manifest.of(table))

    def files(self, table: str) -> tuple[str, ...]:
        """Absolute paths of the Parquet files that hold the table's present state."""
        return self.relation(table).files

    def relation(self, table: str, as_of: date | None = None) -> Relation:
        """The table now, or as it was known at the end of the day `as_of`.

        A catalogue is always the present one: it describes the city, not what was known of a dossier.
        """
        described = BY_NAME[table]
        current = self.manifest.of(table)
        if as_of is None or described.catalogue or (self.manifest.newest_as_of(table) or as_of) <= as_of:
            has_derived = described.has_derived and all(file.derived == VERSION for file in current)
            return Relation(described, self._paths(current), as_of=as_of, has_derived=has_derived)
        known = tuple(file for file in current if file.as_of <= as_of)
        older = tuple(file for file in self.manifest.of(table, "superseded") if file.as_of <= as_of)
        return Relation(described, self._paths(known), self._paths(older), as_of)

    def _paths(self, files: tuple[StoredFile, ...]) -> tuple[str, ...]:
        """The largest file first: an engine that guesses a table's rows from its first file must not take it for small.

        DuckDB builds a join's hash table on the side it takes for the smaller one: a first file of few rows made it
        build one of all dossiers.
        """
        largest_first = sorted(files, key=lambda file: -file.rows)
        return tuple(str((self.root / file.path).resolve()) for file in largest_first)
