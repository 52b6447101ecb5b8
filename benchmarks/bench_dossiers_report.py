"""The report of a year: the whole from a cold start, the on-time table beside a hand-written query, growth, engines."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bench_dossiers_ingest import INGEST, scratch, timed, with_faults
from benchmarks.figure import Figure, median_seconds

ROWS = int(os.environ.get("BENCH_DOSSIERS", "22600000"))
ENGINE_ROWS = int(os.environ.get("BENCH_DOSSIERS_ENGINES", "1000000"))
YEAR = 2023

# The on-time table as one would write it by hand: by unit, this year.
HAND_WRITTEN = """
SELECT unit_code, count(*) AS resolved,
  count(*) FILTER (CAST(finished_at AS DATE) < CAST(due_at AS DATE)) AS early,
  count(*) FILTER (CAST(finished_at AS DATE) >= CAST(due_at AS DATE) AND NOT (finished_at > due_at AND
    (CAST(finished_at AS DATE) > CAST(due_at AS DATE) OR due_at <> date_trunc('day', due_at)))) AS on_time,
  count(*) FILTER (finished_at > due_at AND
    (CAST(finished_at AS DATE) > CAST(due_at AS DATE) OR due_at <> date_trunc('day', due_at))) AS overdue
FROM read_parquet({files}) WHERE finished_at >= TIMESTAMP '{year}-01-01' AND finished_at < TIMESTAMP '{after}-01-01'
GROUP BY ALL
"""


@contextmanager
def stored(rows: int, *, year_before: bool = True, as_exported: bool = False) -> Iterator[Path]:
    """A store of a generated year; `as_exported` from CSV with faulty and repeated rows, which leave files of few rows."""
    from thangdo.dossiers.generate import generate
    from thangdo.dossiers.ingest import ingest

    with scratch() as folder:
        files = folder / "files"
        generate(rows, 7, files, form="csv" if as_exported else "parquet", year_before=year_before)
        if as_exported:
            with_faults(files / "dossiers.csv", files / "faulty.csv")
            (files / "dossiers.csv").unlink()
        ingest(sorted(files.glob("*.csv" if as_exported else "*.parquet")), folder / "store")
        shutil.rmtree(folder / "files")
        yield folder / "store"


def whole_report() -> dict[str, Any]:
    """A process of its own, all files written: the year alone, and with the year before it, read for the change.

    Beside each run, in turn, the twelve queries of `direct_queries`, cold as well: how fast the machine was.
    """
    return {
        "year": _whole(year_before=False),
        "with_year_before": _whole(year_before=True),
    }


def _whole(*, year_before: bool) -> dict[str, Any]:
    from thangdo.dossiers.store import Store

    with stored(ROWS, year_before=year_before, as_exported=True) as store:
        command = ("dossiers", "report", "--store", str(store), "--year", str(YEAR), "--out", str(store.parent / "out"))
        runs, by_hand = [], []
        for _ in range(3):
            by_hand.append(timed(sys.executable, "-m", "benchmarks.direct_queries", str(store), str(YEAR)))
            shutil.rmtree(store.parent / "out", ignore_errors=True)
            runs.append(timed(sys.executable, "-c", INGEST, *command))
        return {
            "rows": Store.open(store).rows("dossiers"),
            "seconds": [round(run.seconds, 2) for run in runs],
            "cpu_seconds": [round(run.cpu, 2) for run in runs],
            "direct_seconds": [round(run.seconds, 2) for run in by_hand],
            "ratio_of_cpu": round(median(run.cpu for run in runs) / median(run.cpu for run in by_hand), 2),
            "memory_gb": round(max(run.memory for run in runs), 2),
            "files": len(list((store.parent / "out").iterdir())),
        }


def on_time_table() -> dict[str, Any]:
    """Our on-time cells by unit and the hand-written query, warm, one after the other in the same process."""
    import duckdb

    from thangdo.dossiers.engines import open_engine
    from thangdo.dossiers.indicators.derivation import with_derived
    from thangdo.dossiers.store import Store, parquet_list

    with stored(ROWS, year_before=False) as root, open_engine("duckdb") as engine:
        store = Store.open(root)
        dossiers = with_derived(engine.tables(store)).dossiers
        query = HAND_WRITTEN.format(files=parquet_list(store.files("dossiers")), year=YEAR, after=YEAR + 1)
        with duckdb.connect(config={"threads": 2}) as connection:
            by_hand = median_seconds(lambda: connection.execute(query).fetchall())
            ours = median_seconds(lambda: _on_time(engine, dossiers))
        return {"rows": ROWS, "ours": ours, "by_hand": by_hand, "ratio": round(ours["median"] / by_hand["median"], 2)}


def _on_time(engine: Any, dossiers: Any) -> Any:
    """The same table by the room's own expressions."""
    from thangdo.dossiers.derived import part
    from thangdo.dossiers.indicators.judging import finished_in
    from thangdo.dossiers.indicators.span import Span

    rows = finished_in(dossiers, Span(YEAR))
    rows = rows.select("unit_code", standing=part(rows.flow, "standing"))
    return engine.run(rows.group_by("unit_code", "standing").aggregate(n=rows.count()))


