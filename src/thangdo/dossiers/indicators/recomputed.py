"""The legal clock inside the engine: the store's dossiers joined with a calendar table. Engine-neutral.

The same law as `clock.py` (Civil Code art. 147–148; Nghị định 61/2018/NĐ-CP art. 19.4), written as joins so that no
row leaves the engine: the start's day gives the running number of working days, that number plus the legal days
gives the last day. Terms of hours go through slots of working time. Moments are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pandas as pd

from thangdo.dossiers.clock_rules import ClockRules, clock_rules
from thangdo.dossiers.engines import Engine, Tables
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.cells import channel_number, packed, unpacked, with_dimensions
from thangdo.dossiers.indicators.judging import (
    EARLIER,
    EARLY,
    LATER,
    MONTHS,
    ON_TIME,
    OPEN,
    OVERDUE,
    finished_in,
    first_month,
    in_window,
    month_number,
)
from thangdo.dossiers.indicators.span import Span
from thangdo.dossiers.working_time import DAY, WorkingCalendar

# Half an hour: opening hours that are not a multiple of it are cut into slots of a minute.
SLOT = 1_800
YEARS_BEFORE, YEARS_AFTER = 12, 6


def calendar_frames(catalogues: Catalogues, year: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, int]:
    """Tables to join: by day, by working-day number, by slot of working time; and the slot's length in seconds.

    `owner` is the unit whose calendar it is, blank for the city's.
    """
    by_day, by_position, by_slot = [], [], []
    calendars = {
        owner: catalogues.working_calendar(year - YEARS_BEFORE, year + YEARS_AFTER, owner)
        for owner in ("", *catalogues.units_with_own_calendar)
    }
    slot = SLOT if all((calendar.hours % SLOT == 0).all() for calendar in calendars.values()) else 60
    for owner, calendar in calendars.items():
        days = calendar.first + np.arange(len(calendar.working))
        by_day.append(
            pd.DataFrame(
                {
                    "owner": owner,
                    "start_day": days,
                    "after": calendar.worked_before[1:] - 1,
                    "is_off": (~calendar.working).astype("int64"),
                    "seconds_before": calendar.seconds_before[:-1],
                    **dict(zip(("opens", "noon_closes", "noon_opens", "closes"), calendar.hours)),
                }
            )
        )
        listed = calendar.working_days
        by_position.append(
            pd.DataFrame(
                {
                    "owner": owner,
                    "position": np.arange(len(listed)),
                    "due_day": listed,
                    "day_overdue_month": _months(listed + 1, year),
                }
            )
        )
        by_slot.append(_slots(calendar, slot, year).assign(owner=owner))
    return pd.concat(by_day), pd.concat(by_position), pd.concat(by_slot), slot


def _slots(calendar: WorkingCalendar, slot: int, year: int) -> pd.DataFrame:
    starts = []
    for day in np.flatnonzero(calendar.working):
        opens, noon, after, closes = (int(row[day]) for row in calendar.hours)
        base = (int(day) + calendar.first) * DAY
        starts.append(base + np.arange(opens, noon, slot))
        starts.append(base + np.arange(after, closes, slot))
    joined = np.concatenate(starts)
    return pd.DataFrame(
        {
            "slot": np.arange(len(joined)),
            "slot_start": joined,
            "slot_overdue_month": _months(joined // DAY, year),
        }
    )


def _months(days: np.ndarray[Any, np.dtype[np.int64]], year: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64") + 1970 * 12 + 1
    clipped: np.ndarray[Any, np.dtype[np.int64]] = np.clip(months - first_month(year), EARLIER, MONTHS)
    return clipped


def restarts(tables: Tables) -> Any | None:
    """First request for supplement of each dossier and the first supplement after it; None without events."""
    if tables.events is None:
        return None
    events = tables.events
    asked = events.filter(events.kind == "supplement_requested")
    asked = asked.group_by(asked_code=asked.dossier_code).aggregate(requested_at=asked["at"].min())
    came = events.filter(events.kind == "supplement_received")
    came = came.select(came_code=came.dossier_code, came_at=came["at"])
    both = asked.left_join(came, (asked.asked_code == came.came_code) & (came.came_at >= asked.requested_at))
    return both.group_by("asked_code").aggregate(requested_at=both.requested_at.min(), completed_at=both.came_at.min())


def with_legal_due(
    engine: Engine, tables: Tables, rows: Any, catalogues: Catalogues, year: int, rules: ClockRules | None = None
) -> Any:
    """The rows with `too_late_from` (seconds), `due_day` (days) and `legal_overdue_month`; without a legal time dropped."""
    rules = rules or clock_rules()
    day_frame, position_frame, slot_frame, slot = calendar_frames(catalogues, year)
    has_owners = bool(catalogues.units_with_own_calendar)
    procedures = catalogues.procedures[["procedure_code", "legal_days", "legal_hours"]]
    procedures = procedures.rename(columns={"procedure_code": "timed_procedure"})
    # Half days are not settled by any text: without the illustrative reading they have no legal due date.
    days = procedures["legal_days"].to_numpy(dtype=np.float64)
    hours = procedures["legal_hours"].to_numpy(dtype=np.float64)
    whole = (
        np.ceil(days) if rules.reading("half_days") == "round_up" else np.where(days == np.floor(days), days, np.nan)
    )
    seconds = np.where(np.isnan(days), np.rint(hours * 3600), np.nan)
    procedures = procedures[["timed_procedure"]].assign(
        day_term=np.nan_to_num(whole, nan=-1).astype("int64"),
        second_term=np.nan_to_num(seconds, nan=-1).astype("int64"),
    )
    small = engine.local("legal_times", procedures)
    rows = rows.inner_join(small, rows.procedure_code == small.timed_procedure).drop("timed_procedure")
    rows = rows.filter((rows.day_term >= 0) | (rows.second_term >= 0))
    rows = rows.mutate(
        owner_of=rows.unit_code.isin(list(catalogues.units_with_own_calendar)).ifelse(rows.unit_code, "")
        if has_owners
        else ibis.literal(""),
        start=rows.received_at.epoch_seconds().cast("int64"),
    )
    calendar = engine.local("calendar_by_day", day_frame)
    rows = _restarted(engine, tables, rows, calendar, has_owners, rules)
    rows = rows.mutate(start_key=_day(rows.start))
    rows = _joined(rows, calendar, "start_key", "start_day", has_owners)
    passed_today = rows.start - rows.start_key * DAY
    worked = rows.seconds_before + _between(passed_today, rows.opens, rows.noon_closes)
    worked = worked + _between(passed_today, rows.noon_opens, rows.closes) + rows.second_term
    rows = rows.mutate(
        position_key=rows.after + ibis.greatest(rows.day_term, rows.is_off),
        worked=worked,
    )
    # A term that is used up when the counter closes ends there: the slot before, not the next one.
    rows = rows.mutate(slot_key=ibis.greatest(((rows.worked - 1) / slot).floor().cast("int64"), 0))
    rows = _joined(rows, engine.local("calendar_by_position", position_frame), "position_key", "position", has_owners)
    rows = _joined(rows, engine.local("calendar_by_slot", slot_frame), "slot_key", "slot", has_owners)
    has_days = rows.day_term >= 0
    last_second = ibis.ifelse(rows.second_term == 0, rows.start, rows.slot_start + rows.worked - rows.slot_key * slot)
    return rows.mutate(
        too_late_from=ibis.ifelse(has_days, (rows.due_day + 1) * DAY, last_second + 1),
        due_day=ibis.ifelse(has_days, rows.due_day, _day(last_second)),
        legal_overdue_month=ibis.ifelse(has_days, rows.day_overdue_month, rows.slot_overdue_month),
    )


def _restarted(engine: Engine, tables: Tables, rows: Any, calendar: Any, has_owners: bool, rules: ClockRules) -> Any:
    """The start moved to the supplement where its request came within the window; not running ones are dropped."""
    asked = restarts(tables)
    if asked is None:
        return rows
    asked = asked.mutate(
        requested_day=_day(asked.requested_at.epoch_seconds().cast("int64")),
        completed=asked.completed_at.epoch_seconds().cast("int64"),
    ).select("asked_code", "requested_day", "completed")
    rows = rows.left_join(asked, rows.dossier_code == asked.asked_code)
    days = calendar.select("owner", "start_day", "after")
    first = days.rename(first_day="start_day", first_after="after", first_owner="owner")
    second = days.rename(asked_day="start_day", asked_after="after", asked_owner="owner")
    rows = rows.mutate(received_day=_day(rows.start))
    on_first = [rows.received_day == first.first_day]
    rows = rows.left_join(first, [*on_first, rows.owner_of == first.first_owner] if has_owners else on_first)
    on_second = [rows.requested_day == second.asked_day]
    rows = rows.left_join(second, [*on_second, rows.owner_of == second.asked_owner] if has_owners else on_second)
    counts = rows.asked_code.notnull()
    if rules.reading("later_supplements") == "off":
        counts = counts & ((rows.asked_after - rows.first_after) <= rules.supplement_window)
    rows = rows.mutate(start=ibis.ifelse(counts.fill_null(False), rows.completed, rows.start))
    return rows.filter(rows.start.notnull())


def _joined(rows: Any, small: Any, key: str, small_key: str, has_owners: bool) -> Any:
    on = [rows[key] == small[small_key]]
    if has_owners:
        on.append(rows.owner_of == small.owner)
    joined = rows.inner_join(small, on)
    return joined.drop("owner", small_key)


def _day(seconds: Any) -> Any:
    return (seconds / DAY).floor().cast("int64")


def _between(second: Any, opens: Any, closes: Any) -> Any:
    return ibis.least(ibis.greatest(second, opens), closes) - opens


def legal_standing(rows: Any) -> Any:
    """The standing of the rows of `with_legal_due` by the due date the law gives."""
    finished = rows.finished_at.epoch_seconds().cast("int64")
    return ibis.cases(
        (rows.finished_at.isnull(), OPEN),
        (_day(finished) < rows.due_day, EARLY),
        (finished >= rows.too_late_from, OVERDUE),
        else_=ON_TIME,
    )


def recomputed_cells(
    engine: Engine, tables: Tables, dossiers: Any, year: int, by: Sequence[str], catalogues: Catalogues
) -> pd.DataFrame:
    """Cells as `cells.flow_cells` gives them, judged by the due date the law gives. Empty without legal times."""
    dimensions = [code for code in by if code not in ("month", "channel")]
    rows = with_dimensions(engine, in_window(dossiers, year), dimensions, catalogues)
    rows = with_legal_due(engine, tables, rows, catalogues, year)
    rows = rows.mutate(standing=legal_standing(rows))
    key = packed(
        {
            "channel_code": channel_number(rows.channel),
            "received_month": month_number(rows.received_at, year),
            "finished_month": month_number(rows.finished_at, year),
            "overdue_month": ibis.ifelse(rows.standing <= ON_TIME, LATER, rows.legal_overdue_month),
            "standing": rows.standing,
            "again_standing": ibis.literal(0),
            "again_overdue_month": ibis.literal(0),
        }
    )
    rows = rows.mutate(cell=key)
    frame = engine.run(rows.group_by([*dimensions, "cell"]).aggregate(n=rows.count()))
    return unpacked(frame.astype({"cell": "int64", "n": "int64"}))


def duration_cells(engine: Engine, dossiers: Any, span: Span, catalogues: Catalogues) -> pd.DataFrame:
    """Working days from receipt to finish and from receipt to due date, of dossiers resolved in `span`, by unit.

    Columns `unit`, `spent`, `allowed`, `n`: the inputs of percentiles, counted in the engine. The first day does
    not count. Whatever took longer than 400 working days stands at 400.
    """
    day_frame, _, _, _ = calendar_frames(catalogues, span.year)
    city = day_frame[day_frame["owner"] == ""][["start_day", "after"]]
    calendar = engine.local("worked_days", city)
    first, last = int(city["start_day"].min()), int(city["start_day"].max())

    def key(moment: Any) -> Any:
        # A day beyond the calendar (due in 2099: no limit) stands at its end, more than 400 working days away.
        return ibis.greatest(ibis.least(_day(moment.epoch_seconds().cast("int64")), last), first)

    rows = finished_in(dossiers, span)
    rows = rows.select(
        unit=rows.unit_code,
        received_key=key(rows.received_at),
        finished_key=key(rows.finished_at),
        due_key=key(rows.due_at),
    )
    for name in ("received", "finished", "due"):
        small = calendar.select(**{f"{name}_day": calendar.start_day, f"{name}_worked": calendar.after})
        rows = rows.inner_join(small, rows[f"{name}_key"] == small[f"{name}_day"]).drop(f"{name}_day")
    rows = rows.mutate(
        spent=ibis.least(rows.finished_worked - rows.received_worked, 400),
        allowed=ibis.least(rows.due_worked - rows.received_worked, 400),
    )
    frame = engine.run(rows.group_by("unit", "spent", "allowed").aggregate(n=rows.count()))
    return frame.astype({"spent": "int64", "allowed": "int64", "n": "int64"})
