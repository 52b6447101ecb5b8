"""`serve` on one machine needs no further service: its worker does what is asked, and goes when the server goes."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.web.running import in_platform, prepare, serving, wait_until


def state_of(database: Path) -> str:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        return str(connection.execute("SELECT state FROM background_job WHERE kind = 'report'").fetchone()[0])


def worker_of(server: int) -> int:
    """The child of the server that works: told by its last word on the command line."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return next(int(pid) for pid in children if Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"\0work\0"))


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_job_is_done_while_the_server_serves_and_the_worker_outlives_it_by_a_moment_only(tmp_path):
    prepare(tmp_path)
    in_platform(
        tmp_path,
        "from django.utils import timezone\n"
        "from thangdo.web.background.queue import ask_for\n"
        "ask_for('report', {'round': 'thu-2024'}, person_id=None, at=timezone.localtime())",
    )
    with serving(tmp_path) as server:
        wait_until(lambda: state_of(tmp_path / "thangdo.sqlite3") == "done", seconds=60)
        worker = worker_of(server.process.pid)
        # The server alone is killed, without a chance to say anything.
        os.kill(server.process.pid, signal.SIGKILL)
        wait_until(lambda: is_gone(worker), seconds=30)
