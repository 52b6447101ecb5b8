"""Bounds on how often somebody may guess or change things: buckets that refill evenly.

Guesses are counted in the database, one count for all processes and machines that serve the platform. Changes are
counted in each process, which allows its even share: a save pays no second statement, and all together allow no more.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from datetime import datetime

from django.conf import settings
from django.db.models import F, FloatField, Value
from django.db.models.functions import Greatest, Least

from thangdo.web.accounts.models import Bucket

KEPT = 20_000


class SharedRates:
    """`allow(key, at)` is False when `key` has used up `burst`, refilled at `per_second`, in any process."""

    def __init__(self, name: str, per_second: float, burst: int) -> None:
        self.name = name
        self.per_second = per_second
        self.burst = float(burst)

    def allow(self, key: str, at: datetime) -> bool:
        now = at.timestamp()
        named = f"{self.name}:{key}"[:100]
        Bucket.objects.get_or_create(key=named, defaults={"remaining": self.burst, "at": now})
        # One statement looks and takes: of two at once on the last token one changes no row.
        passed = Greatest(Value(0.0), Value(now) - F("at"), output_field=FloatField())
        refilled = Least(Value(self.burst), F("remaining") + passed * self.per_second, output_field=FloatField())
        found = Bucket.objects.filter(key=named).annotate(refilled=refilled).filter(refilled__gte=1)
        # A clock that went back neither gives nor takes.
        return found.update(remaining=F("refilled") - 1, at=Greatest(F("at"), Value(now))) == 1


class Rates:
    """`allow(key)` is False when `key` has used up this process's share of `burst`, refilled at `per_second`."""

    def __init__(self, per_second: float, burst: int) -> None:
        self.per_second = per_second
        self.burst = float(burst)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, key: str, now: float | None = None) -> bool:
        moment = time.monotonic() if now is None else now
        burst, per_second = self.burst / processes(), self.per_second / processes()
        with self._lock:
            left, last = self._buckets.pop(key, (burst, moment))
            left = min(burst, left + (moment - last) * per_second)
            is_allowed = left >= 1
            self._buckets[key] = (left - 1 if is_allowed else left, moment)
            while len(self._buckets) > KEPT:
                self._buckets.popitem(last=False)
            return is_allowed


def processes() -> int:
    """How many processes serve the platform on this machine."""
    return int(settings.CONFIGURATION.workers)


# An officer who types fast saves about once a second; imports count as one change.
CHANGES = Rates(per_second=10, burst=100)
SIGN_INS = SharedRates("sign_in", per_second=0.5, burst=30)
