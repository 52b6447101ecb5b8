"""The deadline hour: 500 signed-in officers save marks of 200 units × 300 criteria on PostgreSQL, open loop.

Client, server and PostgreSQL share this machine's cores, so the figures are the worst case. Arrivals are a seeded
Poisson stream: a slow answer does not slow the next arrival, and waiting counts into the latency.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.figure import Figure
from tests.web.postgresql import postgresql
from tests.web.running import in_platform, serving

UNITS, CRITERIA, OFFICERS = 200, 300, 500
SEED = 20241231

PREPARE = f"""
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, BACKEND_SESSION_KEY
from thangdo.web.accounts.session_store import SessionStore
from thangdo.evaluation import IndexEntry, Round, Table
from thangdo.evaluation.round import SPECS
from thangdo.methodology import parse
from thangdo.web.accounts.models import Grant, Person
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.models import Unit
from thangdo.web.rounds.loading import store_round
from thangdo.web.rounds.models import PhaseDate
at = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
lines = ["format: thangdo-criteria-set/1", "id: gio-chot", "index: par", "title: {{vi: Giờ chót, en: Deadline}}",
         "edition: {{year: 2024}}", "blocks: [so_nganh]", "source: illustrative", "maximum: {CRITERIA}", "criteria:"]
for pillar in range(1, 11):
    lines += [f'  - code: "{{pillar}}"', f"    text: {{{{vi: Lĩnh vực {{pillar}}, en: Area {{pillar}}}}}}", "    children:"]
    for leaf in range(1, {CRITERIA} // 10 + 1):
        lines += [f'      - code: "{{pillar}}.{{leaf}}"', f"        text: {{{{vi: Tiêu chí {{pillar}}.{{leaf}}, en: Criterion {{pillar}}.{{leaf}}}}}}",
                  "        maximum: 1", "        rule: {{kind: proportional, when_zero: error}}"]
criteria = parse("\\n".join(lines))
codes = [f"U{{n:03d}}" for n in range({UNITS})]
columns = SPECS["units"].columns
units = tuple(tuple({{"unit": c, "name_vi": f"Sở {{c}}", "level": "so_nganh"}}.get(n, "") for n in columns) for c in codes)
tables = {{"units": Table(columns, units), "membership": Table(SPECS["membership"].columns, tuple(("par", "so_nganh", c, "true") for c in codes))}}
round_ = Round("chot", 2024, "draft", "vi", (IndexEntry("par", "points", "gio-chot", ("so_nganh",)),), {{"gio-chot": criteria}}, tables)
with acting(ActInProgress("prepare", None, at)):
    rows = [Unit(code=c, name_vi=f"Sở {{c}}", level="so_nganh") for c in codes]
    for row in rows: row.fill_derived()
    Unit.objects.bulk_create(rows)
    rows = list(Unit.objects.order_by("code"))
    people = [Person(login=f"cb{{n}}", full_name=f"Cán bộ {{n}}", password="!", unit=rows[n % {UNITS}]) for n in range({OFFICERS})]
    Person.objects.bulk_create(people)
    Grant.objects.bulk_create(Grant(person=p, role="officer", unit_id=p.unit_id) for p in people)
    appraiser = Person.objects.create(login="tham", full_name="Thẩm", password="!")
    Grant.objects.create(person=appraiser, role="lead_appraiser")
stored = store_round(round_, actor_id=None, at=at, phases={{"par": "self_score"}})
PhaseDate.objects.create(part=stored.parts.get(), phase="self_score", opens_at=at, closes_at=at + timedelta(days=1))
import json
found = []
for person in [*people, appraiser]:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "thangdo.web.accounts.sign_in.PasswordBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    found.append([session.session_key, person.unit.code if person.unit else ""])
from django.db import connection
connection.cursor().execute("ANALYZE")
print(json.dumps(found))
"""

COUNT = """
from thangdo.web.rounds.models import Mark
from thangdo.web.ledger.models import Entry
import json
print(json.dumps([{f"{m.unit}/{m.criterion}": m.version for m in Mark.objects.all()}, Entry.objects.filter(act="save_mark").count()]))
"""


@dataclass
class Run:
    """What one stream of saves gave."""

    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def facts(self) -> dict[str, Any]:
        ordered = sorted(self.latencies) or [float("nan")]
        return {
            "saves": len(self.latencies),
            "errors": len(self.errors),
            "per_second": round(len(self.latencies) / self.seconds, 1) if self.seconds else 0,
            "p50_ms": round(1000 * statistics.median(ordered), 1),
            "p95_ms": round(1000 * ordered[int(0.95 * (len(ordered) - 1))], 1),
            "p99_ms": round(1000 * ordered[int(0.99 * (len(ordered) - 1))], 1),
            "max_ms": round(1000 * ordered[-1], 1),
            **({"first_error": self.errors[0]} if self.errors else {}),
        }


class Officers:
    """Signed-in officers who know the version of every mark they saved; connections are kept and reused."""

    def __init__(self, port: int, sessions: list[list[str]]) -> None:
        self.port = port
        self.sessions = sessions
        self.versions: dict[str, int] = {}
        self.locks: dict[str, asyncio.Lock] = {}
        self.idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.token = "a" * 32

    async def exchange(self, head: str, body: bytes = b"") -> tuple[int, bytes]:
        is_kept = bool(self.idle)
        reader, writer = self.idle.pop() if is_kept else await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(head.encode() + body)
        first = await reader.readline()
        if not first and is_kept:
            # A kept connection that the server had closed meanwhile: any client then opens a fresh one.
            writer.close()
            return await self.exchange(head, body)
        status = int(first.split()[1])
        length = 0
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            if name.lower() == "content-length":
                length = int(value)
        content = await reader.readexactly(length)
        self.idle.append((reader, writer))
        return status, content

    async def save(self, number: int, run: Run, arrived: float) -> None:
        session, unit = self.sessions[number % OFFICERS]
        draw = random.Random(SEED + number)
        criterion = f"{draw.randint(1, 10)}.{draw.randint(1, CRITERIA // 10)}"
        place = f"{unit}/{criterion}"
        # One person edits one criterion at a time; who shares it waits, and the wait counts.
        async with self.locks.setdefault(place, asyncio.Lock()):
            fields = {
                "csrfmiddlewaretoken": self.token,
                "version": self.versions.get(place, 0),
                "field-numerator": draw.randint(0, 50),
                "field-denominator": 50,
                "explanation": "Theo báo cáo năm",
            }
            body = urlencode(fields).encode()
            head = (
                f"POST /dot/chot/par/don-vi/{unit}/tieu-chi/{criterion}/luu/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Cookie: thangdo={session}; csrf={self.token}\r\nX-Requested-With: fetch\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            try:
                status, content = await self.exchange(head, body)
            except (OSError, asyncio.IncompleteReadError, IndexError, ValueError) as failure:
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
        run = Run()
        start = time.perf_counter()
        await asyncio.gather(*(self.save(first + n, run, start) for n in range(count)))
        run.seconds = time.perf_counter() - start
        return run

    async def pages(self, path: str, session: str, clients: int, seconds: float) -> float:
        """Requests a second for one page."""
        start, count = time.perf_counter(), 0
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: thangdo={session}\r\n\r\n"

        async def client() -> None:
            nonlocal count
            while time.perf_counter() < start + seconds:
                status, _ = await self.exchange(head)
                assert status == 200, (path, status)
                count += 1

        await asyncio.gather(*(client() for _ in range(clients)))
        return count / (time.perf_counter() - start)


async def deadline_hour(port: int, sessions: list[list[str]], seconds: float) -> tuple[dict[str, Any], Officers]:
    officers = Officers(port, sessions)
    await officers.poisson(100, 10, 0)
    steady = await officers.poisson(200, seconds, 100_000)
    most = await officers.closed(16, min(20.0, seconds), 300_000)
    burst = await officers.burst(500, 500_000)
    # The method page asks for nothing of the database but the reader: the nearest thing to an empty page.
    empty = await officers.pages("/song", "", 16, 5)
    matrix_start = time.perf_counter()
    head = (
        f"GET /dot/chot/par/ma-tran/du-lieu/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: thangdo={sessions[-1][0]}\r\n\r\n"
    )
    status, content = await officers.exchange(head)
    assert status == 200, content[:300]
    matrix_ms = 1000 * (time.perf_counter() - matrix_start)
    facts = {
        "open loop 200/s": steady.facts(),
        "most sustained": most.facts(),
        "burst of 500": {**burst.facts(), "seconds": round(burst.seconds, 2)},
        "empty page per second": round(empty, 1),
        "saves to empty pages": round(len(most.latencies) / most.seconds / empty, 3),
        "matrix data 200 x 300": {"ms": round(matrix_ms, 1), "bytes": len(content)},
    }
    return facts, officers


def measure(seconds: float = 60.0) -> dict[str, Any]:
    """Start PostgreSQL and the platform, run the hour, then count every acknowledged save in the database."""
    with tempfile.TemporaryDirectory() as place, postgresql(("-c", "shared_buffers=256MB")) as url:
        root = Path(place)
        sessions = json.loads(in_platform(root, PREPARE, url).splitlines()[-1])
        with serving(root, url, workers=2) as server:
            facts, officers = asyncio.run(deadline_hour(int(server.address.rsplit(":", 1)[1]), sessions, seconds))
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
