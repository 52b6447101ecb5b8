"""One scale for all rows of a picture: round ends, round ticks, and a place between 0 and 100 percent."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high`, with a tick at every `step`."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> tuple[Decimal, ...]:
        count = int((self.high - self.low) / self.step)
        return tuple(self.low + self.step * place for place in range(count + 1))

    @property
    def digits(self) -> int:
        """Decimals that the ticks need."""
        exponent = self.step.normalize().as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    def at(self, value: Decimal) -> float:
        """Where a value lies, 0 at the low end and 100 at the high; values outside stand at the end."""
        place = float((value - self.low) / (self.high - self.low) * 100)
        return min(100.0, max(0.0, place))


def scale_of(values: Iterable[Decimal], most_ticks: int = 5, with_zero: bool = False) -> Scale:
    """The tightest scale with round ends that holds all values, with at most `most_ticks` ticks (at least three)."""
    found = [*values, *([Decimal(0)] if with_zero else [])]
    low, high = (min(found), max(found)) if found else (Decimal(0), Decimal(1))
    if low == high:
        low, high = low - 1, high + 1
    # A span may lie across any round number, so two ticks do not always hold it; three do.
    most_ticks = max(3, most_ticks)
    power = math.floor(math.log10((high - low) / (most_ticks - 1)))
    for exponent in (power - 1, power, power + 1, power + 2):
        for base in _STEPS:
            step = base.scaleb(exponent)
            start = (low / step).to_integral_value("ROUND_FLOOR") * step
            stop = (high / step).to_integral_value("ROUND_CEILING") * step
            if (stop - start) / step <= most_ticks - 1:
                return Scale(start, stop, step)
    raise AssertionError("a step of a hundred times the span always fits")
