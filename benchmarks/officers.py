"""Officers at the deadline: a light client of many kept connections, so that the server and not the client is measured."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

SEED = 20241231
TOKEN = "a" * 32
# Most servers close a connection idle for 30 s; ours is then opened anew without a try.
STALE_SECONDS = 10.0


@dataclass
class Run:
    """What one stream of saves gave."""

    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def facts(self) -> dict[str, Any]:
        ordered = sorted(self.latencies) or [float("nan")]
        return {
            "saves": len(self.latencies),
            "errors": len(self.errors),
            "per_second": round(self.per_second, 1),
            "p50_ms": round(1000 * statistics.median(ordered), 1),
            "p95_ms": round(1000 * ordered[int(0.95 * (len(ordered) - 1))], 1),
            "p99_ms": round(1000 * ordered[int(0.99 * (len(ordered) - 1))], 1),
            "max_ms": round(1000 * ordered[-1], 1),
            **({"first_error": self.errors[0]} if self.errors else {}),
        }


class Connection(asyncio.Protocol):
    """One kept HTTP/1.1 connection: a request at a time, the answer as status and body."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None
        self.used_at = time.perf_counter()
        self.is_open = True

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        end = self.received.find(b"\r\n\r\n")
        if end < 0 or self.answer is None or self.answer.done():
            return
        head = bytes(self.received[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.received) < end + 4 + length:
            return
        body = bytes(self.received[end + 4 : end + 4 + length])
        self.received.clear()
        self.answer.set_result((int(head[9:12]), body))

    def connection_lost(self, failure: Exception | None) -> None:
        self.is_open = False
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionError(str(failure or "closed")))

    def ask(self, request: bytes) -> Awaitable[tuple[int, bytes]]:
        self.used_at = time.perf_counter()
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer


class Client:
    """Connections to one server, kept and used again by whoever opened them, as browsers do.

    A connection stays with the server process that took it. Were they shared, the last one used would be the next one
    taken, and one process would get nearly everything.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.idle: dict[str, list[Connection]] = {}

    async def exchange(self, head: str, body: bytes = b"", owner: str = "") -> tuple[int, bytes]:
        idle = self.idle.setdefault(owner, [])
        connection = await self._free(idle)
        answer = await connection.ask(head.encode() + body)
        idle.append(connection)
        return answer

    async def _free(self, idle: list[Connection]) -> Connection:
        fresh = time.perf_counter() - STALE_SECONDS
        while idle:
            connection = idle.pop()
            if connection.is_open and connection.used_at > fresh:
                return connection
            connection.transport.close()
        _, made = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", self.port)
        return made

    async def get(self, path: str, session: str = "", accept: str = "") -> tuple[int, bytes]:
        more = (f"Cookie: thangdo={session}\r\n" if session else "") + (
            f"Accept-Encoding: {accept}\r\n" if accept else ""
        )
        return await self.exchange(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n")

    async def pages(self, path: str, clients: int, seconds: float) -> float:
        """Requests a second for one page, each client asking again as soon as it is answered."""
        start, count = time.perf_counter(), 0

        async def client() -> None:
            nonlocal count
            while time.perf_counter() < start + seconds:
                status, _ = await self.get(path)
                assert status == 200, (path, status)
                count += 1

        await asyncio.gather(*(client() for _ in range(clients)))
        return count / (time.perf_counter() - start)


class Officers:
    """Signed-in officers, each with session and unit, who know the version of every mark they saved."""

    def __init__(self, port: int, sessions: list[list[str]], pillars: int, leaves: int) -> None:
        self.client = Client(port)
        self.sessions = sessions
        self.pillars, self.leaves = pillars, leaves
        self.versions: dict[str, int] = {}
        self.locks: dict[str, asyncio.Lock] = {}

    async def save(self, number: int, run: Run, arrived: float) -> None:
        session, unit = self.sessions[number % len(self.sessions)]
        draw = random.Random(SEED + number)
        criterion = f"{draw.randint(1, self.pillars)}.{draw.randint(1, self.leaves)}"
        place = f"{unit}/{criterion}"
        # One person edits one criterion at a time; who shares it waits, and the wait counts.
        async with self.locks.setdefault(place, asyncio.Lock()):
            fields = {
                "csrfmiddlewaretoken": TOKEN,
                "version": self.versions.get(place, 0),
                "field-numerator": draw.randint(0, 50),
                "field-denominator": 50,
                "explanation": "Theo báo cáo năm",
            }
            body = urlencode(fields).encode()
            head = (
                f"POST /dot/chot/par/don-vi/{unit}/tieu-chi/{criterion}/luu/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Cookie: thangdo={session}; csrf={TOKEN}\r\nX-Requested-With: fetch\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            try:
                status, content = await self.client.exchange(head, body, session)
            except OSError as failure:
                run.errors.append(repr(failure))
                return
            if status != 200:
                run.errors.append(f"{status} {content[:200]!r}")
                return
            self.versions[place] = json.loads(content)["version"]
        run.latencies.append(time.perf_counter() - arrived)

    async def poisson(self, per_second: float, seconds: float, first: int) -> Run:
        """Saves arriving at random moments, whether or not earlier ones are answered."""
        draw, run = random.Random(SEED + first), Run()
        start = moment = time.perf_counter()
        tasks, number = [], first
        while True:
            moment += draw.expovariate(per_second)
            if moment > start + seconds:
                break
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            tasks.append(asyncio.create_task(self.save(number, run, moment)))
            number += 1
        await asyncio.gather(*tasks)
        run.seconds = time.perf_counter() - start
        return run

    async def closed(self, clients: int, seconds: float, first: int) -> Run:
        """The most it sustains: each client saves again as soon as it is answered."""
        run = Run()
        start = time.perf_counter()
        numbers = iter(range(first, first + 10_000_000))

        async def client() -> None:
            while time.perf_counter() < start + seconds:
                await self.save(next(numbers), run, time.perf_counter())

        await asyncio.gather(*(client() for _ in range(clients)))
        run.seconds = time.perf_counter() - start
        return run

    async def burst(self, count: int, first: int) -> Run:
        """All at once."""
        run = Run()
        start = time.perf_counter()
        await asyncio.gather(*(self.save(first + n, run, start) for n in range(count)))
        run.seconds = time.perf_counter() - start
        return run
