"""A real PostgreSQL for tests and benchmarks: the system's binaries, started in a folder of its own as a plain user."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Cluster:
    """A running server: its port on 127.0.0.1, the folder of its socket, and a way to run a program as its user."""

    port: int
    folder: Path
    run: Callable[..., None]


@contextmanager
def postgresql(options: tuple[str, ...] = ()) -> Iterator[str]:
    """Start a server and yield a `postgresql://` address; everything is removed afterwards. fsync stays on."""
    with cluster("thangdo", options) as server:
        server.run(str(binaries() / "createdb"), "-h", "127.0.0.1", "-p", str(server.port), "-U", "thangdo", "thangdo")
        yield f"postgresql://thangdo@127.0.0.1:{server.port}/thangdo"


@contextmanager
def cluster(superuser: str, options: tuple[str, ...] = (), *, by_network: str = "trust") -> Iterator[Cluster]:
    """Start an empty server that `superuser` owns and whose socket trusts; `by_network` says how others prove themselves."""
    bin_folder = binaries()
    # PostgreSQL refuses to run as root.
    user = "nobody" if os.geteuid() == 0 else None
    root = Path(tempfile.mkdtemp(prefix="thangdo-pg-"))
    if user:
        os.chown(root, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    data, port = root / "data", free_port()

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user=user, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    run(
        str(bin_folder / "initdb"), "-D", str(data), "-U", superuser, "--auth-local=trust", f"--auth-host={by_network}",
        "-E", "UTF8", "--locale=C.UTF-8",
    )  # fmt: skip
    server = subprocess.Popen(
        [str(bin_folder / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(root), *options],
        user=user,
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=(root / "log").open("wb"),
    )
    try:
        _wait_until_ready(root, port, superuser, server)
        yield Cluster(port, root, run)
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(root, ignore_errors=True)


def _wait_until_ready(root: Path, port: int, user: str, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    end = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host=str(root), port=port, user=user, dbname="postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError((root / "log").read_text()[-2000:]) from None
            time.sleep(0.05)