GROWTH = """
import json, resource, sys, time
from pathlib import Path
from dataclasses import replace
from thangdo.dossiers.engines import open_engine
from thangdo.dossiers.report import report
from thangdo.dossiers.store import Store
store = Store.open(Path(sys.argv[1]))
times = int(sys.argv[2])
big = [file for file in store.manifest.files if file.table in ("dossiers", "events")]
others = tuple(file for file in store.manifest.files if file not in big)
store = Store(store.root, replace(store.manifest, files=(*others, *big * times)))
start = time.perf_counter()
with open_engine("duckdb") as engine:
    made = report(store, 2023, engine)
print(json.dumps({"rows": store.rows("dossiers"), "seconds": round(time.perf_counter() - start, 1),
    "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2),
    "received": made.summary["received"]}))
"""


def growth() -> dict[str, Any]:
    """The store once and listed ten times: seconds, memory, and ten times the count."""
    with stored(ROWS, year_before=False) as store:
        once, ten = (
            json.loads(timed(sys.executable, "-c", GROWTH, str(store), str(times)).output) for times in (1, 10)
        )
        return {
            "once": once,
            "ten_times": ten,
            "seconds_ratio": round(ten["seconds"] / once["seconds"], 2),
            "counts_are_tenfold": ten["received"] == 10 * once["received"],
        }


def both_engines() -> dict[str, Any]:
    """The whole report on DuckDB and on two Spark executor processes, compared table by table."""
    from thangdo.dossiers.engines import open_engine
    from thangdo.dossiers.report import report
    from thangdo.dossiers.store import Store

    with stored(ENGINE_ROWS) as root:
        store = Store.open(root)
        seconds: dict[str, Any] = {}
        reports: dict[str, Any] = {}
        executors: tuple[tuple[str, str], ...] = ()
        for name in ("duckdb", "spark"):
            start = time.perf_counter()
            with open_engine(name) as engine:
                opened = time.perf_counter()
                reports[name] = report(store, YEAR, engine)
                seconds[name] = {"open": round(opened - start, 1), "report": round(time.perf_counter() - opened, 1)}
                executors = getattr(engine, "executors", ())
        here, there = reports["duckdb"], reports["spark"]
        return {
            "rows": store.rows("dossiers"),
            "seconds": seconds,
            "executor_processes": [f"{process} at {host}" for process, host in executors],
            "tables_equal": {
                name: bool(table.reset_index(drop=True).equals(there.tables[name].reset_index(drop=True)))
                for name, table in here.tables.items()
            },
            "summary_equal": here.summary == there.summary,
        }


def detectors() -> dict[str, Any]:
    """Each gaming detector on a generated year with known planted units: its hits and false alarms."""
    from thangdo.dossiers.engines import open_engine
    from thangdo.dossiers.gaming import detection_rates
    from thangdo.dossiers.generate import generate
    from thangdo.dossiers.ingest import ingest
    from thangdo.dossiers.report import report
    from thangdo.dossiers.store import Store

    found: dict[str, Any] = {}
    for seed in (7, 8, 9):
        with scratch() as folder, open_engine("duckdb") as engine:
            truth = generate(ENGINE_ROWS, seed, folder / "files", form="parquet", year_before=False)
            ingest(sorted((folder / "files").glob("*.parquet")), folder / "store")
            table = report(Store.open(folder / "store"), YEAR, engine).tables["gaming"]
            planted = [(row["kind"], row["unit"]) for row in truth["gaming"]]
            for rates in detection_rates(table, planted):
                before = found.get(rates.detector, (0, 0, 0, 0))
                seen = (rates.hits, rates.planted, rates.false_alarms, rates.innocent)
                found[rates.detector] = tuple(map(sum, zip(before, seen)))
    return {
        detector: f"{hits} of {planted} planted, {alarms} false in {innocent}"
        for detector, (hits, planted, alarms, innocent) in found.items()
    }


FIGURES = (
    Figure("dossiers report", "22.6 M dossiers, cold, all files: at most 15 s and 1 GB", whole_report),
    Figure("dossiers on time", "the on-time table, warm: at most 1.2 x the hand-written query", on_time_table),
    Figure("dossiers growth", "store listed ten times: memory flat, cost linear", growth),
    Figure("dossiers engines", "the whole report on two engines at 1 M: equal, two executor processes", both_engines),
    Figure("dossiers detectors", "hits and false alarms of each gaming detector, planted units known", detectors),
)
