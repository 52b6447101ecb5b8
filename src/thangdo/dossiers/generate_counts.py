"""How many dossiers of each kind a generated year holds: the counts the city published, to any scale.

The published report of 2023 gives bounds ("nearly 22.6 million received", "more than 22.5 million resolved",
"more than 74,700 in process", "more than 22.4 million on time", "more than 11.7 million online, nearly 6 million
more") and one exact number (37,649 overdue). The integers below satisfy all of them together with the
identities of form 06/VPCP/KSTT: 3 = 4 + 5 + 6 = 7 + 11, 7 = 8 + 9 + 10, 11 = 12 + 13. The printed shares do not
follow by ordinary rounding: 37,649 of any number between 22.5 and 22.6 million is 0.1666–0.1673 %, printed
0.16 % (cut, not rounded), and 99.84 % is its complement, while the on-time share itself is 99.83 %.
Everything else (early against on time, carried over, channels, the year before) is illustrative.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FULL_ROWS = 22_600_000

Standing = Literal["early", "on_time", "overdue", "open_within", "open_overdue"]
STANDINGS: tuple[Standing, ...] = ("early", "on_time", "overdue", "open_within", "open_overdue")


@dataclass(frozen=True, slots=True)
class YearCounts:
    """Counts of one year. `in_period` and `carried` are by standing at the end of the year, in STANDINGS order.

    `later` are dossiers received after the year's end that an export made in January already holds.
    """

    in_period: tuple[int, ...]
    carried: tuple[int, ...]
    online: int
    later: int

    @property
    def received(self) -> int:
        """Form 06, column 3."""
        return sum(self.in_period) + sum(self.carried)

    @property
    def resolved(self) -> int:
        """Form 06, column 7."""
        return sum(self.in_period[:3]) + sum(self.carried[:3])

    @property
    def in_process(self) -> int:
        """Form 06, column 11."""
        return self.received - self.resolved

    @property
    def rows(self) -> int:
        return self.received + self.later

    def standing(self, name: Standing) -> int:
        position = STANDINGS.index(name)
        return self.in_period[position] + self.carried[position]


# 2023: received 22,598,640 = resolved 22,523,909 + in process 74,731.
PUBLISHED = YearCounts(
    in_period=(9_083_795, 13_336_148, 35_649, 73_902, 829),
    carried=(20_317, 46_000, 2_000, 0, 0),
    online=11_732_406,
    later=1_360,
)
# 2022: what is in process at its end is what 2023 carries over; online 5,951,181 fewer. Illustrative.
PUBLISHED_BEFORE = YearCounts(
    in_period=(7_612_806, 12_085_114, 58_204, 68_317, 0),
    carried=(14_700, 34_202, 3_000, 0, 0),
    online=5_781_225,
    later=0,
)


def largest_remainder(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Share `total` by `weights` into whole numbers that add up (Hare–Niemeyer; ties go to the earlier)."""
    if total == 0 or weights.sum() == 0:
        return np.zeros(len(weights), dtype=np.int64)
    exact = total * weights / weights.sum()
    shares: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - shares), kind="stable")
    shares[order[: total - int(shares.sum())]] += 1
    return shares


def scaled(counts: YearCounts, rows: int) -> YearCounts:
    """The same year in `rows` rows (later ones included); at `counts.rows` it is `counts` itself."""
    parts = np.array([*counts.in_period, *counts.carried, counts.later], dtype=np.float64)
    shares = [int(share) for share in largest_remainder(rows, parts)]
    in_period, carried, later = tuple(shares[:5]), tuple(shares[5:10]), shares[10]
    online = round(counts.online * sum(in_period) / sum(counts.in_period))
    return YearCounts(in_period, carried, online, later)


def year_counts(rows: int) -> tuple[YearCounts, YearCounts]:
    """This year in `rows` rows, and the year before at the same scale: its open dossiers are those carried over."""
    if rows < 1:
        raise ValueError("a generated year has at least one row")
    this = scaled(PUBLISHED, rows)
    before = scaled(PUBLISHED_BEFORE, round(PUBLISHED_BEFORE.rows * rows / PUBLISHED.rows))
    return this, replace(before, in_period=(*before.in_period[:3], sum(this.carried), 0))
