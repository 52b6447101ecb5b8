"""Working days and working time of a city or a unit, as running totals that clocks look up.

A calendar is a row of days. `worked_before[i]` counts the working days before day i and `seconds_before[i]` the
working seconds, so that "the n-th working day after" and "n working hours after" become two look-ups each.
Days are numbers since 1970-01-01, moments are seconds since then, both wall-clock time of Asia/Ho_Chi_Minh.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.dossiers.calendar_source import public_calendar
from thangdo.dossiers.failure import DossiersFailure

DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
Integers = NDArray[np.int64]


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours from a day on, in seconds since midnight. Without a noon break both noon values are equal."""

    valid_from: date
    opens: int
    noon_closes: int
    noon_opens: int
    closes: int

    @property
    def seconds(self) -> int:
        return self.noon_closes - self.opens + self.closes - self.noon_opens


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not what its weekday says, for one unit or (unit blank) for the whole city."""

    day: date
    is_working: bool
    unit: str = ""


@dataclass(frozen=True)
class WorkingCalendar:
    """The days from `first` on. `hours` are four rows (opens, noon closes, noon opens, closes), 0 on days off."""

    first: int
    working: NDArray[np.bool_]
    hours: Integers
    worked_before: Integers = field(init=False)
    seconds_before: Integers = field(init=False)
    working_days: Integers = field(init=False)

    def __post_init__(self) -> None:
        worked = np.concatenate([[0], np.cumsum(self.working)]).astype(np.int64)
        open_, noon, after, close = self.hours
        day_seconds = (noon - open_ + close - after) * self.working
        set_ = object.__setattr__
        set_(self, "worked_before", worked)
        set_(self, "seconds_before", np.concatenate([[0], np.cumsum(day_seconds)]).astype(np.int64))
        set_(self, "working_days", np.flatnonzero(self.working).astype(np.int64) + self.first)

    @property
    def last(self) -> int:
        """The last day it knows."""
        return self.first + len(self.working) - 1

    def is_working(self, day: date) -> bool:
        return bool(self.working[day_number(day) - self.first])

    def seconds_until(self, moments: Integers) -> Integers:
        """Working seconds from the calendar's first day to each moment."""
        day = moments // DAY - self.first
        return self.seconds_before.take(day) + self.seconds_into_day(day, moments % DAY)

    def seconds_into_day(self, index: Integers, second: Integers) -> Integers:
        """Working seconds of day `index` that have passed at `second` of that day."""
        open_, noon, after, close = (row.take(index) for row in self.hours)
        passed: Integers = np.clip(second, open_, noon) - open_ + np.clip(second, after, close) - after
        return passed


def calendar_of(
    first: date,
    last: date,
    special: Iterable[SpecialDay] = (),
    hours: Iterable[Hours] = (),
    unit: str = "",
    unit_hours: Iterable[Hours] = (),
) -> WorkingCalendar:
    """The calendar of `unit` between two days: weekends off, `special` days, the city's `hours`, those of the unit.

    Rows of the unit go before rows of the whole city, which go before the weekday and the library's hours: each from
    its day on, so before the first of them what was there before holds.
    """
    start = day_number(first)
    days = np.arange(start, day_number(last) + 1)
    working = (days + 3) % 7 < 5  # 1970-01-01 was a Thursday
    rows = list(special)
    for owner in ("", unit) if unit else ("",):
        for row in rows:
            if row.unit == owner and first <= row.day <= last:
                working[day_number(row.day) - start] = row.is_working
    table = np.zeros((4, len(days)), dtype=np.int64)
    for layer in (office_hours(), hours, unit_hours):
        for row_hours in sorted(layer, key=lambda item: item.valid_from):
            since = max(0, day_number(row_hours.valid_from) - start)
            values = (row_hours.opens, row_hours.noon_closes, row_hours.noon_opens, row_hours.closes)
            table[:, since:] = np.array(values)[:, None]
    return WorkingCalendar(start, working, table * working)


def public_days(first_year: int, last_year: int) -> tuple[SpecialDay, ...]:
    """Public holidays and make-up days of the years, from the holidays library."""
    return tuple(
        SpecialDay(row.day, row.kind == "working") for row in public_calendar(range(first_year, last_year + 1))
    )


@cache
def public_working_calendar(first_year: int, last_year: int) -> WorkingCalendar:
    """The city's calendar of these years without any day of its own."""
    return calendar_of(date(first_year, 1, 1), date(last_year, 12, 31), public_days(first_year, last_year))


@cache
def office_hours(name: str = "hcmc") -> tuple[Hours, ...]:
    """The shipped working hours (`library/calendars`)."""
    import yaml

    text = (resources.files("thangdo") / "library" / "calendars" / f"{name}.yaml").read_text(encoding="utf-8")
    return tuple(hours_row(row) for row in yaml.safe_load(text)["hours"])


def hours_row(row: Mapping[str, Any]) -> Hours:
    """Hours from a row with `valid_from` (ISO day) and four times as HH:MM.

    DossiersFailure DOS310 where they are none: ingest turns such rows away, but an older store may hold them.
    """
    given = [str(row[name]) for name in ("opens", "noon_closes", "noon_opens", "closes")]
    day = str(row["valid_from"])[:10]
    refusal = DossiersFailure("DOS310", found=" – ".join(given), day=day, unit=row.get("unit_code") or "")
    try:
        times = [seconds_of(text) for text in given]
    except ValueError as error:
        raise refusal from error
    if times != sorted(times) or times[0] == times[3]:
        raise refusal
    return Hours(date.fromisoformat(day), *times)


def seconds_of(text: str) -> int:
    """Seconds since midnight of HH:MM (also H:MM, HH and HH:MM:SS)."""
    hours, _, rest = text.partition(":")
    moment = time.fromisoformat(f"{hours:0>2}:{rest or '00'}")
    return moment.hour * 3600 + moment.minute * 60 + moment.second
