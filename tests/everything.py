"""What `./run test` runs: format, lint, types, import contracts, tests; every part even if one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
BIN = Path(sys.executable).parent


def main() -> int:
    if not SHARED.is_dir() and os.environ.get("THANGDO_NEEDS_SHARED"):
        print(f"The folder 'shared' is missing beside {ROOT.name}: the tests that read it cannot be left out here.")
        return 1
    parts = [
        ("format", [BIN / "ruff", "format", "--check", "."]),
        ("lint", [BIN / "ruff", "check", "."]),
        ("types", [BIN / "mypy"]),
        ("import contracts", [BIN / "lint-imports"]),
    ]
    if sys.argv[1:]:
        parts = []
    parts.append(("tests", [sys.executable, "-m", "pytest", *(sys.argv[1:] or ["-n", "2", "--dist", "loadgroup"])]))
    failed = []
    for name, command in parts:
        start = time.monotonic()
        print(f"== {name}", flush=True)
        code = subprocess.call([str(part) for part in command], cwd=ROOT)
        print(
            f"-- {name}: {'passed' if code == 0 else f'failed ({code})'} in {time.monotonic() - start:.0f} s",
            flush=True,
        )
        if code:
            failed.append(name)
    if failed:
        print("failed: " + ", ".join(failed))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
