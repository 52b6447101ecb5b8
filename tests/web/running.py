"""The platform as its own process on a free port, for browser stories, kill tests and benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.web.ending import cut_power, end
from tests.web.postgresql import free_port

PASSWORD = "mat-khau-thu-2024"


def environment(root: Path, database_url: str = "") -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("THANGDO_", "DATABASE_URL"))},
        "THANGDO_MODE": "development",
        "THANGDO_ROOT": str(root),
        "THANGDO_SECRET_KEY": "khoa-thu-nghiem-chi-dung-trong-kiem-thu-0123456789-abcdef",
        "DATABASE_URL": database_url or f"sqlite:///{root / 'thangdo.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "thangdo.web.settings",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }


def in_platform(root: Path, code: str, database_url: str = "") -> str:
    """Run Python inside the platform's settings, in a process of its own; returns what it printed."""
    start = "import django; django.setup()\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code], env=environment(root, database_url), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def prepare(root: Path, database_url: str = "", phase: str = "self_score") -> None:
    """A migrated database with the small city of the tests, everyone with the same password."""
    root.mkdir(parents=True, exist_ok=True)
    in_platform(
        root,
        f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
from datetime import datetime
from zoneinfo import ZoneInfo
from tests.web.conftest import make_city
from thangdo.web.accounts.models import Person
from django.contrib.auth.hashers import make_password
make_city({phase!r}, datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")))
Person.objects.update(password=make_password({PASSWORD!r}))
""",
        database_url,
    )


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    """Look again and again until `holds`; fails after `seconds`. For what another process does in its own time."""
    latest = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < latest, f"not so after {seconds} s"
        time.sleep(0.1)


class Server:
    """A running platform; `kill` is the power cord."""

    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self.process = process
        self.address = address

    def kill(self) -> None:
        cut_power(self.process)


@contextmanager
def serving(
    root: Path, database_url: str = "", workers: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    port = free_port()
    command = [
        sys.executable, "-c", "import sys; from thangdo.cli import main; sys.exit(main())",
        "serve", "--port", str(port), "--workers", str(workers),
    ]  # fmt: skip
    log = (root / "server.log").open("ab")
    process = subprocess.Popen(
        command,
        env={**environment(root, database_url), **(settings or {})},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        latest = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{server.address}/song", timeout=5) as answer:
                    assert answer.status == 200
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > latest:
                    raise RuntimeError((root / "server.log").read_text()[-3000:]) from None
                time.sleep(0.1)
        yield server
    finally:
        end(process, 20)
        log.close()
