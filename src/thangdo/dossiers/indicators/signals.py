"""Counts behind gaming signals and lateness, per unit. Engine-neutral; what is unusual is decided in `gaming.py`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import pandas as pd

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.judging import (
    OVERDUE,
    counted_in,
    finished_in,
    has_ended,
    is_after_due,
    received_in,
    standing,
)
from thangdo.dossiers.indicators.span import Span

# The last half hour and the last minutes before the counter closes.
HALF_HOUR = 30
OTHER_MINUTES = -1
NIGHT_FROM, NIGHT_TO = 22, 6


def is_eve_or_due_day(rows: Any) -> Any:
    """Finished in time, on the due day or the day before it."""
    early_enough = rows.finished_at.date() >= (rows.due_at - ibis.interval(days=1)).date()
    return early_enough & ~is_after_due(rows.finished_at, rows.due_at)


def is_eve(rows: Any) -> Any:
    """Finished on the day before the due day."""
    return rows.finished_at.date() == (rows.due_at - ibis.interval(days=1)).date()


def minute_of_day(moment: Any) -> Any:
    return moment.hour().cast("int64") * 60 + moment.minute().cast("int64")


def is_off_hours(rows: Any, days_off: list[date]) -> Any:
    """Finished on a day off or between 22:00 and 05:59; a stamp without a time of day says nothing of the night."""
    day, hour = rows.finished_at.date(), rows.finished_at.hour()
    has_time = rows.finished_at != rows.finished_at.truncate("D")
    at_night = has_time & ((hour >= NIGHT_FROM) | (hour < NIGHT_TO))
    return at_night | day.isin(days_off)


def days_off(catalogues: Catalogues, year: int) -> list[date]:
    """The city's days off in the year."""
    calendar = catalogues.working_calendar(year, year)
    first = date(year, 1, 1)
    return [first + timedelta(days=int(index)) for index in (~calendar.working).nonzero()[0]]


def closing_minute(catalogues: Catalogues, year: int) -> int:
    """The minute of the day at which the city's counters close."""
    calendar = catalogues.working_calendar(year, year)
    return int(calendar.hours[3].max()) // 60


def finish_cells(engine: Engine, dossiers: Any, span: Span, catalogues: Catalogues) -> pd.DataFrame:
    """Resolved dossiers by unit and minute of the finish: `n`, `near_due`, `returned_on_eve`, `off_hours`.

    Minutes count within the half hour before the counters close; all others stand together at `OTHER_MINUTES`, where
    `near_due` is not asked.
    """
    closes = closing_minute(catalogues, span.year)
    rows = finished_in(dossiers, span)
    minute = minute_of_day(rows.finished_at)
    rows = rows.mutate(minute=minute, is_last=(minute >= closes - HALF_HOUR) & (minute < closes))
    on_eve_or_day = is_eve(rows) | (rows.finished_at.date() == rows.due_at.date())
    # Few dossiers get beyond the first condition of a case: what is dear is asked of those only.
    near_due = ibis.cases((~rows.is_last, False), else_=is_eve_or_due_day(rows))
    returned = ibis.cases(((rows.outcome == "returned").fill_null(False), on_eve_or_day), else_=False)
    key = ibis.ifelse(rows.is_last, rows.minute, OTHER_MINUTES).cast("int64") + 1
    for is_so in (near_due, returned, is_off_hours(rows, days_off(catalogues, span.year))):
        key = key * 2 + is_so.cast("int64")
    rows = rows.select(unit=rows.unit_code, cell=key)
    frame = engine.run(rows.group_by("unit", "cell").aggregate(n=rows.count())).astype({"cell": "int64", "n": "int64"})
    cell = frame.pop("cell")
    frame.insert(1, "minute", cell // 8 - 1)
    for name, bit in (("near_due", 4), ("returned_on_eve", 2), ("off_hours", 1)):
        frame[name] = frame["n"].where(cell // bit % 2 == 1, 0)
    return frame


def code_day(rows: Any) -> Any:
    """The day of reception that the dossier code carries, as the number YYMMDD (TT 01/2018/TT-VPCP art. 19)."""
    return rows.dossier_code.substr(rows.dossier_code.length() - 11, 6).try_cast("int64")


def is_well_coded(rows: Any) -> Any:
    """The code follows the official form (ingest flagged nothing)."""
    return (rows.flags.fill_null(0).cast("int64") % 2) == 0


def is_redated(rows: Any) -> Any:
    """The code says an earlier day of reception than the receipt."""
    received = rows.received_at
    stamped = (received.year() % 100).cast("int64") * 10_000 + received.month().cast("int64") * 100
    return code_day(rows) < stamped + received.day().cast("int64")


def code_cells(engine: Engine, dossiers: Any, span: Span) -> pd.DataFrame:
    """Dossiers received in `span` with a well-formed code, by unit: `coded`, `redated`."""
    rows = received_in(dossiers, span)
    rows = rows.filter(is_well_coded(rows))
    rows = rows.select(unit=rows.unit_code, redated=is_redated(rows))
    question = rows.group_by("unit").aggregate(coded=rows.redated.notnull().sum(), redated=rows.redated.sum())
    return engine.run(question).fillna({"redated": 0}).astype({"coded": "int64", "redated": "int64"})


def lateness_cells(engine: Engine, dossiers: Any, span: Span) -> pd.DataFrame:
    """Late dossiers of `span` by unit and days late: finished late in it, or open and overdue at its end.

    Columns `unit, days_late, is_finished (1 or 0), n`. Days late of an open dossier run to its last day.
    """
    end = ibis.literal(span.end)
    rows = counted_in(dossiers, span)
    # What is finished after the end was open at the end.
    done = (rows.finished_at < end).fill_null(False)
    is_late = ibis.ifelse(done, standing(rows.finished_at, rows.due_at) == OVERDUE, has_ended(rows.due_at, end))
    moment = ibis.ifelse(done, rows.finished_at, ibis.literal(span.end - timedelta(days=1)))
    rows = rows.select(unit=rows.unit_code, is_done=done, is_late=is_late, moment=moment, due_at=rows.due_at)
    rows = rows.filter(rows.is_late)
    seconds = rows.moment.truncate("D").epoch_seconds() - rows.due_at.truncate("D").epoch_seconds()
    rows = rows.mutate(days_late=(seconds / 86_400).floor().cast("int64"), is_finished=rows.is_done.cast("int64"))
    question = rows.group_by("unit", "days_late", "is_finished").aggregate(n=rows.count())
    return engine.run(question).astype({"days_late": "int64", "is_finished": "int64", "n": "int64"})
