"""The public calendar as rows of the store's table `calendar`.

Holidays and make-up days of a year come from the `holidays` library, which follows the government's yearly
announcements (Labour Code 45/2019/QH14 art. 112 gives the days, the announcement moves them). A city's own
days are ingested as a calendar file and go before these.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that is not what its weekday says: `holiday` (off) or `working` (a make-up day)."""

    day: date
    kind: str
    name: str
    source: str


def public_calendar(years: Iterable[int]) -> tuple[CalendarDay, ...]:
    """Public holidays and make-up working days of Vietnam in `years`, in order."""
    from importlib.metadata import version

    import holidays

    wanted = sorted(set(years))
    if not wanted:
        return ()
    found = holidays.country_holidays("VN", years=wanted, language="vi")
    source = f"holidays {version('holidays')}: VN"
    off = [CalendarDay(day, "holiday", name, source) for day, name in found.items() if day.year in wanted]
    working = [
        CalendarDay(day, "working", "Ngày làm bù", source)
        for day in getattr(found, "weekend_workdays", ())
        if day.year in wanted
    ]
    return tuple(sorted(off + working, key=lambda row: (row.day, row.kind)))
