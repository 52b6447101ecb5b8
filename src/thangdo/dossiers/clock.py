"""The legal clock over whole columns: due moments from receipts, legal times and supplements.

Days are numbers since 1970-01-01, moments seconds since then (wall-clock time of Asia/Ho_Chi_Minh). A due moment
is the first second that is too late: a term of days ends at 24:00 of its last day (Civil Code 91/2015/QH13 art.
148.1). `UNKNOWN` stands for "no legal time known" or "not running". The slow judge of all this is `oracle.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.dossiers.clock_rules import ClockRules, clock_rules
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.working_time import DAY, WorkingCalendar

Integers = NDArray[np.int64]
UNKNOWN = np.iinfo(np.int64).min
# Rows taken at a time: look-up tables and a chunk stay in the processor's cache, and a chunk's arrays (120 kB) come from
# memory the process has already; larger ones are asked of the system anew each time, which took twice the reckoning.
CHUNK = 15_000


@dataclass(frozen=True, slots=True)
class Dossiers:
    """Columns the clock needs, one entry a dossier. UNKNOWN stands for blank.

    `legal_days` and `legal_hours` are working days and hours (float, NaN = none); days go before hours.
    `requested` is the first request for supplement, `completed` the first supplement after it.
    `suspended_days` are working days between suspension and resumption.
    """

    received: Integers
    legal_days: NDArray[np.float64]
    legal_hours: NDArray[np.float64] | None = None
    requested: Integers | None = None
    completed: Integers | None = None
    suspended_days: Integers | None = None

    def rows(self, part: slice) -> Dossiers:
        """Some of the rows."""
        columns: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            column = getattr(self, name)
            columns[name] = None if column is None else column[part]
        return Dossiers(**columns)


def nth_working_day(calendar: WorkingCalendar, days: NDArray[np.integer], terms: NDArray[np.integer]) -> Integers:
    """The `terms`-th working day after each day, which itself never counts (Civil Code art. 147.2, 147.3).

    A term of 0 is the day itself or, if it is a day off, the next working day (art. 148.5). Takes 20 million days
    in tenths of a second: three look-ups in tables of a few kilobytes. DossiersFailure DOS301 where the calendar
    ends before a term does.
    """
    out = np.empty(len(days), dtype=np.int64)
    # worked_before[day + 1] counts the day itself if it is a working day: the next one has that position.
    after = calendar.worked_before[1:].astype(np.int32) - 1
    is_off = (~calendar.working).astype(np.int32)
    last = 0
    for start in range(0, len(days), CHUNK):
        part = slice(start, start + CHUNK)
        index = (days[part] - calendar.first).astype(np.int32)
        position = np.take(after, index, mode="clip")
        position += np.maximum(terms[part], np.take(is_off, index, mode="clip"))
        last = max(last, int(position.max(initial=0)))
        np.take(calendar.working_days, position, out=out[part], mode="clip")
    if last >= len(calendar.working_days):
        raise DossiersFailure("DOS301", last=str(np.datetime64(calendar.last, "D")))
    return out


def working_days_between(calendar: WorkingCalendar, earlier: Integers, later: Integers) -> Integers:
    """Working days after day `earlier` up to and including day `later` (the first day does not count)."""
    return calendar.worked_before.take(later - calendar.first + 1) - calendar.worked_before.take(
        earlier - calendar.first + 1
    )


def after_working_seconds(calendar: WorkingCalendar, moments: Integers, seconds: Integers) -> Integers:
    """The moment at which that many working seconds have passed since each moment (Civil Code art. 147.1).

    A term that is used up exactly when the counter closes ends there, not when it opens again.
    """
    out = np.empty(len(moments), dtype=np.int64)
    for start in range(0, len(moments), CHUNK):
        part = slice(start, start + CHUNK)
        target = calendar.seconds_until(moments[part]) + seconds[part]
        day = np.searchsorted(calendar.seconds_before, target, side="left") - 1
        day = np.maximum(day, 0)
        left = target - calendar.seconds_before.take(day)
        open_, noon, after, _ = (row.take(day) for row in calendar.hours)
        second = np.where(left <= noon - open_, open_ + left, after + left - (noon - open_))
        moment = (day + calendar.first) * DAY + second
        out[part] = np.where(seconds[part] == 0, moments[part], moment)
    return out


def restart_clock(calendar: WorkingCalendar, dossiers: Dossiers, rules: ClockRules) -> Integers:
    """The moment from which each legal time runs (Nghị định 61/2018/NĐ-CP art. 19.4).

    A request for supplement within three working days of reception restarts it from zero when the supplement
    comes; until then it does not run (UNKNOWN). A later request changes nothing unless the unsettled point
    `later_supplements` says so.
    """
    if dossiers.requested is None or dossiers.completed is None:
        return dossiers.received
    asked = dossiers.requested != UNKNOWN
    if rules.reading("later_supplements") == "off":
        safe = np.where(asked, dossiers.requested, dossiers.received)
        passed = working_days_between(calendar, dossiers.received // DAY, safe // DAY)
        asked = asked & (passed <= rules.supplement_window)
    return np.where(asked, dossiers.completed, dossiers.received)


def legal_due(calendar: WorkingCalendar, dossiers: Dossiers, rules: ClockRules | None = None) -> Integers:
    """The first second after each legal time (UNKNOWN where there is none or it does not run).

    Days: 24:00 of the n-th working day after the start. Hours: the second after the one in which the last has passed.
    """
    rules = rules or clock_rules()
    due = np.empty(len(dossiers.received), dtype=np.int64)
    for start in range(0, len(due), CHUNK):
        part = slice(start, start + CHUNK)
        due[part] = _due(calendar, dossiers.rows(part), rules)
    return due


def _due(calendar: WorkingCalendar, dossiers: Dossiers, rules: ClockRules) -> Integers:
    start = restart_clock(calendar, dossiers, rules)
    days = np.ceil(dossiers.legal_days) if rules.reading("half_days") == "round_up" else dossiers.legal_days
    # NaN differs from itself: blank terms and half days are not whole.
    whole = days == np.floor(days)
    counted = whole & (start != UNKNOWN)
    is_all = bool(counted.all())
    terms = (days if is_all else np.where(whole, days, 0)).astype(np.int32)
    if rules.reading("suspensions") == "extend" and dossiers.suspended_days is not None:
        terms = terms + dossiers.suspended_days.astype(np.int32)
    start_day = (start if is_all else np.where(counted, start, calendar.first * DAY)) // DAY
    due = (nth_working_day(calendar, start_day, terms) + 1) * DAY
    if is_all:
        return due
    due[~counted] = UNKNOWN
    if dossiers.legal_hours is not None:
        has_hours = np.isnan(dossiers.legal_days) & ~np.isnan(dossiers.legal_hours)
        hourly = np.flatnonzero(has_hours & (start != UNKNOWN))
        seconds = np.rint(dossiers.legal_hours[hourly] * 3600).astype(np.int64)
        # +1: a term of hours ends at its last second, which is still in time.
        due[hourly] = after_working_seconds(calendar, start[hourly], seconds) + 1
    return due


def is_promised_in_time(
    calendar: WorkingCalendar, promised: Integers, due: Integers, rules: ClockRules | None = None
) -> NDArray[np.bool_]:
    """Whether a new date (or an apology) came in time (Nghị định 61/2018/NĐ-CP art. 19.9: one day before at the latest).

    `due` is the first second too late. Whether "one day" is a calendar or a working day is unsettled: while the
    point is off, anything before the due moment is in time.
    """
    reading = (rules or clock_rules()).reading("one_day_before")
    known = (promised != UNKNOWN) & (due != UNKNOWN)
    if reading == "off":
        in_time = promised < due
    else:
        promised_day = np.where(known, promised, calendar.first * DAY) // DAY
        due_day = np.where(known, due - 1, calendar.first * DAY) // DAY
        if reading == "calendar":
            in_time = promised_day <= due_day - 1
        else:
            in_time = working_days_between(calendar, promised_day, due_day) >= 1
    return np.asarray(known & in_time, dtype=np.bool_)
