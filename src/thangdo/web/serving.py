"""The server process: granian with the WSGI application."""

from __future__ import annotations

from pathlib import Path


def run_server(address: str, port: int, workers: int, socket: Path | None = None) -> None:
    """Serve until stopped. Two threads a worker: the interpreter lock makes more of them wait for each other."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "thangdo.web.wsgi:application",
        address=address,
        port=port,
        uds=socket,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=2,
        backlog=2048,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
    ).serve()
