"""Expressions that judge a dossier: its standing, its months, its due date by three bases. Engine-neutral.

Everything is written once with Ibis and runs unchanged on DuckDB and Spark. What follows from a dossier's stamps
alone is read from its derived columns (`derivation`). Definitions:

- a due date without a time, or stamped 00:00:00, ends at 24:00 of its day; otherwise it ends with its stamp;
- early: finished on a calendar day before the due day; on time: not early and not late; overdue: finished after
  the due date ended; open: no finish, or one after the end of the period asked about;
- months are numbered from January of the year before (0) to December of the year (23); -1 is earlier, 24 later
  or never.
"""

from __future__ import annotations

from typing import Any, Literal

import ibis

from thangdo.dossiers.derived import EARLY, ON_TIME, OPEN, OVERDUE, PART
from thangdo.dossiers.indicators.span import Span

Basis = Literal["recorded", "re_promised", "recomputed"]

EARLIER, LATER = -1, 24
MONTHS = 24


def first_month(year: int) -> int:
    """The absolute number (year × 12 + month) of month 0: January of the year before."""
    return (year - 1) * 12 + 1


def is_midnight(moment: Any) -> Any:
    """Whether a stamp has no time of day."""
    return moment == moment.truncate("D")


def is_after_due(moment: Any, due: Any) -> Any:
    """Whether `moment` lies after a due date ended (a due date at midnight ends at 24:00 of its day)."""
    return (moment > due) & ((moment.date() > due.date()) | ~is_midnight(due))


def standing(finished: Any, due: Any) -> Any:
    """EARLY, ON_TIME, OVERDUE, or OPEN without a finish."""
    day = due.truncate("D")
    # Most dossiers end in the first two branches; only what is finished after the stamp is asked whether it is late.
    is_over = (due > day) | (finished >= day + ibis.interval(days=1))
    return ibis.cases(
        (finished.isnull(), OPEN),
        (finished < day, EARLY),
        (finished <= due, ON_TIME),
        (is_over, OVERDUE),
        else_=ON_TIME,
    ).cast("int32")


def end_of(due: Any) -> Any:
    """The moment in which a due date ends: its stamp, or 24:00 of its day without a time."""
    return ibis.ifelse(is_midnight(due), due + ibis.interval(days=1), due)


def has_ended(due: Any, end: Any) -> Any:
    """Whether a due date ended before the moment `end`; one that ends with it has not."""
    return end_of(due) < end


def in_window(dossiers: Any, year: int) -> Any:
    """Dossiers that count in `year` or the year before: received by the year's end, not finished before both."""
    return _counted_within(dossiers, first_month(year), Span(year).end_day)


def counted_in(dossiers: Any, span: Span) -> Any:
    """Dossiers that count in `span` alone (form 06 column 3)."""
    return _counted_within(dossiers, span.absolute_months()[0], span.end_day)


def _counted_within(dossiers: Any, first_month: int, end_day: int) -> Any:
    # Open dossiers stand after all months.
    from_first = dossiers.flow >= first_month << PART["finished_month"].shift
    return dossiers.filter((dossiers.received_day < end_day) & from_first)


def finished_in(dossiers: Any, span: Span) -> Any:
    """Dossiers resolved in `span`, whatever the outcome."""
    return dossiers.filter(dossiers.finished_day.between(span.start_day, span.end_day - 1))
