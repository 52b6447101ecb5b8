"""Counts behind gaming signals and lateness, per unit. Engine-neutral; what is unusual is decided in `gaming.py`."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd

from thangdo.dossiers.derived import OVERDUE
from thangdo.dossiers.engines import Engine
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.judging import counted_in, finished_in, received_in
from thangdo.dossiers.indicators.span import Span

# The last half hour and the last minutes before the counter closes.
HALF_HOUR = 30
OTHER_MINUTES = -1
NIGHT_FROM, NIGHT_TO = 22, 6
HOUR = 3_600


def is_eve_or_due_day(rows: Any) -> Any:
    """Finished in time, on the due day or the day before it."""
    return (rows.finished_day >= rows.due_day - 1) & (rows.standing != OVERDUE)


def is_on_eve_or_due_day(rows: Any) -> Any:
    """Finished on the due day or the day before it, in time or not."""
    return rows.finished_day.between(rows.due_day - 1, rows.due_day)


def minute_of_day(rows: Any) -> Any:
    """The minute of the day of the finish."""
    return (rows.finished_second / 60).floor().cast("int32")


def is_off_hours(rows: Any, days_off: list[int]) -> Any:
    """Finished on a day off or between 22:00 and 05:59; a stamp without a time of day says nothing of the night."""
    second = rows.finished_second
    at_night = (second >= NIGHT_FROM * HOUR) | second.between(1, NIGHT_TO * HOUR - 1)
    return at_night | rows.finished_day.isin(days_off)


def days_off(catalogues: Catalogues, year: int) -> list[int]:
    """The city's days off in the year, numbered as derived columns number days."""
    calendar = catalogues.working_calendar(year, year)
    return [int(calendar.first + index) for index in (~calendar.working).nonzero()[0]]


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
    rows = rows.mutate(is_last=rows.finished_second.between((closes - HALF_HOUR) * 60, closes * 60 - 1))
    # Few dossiers get beyond the first condition of a case: what is dear is asked of those only.
    near_due = ibis.cases((~rows.is_last, False), else_=is_eve_or_due_day(rows))
    returned = ibis.cases(((rows.outcome == "returned").fill_null(False), is_on_eve_or_due_day(rows)), else_=False)
    key = ibis.ifelse(rows.is_last, minute_of_day(rows), OTHER_MINUTES).cast("int64") + 1
    for is_so in (near_due, returned, is_off_hours(rows, days_off(catalogues, span.year))):
        key = key * 2 + is_so.cast("int64")
    rows = rows.select(unit=rows.unit_code, cell=key)
    frame = engine.run(rows.group_by("unit", "cell").aggregate(n=rows.count())).astype({"cell": "int64", "n": "int64"})
    cell = frame.pop("cell")
    frame.insert(1, "minute", cell // 8 - 1)
    for name, bit in (("near_due", 4), ("returned_on_eve", 2), ("off_hours", 1)):
        frame[name] = frame["n"].where(cell // bit % 2 == 1, 0)
    return frame


def code_cells(engine: Engine, dossiers: Any, span: Span) -> pd.DataFrame:
    """Dossiers received in `span` with a well-formed code, by unit: `coded`, `redated`."""
    rows = received_in(dossiers, span)
    rows = rows.filter(rows.redated.notnull()).select(unit=rows.unit_code, redated=rows.redated)
    question = rows.group_by("unit").aggregate(coded=rows.count(), redated=rows.redated.sum())
    return engine.run(question).astype({"coded": "int64", "redated": "int64"})


def lateness_cells(engine: Engine, dossiers: Any, span: Span) -> pd.DataFrame:
    """Late dossiers of `span` by unit and days late: finished late in it, or open and overdue at its end.

    Columns `unit, days_late, is_finished (1 or 0), n`. Days late of an open dossier run to its last day.
    """
    rows = counted_in(dossiers, span)
    # What is finished after the end was open at the end.
    done = (rows.finished_day < span.end_day).fill_null(False)
    is_late = ibis.ifelse(done, rows.standing == OVERDUE, rows.over_day < span.end_day)
    rows = rows.filter(is_late)
    day = ibis.ifelse(done, rows.finished_day, span.end_day - 1)
    rows = rows.select(unit=rows.unit_code, days_late=day - rows.due_day, is_finished=done.cast("int32"))
    question = rows.group_by("unit", "days_late", "is_finished").aggregate(n=rows.count())
    return engine.run(question).astype({"days_late": "int64", "is_finished": "int64", "n": "int64"})
