"""Every page of the demo, by every account: server time, questions to the database, and the weight of the first page.

First looks are timed apart: each page alone in a process that has just started, once as it stands and once after an
answer of every part under way was changed, so that nothing read before helps. Such a process is a copy, so a first
look can be had again: a page that was not clearly quick is looked at in three copies and the least disturbed counts.

The demo is built anew, then walked from each account's start page by its links inside the server's process, so the
time is the server's own and no client or network is in it. SQLite works in the same process: its CPU time is the
server's time on an idle machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure

# For one account, at most so many pages of one kind: a round has thousands of criterion pages.
OF_ONE_KIND = 6

WALK = """
import json, random, re, sys, time
from pathlib import Path
root = Path(sys.argv[1])
from thangdo.web.demo_platform import PEOPLE, configure
configure(root)
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve
from thangdo.web.accounts.models import Person
settings.ALLOWED_HOSTS = ["testserver"]
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
limit = int(sys.argv[2])
found = {}
draw = random.Random(2024)
for login, _, role, _ in PEOPLE:
    client = Client()
    client.force_login(Person.objects.get(login=login), backend="thangdo.web.accounts.sign_in.PasswordBackend")
    waiting, seen, kinds = ["/viec/", "/"], set(), {}
    while waiting:
        path = waiting.pop(0).replace("&amp;", "&")
        if path in seen or path.startswith("/static/"):
            continue
        seen.add(path)
        try:
            name = resolve(path.split("?")[0]).view_name
        except Resolver404:
            continue
        if name in ("accounts:sign_out", "portal:published") or kinds.get(name, 0) >= limit:
            continue
        kinds[name] = kinds.get(name, 0) + 1
        # Cold: the first look in this process; warm: the better of two more, as a page stands in a running server.
        times, used = [], []
        for turn in range(3):
            start, began = time.perf_counter(), time.process_time()
            answer = client.get(path)
            content = answer.getvalue() if hasattr(answer, "getvalue") else b"".join(answer.streaming_content)
            times.append(1000 * (time.perf_counter() - start))
            used.append(1000 * (time.process_time() - began))
            if answer.status_code != 200:
                break
        if answer.status_code != 200:
            continue
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        is_page = answer["Content-Type"].startswith("text/html")
        row = found.setdefault(name, {"pages": 0, "warm_ms": 0, "cpu_ms": 0, "cold_ms": 0, "queries": 0, "bytes": 0, "slowest": "", "is_page": is_page})
        row["pages"] += 1
        row["cpu_ms"] = max(row["cpu_ms"], round(min(used[1:]), 1))
        row["cold_ms"] = max(row["cold_ms"], round(times[0], 1))
        row["queries"] = max(row["queries"], len(asked))
        row["bytes"] = max(row["bytes"], len(content))
        row.setdefault("first", []).append((round(times[0]), login, path))
        if min(times[1:]) > row["warm_ms"]:
            row["warm_ms"], row["slowest"] = round(min(times[1:]), 1), role + " " + path
        if is_page:
            links = sorted(set(LINK.findall(content.decode())))
            draw.shuffle(links)
            waiting += links
import gzip
from django.contrib.staticfiles import finders
first = {"/": len(gzip.compress(Client().get("/").content))}
for name in sorted(set(re.findall(r'(?:href|src)="/static/([^"]+)"', Client().get("/").content.decode()))):
    first[name] = len(gzip.compress(Path(finders.find(name)).read_bytes()))
print(json.dumps({"kinds": found, "first": first}))
"""


# The pages that were slowest at their first look, of each kind.
FIRST_OF_A_KIND = 2
FIRST = """
import json, os, sys, time
from pathlib import Path
root = Path(sys.argv[1])
from thangdo.web.demo_platform import configure
configure(root)
import django
django.setup()
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone
from thangdo.web.accounts.models import Person
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.rounds.models import Mark, Part
from thangdo.web.warming import warm
settings.ALLOWED_HOSTS = ["testserver"]
asked = json.loads(sys.stdin.read())
clients = {}
for login in sorted({login for login, _ in asked}):
    clients[login] = Client()
    clients[login].force_login(Person.objects.get(login=login), backend="thangdo.web.accounts.sign_in.PasswordBackend")
    # A server loads its chain of middleware before its first request.
    clients[login].handler.load_middleware()

