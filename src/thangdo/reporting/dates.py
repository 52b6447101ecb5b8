"""Days and times in a reader's language, always in Vietnamese time."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from thangdo.reporting.language import Language

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(on: date, language: Language) -> str:
    """`07/03/2024` in Vietnamese; in English, where 7/3 is read both ways, `7 March 2024`."""
    if isinstance(on, datetime):
        on = _in_vietnam(on).date()
    return f"{on:%d/%m/%Y}" if language == "vi" else f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def clock(at: datetime) -> str:
    """`14:03`, twenty-four hours. Raises ValueError for a time without a zone."""
    return f"{_in_vietnam(at):%H:%M}"


def moment(at: datetime, language: Language) -> str:
    """`14:03 ngày 07/03/2024`. Raises ValueError for a time without a zone."""
    between = " ngày " if language == "vi" else " on "
    return clock(at) + between + day(at, language)


def days_between(first: date, last: date, language: Language) -> str:
    """A period from its first to its last day."""
    between = " đến " if language == "vi" else " to "
    return day(first, language) + between + day(last, language)


def _in_vietnam(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be printed")
    return at.astimezone(VIETNAM)
