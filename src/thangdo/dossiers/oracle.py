"""The legal clock row by row, as a lawyer reads it: slow, plain, and the judge of the fast one.

Nothing here is shared with `clock.py` but the numbers of the law. One dossier at a time, one day at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

ONE_DAY = timedelta(days=1)
SessionsOf = Callable[[date], tuple[tuple[time, time], ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """A dossier as the clock sees it. Sessions of a day are its opening times; a day off has none."""

    received_at: datetime
    legal_days: float | None = None
    legal_hours: float | None = None
    supplement_requested_at: datetime | None = None
    supplement_received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the law says. `last_day` for terms of days, `last_moment` for terms of hours; articles in order of use."""

    starts_at: datetime | None
    last_day: date | None
    last_moment: datetime | None
    articles: tuple[str, ...]

    @property
    def too_late_from(self) -> datetime | None:
        """The first second that is too late."""
        if self.last_day is not None:
            return datetime.combine(self.last_day + ONE_DAY, time())
        return self.last_moment + timedelta(seconds=1) if self.last_moment is not None else None


def judge(case: Case, sessions_of: SessionsOf, supplement_window: int = 3) -> Judgement:
    """The due date of one dossier under Nghị định 61/2018/NĐ-CP and the Civil Code 2015."""
    articles: list[str] = []
    starts_at: datetime | None = case.received_at
    requested = case.supplement_requested_at
    if requested is not None:
        passed = working_days_after(case.received_at.date(), requested.date(), sessions_of)
        articles.append("NĐ 61/2018 điều 19.4")
        if passed <= supplement_window:
            # The legal time is counted again from zero once the dossier is complete; until then it does not run.
            starts_at = case.supplement_received_at
    if starts_at is None:
        return Judgement(None, None, None, tuple(articles))
    if case.legal_days is not None:
        if case.legal_days != int(case.legal_days):
            return Judgement(starts_at, None, None, tuple(articles))  # half days: no text settles them
        articles += ["BLDS điều 147.2", "BLDS điều 148.1"]
        return Judgement(
            starts_at, last_day(starts_at.date(), int(case.legal_days), sessions_of), None, tuple(articles)
        )
    if case.legal_hours is not None:
        articles.append("BLDS điều 147.1")
        seconds = round(case.legal_hours * 3600)
        return Judgement(starts_at, None, last_moment(starts_at, seconds, sessions_of), tuple(articles))
    return Judgement(starts_at, None, None, tuple(articles))


def working_days_after(first: date, last: date, sessions_of: SessionsOf) -> int:
    """Working days after `first`, `last` included. The first day does not count (art. 147.2)."""
    count, day = 0, first
    while day < last:
        day += ONE_DAY
        if sessions_of(day):
            count += 1
    return count


def last_day(first: date, days: int, sessions_of: SessionsOf) -> date:
    """The last day of a term of working days; a last day that is off moves to the next working day (art. 148.5)."""
    day, left = first, days
    while left > 0:
        day += ONE_DAY
        if sessions_of(day):
            left -= 1
    while not sessions_of(day):
        day += ONE_DAY
    return day


def last_moment(start: datetime, seconds: int, sessions_of: SessionsOf) -> datetime:
    """The moment at which `seconds` of opening time have passed since `start` (art. 147.1)."""
    if seconds == 0:
        return start
    left, day = seconds, start.date()
    while True:
        for opens, closes in sessions_of(day):
            begin = max(start, datetime.combine(day, opens))
            end = datetime.combine(day, closes)
            if begin >= end:
                continue
            length = int((end - begin).total_seconds())
            if left <= length:
                return begin + timedelta(seconds=left)
            left -= length
        day += ONE_DAY


def is_notice_in_time(promised_at: datetime, judgement: Judgement) -> bool:
    """Whether a new date was promised before the term ended (NĐ 61/2018 art. 19.9); "one day" is left unsettled."""
    return judgement.too_late_from is not None and promised_at < judgement.too_late_from