def answer_changed(part):
    for mark in Mark.objects.filter(part=part).order_by("id"):
        given = mark.inputs.get("numerator", {})
        if given.get("value", "").isdigit() and int(given["value"]) > 1:
            given["value"] = str(int(given["value"]) - 1)
            with acting(ActInProgress("save_mark", None, timezone.now(), round=part.round.code)):
                mark.save()
            return

def cpu_ms(login, path):
    mine, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        began = time.process_time()
        status = clients[login].get(path).status_code
        spent = 1000 * (time.process_time() - began)
        os.write(theirs, json.dumps([status, round(spent, 1)]).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(theirs)
    with os.fdopen(mine) as told:
        status, spent = json.loads(told.read())
    assert status == 200, (status, path)
    return spent

def first_look(login, path):
    spent = cpu_ms(login, path)
    return spent if spent < CLEARLY_QUICK else min(spent, cpu_ms(login, path), cpu_ms(login, path))

CLEARLY_QUICK = 100
began = time.process_time()
warm()
connections.close_all()
print(json.dumps({"start": time.process_time() - began}))
found = {}
for moment in ("after a start", "after a change"):
    if moment == "after a change":
        # A closed part has no way to change.
        for part in Part.objects.exclude(set_text="").exclude(phase="closed").select_related("round"):
            answer_changed(part)
        connections.close_all()
    found[moment] = sorted(((first_look(login, path), path) for login, path in asked), reverse=True)
print(json.dumps(found))
"""


def build_demo(root: Path) -> None:
    command = [sys.executable, "-c", "import sys; from thangdo.cli import main; sys.exit(main())"]
    subprocess.run([*command, "demo", "--no-serve", "--root", str(root)], check=True, stdout=subprocess.DEVNULL)


def pages() -> dict[str, Any]:
    """The slowest pages, whatever is over a bound, and how many were opened."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        build_demo(root)
        done = subprocess.run(
            [sys.executable, "-c", WALK, str(root / "platform"), str(OF_ONE_KIND)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        walked = json.loads(done.stdout.splitlines()[-1])
        kinds, first = walked["kinds"], walked["first"]
        slow_first = {
            tuple(seen[1:])
            for row in kinds.values()
            for seen in sorted(row.pop("first"), reverse=True)[: FIRST_OF_A_KIND if row["is_page"] else 0]
        }
        looked = subprocess.run(
            [sys.executable, "-c", FIRST, str(root / "platform")],
            input=json.dumps(sorted(slow_first)),
            capture_output=True,
            text=True,
        )
        assert looked.returncode == 0, looked.stderr[-3000:]
    start, first_looks = (json.loads(line) for line in looked.stdout.splitlines())
    html = {name: row for name, row in kinds.items() if row.pop("is_page")}
    slowest = sorted(html.items(), key=lambda item: -item[1]["cpu_ms"])
    return {
        "pages opened": sum(row["pages"] for row in html.values()),
        "kinds of pages": len(html),
        "over 200 ms": [name for name, row in slowest if row["cpu_ms"] > 200],
        "over 12 queries": [name for name, row in html.items() if row["queries"] > 12],
        "first looks": {
            moment: {"pages": len(rows), "over 200 ms": [row for row in rows if row[0] > 200], "slowest": rows[:5]}
            for moment, rows in first_looks.items()
        },
        "CPU s before a server's first request": round(start["start"], 1),
        "slowest": dict(slowest[:8]),
        "files": {name: row["warm_ms"] for name, row in kinds.items() if name not in html},
        "first page, kB compressed": round(sum(first.values()) / 1000, 1),
    }


FIGURES = (
    Figure(
        "platform: pages of the demo",
        "every page <= 12 queries and <= 200 ms server time on SQLite; first page <= 100 kB compressed without fonts",
        pages,
    ),
)
