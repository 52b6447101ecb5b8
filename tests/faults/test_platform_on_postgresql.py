"""What the tests promise on SQLite holds on a real PostgreSQL: the same tests, run there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.postgresql import postgresql
from tests.web.running import environment, in_platform

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    "test_ledger_is_complete.py",
    "test_bad_input.py",
    "test_whole_year.py",
    "test_signing_in.py",
    "test_hostile_values.py",
)


@pytest.mark.xdist_group("platform")
def test_the_same_promises_on_postgresql(tmp_path: Path):
    with postgresql(("-c", "fsync=off")) as url:
        given = {name: value for name, value in environment(tmp_path, url).items() if not name.startswith("PYTEST_")}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--tb=short", "--show-capture=no", *(f"tests/web/{name}" for name in TESTS)],
            cwd=ROOT, env=given, capture_output=True, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\b\d+ skipped|\bdeselected", done.stdout) is None
    assert "[100%]" in done.stdout


# A table that PostgreSQL's own analysis never visits, filled after the statement was planned for it empty.
GROWING = """
from django.db import connection
from thangdo.web.statements import USES_OF_A_PLAN, ask
with connection.cursor() as cursor:
    cursor.execute("CREATE TEMP TABLE growing (code text, other text)")
    cursor.execute("CREATE INDEX ON growing (code)")
    cursor.execute("INSERT INTO growing SELECT 'K' || n, '' FROM generate_series(1, 20) n")
    cursor.execute("ANALYZE growing")
    def look(times):
        for _ in range(times):
            ask("SELECT other FROM growing WHERE code = %s", ["K7"])
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%%FROM growing%%'", [])
        (name,) = cursor.fetchone()
        cursor.execute(f"EXPLAIN EXECUTE {name}('K7')")
        print("index" if "Index" in str(cursor.fetchall()) else "whole table")
    look(20)
    cursor.execute("INSERT INTO growing SELECT 'K' || n, '' FROM generate_series(21, 20000) n")
    look(1)
    look(USES_OF_A_PLAN)
"""


@pytest.mark.xdist_group("platform")
def test_a_prepared_statement_is_planned_anew_as_its_table_grows(tmp_path: Path):
    with postgresql(("-c", "fsync=off")) as url:
        assert in_platform(tmp_path, GROWING, url).split("\n")[:3] == ["whole table", "whole table", "index"]
