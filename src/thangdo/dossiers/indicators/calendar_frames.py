"""Working calendars as small tables that an engine joins: by day, and by month of what falls due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.judging import EARLIER, LATER, MONTHS, first_month
from thangdo.dossiers.working_time import DAY, WorkingCalendar

# Half an hour: opening hours that are not a multiple of it are cut into slots of a minute.
SLOT = 1_800
YEARS_BEFORE, YEARS_AFTER = 12, 6
# Keys of the table of months: one for what is not late, then working-day numbers, then slots.
NOT_LATE, DAYS_FROM, HOURS_FROM = 0, 1, 1_000_000
# Working days beyond both ends of the two years.
MARGIN = 10
# Opening hours of a day are packed as minutes, 0 to 1,440: eleven bits each, in the order of SESSIONS.
SESSION_BITS = 11
SESSIONS = ("opens", "noon_closes", "noon_opens", "closes")


@dataclass(frozen=True)
class CalendarFrames:
    """The calendars of the city (owner blank) and of units with one of their own.

    `days` by day: `place` is twice the number of working days up to it and 1 more on a day off (so that days compare as
    they follow each other), `seconds_after` the working seconds from the calendar's beginning to its end,
    `sessions` its opening hours packed into one number. `hours` are the opening hours where all working days have the
    same, in seconds: then everything follows from the place (None: they differ, and the rest is joined). `months` by
    key: the first month at whose end a due date is past; keys are working-day numbers for terms of days (from DAYS_FROM)
    and slots of working time for terms of hours (from HOURS_FROM), NOT_LATE for all that is not late.
    """

    days: pd.DataFrame
    months: pd.DataFrame
    hours: tuple[int, ...] | None
    slot: int
    positions: tuple[int, int]
    slots: tuple[int, int]
    last_position: int
    last_second: int


def calendar_frames(catalogues: Catalogues, year: int) -> CalendarFrames:
    """Calendars from 12 years before the year to 6 after; months for what falls due in it or the year before."""
    calendars = {
        owner: catalogues.working_calendar(year - YEARS_BEFORE, year + YEARS_AFTER, owner)
        for owner in ("", *catalogues.units_with_own_calendar)
    }
    slot = SLOT if all((calendar.hours % SLOT == 0).all() for calendar in calendars.values()) else 60
    start, end = (int(np.datetime64(f"{of}-01-01").astype("int64")) for of in (year - 1, year + 1))
    # A margin of some working days: whatever is clamped to the ends has the month of the ends.
    positions = _range([(c.worked_before[start - c.first], c.worked_before[end - c.first]) for c in calendars.values()])
    slots = _range(
        [
            (c.seconds_before[start - c.first] // slot, c.seconds_before[end - c.first] // slot)
            for c in calendars.values()
        ],
        margin=MARGIN * DAY // slot,
    )
    return CalendarFrames(
        pd.concat([_days(calendar, owner) for owner, calendar in calendars.items()], ignore_index=True),
        pd.concat(
            [_month_rows(calendar, owner, positions, slots, slot, year) for owner, calendar in calendars.items()],
            ignore_index=True,
        ),
        _same_hours(calendars.values()),
        slot,
        positions,
        slots,
        min(len(calendar.working_days) for calendar in calendars.values()) - 1,
        # Shorter hours end sooner: what falls due after its own calendar's end is later than any finish all the same.
        max(int(calendar.seconds_before[-1]) for calendar in calendars.values()),
    )


def _range(pairs: list[tuple[Any, Any]], margin: int = MARGIN) -> tuple[int, int]:
    return max(min(int(low) for low, _ in pairs) - margin, 0), max(int(high) for _, high in pairs) + margin


def _days(calendar: WorkingCalendar, owner: str) -> pd.DataFrame:
    sessions = np.zeros(len(calendar.working), dtype=np.int64)
    for minutes in calendar.hours // 60:
        sessions = sessions << SESSION_BITS | minutes
    return pd.DataFrame(
        {
            "owner": owner,
            "calendar_day": (calendar.first + np.arange(len(calendar.working))).astype(np.int32),
            "place": (2 * calendar.worked_before[1:] + ~calendar.working).astype(np.int32),
            "seconds_after": calendar.seconds_before[1:].astype(np.int32),
            "sessions": sessions,
        }
    )


def _same_hours(calendars: Iterable[WorkingCalendar]) -> tuple[int, ...] | None:
    found = {tuple(day) for calendar in calendars for day in calendar.hours[:, calendar.working].T.tolist()}
    return found.pop() if len(found) == 1 else None


def _month_rows(
    calendar: WorkingCalendar, owner: str, positions: tuple[int, int], slots: tuple[int, int], slot: int, year: int
) -> pd.DataFrame:
    due = calendar.working_days[np.arange(positions[0], positions[1] + 1)]
    second = np.arange(slots[0], slots[1] + 1) * slot + 1
    day = np.searchsorted(calendar.seconds_before, second, side="left") - 1 + calendar.first
    months = {
        NOT_LATE: np.array([LATER]),
        DAYS_FROM: _months(due + 1, year),
        HOURS_FROM: _months(day, year),
    }
    keys = np.concatenate([first + np.arange(len(found)) for first, found in months.items()])
    return pd.DataFrame({"owner": owner, "month_key": keys, "month_after": np.concatenate(list(months.values()))})


def _months(days: NDArray[np.int64], year: int) -> NDArray[np.int64]:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64") + 1970 * 12 + 1
    clipped: NDArray[np.int64] = np.clip(months - first_month(year), EARLIER, MONTHS)
    return clipped
