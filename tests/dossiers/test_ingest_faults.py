"""A run that dies at any instant, or finds no room, leaves the store in its last complete state."""

from __future__ import annotations

import fcntl
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from thangdo.dossiers import DossiersFailure, Store
from thangdo.dossiers.ingest import ingest
from thangdo.dossiers.ingest_lines import BLOCK_BYTES
from thangdo.dossiers.store_manifest import Manifest, read_manifest, write_manifest

HEADER = "dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at,outcome"

# A process that, for each line "n block store file…" it is given, forks a child that ingests the files in blocks of so
# many bytes and is killed (SIGKILL: nothing is cleaned up), and answers with the child's exit code. A whole number n
# means its n-th step or effect, in whichever thread (checking rows, writing Parquet, moving files); "0.25c" the moment
# when it has used so many seconds of processor time, wherever it then is: a busy machine does not move that moment
# as it moves one of the clock. It opens no engine itself.
FORKING = """
import os, select, signal, sys, threading, time
from pathlib import Path
import numpy, pandas, pyarrow, pyarrow.csv, pyarrow.parquet, duckdb  # loaded once, not by every child
from thangdo.dossiers.ingest import ingest
from thangdo.dossiers.ingest_lines import raw_blocks
from thangdo.dossiers.ingest_rows import RowChecker
from thangdo.dossiers.ingest_write import MonthWriters

fsync, replace, check, add = os.fsync, Path.replace, RowChecker.check, MonthWriters.add
left = 0
counting = threading.Lock()

def step(*_):
    global left
    with counting:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

def counted_check(self, item):
    step()
    return check(self, item)

def counted_add(self, rows):
    step()
    add(self, rows)

def counted_fsync(handle):
    step()
    fsync(handle)

def counted_replace(self, target):
    step()
    moved = replace(self, target)
    step()
    return moved

os.fsync, Path.replace = counted_fsync, counted_replace
RowChecker.check, MonthWriters.add = counted_check, counted_add
for line in sys.stdin:
    instant, block, store, *files = line.split()
    child = os.fork()
    if child == 0:
        left = 0 if instant.endswith("c") else int(instant)
        raw_blocks.__defaults__ = (int(block),)
        try:
            ingest([Path(name) for name in files], Path(store), progress=step)
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    ended, processor_clock = os.pidfd_open(child), (~child << 3) | 2  # as clock_getcpuclockid(3) makes it
    while instant.endswith("c") and not select.select([ended], [], [], 0.001)[0]:
        if time.clock_gettime(processor_clock) >= float(instant[:-1]):
            os.kill(child, signal.SIGKILL)
            break
    os.close(ended)
    _, status, used = os.wait4(child, 0)
    print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, flush=True)
"""


