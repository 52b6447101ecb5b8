"""Counts behind gaming signals and lateness, per unit. Engine-neutral; what is unusual is decided in `gaming.py`."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd

from thangdo.dossiers.derived import NO_DAY_IN_CODE, PART, REDATED, part
from thangdo.dossiers.engines import Engine
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.judging import counted_in, finished_in
from thangdo.dossiers.indicators.span import Span

# The last half hour and the last minutes before the counter closes.
HALF_HOUR = 30
OTHER_MINUTES = -1
NIGHT_FROM, NIGHT_TO = 22, 6
HOUR = 3_600


def is_near_due(rows: Any) -> Any:
    """Finished in time, on the due day or the day before it."""
    return part(rows.finish, "near_due") == 1


def is_returned_near_due(rows: Any) -> Any:
    """Returned on the due day or the day before it, in time or not."""
    return part(rows.finish, "returned_near_due") == 1


def minute_of_day(rows: Any) -> Any:
    """The minute of the day of the finish."""
    return (part(rows.finish, "finished_second") / 60).floor().cast("int32")


def is_finished_between(rows: Any, first: int, end: int) -> Any:
    """Finished within seconds of the day: from `first` on, before `end`."""
    shift = PART["finished_second"].shift
    return rows.finish.between(first << shift, (end << shift) - 1)


def is_off_hours(rows: Any, catalogues: Catalogues, year: int) -> Any:
    """Finished on a day off of its unit or between 22:00 and 05:59; a stamp without a time of day says nothing of the night."""
    at_night = is_finished_between(rows, NIGHT_FROM * HOUR, 24 * HOUR) | is_finished_between(rows, 1, NIGHT_TO * HOUR)
    city = _days_off(catalogues, year)
    is_off = rows.finished_day.isin(sorted(city))
    # Units that work on Saturdays usually do so on the same ones: one condition for all that differ alike.
    alike: dict[frozenset[int], list[str]] = {}
    for unit in catalogues.units_with_own_calendar:
        alike.setdefault(city ^ _days_off(catalogues, year, unit), []).append(unit)
    for days, units in alike.items():
        if days:
            is_off = is_off != (rows.unit_code.isin(units) & rows.finished_day.isin(sorted(days)))
    return at_night | is_off


def _days_off(catalogues: Catalogues, year: int, unit: str = "") -> frozenset[int]:
    """Days off in the year, of the city or of a unit, numbered as derived columns number days."""
    calendar = catalogues.working_calendar(year, year, unit)
    return frozenset(int(calendar.first + index) for index in (~calendar.working).nonzero()[0])


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
    rows = rows.mutate(is_last=is_finished_between(rows, (closes - HALF_HOUR) * 60, closes * 60))
    is_off = is_off_hours(rows, catalogues, span.year).cast("int64")
    # Returned and off hours of any finish; of those in the last half hour also the minute and whether they were near due.
    others = part(rows.finish, "returned_near_due").cast("int64") * 2 + is_off
    near_due = part(rows.finish, "near_due").cast("int64") * 4
    last = (minute_of_day(rows).cast("int64") + 1) * 8 + near_due
    rows = rows.select(unit=rows.unit_code, cell=others + ibis.ifelse(rows.is_last, last, (OTHER_MINUTES + 1) * 8))
    frame = engine.run(rows.group_by("unit", "cell").aggregate(n=rows.count())).astype({"cell": "int64", "n": "int64"})
    cell = frame.pop("cell")
    frame.insert(1, "minute", cell // 8 - 1)
    for name, bit in (("near_due", 4), ("returned_on_eve", 2), ("off_hours", 1)):
        frame[name] = frame["n"].where(cell // bit % 2 == 1, 0)
    return frame


def code_cells(cells: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Dossiers received in `span` whose code carries a day, by unit: `coded`, `redated`; from cells by unit."""
    coded = cells[cells["received_month"].between(*span.months()) & (cells["day_in_code"] != NO_DAY_IN_CODE)]
    counted = coded.assign(coded=coded["n"], redated=coded["n"].where(coded["day_in_code"] == REDATED, 0))
    return counted.groupby("unit", sort=True)[["coded", "redated"]].sum().reset_index()


def lateness_cells(engine: Engine, dossiers: Any, span: Span) -> pd.DataFrame:
    """Late dossiers of `span` by unit and days late: finished late in it, or open and overdue at its end.

    Columns `unit, days_late, is_finished (1 or 0), n`. Days late of an open dossier run to its last day.
    """
    rows = counted_in(dossiers, span)
    # A span ends with a month. Of what was done in time this one is 0, and what is finished late was over before that.
    rows = rows.filter(part(rows.flow, "over_month").between(1, span.absolute_months()[1]))
    # What is finished after the end was open at the end.
    done = (rows.finished_day < span.end_day).fill_null(False)
    day = ibis.ifelse(done, rows.finished_day, span.end_day - 1)
    rows = rows.select(unit=rows.unit_code, days_late=day - rows.due_day, is_finished=done.cast("int32"))
    question = rows.group_by("unit", "days_late", "is_finished").aggregate(n=rows.count())
    return engine.run(question).astype({"days_late": "int64", "is_finished": "int64", "n": "int64"})
