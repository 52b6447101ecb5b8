"""What a report is about: a year, or consecutive months of one (a quarter, half a year)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from thangdo.dossiers.failure import DossiersFailure


@dataclass(frozen=True, slots=True)
class Span:
    """The months `first` to `last` of a year. Status is as of its end; the year before is the same months of it.

    Its ends are wall-clock times without an offset, as the store's stamps are.
    """

    year: int
    first: int = 1
    last: int = 12

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.first, 1)  # noqa: DTZ001

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime(self.year + self.last // 12, self.last % 12 + 1, 1)  # noqa: DTZ001

    @property
    def start_day(self) -> int:
        """The number of its first day, counted from 1970-01-01."""
        return (self.start - datetime(1970, 1, 1)).days  # noqa: DTZ001

    @property
    def end_day(self) -> int:
        """The number of the first day after it, counted from 1970-01-01."""
        return (self.end - datetime(1970, 1, 1)).days  # noqa: DTZ001

    def absolute_months(self) -> tuple[int, int]:
        """First and last month as derived columns number them: year × 12 + month."""
        return self.year * 12 + self.first, self.year * 12 + self.last

    def months(self, *, of_year_before: bool = False) -> tuple[int, int]:
        """First and last month as cells number them: 0 is January of the year before."""
        offset = -1 if of_year_before else 11
        return offset + self.first, offset + self.last


def span_of(year: int, months: Sequence[str] = ()) -> Span:
    """The whole year, or the months asked for as YYYY-MM. DossiersFailure DOS309 unless they follow each other in it."""
    if not months:
        return Span(year)
    known = [f"{year}-{month:02d}" for month in range(1, 13)]
    places = sorted({known.index(name) for name in months if name in known})
    if not places or set(months) - set(known) or places[-1] - places[0] + 1 != len(places):
        raise DossiersFailure("DOS309", found=", ".join(months), expected=f"{known[0]} … {known[-1]}")
    return Span(year, places[0] + 1, places[-1] + 1)