@pytest.fixture(scope="module")
def ingested_until() -> Iterator[Callable[..., tuple[int, float]]]:
    """`ingested_until(instant, store, *files)`: ingest in a child that dies then; its exit code (0 = it got through)
    and the seconds of processor time it used."""
    with subprocess.Popen(
        [sys.executable, "-c", FORKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(instant: int | str, store: Path, *files: Path, block: int = BLOCK_BYTES) -> tuple[int, float]:
            print(instant, block, store, *files, file=process.stdin, flush=True)
            code, used = process.stdout.readline().split()
            return int(code), float(used)

        yield run
        process.stdin.close()


@pytest.fixture(scope="module")
def killed_at(ingested_until: Callable[..., tuple[int, float]]) -> Callable[..., int]:
    """The exit code alone."""
    return lambda *given, **more: ingested_until(*given, **more)[0]


def export(path: Path, month: int, codes: range, finished: bool) -> Path:
    rows = [
        f"D{code},U1,P1,online,2023-0{1 + code % 2}-10 08:00:00,2023-08-20,"
        + (f"2023-0{month}-2{code % 9},granted" if finished and code % 2 else ",open")
        + f"\nX{month}{code},U1,P1,online,2023-0{month}-28 08:00:00,2023-08-20,,open"
        for code in codes
    ]
    path.write_text("\n".join((HEADER, *rows, rows[0], "broken")) + "\n", encoding="utf-8")
    return path


def content(store: Path) -> list[tuple[object, ...]]:
    """Every current row and every version, and that each file the manifest names is there and whole."""
    opened = Store.open(store)
    for file in opened.manifest.files:
        count = duckdb.connect().execute("SELECT count(*) FROM read_parquet(?)", [str(store / file.path)]).fetchone()
        assert count == (file.rows,)
    query = opened.relation("dossiers").sql()
    old = opened.relation("dossiers", date(2023, 3, 31)).sql()
    columns = "dossier_code, due_at, finished_at, outcome"
    return (
        duckdb.connect()
        .execute(f"SELECT 1, {columns} FROM ({query}) UNION ALL SELECT 2, {columns} FROM ({old}) ORDER BY ALL")
        .fetchall()
    )


def test_a_killed_ingest_leaves_the_state_before_or_the_state_after(
    tmp_path: Path, killed_at: Callable[..., int]
) -> None:
    march = export(tmp_path / "march.csv", 3, range(40), finished=False)
    june = export(tmp_path / "june.csv", 6, range(20, 60), finished=True)
    ingest([march], tmp_path / "whole")
    before = content(tmp_path / "whole")
    ingest([june], tmp_path / "whole")
    after = content(tmp_path / "whole")
    assert before != after

    store = tmp_path / "store"
    ingest([march], store)
    seen = set()
    kill_at = 0
    while True:
        kill_at += 1
        outcome = killed_at(kill_at, store, june)
        assert outcome in (0, -signal.SIGKILL)
        found = content(store)
        assert found in (before, after)
        seen.add(found == after)
        if outcome == 0:
            break
    assert kill_at > 17
    assert seen == {False, True}
    # The run that got through found the store as the killed ones had left it, and nothing is left over.
    assert content(store) == after
    named = {file.path for file in read_manifest(store).files}
    assert not (store / ".staging").exists()
    ingest([june], store)
    assert {str(path.relative_to(store)) for path in store.rglob("*.parquet")} == named


def test_a_first_ingest_that_is_killed_leaves_no_store_or_a_whole_one(
    tmp_path: Path, killed_at: Callable[..., int]
) -> None:
    march = export(tmp_path / "march.csv", 3, range(40), finished=False)
    store = tmp_path / "store"
    for kill_at in range(1, 12, 2):
        assert killed_at(kill_at, store, march) == -signal.SIGKILL
        assert read_manifest(store) == Manifest()
    assert killed_at(10**6, store, march) == 0
    ingest([march], tmp_path / "whole")
    assert content(store) == content(tmp_path / "whole")


def large(path: Path, rows: int) -> Path:
    """A larger export: its first dossiers are those of `export`, in newer versions; some rows are faulty."""
    duckdb.sql(
        f"COPY (SELECT CASE WHEN i < 40 THEN 'D' ELSE 'L' END || i AS dossier_code, "
        "'U1' AS unit_code, 'P' || (i % 7) AS procedure_code, 'online' AS channel, "
        "TIMESTAMP '2023-01-02 08:00:00' + INTERVAL (i % 150) DAY AS received_at, "
        "DATE '2023-08-20' AS due_at, CASE WHEN i % 3 > 0 THEN TIMESTAMP '2023-06-20 09:00:00' END AS finished_at, "
        f"CASE WHEN i % 997 = 0 THEN 'lost' WHEN i % 3 > 0 THEN 'granted' ELSE 'open' END AS outcome "
        f"FROM range({rows}) AS numbers(i)) TO '{path}' (HEADER)"
    )
    return path


def files_of(store: Path) -> dict[str, str]:
    """Every Parquet and reject file below the store with the hash of its bytes."""
    return {
        str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.rglob("*"))
        if path.suffix in (".parquet", ".csv") and ".staging" not in path.parts
    }


def test_a_larger_file_killed_at_random_moments_of_its_work(
    tmp_path: Path, ingested_until: Callable[..., tuple[int, float]]
) -> None:
    """Moments are shares of the processor time that an undisturbed run took, so all of its phases are met.

    The same work takes less of it when the machine is less busy: the least that a run needed counts.
    """
    march = export(tmp_path / "march.csv", 3, range(40), finished=False)
    june = large(tmp_path / "june.csv", 300_000)
    whole, store = tmp_path / "whole", tmp_path / "store"
    for root in (whole, store):
        ingest([march], root)
    before, files_before = read_manifest(whole), files_of(whole)
    code, total = ingested_until(10**9, whole, june, block=1 << 20)
    after, files_after = read_manifest(whole), files_of(whole)
    assert code == 0
    assert before != after
    moments = random.Random(20230616)
    killed = 0
    for _ in range(10):
        code, used = ingested_until(f"{moments.uniform(0.02, 0.95) * total}c", store, june, block=1 << 20)
        assert code in (0, -signal.SIGKILL)
        killed += code != 0
        total = min(total, used) if code == 0 else total
        found = read_manifest(store)
        # What the manifest names is there and whole: the state before, or the whole of the state after.
        assert found in (before, after)
        held, wanted = files_of(store), files_after if found == after else files_before
        assert {file.path: held[file.path] for file in found.files} == {f.path: wanted[f.path] for f in found.files}
        if found == after:
            shutil.rmtree(store)
            ingest([march], store)
    assert killed >= 3
    assert ingested_until(10**9, store, june, block=1 << 20)[0] == 0
    assert read_manifest(store) == after
    assert files_of(store) == files_after


@pytest.mark.parametrize("room", [1_000, 10_000, 20_000])
def test_a_disk_that_fills_up_stops_the_run_and_keeps_the_store(tmp_path: Path, room: int) -> None:
    store = tmp_path / "store"
    ingest([export(tmp_path / "march.csv", 3, range(40), finished=False)], store)
    before = content(store)
    big = export(tmp_path / "june.csv", 6, range(100, 6_000), finished=True)
    limited = (
        "import resource, sys; from thangdo.cli import main; "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room})); sys.exit(main())"
    )
    command = [sys.executable, "-c", limited, "dossiers", "ingest", str(big), "--store", str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "DOS208" in done.stderr
    assert content(store) == before
    assert not (store / ".staging").exists()
    assert ingest([big], store).total("accepted") > 0


def test_only_one_writer_at_a_time(tmp_path: Path) -> None:
    store = tmp_path / "store"
    march = export(tmp_path / "march.csv", 3, range(5), finished=False)
    ingest([march], store)
    with (store / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DossiersFailure, match="DOS207"):
            ingest([march], store)
    ingest([march], store)


def test_an_open_store_keeps_seeing_its_state_while_another_ingest_goes_on(tmp_path: Path) -> None:
    store = tmp_path / "store"
    ingest([export(tmp_path / "march.csv", 3, range(40), finished=False)], store)
    opened = Store.open(store)
    before = duckdb.connect().execute(f"SELECT count(*) FROM ({opened.relation('dossiers').sql()})").fetchone()
    ingest([export(tmp_path / "june.csv", 6, range(20, 60), finished=True)], store)
    assert duckdb.connect().execute(f"SELECT count(*) FROM ({opened.relation('dossiers').sql()})").fetchone() == before


def test_the_manifest_goes_there_and_back(tmp_path: Path) -> None:
    store = tmp_path / "store"
    ingest([export(tmp_path / "march.csv", 3, range(40), finished=False)], store)
    ingest([export(tmp_path / "june.csv", 6, range(20, 60), finished=True)], store)
    manifest = read_manifest(store)
    (tmp_path / "copy").mkdir()
    write_manifest(tmp_path / "copy", manifest)
    assert read_manifest(tmp_path / "copy") == manifest
    (tmp_path / "copy" / "manifest.json").write_text('{"format": 1, "gener')
    with pytest.raises(DossiersFailure, match="DOS201"):
        read_manifest(tmp_path / "copy")


def test_a_store_with_another_key_is_refused(tmp_path: Path) -> None:
    march = export(tmp_path / "march.csv", 3, range(5), finished=False)
    ingest([march], tmp_path / "store", pseudonym_key=os.urandom(32))
    with pytest.raises(DossiersFailure, match="DOS209"):
        ingest([march], tmp_path / "store")
