"""A backup taken while people save is whole, verifies by hash, and restores to the same round; on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.officers import Office, hire
from tests.web.postgresql import postgresql
from tests.web.running import environment, in_platform, prepare, serving

# Every row of every table, to the last column.
CONTENT = """
import json
from django.apps import apps
for model in apps.get_models():
    rows = list(model._default_manager.order_by("pk").values())
    print(model._meta.label, json.dumps(rows, default=str, ensure_ascii=False, sort_keys=True))
"""
# Each row has its entry and each entry its row: what a moment between two transactions looks like.
ONE_MOMENT = """
import json
from pathlib import Path
from django.conf import settings
from thangdo.proof import file_hash
from thangdo.web.ledger.models import Entry
from thangdo.web.ledger.tracked import tracked_models
from thangdo.web.rounds.models import Mark, StoredFile
last, written = {}, {}
for entry in Entry.objects.order_by("id"):
    last[entry.table, entry.object_id] = entry
    written[entry.table, entry.object_id] = written.get((entry.table, entry.object_id), 0) + 1
rows = {
    (model._meta.db_table, str(key)) for model in tracked_models() for key in model._default_manager.values_list("pk", flat=True)
}
told = {place for place, entry in last.items() if entry.operation != "delete"}
wrong = [f"no entry of {place}" for place in rows - told] + [f"no row of {place}" for place in told - rows]
for mark in Mark.objects.all():
    place = "rounds_mark", str(mark.pk)
    after = last[place].after
    if (after["version"], after["inputs"], after["points"]) != (mark.version, mark.inputs, mark.points):
        wrong.append(f"another row than its last entry: {mark}")
    if written[place] != mark.version:
        wrong.append(f"{written[place]} entries of {mark.version} versions: {mark}")
for sha256 in StoredFile.objects.values_list("sha256", flat=True):
    path = Path(settings.EVIDENCE_ROOT) / sha256[:2] / sha256[2:4] / sha256
    if not path.is_file() or file_hash(path) != sha256:
        wrong.append(f"no bytes of {sha256}")
print(json.dumps({
    "wrong": wrong, "versions": {f"{mark.unit}/{mark.criterion}": mark.version for mark in Mark.objects.all()},
    "files": StoredFile.objects.count(),
}))
"""
FILL = """
from datetime import datetime
from zoneinfo import ZoneInfo
from thangdo.web.accounts.holders import holder_of
from thangdo.web.accounts.models import Person
from thangdo.web.rounds.acts.act import Actor
from thangdo.web.rounds.acts.attach_evidence import Described, attach, receive
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.models import Part
at = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
person = Person.objects.get(login="officer")
actor = Actor(person.pk, holder_of(person, at.date()))
part = Part.objects.select_related("round").get()
save_mark(part, "U1", "2.1", {"numerator": "45", "denominator": "48"}, "vì sao", 0, actor=actor, at=at)
put, kind = receive([b"%PDF-1.4\\n% minh hoa"], "a.pdf")
attach(part, "U1", "1.2", Described("Báo cáo", number="1/BC"), put, kind, actor=actor, at=at)
"""


def command(root: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from thangdo.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *words], env=environment(root, url), capture_output=True, text=True
    )


def restored(root: Path, copy: Path, url: str) -> None:
    root.mkdir()
    done = command(root, url, "restore", str(copy))
    assert done.returncode == 0, done.stderr


def rehearse(tmp_path: Path, url: str, empty_url: str, third_url: str) -> None:
    """A copy taken amid saves and uploads is one moment of them; a copy taken at rest is everything, word for word."""
    root = tmp_path / "one"
    prepare(root, url)
    in_platform(root, FILL, url)
    hire(root, url)
    with serving(root, url) as server:
        office = Office(server.address)
        office.start()
        office.wait_for(60)
        done = command(root, url, "backup", str(tmp_path / "busy"))
        assert done.returncode == 0, done.stderr
        office.wait_for(20)
        office.stop()
    restored(tmp_path / "two", tmp_path / "busy", empty_url)
    found = json.loads(in_platform(tmp_path / "two", ONE_MOMENT, empty_url).splitlines()[-1])
    assert found["wrong"] == []
    # Work had begun, and went on afterwards.
    assert found["files"] > 1
    assert 60 <= sum(found["versions"].values()) < sum(version for version, _ in office.saved.values())

    before = in_platform(root, CONTENT, url)
    assert command(root, url, "backup", str(tmp_path / "copy")).returncode == 0
    manifest = json.loads((tmp_path / "copy" / "manifest.json").read_text())
    assert any(name.startswith("evidence/") for name in manifest["files"])
    restored(tmp_path / "three", tmp_path / "copy", third_url)
    after = in_platform(tmp_path / "three", CONTENT, third_url)
    assert "rounds.Mark" in before and "ledger.Entry" in before
    assert after.splitlines() == before.splitlines()
    assert files_of(root / "evidence") == files_of(tmp_path / "three" / "evidence") != {}


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file's bytes by its place; what was still being received when nobody waited for it has no name yet."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.mark.xdist_group("platform")
def test_backup_and_restore_on_sqlite(tmp_path: Path):
    rehearse(tmp_path, "", "", "")


@pytest.mark.xdist_group("platform")
def test_backup_and_restore_on_postgresql_and_its_ledger(tmp_path: Path):
    with postgresql() as url:
        others = [url.rsplit("/", 1)[0] + f"/{name}" for name in ("khac", "nua")]
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE khac")
            connection.execute("CREATE DATABASE nua")
        rehearse(tmp_path, url, *others)
        # The record refuses every kind of raw change; a raw change elsewhere is recorded.
        for statement in (
            "UPDATE ledger_entry SET reason = 'x'",
            "DELETE FROM ledger_entry",
            "TRUNCATE ledger_entry",
            "INSERT INTO ledger_entry SELECT * FROM ledger_entry LIMIT 1",
            "TRUNCATE rounds_mark CASCADE",
        ):
            with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                connection.execute(statement)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("UPDATE rounds_mark SET points = '2'")
            row = connection.execute(
                "SELECT act, operation, after->>'points' FROM ledger_entry ORDER BY id DESC LIMIT 1"
            ).fetchone()
            assert row == ("", "update", "2")


@pytest.mark.xdist_group("platform")
def test_a_changed_byte_stops_the_restore(tmp_path: Path):
    root = tmp_path / "one"
    prepare(root)
    assert command(root, "", "backup", str(tmp_path / "copy")).returncode == 0
    target = tmp_path / "copy" / "database.sqlite3"
    content = bytearray(target.read_bytes())
    content[5000] ^= 1
    target.write_bytes(bytes(content))
    done = command(tmp_path / "two", "", "restore", str(tmp_path / "copy"))
    assert done.returncode == 3 and "database.sqlite3" in done.stderr
    assert not (tmp_path / "two" / "thangdo.sqlite3").exists()


def test_production_refuses_unsafe_settings(tmp_path: Path):
    given = {
        **{name: value for name, value in os.environ.items() if not name.startswith("THANGDO_")},
        "THANGDO_MODE": "production",
        "THANGDO_ROOT": str(tmp_path),
        "THANGDO_SECRET_KEY": "ngan",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite3'}",
    }
    code = "import sys; from thangdo.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, "serve"], env=given, capture_output=True, text=True)
    assert done.returncode == 1
    for expected in ("WEB001", "WEB002", "WEB003", "WEB004"):
        assert expected in done.stderr
