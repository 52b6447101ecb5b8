"""Ingest of a year of dossiers beside the engine's own typed COPY of the same file into the same partitions."""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

from benchmarks.figure import Figure

ROWS = int(os.environ.get("BENCH_DOSSIERS", "22600000"))
RUNS = 3
FAULTY_EVERY = 1_000  # a thousandth of the rows is faulty, another thousandth repeats a row

BARE_COPY = """
import duckdb, sys
connection = duckdb.connect(config={"threads": 2, "memory_limit": "3GB", "temp_directory": sys.argv[2] + ".spill"})
connection.execute("SET preserve_insertion_order = false")
types = {"received_at": "TIMESTAMP", "due_at": "TIMESTAMP", "re_due_at": "TIMESTAMP", "finished_at": "TIMESTAMP",
    "apology_at": "TIMESTAMP", "fee_paid_online": "BOOLEAN", "result_digital": "BOOLEAN", "components": "INTEGER",
    "components_digital": "INTEGER", "components_reused": "INTEGER", "satisfaction": "DOUBLE"}
header = open(sys.argv[1]).readline().strip().replace('"', '').split(",")
columns = {name: types.get(name, "VARCHAR") for name in header}
connection.execute(f"COPY (SELECT *, strftime(received_at, '%Y-%m') AS month FROM read_csv('{sys.argv[1]}', "
    f"columns = {columns}, header = true, delim = ',', auto_detect = false)) TO '{sys.argv[2]}' "
    "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month))")
"""
INGEST = "import sys; from thangdo.cli import main; sys.exit(main())"


@contextmanager
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="thangdo-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Run(NamedTuple):
    """One process: seconds on the clock, seconds of processor (which other work disturbs less), greatest memory in GB."""

    seconds: float
    cpu: float
    memory: float
    output: str


# Started by a small process of its own: Linux hands the peak memory of the process that starts another on to it, and
# a benchmark that has just generated its data is a big one.
WATCH = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
cpu = usage.ru_utime + usage.ru_stime
print(time.perf_counter() - start, cpu, usage.ru_maxrss * 1024 / 1e9, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def timed(*command: str) -> Run:
    """Run a process of its own."""
    watched = (sys.executable, "-S", "-c", WATCH, *command)
    done = subprocess.run(watched, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[:3]} ended with {done.returncode}")
    seconds, cpu, memory = map(float, done.stderr.split())
    return Run(seconds, cpu, memory, done.stdout)


def generated(folder: Path, rows: int) -> Path:
    from thangdo.dossiers.generate import generate

    generate(rows, 7, folder, year_before=False)
    return folder / "dossiers.csv"


def with_faults(clean: Path, faulty: Path) -> None:
    """The same file with impossible finishes and repeated rows among the good ones."""
    with clean.open("rb") as source, faulty.open("wb") as target:
        target.write(source.readline())
        for number, line in enumerate(source):
            if number % FAULTY_EVERY == 7:
                cells = line.split(b",")
                cells[5] = b"2001-01-01 00:00:00"
                line = b",".join(cells)
            target.write(line)
            if number % FAULTY_EVERY == 11:
                target.write(line)


def ingest_once(file: Path, folder: Path, store: Path) -> Run:
    shutil.rmtree(store, ignore_errors=True)
    for name in ("units.csv", "procedures.csv"):
        timed(sys.executable, "-c", INGEST, "dossiers", "ingest", str(folder / name), "--store", str(store))
    command = (sys.executable, "-c", INGEST, "dossiers", "ingest", str(file), "--store", str(store), "--json")
    return timed(*command)


def year_of_csv() -> dict[str, Any]:
    """Interleaved runs of both on one file with faults; the bare COPY reads it before any fault is put in."""
    with scratch() as folder:
        clean = generated(folder, ROWS)
        faulty = folder / "faulty.csv"
        with_faults(clean, faulty)
        bare: list[Run] = []
        ours: list[Run] = []
        for _ in range(RUNS):
            bare.append(timed(sys.executable, "-c", BARE_COPY, str(clean), str(folder / "bare")))
            shutil.rmtree(folder / "bare")
            ours.append(ingest_once(faulty, folder, folder / "store"))
        account = json.loads(ours[-1].output)
        taken = statistics.median(run.seconds for run in ours)
        stored = sum(path.stat().st_size for path in (folder / "store").rglob("*.parquet"))
        return {
            "bare_copy_s": [round(run.seconds, 1) for run in bare],
            "ingest_s": [round(run.seconds, 1) for run in ours],
            "ratio_of_medians": round(taken / statistics.median(run.seconds for run in bare), 2),
            "ratio_of_cpu": round(
                statistics.median(run.cpu for run in ours) / statistics.median(run.cpu for run in bare), 2
            ),
            "rows_per_s": round(account["read"] / taken),
            "memory_gb": round(max(run.memory for run in ours), 2),
            "csv_mb": round(faulty.stat().st_size / 1e6),
            "store_mb": round(stored / 1e6),
            **{name: account[name] for name in ("read", "accepted", "rejected", "duplicate")},
        }


def compressed() -> dict[str, Any]:
    """The same year as gz and as zst."""
    found: dict[str, Any] = {}
    with scratch() as folder:
        clean = generated(folder, ROWS)
        openers: dict[str, Callable[[Path], Any]] = {
            "gz": lambda path: gzip.open(path, "wb", 1),  # noqa: SIM115  (closed by the with below)
            "zst": lambda path: zstandard.open(path, "wb"),
        }
        for name, opened in openers.items():
            with clean.open("rb") as source, opened(folder / f"d.csv.{name}") as target:
                shutil.copyfileobj(source, target, 1 << 22)
            run = ingest_once(folder / f"d.csv.{name}", folder, folder / "store")
            found[name] = {
                "seconds": round(run.seconds, 1),
                "cpu_s": round(run.cpu, 1),
                "memory_gb": round(run.memory, 2),
            }
    return found


def year_generated() -> dict[str, Any]:
    """A year of dossiers and its events written as CSV."""
    with scratch() as folder:
        start = time.perf_counter()
        file = generated(folder, ROWS)
        seconds = time.perf_counter() - start
        written = sum(path.stat().st_size for path in folder.iterdir())
        return {
            "seconds": round(seconds, 1),
            "rows_per_s": round(ROWS / seconds),
            "mb_per_s": round(written / 1e6 / seconds),
            "csv_mb": round(file.stat().st_size / 1e6),
            "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2),
        }


FIGURES = (
    Figure("dossiers ingest", "22.6 M rows: at most 1.5 x the engine's typed COPY, at most 3 GB", year_of_csv),
    Figure("dossiers ingest compressed", "gz and zst of the same year, reported apart", compressed),
    Figure("dossiers generate", "22.6 M rows, as fast as the disk takes them", year_generated),
)
