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
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.store import Store

if TYPE_CHECKING:
    import pandas as pd

# Two executors of one core and one GiB each: processes of their own, not threads of this one.
LOCAL_CLUSTER = "local-cluster[2,1,1024]"


class SparkEngine:
    """A Spark session used through Ibis. `executors` are its executor processes as (id, address)."""

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
        """Executor processes that answered, driver excluded: (process id @ host, executor id)."""
        tasks = self._session.sparkContext.parallelize(range(8), 8).map(_who).collect()
        return tuple(sorted(set(tasks)))

    def tables(self, store: Store, as_of: date | None = None) -> Tables:
        return Tables(self._table(store, "dossiers", as_of), self._table(store, "events", as_of))

    def _table(self, store: Store, name: str, as_of: date | None) -> Any | None:
        relation = store.relation(name, as_of)
        if relation.superseded:
            raise DossiersFailure("DOS303", as_of=as_of)
        if not relation.files:
            return None
        self._session.read.parquet(*relation.files).createOrReplaceTempView(f"{name}_now")
        return self._connection.table(f"{name}_now")

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


def _who(_: int) -> tuple[str, str]:
    """Process id of the JVM that runs a task, and the executor's id. Runs on the executor."""
    from pyspark import TaskContext

    context = TaskContext.get()
    place = (context.resources() or {}) if context else {}
    del place
    return str(os.getppid()), os.environ.get("SPARK_EXECUTOR_ID", "")


def open_engine(master: str = LOCAL_CLUSTER, partitions: int = 8) -> SparkEngine:
    """A Spark session at `master` (`local-cluster[…]`, `spark://…`, `yarn`); `partitions` of each shuffle."""
    return SparkEngine(master, partitions)
