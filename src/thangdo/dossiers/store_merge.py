"""A batch meets the store: which version of a key is current, which moves to the superseded ones.

Only files in which something changes are written again; all others stay as they are. The outcome does not
depend on the order in which batches come.
"""

# ruff: noqa: S608  (names come from the schema's rows, values through `quoted`)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from thangdo.dossiers.ingest_duplicates import content_sql
from thangdo.dossiers.schema import Table
from thangdo.dossiers.store import identifier, identifiers, parquet_list, quoted
from thangdo.dossiers.store_manifest import StoredFile


@dataclass(frozen=True, slots=True)
class Merged:
    """The table's files after a batch, duplicates by source number, and ties (same as-of, other content)."""

    files: tuple[StoredFile, ...]
    duplicates: dict[int, int]
    ties: int = 0


def version_rank_sql(table: Table) -> str:
    """Orders versions of one as-of: the later own stamp first, then the content, so that order of loading is nothing."""
    stamps = ", ".join(f"coalesce({identifier(name)}, TIMESTAMP '1900-01-01')" for name in table.stamps)
    latest = f"greatest({stamps})" if len(table.stamps) > 1 else stamps
    return f"strftime({latest}, '%Y-%m-%dT%H:%M:%S') || md5({content_sql(table)})"


class Merge:
    """One batch of a table with months, against the files the table has so far.

    `located` gives the absolute path of a stored file (the store's, or staged by an earlier batch of the command).
    """

    def __init__(self, connection: Any, table: Table, folder: Path, located: Callable[[StoredFile], str]) -> None:
        self._connection = connection
        self._table = table
        self._folder = folder
        self._located = located
        self._keys = identifiers(table.key)
        self._written = 0

    def merge(self, old: tuple[StoredFile, ...], new: tuple[StoredFile, ...], batch: int, as_of: date) -> Merged:
        """Files of the table after `new` (all of one batch and as-of) came to `old`."""
        current = tuple(file for file in old if file.state == "current")
        if not current or not new or not self._overlaps(current, new):
            return Merged(old + new, {})
        self._decide(current, new, as_of)
        superseded = tuple(file for file in old if file.state == "superseded")
        self._drop_known(superseded, new, as_of)
        duplicates = dict(
            self._connection.execute(
                "SELECT source, count(*) FROM verdicts WHERE verdict = 'duplicate' GROUP BY source"
            ).fetchall()
        )
        moved = self._superseded(current, new, batch, as_of)
        kept_old = self._without(current, "verdict = 'replaces'", "old_file", batch)
        kept_new = self._without(new, "verdict <> 'replaces'", "new_file", batch)
        ties = self._connection.execute(
            "SELECT count(*) FROM verdicts WHERE tied AND verdict <> 'duplicate'"
        ).fetchone()[0]
        return Merged(superseded + kept_old + kept_new + moved, duplicates, ties)

    def _list(self, files: tuple[StoredFile, ...]) -> str:
        return parquet_list(tuple(self._located(file) for file in files))

    def _overlaps(self, current: tuple[StoredFile, ...], new: tuple[StoredFile, ...]) -> bool:
        """Find keys that both sides hold; each side holds a key once."""
        rows = [
            (self._located(file), file.as_of, file.source, position) for position, file in enumerate((*current, *new))
        ]
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE places (path VARCHAR, as_of DATE, source INTEGER, file INTEGER)"
        )
        self._connection.executemany("INSERT INTO places VALUES (?, ?, ?, ?)", rows)
        same = " AND ".join(
            f"o.{identifier(name)} IS NOT DISTINCT FROM n.{identifier(name)}" for name in self._table.key[1:]
        )
        keys = identifiers(self._table.key, "n.")
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE overlap AS SELECT {keys}, o.filename AS old_path, n.filename AS new_path "
            f"FROM (SELECT {self._keys}, filename FROM read_parquet({self._list(current)}, filename = true)) AS o "
            f"JOIN (SELECT {self._keys}, filename FROM read_parquet({self._list(new)}, filename = true)) AS n "
            f"ON o.{self._table.key[0]} = n.{self._table.key[0]}" + (f" AND {same}" if same else "")
        )
        return bool(self._connection.execute("SELECT count(*) FROM overlap").fetchone()[0])

    def _decide(self, current: tuple[StoredFile, ...], new: tuple[StoredFile, ...], as_of: date) -> None:
        """A verdict on every incoming row with a known key: replaces, older, or duplicate."""
        keys = identifiers(self._table.key, "l.")
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE verdicts AS SELECT {keys}, n.source, o.file AS old_file, n.file AS new_file, "
            "o.as_of = n.as_of AS tied, "
            "CASE WHEN o.as_of < n.as_of THEN 'replaces' WHEN o.as_of > n.as_of THEN 'older' ELSE 'tie' END AS verdict "
            "FROM overlap AS l JOIN places AS o ON o.path = l.old_path JOIN places AS n ON n.path = l.new_path"
        )
        if not self._table.stamps or set(self._table.key) == set(self._table.names):
            # The key is the whole row: what is known already is known already.
            self._connection.execute("UPDATE verdicts SET verdict = 'duplicate'")
            return
        if not self._connection.execute("SELECT count(*) FROM verdicts WHERE tied").fetchone()[0]:
            return
        rank = version_rank_sql(self._table)
        for side, files in (("old", current), ("new", new)):
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {side}_ranks AS SELECT {self._keys}, {rank} AS rank "
                f"FROM read_parquet({self._list(files)}) SEMI JOIN (SELECT * FROM verdicts WHERE tied) USING ({self._keys})"
            )
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE verdicts AS SELECT v.* REPLACE (CASE WHEN v.verdict <> 'tie' THEN v.verdict "
            "WHEN n.rank = o.rank THEN 'duplicate' WHEN n.rank > o.rank THEN 'replaces' ELSE 'older' END AS verdict) "
            f"FROM verdicts AS v LEFT JOIN old_ranks AS o USING ({self._keys}) LEFT JOIN new_ranks AS n USING ({self._keys})"
        )

    def _drop_known(self, superseded: tuple[StoredFile, ...], new: tuple[StoredFile, ...], as_of: date) -> None:
        """An older version that the superseded ones hold already is a duplicate."""
        if not superseded:
            return
        key = self._table.key[0]
        self._connection.execute(
            f"UPDATE verdicts SET verdict = 'duplicate' WHERE verdict = 'older' AND {key} IN (SELECT {key} FROM "
            f"(SELECT {key}, {version_rank_sql(self._table)} AS version_rank FROM read_parquet({self._list(new)}) "
            f"SEMI JOIN (SELECT * FROM verdicts WHERE verdict = 'older') USING ({self._keys})) SEMI JOIN "
            f"(SELECT * FROM read_parquet({self._list(superseded)}) WHERE as_of = DATE '{as_of}') "
            f"USING ({key}, version_rank))"
        )

    def _superseded(
        self, current: tuple[StoredFile, ...], new: tuple[StoredFile, ...], batch: int, as_of: date
    ) -> tuple[StoredFile, ...]:
        """Write the versions that are no longer, or never were, the newest."""
        names = identifiers(column.name for column in self._table.stored_columns)
        rank = version_rank_sql(self._table)
        parts = []
        for files, verdict in ((current, "replaces"), (new, "older")):
            parts.append(
                f"SELECT {names}, p.as_of, {rank} AS version_rank FROM read_parquet({self._list(files)}, filename = true) AS r "
                f"JOIN places AS p ON p.path = r.filename "
                f"SEMI JOIN (SELECT * FROM verdicts WHERE verdict = '{verdict}') AS v USING ({self._keys})"
            )
        path = self._folder / f"superseded-{batch:04d}.parquet"
        # In an order of their own: a join gives rows as its threads come to them, and the same ingest writes the same bytes.
        rows = f"FROM ({' UNION ALL '.join(parts)}) ORDER BY {self._keys}, as_of, version_rank"
        copied = self._connection.execute(
            f"COPY ({rows}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()[0]
        if not copied:
            path.unlink()
            return ()
        earliest = self._connection.execute(f"SELECT min(as_of) FROM read_parquet({quoted(str(path))})").fetchone()[0]
        return (StoredFile(path.name, self._table.name, "", earliest, batch, 0, copied, "superseded"),)

    def _without(
        self, files: tuple[StoredFile, ...], condition: str, column: str, batch: int
    ) -> tuple[StoredFile, ...]:
        """The same files without the keys that moved; files that lose nothing stay as they are."""
        touched = {
            row[0]: row[1]
            for row in self._connection.execute(
                f"SELECT p.path, count(*) FROM verdicts AS v JOIN places AS p ON p.file = v.{column} WHERE {condition} GROUP BY 1"
            ).fetchall()
        }
        kept = []
        for file in files:
            located = self._located(file)
            if located not in touched:
                kept.append(file)
                continue
            rows = file.rows - touched[located]
            if rows == 0:
                continue
            self._written += 1
            path = (
                self._folder
                / f"{file.month or 'all'}-{file.batch:04d}-{file.source}-{batch:04d}-{self._written}.parquet"
            )
            self._connection.execute(
                f"COPY (SELECT * FROM read_parquet({quoted(located)}) ANTI JOIN "
                f"(SELECT * FROM verdicts WHERE {condition}) AS v USING ({self._keys})) "
                f"TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
            )
            kept.append(replace(file, path=path.name, rows=rows))
        return tuple(kept)


def merge_catalogue(
    connection: Any, table: Table, folder: Path, old: str | None, new: tuple[str, ...], batch: int, as_of: date
) -> tuple[Path, int, dict[str, int]]:
    """A catalogue after a batch: key by key the newest as-of, at equal as-of the one that came last.

    Returns the new file, its rows, and for each incoming file how many of its rows said nothing new.
    """
    names = identifiers(column.name for column in table.stored_columns)
    keys = identifiers(table.key)
    rows = f"SELECT {names}, DATE '{as_of}' AS as_of, 1 AS turn, filename FROM read_parquet({parquet_list(new)}, filename = true)"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE incoming AS {rows}")
    older = (
        f"SELECT {names}, as_of, 0 AS turn, '' AS filename FROM read_parquet({quoted(old)})"
        if old
        else "FROM incoming LIMIT 0"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE known AS {older}")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE merged AS SELECT * FROM (FROM incoming UNION ALL FROM known) "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY as_of DESC, turn DESC) = 1"
    )
    content = content_sql(table)
    repeats = dict(
        connection.execute(
            f"SELECT filename, count(*) FROM (SELECT filename, {content} AS content FROM incoming) "
            f"SEMI JOIN (SELECT {content} AS content FROM known) USING (content) GROUP BY filename"
        ).fetchall()
    )
    path = folder / f"all-{batch:04d}.parquet"
    count = connection.execute(
        f"COPY (SELECT {names}, as_of FROM merged ORDER BY {keys}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    ).fetchone()[0]
    return path, count, repeats
