"""What an engine is: it opens a store's tables as Ibis expressions and runs questions on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.store import Store

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Tables:
    """Ibis tables of one store on one engine; None where the store holds none.

    `calendar` and the catalogues of the store are read once as plain rows elsewhere (`catalogues.py`): they are
    small. Big tables are never brought to this process.
    """

    dossiers: Any
    events: Any | None


class Engine(Protocol):
    """Runs Ibis expressions over a store."""

    name: str

    def tables(self, store: Store, as_of: date | None = None) -> Tables:
        """The store's dossiers and events, now or as they were known at the end of a day."""

    def local(self, name: str, frame: pd.DataFrame) -> Any:
        """A small table of this process as an Ibis table of the engine."""

    def run(self, question: Any) -> pd.DataFrame:
        """The rows of an Ibis expression."""

    def close(self) -> None:
        """Give back processes and memory."""


@dataclass(frozen=True, slots=True)
class EngineRow:
    """An engine: its name on the command line, what it is, the function that opens it."""

    code: str
    name_vi: str
    name_en: str
    module: str
    source: str


ENGINES = (
    EngineRow(
        "duckdb",
        "DuckDB trên một máy",
        "DuckDB on one machine",
        "thangdo.dossiers.engines.duckdb_engine",
        "https://duckdb.org",
    ),
    EngineRow(
        "spark",
        "Apache Spark, nhiều tiến trình hoặc nhiều máy",
        "Apache Spark, many processes or machines",
        "thangdo.dossiers.engines.spark_engine",
        "https://spark.apache.org",
    ),
)


@contextmanager
def open_engine(code: str = "duckdb", **options: Any) -> Iterator[Engine]:
    """An open engine, closed when the block ends. DossiersFailure DOS302 for an unknown or missing one."""
    row = next((row for row in ENGINES if row.code == code), None)
    if row is None:
        raise DossiersFailure("DOS302", found=code, expected=", ".join(row.code for row in ENGINES))
    try:
        engine: Engine = import_module(row.module).open_engine(**options)
    except ImportError as error:
        raise DossiersFailure("DOS302", found=f"{code}: {error}", expected="duckdb") from error
    try:
        yield engine
    finally:
        engine.close()
