"""A backup taken while people save is whole, verifies by hash, and restores to the same round; on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.postgresql import postgresql
from tests.web.running import environment, in_platform, prepare, serving

STATE = """
from thangdo.web.rounds.models import Round, Mark
from thangdo.web.rounds.conversion import round_value
from thangdo.web.ledger.models import Entry
print(round_value(Round.objects.get()).hash(), Mark.objects.count(), Entry.objects.count())
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
save_mark(part, "U1", "1.2", {"numerator": "45", "denominator": "48"}, "vì sao", 0, actor=actor, at=at)
put, kind = receive([b"%PDF-1.4\\n% minh hoa"], "a.pdf")
attach(part, "U1", "1.2", Described("Báo cáo", number="1/BC"), put, kind, actor=actor, at=at)
"""


def command(root: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from thangdo.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *words], env=environment(root, url), capture_output=True, text=True
    )


def rehearse(tmp_path: Path, url: str, empty_url: str) -> None:
    root, other = tmp_path / "one", tmp_path / "two"
    prepare(root, url)
    in_platform(root, FILL, url)
    before = in_platform(root, STATE, url)
    with serving(root, url):
        done = command(root, url, "backup", str(tmp_path / "copy"))
        assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "copy" / "manifest.json").read_text())
    assert any(name.startswith("evidence/") for name in manifest["files"])
    other.mkdir()
    done = command(other, empty_url, "restore", str(tmp_path / "copy"))
    assert done.returncode == 0, done.stderr
    assert in_platform(other, STATE, empty_url) == before
    files = sorted(path.name for path in (root / "evidence").rglob("*") if path.is_file())
    assert files == sorted(path.name for path in (other / "evidence").rglob("*") if path.is_file())


@pytest.mark.xdist_group("platform")
def test_backup_and_restore_on_sqlite(tmp_path: Path):
    rehearse(tmp_path, "", "")


@pytest.mark.xdist_group("platform")
def test_backup_and_restore_on_postgresql_and_its_ledger(tmp_path: Path):
    with postgresql() as url:
        empty = url.rsplit("/", 1)[0] + "/khac"
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE khac")
        rehearse(tmp_path, url, empty)
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
