"""Run benchmarks and write `build/bench.json`.

Each `benchmarks/bench_*.py` has `FIGURES`: a tuple of `Figure` rows. `python -m benchmarks [NAME …]` runs
those whose name contains one of the given words, or all.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

from benchmarks.figure import Figure

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "bench.json"


def figures() -> list[Figure]:
    found: list[Figure] = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        found.extend(importlib.import_module(f"benchmarks.{path.stem}").FIGURES)
    return found


def main(words: list[str]) -> int:
    results = json.loads(OUT.read_text()) if OUT.exists() else {}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    for figure in figures():
        if words and not any(word in figure.name for word in words):
            continue
        print(f"{figure.name}: target {figure.target}", flush=True)
        start = time.monotonic()
        measured = figure.measure()
        results[figure.name] = {
            "target": figure.target,
            "measured": measured,
            "seconds_in_all": round(time.monotonic() - start, 2),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        }
        print("  " + json.dumps(measured, ensure_ascii=False), flush=True)
        OUT.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    print(f"written: {OUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
