"""A bound on how often one person or address may change things: a bucket that refills evenly.

Kept in the memory of each server process; with several processes the bound is that many times as high.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

KEPT = 20_000


class Rates:
    """`allow(key)` is False when `key` has used up `burst` and refills at `per_second`."""

    def __init__(self, per_second: float, burst: int) -> None:
        self.per_second = per_second
        self.burst = float(burst)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, key: str, now: float | None = None) -> bool:
        moment = time.monotonic() if now is None else now
        with self._lock:
            left, last = self._buckets.pop(key, (self.burst, moment))
            left = min(self.burst, left + (moment - last) * self.per_second)
            is_allowed = left >= 1
            self._buckets[key] = (left - 1 if is_allowed else left, moment)
            while len(self._buckets) > KEPT:
                self._buckets.popitem(last=False)
            return is_allowed


# An officer who types fast saves about once a second; imports count as one change.
CHANGES = Rates(per_second=10, burst=100)
SIGN_INS = Rates(per_second=0.5, burst=30)
