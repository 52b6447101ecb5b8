"""DuckDB over the store's Parquet files, in this process."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import ibis

from thangdo.dossiers.engines.engine import Tables
from thangdo.dossiers.engines.known_then import known_then
from thangdo.dossiers.store import Store

if TYPE_CHECKING:
    import pandas as pd


class DuckdbEngine:
    """One connection in memory; nothing is written."""

    name = "duckdb"

    def __init__(self, memory: str, threads: int | None) -> None:
        self._connection = ibis.duckdb.connect(memory_limit=memory, **({"threads": threads} if threads else {}))
        self._connection.con.execute("SET preserve_insertion_order = false")
        self._connection.con.execute("SET enable_progress_bar = false")

    def tables(self, store: Store, as_of: date | None = None) -> Tables:
        return Tables(self._table(store, "dossiers", as_of), self._table(store, "events", as_of))

    def _table(self, store: Store, name: str, as_of: date | None) -> Any | None:
        relation = store.relation(name, as_of)
        if not relation.files and not relation.superseded and name == "events":
            return None
        if relation.superseded:
            return known_then(relation, self._read)
        if relation.files and (relation.has_derived or not relation.table.has_derived):
            return self._read(relation.files, f"{name}_now")
        # A view, not Ibis's own `sql`: Ibis 12 asks the query's columns through a call that DuckDB 2 no longer has.
        self._connection.con.execute(f"CREATE OR REPLACE TEMP VIEW {name}_then AS {relation.sql()}")
        return self._connection.table(f"{name}_then")

    def _read(self, files: tuple[str, ...], name: str) -> Any:
        return self._connection.read_parquet(list(files), table_name=name)

    def local(self, name: str, frame: pd.DataFrame) -> Any:
        import pyarrow as pa

        # Registered, not created: Ibis 12 writes a DROP that DuckDB 2 refuses.
        self._connection.con.register(name, pa.Table.from_pandas(frame, preserve_index=False))
        return self._connection.table(name)

    def run(self, question: Any) -> pd.DataFrame:
        frame: pd.DataFrame = question.to_pandas()
        return frame

    def close(self) -> None:
        self._connection.disconnect()


def open_engine(memory: str = "700MB", threads: int | None = None) -> DuckdbEngine:
    """DuckDB with at most `memory` and `threads` (all cores if None)."""
    return DuckdbEngine(memory, threads)
