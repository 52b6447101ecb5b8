"""Spark over the same Parquet files: a local cluster of real executor processes, or a cluster elsewhere.

Needs the extra `distributed` and Java 17. See docs/guides/dossiers-at-scale.md for a ministry's cluster.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from thangdo.dossiers.engines.engine import Tables
from thangdo.dossiers.engines.known_then import known_then
from thangdo.dossiers.store import Store

if TYPE_CHECKING:
    import pandas as pd

# Two executors of one core and one GiB each: processes of their own, not threads of this one.
LOCAL_CLUSTER = "local-cluster[2,1,1024]"


class SparkEngine:
    """A Spark session used through Ibis. `executors` are its executor processes as (id, host)."""

    name = "spark"

    def __init__(self, master: str, partitions: int) -> None:
        from pyspark.sql import SparkSession

        self._scratch = tempfile.TemporaryDirectory(prefix="thangdo-spark-", ignore_cleanup_errors=True)
        # Workers of a local cluster are started from this process's environment.
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ["SPARK_WORKER_DIR"] = str(Path(self._scratch.name) / "work")
        self._session = (
            SparkSession.builder.master(master)
            .appName("thangdo dossiers")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            # Small tables go over as Arrow columns, not as pickled rows.
            .config("spark.sql.execution.arrow.pyspark.enabled", "true")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", self._scratch.name)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.parquet.inferTimestampNTZ.enabled", "true")
            .config("spark.sql.shuffle.partitions", str(partitions))
            .config("spark.executor.memory", "1g")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        self._connection = ibis.pyspark.connect(self._session)

    @property
    def executors(self) -> tuple[tuple[str, str], ...]:
        """Processes that ran tasks just now, as (process id, host/address); in a cluster the driver is none of them.

        Asked in SQL of the executors' own JVMs, which need no Python for anything here.
        """
        who = (
            "java_method('java.lang.ProcessHandle', 'current') AS process",
            "java_method('java.net.InetAddress', 'getLocalHost') AS host",
        )
        rows = self._session.range(0, 64, 1, 16).selectExpr(*who).distinct().collect()
        return tuple(sorted((row["process"], row["host"]) for row in rows))

    def tables(self, store: Store, as_of: date | None = None) -> Tables:
        return Tables(self._table(store, "dossiers", as_of), self._table(store, "events", as_of))

    def _table(self, store: Store, name: str, as_of: date | None) -> Any | None:
        relation = store.relation(name, as_of)
        if not relation.files and not relation.superseded:
            return None
        if relation.superseded:
            return known_then(relation, self._read)
        rows = self._session.read.parquet(*relation.files)
        if not relation.has_derived:
            # Files of several releases differ in their derived columns; the stored ones are in all of them.
            rows = rows.select(*(column.name for column in relation.table.stored_columns))
        rows.createOrReplaceTempView(f"{name}_now")
        return self._connection.table(f"{name}_now")

    def _read(self, files: tuple[str, ...], name: str) -> Any:
        self._session.read.parquet(*files).createOrReplaceTempView(name)
        return self._connection.table(name)

    def local(self, name: str, frame: pd.DataFrame) -> Any:
        self._session.createDataFrame(frame).createOrReplaceTempView(name)
        return self._connection.table(name)

    def run(self, question: Any) -> pd.DataFrame:
        frame: pd.DataFrame = question.to_pandas()
        return frame

    def close(self) -> None:
        # Without stop() the workers' deaths flood the log of whatever runs next.
        logging.getLogger("py4j").setLevel(logging.CRITICAL)
        with contextlib.suppress(Exception):
            self._session.stop()
        self._scratch.cleanup()


def open_engine(master: str = LOCAL_CLUSTER, partitions: int = 8) -> SparkEngine:
    """A Spark session at `master` (`local-cluster[…]`, `spark://…`, `yarn`); `partitions` of each shuffle."""
    return SparkEngine(master, partitions)
