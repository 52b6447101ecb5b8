"""What the tests promise on SQLite holds on a real PostgreSQL: the same tests, run there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.postgresql import postgresql
from tests.web.running import environment

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("test_ledger_is_complete.py", "test_bad_input.py", "test_whole_year.py", "test_signing_in.py")


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
