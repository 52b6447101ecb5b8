"""The deadline hour: 500 signed-in officers save marks of 200 units × 300 criteria on PostgreSQL, open loop.

Client, server and PostgreSQL share this machine's cores, so the figures are the worst case. Arrivals are a seeded
Poisson stream: a slow answer does not slow the next arrival, and waiting counts into the latency. CPU milliseconds
a save, by who used them, hold on a busy machine too.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.cpu import family, group, parent_of, seconds_of
from benchmarks.deadline_city import COUNT, CRITERIA, PILLARS, PREPARE
from benchmarks.empty_page import serving_empty_page
from benchmarks.figure import Figure
from benchmarks.officers import Client, Officers, Run
from tests.web.postgresql import postgresql
from tests.web.running import Server, in_platform, serving

WORKERS = 2


class Shares:
    """CPU seconds of client, server and PostgreSQL since the last look."""

    def __init__(self, url: str, server: Server) -> None:
        with psycopg.connect(url) as connection:
            self._postgresql = parent_of(connection.info.backend_pid)
        self._server = server.process.pid
        self._before: dict[str, float] = {}
        self.since()

    def _now(self) -> dict[str, float]:
        return {
            "client": seconds_of([os.getpid()]),
            "server": seconds_of(group(self._server)),
            "postgresql": seconds_of(family(self._postgresql)),
        }

    def since(self) -> dict[str, float]:
        now = self._now()
        found = {name: value - self._before.get(name, 0.0) for name, value in now.items()}
        self._before = now
        return found


async def deadline_hour(
    officers: Officers, empty_port: int, shares: Shares, url: str, matrix_session: str, seconds: float
) -> dict[str, Any]:
    await officers.poisson(100, 10, 0)
    shares.since()
    steady = await officers.poisson(200, seconds, 100_000)
    used = shares.since()
    faster = await officers.poisson(300, min(20.0, seconds), 200_000)
    most, empty = await in_turns(officers, Client(empty_port), min(20.0, seconds))
    burst = await officers.burst(500, 500_000)
    fill_matrix(url)
    data_ms, data = await best_of_three(officers.client, "/dot/chot/par/ma-tran/du-lieu/", matrix_session)
    window_ms, window = await best_of_three(officers.client, "/dot/chot/par/ma-tran/", matrix_session)
    count = len(steady.latencies)
    return {
        "open loop 200/s": {
            **steady.facts(),
            "cpu_ms_a_save": {name: round(1000 * value / count, 2) for name, value in used.items()},
            "cpu_share_of_2_cores": {name: round(value / (2 * steady.seconds), 3) for name, value in used.items()},
        },
        "open loop 300/s": faster.facts(),
        "most sustained": most.facts(),
        "burst of 500": {**burst.facts(), "seconds": round(burst.seconds, 2)},
        "empty page per second": round(empty, 1),
        "saves to empty pages": round(most.per_second / empty, 3),
        "matrix data 200 x 300": {"ms": round(data_ms, 1), "bytes": len(data)},
        "matrix window 50 x 40": {"ms": round(window_ms, 1), "bytes": len(window)},
    }


def fill_matrix(url: str) -> None:
    """A first appraisal in each of the 60,000 cells, so that the matrix is full."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO rounds_mark (part_id, unit, criterion, layer, appraiser, inputs, points, maximum, version, changed_at)"
            " SELECT p.id, m.unit, a || '.' || b, 'appraisal_1', 'tv1', '{}', '0.75', '1', 1, now()"
            " FROM rounds_part p, rounds_member m, generate_series(1, %s) a, generate_series(1, %s) b",
            (PILLARS, CRITERIA // PILLARS),
        )


async def best_of_three(client: Client, path: str, session: str) -> tuple[float, bytes]:
    """Milliseconds of a page's fastest of three answers (the first reads the set into the process), and its bytes."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        status, content = await client.get(path, session)
        times.append(1000 * (time.perf_counter() - start))
        assert status == 200, content[:300]
    return min(times), content


async def in_turns(officers: Officers, empty: Client, seconds: float) -> tuple[Run, float]:
    """Saves and empty pages by 16 clients, a fifth of the time each in turn, so that both meet the same machine."""
    most, rates = Run(), []
    for turn in range(5):
        run = await officers.closed(16, seconds / 5, 300_000 + 20_000 * turn)
        most.latencies += run.latencies
        most.errors += run.errors
        most.seconds += run.seconds
        rates.append(await empty.pages("/", 16, seconds / 10))
    return most, sum(rates) / len(rates)


def measure(seconds: float = 60.0) -> dict[str, Any]:
    """Start PostgreSQL and the platform, run the hour, then count every acknowledged save in the database."""
    with tempfile.TemporaryDirectory() as place, postgresql(("-c", "shared_buffers=256MB")) as url:
        root = Path(place)
        sessions = json.loads(in_platform(root, PREPARE, url).splitlines()[-1])
        with serving(root, url, workers=WORKERS) as server, serving_empty_page(place, WORKERS) as empty_port:
            officers = Officers(int(server.address.rsplit(":", 1)[1]), sessions[:-1], PILLARS, CRITERIA // PILLARS)
            shares = Shares(url, server)
            facts = asyncio.run(deadline_hour(officers, empty_port, shares, url, sessions[-1][0], seconds))
        stored, entries = json.loads(in_platform(root, COUNT, url).splitlines()[-1])
        lost = sum(version > stored.get(where, 0) for where, version in officers.versions.items())
        return {**facts, "marks lost": lost, "ledger entries missing": sum(officers.versions.values()) - entries}


FIGURES = (
    Figure(
        "platform: deadline hour",
        "200/s open loop for 60 s: no error, none lost, p95 <= 150 ms; most sustained >= 300/s; "
        "burst of 500 within 5 s; matrix data <= 400 ms",
        measure,
    ),
)
