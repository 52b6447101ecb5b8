"""A run that dies at any instant, or finds no room, leaves the store in its last complete state."""

from __future__ import annotations

import fcntl
import os
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
# means its n-th step or effect, in whichever thread (checking rows, writing Parquet, moving files); "0.25s" that time
# after its start. It opens no engine itself.
FORKING = """
import os, select, signal, sys, threading
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
        left = 0 if instant.endswith("s") else int(instant)
        raw_blocks.__defaults__ = (int(block),)
        try:
            ingest([Path(name) for name in files], Path(store), progress=step)
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    if instant.endswith("s"):
        ended, _, _ = select.select([os.pidfd_open(child)], [], [], float(instant[:-1]))
        if not ended:
            os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def killed_at() -> Iterator[Callable[..., int]]:
    """`killed_at(n, store, *files)`: ingest in a child that dies at its n-th step, or after so many seconds ("0.25s").

    Gives its exit code (0 = it got through).
    """
    with subprocess.Popen(
        [sys.executable, "-c", FORKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(instant: int | str, store: Path, *files: Path, block: int = BLOCK_BYTES) -> int:
            print(instant, block, store, *files, file=process.stdin, flush=True)
            return int(process.stdout.readline())

        yield run
        process.stdin.close()


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
