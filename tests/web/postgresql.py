"""A real PostgreSQL for tests and benchmarks: the system's binaries, started in a folder of its own as a plain user."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path:
    """The folder of `initdb` and `postgres`: the newest system installation, else the one on the path."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return Path(found).resolve().parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql(options: tuple[str, ...] = ()) -> Iterator[str]:
    """Start a server and yield a `postgresql://` address; everything is removed afterwards. fsync stays on."""
    bin_folder = binaries()
    # PostgreSQL refuses to run as root.
    user = "nobody" if os.geteuid() == 0 else None
    root = Path(tempfile.mkdtemp(prefix="thangdo-pg-"))
    if user:
        os.chown(root, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    data, port = root / "data", free_port()

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user=user, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    run(str(bin_folder / "initdb"), "-D", str(data), "-U", "thangdo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    server = subprocess.Popen(
        [str(bin_folder / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(root), *options],
        user=user,
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=(root / "log").open("wb"),
    )
    try:
        _wait_until_ready(port, server, root / "log")
        run(str(bin_folder / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "thangdo", "thangdo")
        yield f"postgresql://thangdo@127.0.0.1:{port}/thangdo"
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(root, ignore_errors=True)


def _wait_until_ready(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    end = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="thangdo", dbname="postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(log.read_text()[-2000:]) from None
            time.sleep(0.05)
