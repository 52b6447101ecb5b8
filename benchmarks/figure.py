"""A benchmark's shape."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure of an issue: its name, the target in words, and what measures it (returns plain values)."""

    name: str
    target: str
    measure: Callable[[], dict[str, Any]]


def median_seconds(function: Callable[[], object], runs: int = 5, warm_up: int = 1) -> dict[str, float]:
    """Time `function`: median, least and most of `runs` after `warm_up` uncounted ones, in seconds."""
    for _ in range(warm_up):
        function()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return {"median": round(statistics.median(times), 6), "min": round(min(times), 6), "max": round(max(times), 6)}
