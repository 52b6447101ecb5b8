"""Expressions that judge a dossier: its standing, its months, its due date by three bases. Engine-neutral.

Everything is written once with Ibis and runs unchanged on DuckDB and Spark. Definitions:

- a due date without a time, or stamped 00:00:00, ends at 24:00 of its day; otherwise it ends with its stamp;
- early: finished on a calendar day before the due day; on time: not early and not late; overdue: finished after
  the due date ended; open: no finish, or one after the end of the period asked about;
- months are numbered from January of the year before (0) to December of the year (23); -1 is earlier, 24 later
  or never.
"""

from __future__ import annotations

from typing import Any, Literal

import ibis

from thangdo.dossiers.indicators.span import Span

Basis = Literal["recorded", "re_promised", "recomputed"]

EARLY, ON_TIME, OVERDUE, OPEN = 0, 1, 2, 3
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


def month_number(moment: Any, year: int) -> Any:
    """Month 0–23 of a stamp, EARLIER before, LATER after or for a blank."""
    number = (moment.year() * 12 + moment.month() - first_month(year)).cast("int32")
    # least and greatest evaluate the number once; a case would evaluate it in every branch.
    return ibis.least(ibis.greatest(number.fill_null(LATER), EARLIER), LATER)


def absolute_month(moment: Any) -> Any:
    """Months since year 0 of a stamp, 0 for a blank: what `packing.unpacked` turns into months 0–23 of a year."""
    return (moment.year().cast("int64") * 12 + moment.month().cast("int64")).fill_null(0)


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


def has_ended(due: Any, end: Any) -> Any:
    """Whether a due date ended before the moment `end`; one that ends with it has not."""
    return ibis.ifelse(is_midnight(due), due + ibis.interval(days=1), due) < end


def overdue_month(judged: Any, due: Any, year: int) -> Any:
    """The first month at whose end the dossier, while open, is overdue; LATER for what was done in time."""
    ended = ibis.ifelse(is_midnight(due), due + ibis.interval(days=1), due)
    return ibis.ifelse(judged <= ON_TIME, LATER, month_number(ended, year)).cast("int32")


def in_window(dossiers: Any, year: int) -> Any:
    """Dossiers that count in `year` or the year before: received by the year's end, not finished before both."""
    start, end = ibis.timestamp(f"{year - 1}-01-01 00:00:00"), ibis.timestamp(f"{year + 1}-01-01 00:00:00")
    return dossiers.filter(
        (dossiers.received_at < end) & (dossiers.finished_at.isnull() | (dossiers.finished_at >= start))
    )


def counted_in(dossiers: Any, span: Span) -> Any:
    """Dossiers that count in `span` alone (form 06 column 3)."""
    start, end = ibis.literal(span.start), ibis.literal(span.end)
    return dossiers.filter(
        (dossiers.received_at < end) & (dossiers.finished_at.isnull() | (dossiers.finished_at >= start))
    )


def received_in(dossiers: Any, span: Span) -> Any:
    """Dossiers received in `span`."""
    return dossiers.filter(
        (dossiers.received_at >= ibis.literal(span.start)) & (dossiers.received_at < ibis.literal(span.end))
    )


def finished_in(dossiers: Any, span: Span) -> Any:
    """Dossiers resolved in `span`, whatever the outcome."""
    return dossiers.filter(
        (dossiers.finished_at >= ibis.literal(span.start)) & (dossiers.finished_at < ibis.literal(span.end))
    )
