"""The legal clock inside the engine: dossiers joined with a calendar table. Engine-neutral.

The same law as `clock.py` (Civil Code art. 147–148; Nghị định 61/2018/NĐ-CP art. 19.4), written as joins so that no
row leaves the engine. A request for supplement within the window starts it anew when the dossier is complete; until then
it does not run. The day of the start gives the running number of working days and of working seconds, legal
days or seconds are added, and the same numbers of the finish's day say whether it came in time. Moments are seconds
since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd

from thangdo.dossiers.clock_rules import ClockRules, clock_rules
from thangdo.dossiers.derived import EARLY, ON_TIME, OPEN, OVERDUE, part
from thangdo.dossiers.engines import Engine, Tables
from thangdo.dossiers.indicators.calendar_frames import (
    DAYS_FROM,
    HOURS_FROM,
    NOT_LATE,
    SESSION_BITS,
    SESSIONS,
    CalendarFrames,
)
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.event_codes import code_of
from thangdo.dossiers.indicators.restarts import restarts_of

# No legal time is known for the procedure, or the clock does not run.
NONE = 4
# What a day tells where not all working days have the same hours, beside its place.
_HOUR_COLUMNS = ("seconds_after", "sessions")
# Legal times in one column: working days as they are, seconds of working time as -2 - seconds, none as -1.
NO_TERM, SECONDS_FROM = -1, -2


@dataclass(frozen=True)
class LegalClock:
    """The small tables of the law's clock as the engine holds them.

    `owners` are units with an own calendar. `restarts` (see `restarts_of`) finds dossiers by their column `code`; None
    where the store holds no events.
    """

    terms: Any
    days: Any
    months: Any
    frames: CalendarFrames
    owners: tuple[str, ...]
    rules: ClockRules
    restarts: Any | None
    code: str


def legal_clock(
    engine: Engine, tables: Tables, catalogues: Catalogues, frames: CalendarFrames, rules: ClockRules | None = None
) -> LegalClock:
    """Bring calendar and legal times to the engine. `tables` are those of the dossiers to be judged."""
    rules = rules or clock_rules()
    days = catalogues.procedures["legal_days"].to_numpy(dtype=np.float64)
    hours = catalogues.procedures["legal_hours"].to_numpy(dtype=np.float64)
    # Half days are not settled by any text: without the illustrative reading they have no legal due date.
    whole = (
        np.ceil(days) if rules.reading("half_days") == "round_up" else np.where(days == np.floor(days), days, np.nan)
    )
    seconds = np.where(np.isnan(days), np.rint(hours * 3600), np.nan)
    term = np.where(np.isnan(days), SECONDS_FROM - seconds, whole)
    terms = pd.DataFrame(
        {
            "term_of": catalogues.procedures["procedure_code"].astype(str),
            "term": np.nan_to_num(term, nan=NO_TERM).astype("int32"),
        }
    )
    return LegalClock(
        engine.local("legal_terms", terms),
        engine.local("calendar_by_day", frames.days),
        engine.local("calendar_months", frames.months),
        frames,
        catalogues.units_with_own_calendar,
        rules,
        restarts_of(tables),
        "" if tables.events is None else code_of(tables),
    )


def counted_by_law(clock: LegalClock, rows: Any, key: Sequence[str]) -> Any:
    """A question: rows by `key`, `legal_standing` and `legal_overdue_month`, with their number `n`.

    The months are found for what is counted together, not row by row.
    """
    rows = _with_standing(clock, rows)
    owner = ["owner_of"] if clock.owners else []
    counted = rows.group_by([*key, "legal_standing", "late_key", *owner]).aggregate(n=rows.count())
    counted = _with_month(clock, counted)
    return counted.group_by([*key, "legal_standing", "legal_overdue_month"]).aggregate(n=counted.n.sum())


def judged_by_law(clock: LegalClock, rows: Any) -> Any:
    """The rows with `legal_standing` and `legal_overdue_month`.

    NONE and LATER where there is no legal time, where it does not run, and where the calendar ends before it does.
    """
    return _with_month(clock, _with_standing(clock, rows))


def _with_month(clock: LegalClock, rows: Any) -> Any:
    """What `_with_standing` gives, with `legal_overdue_month` instead of its keys."""
    kept = [column for column in rows.columns if column not in ("late_key", "owner_of")]
    # Every key is in the table, so the join drops no row.
    months = clock.months.rename(month_owner="owner")
    on = [rows.late_key == months.month_key]
    rows = rows.inner_join(months, [*on, rows.owner_of == months.month_owner] if clock.owners else on)
    return rows.select(*kept, legal_overdue_month=rows.month_after)


def _with_standing(clock: LegalClock, rows: Any) -> Any:
    """The rows with `legal_standing`, `late_key` (of the table of months) and `owner_of` (whose calendar counts)."""
    kept = rows.columns
    rows = rows.mutate(
        start_key=rows.received_day,
        start_second=rows.received_second,
        end_key=rows.finished_day,
        end_second=part(rows.finish, "finished_second"),
        owner_of=_owner_of(clock, rows),
    )
    rows = rows.left_join(clock.terms, rows.procedure_code == clock.terms.term_of).drop("term_of")
    columns = ("place",) if clock.frames.hours is not None else ("place", *_HOUR_COLUMNS)
    rows = _started_anew(clock, _joined_day(clock, rows, "start", columns), columns)
    # A term of 0 days that starts on a day off ends on the next working day.
    due_days = (rows.start_place >> 1) + ibis.greatest(rows.term, rows.start_place & 1)
    due_worked = _worked(clock, rows, "start", rows.start_second) + SECONDS_FROM - rows.term
    # Computed before the next join: engines would compute it anew wherever it is asked for after it.
    rows = rows.mutate(due=ibis.ifelse(rows.term >= 0, due_days, due_worked))
    rows = _joined_day(clock, rows, "end", columns)
    in_days = rows.term >= 0
    last = ibis.ifelse(in_days, clock.frames.last_position + 1, clock.frames.last_second)
    judged = ibis.cases(
        (rows.term.isnull() | (rows.term == NO_TERM) | rows.due.isnull() | (rows.due > last), NONE),
        (rows.end_key.isnull(), OPEN),
        (in_days, _by_days(rows)),
        (rows.term == SECONDS_FROM, _by_no_time(rows)),
        else_=_by_hours(clock, rows),
    )
    rows = rows.mutate(legal_standing=judged)
    is_late = rows.legal_standing.isin((OVERDUE, OPEN))
    low, high = clock.frames.positions
    number = ibis.least(ibis.greatest(rows.due - 1, low), high) - low + DAYS_FROM
    low, high = clock.frames.slots
    # A term that is used up when the counter closes ends there: the slot before, not the next one.
    slot = ((rows.due - 1) / clock.frames.slot).floor().cast("int64")
    slot = ibis.least(ibis.greatest(slot, low), high) - low + HOURS_FROM
    late_key = ibis.cases((~is_late, NOT_LATE), (rows.term >= 0, number), else_=slot).cast("int64")
    return rows.select(*kept, "legal_standing", "owner_of", late_key=late_key)


def _started_anew(clock: LegalClock, rows: Any, columns: Sequence[str]) -> Any:
    """The rows with the start moved to where the clock began anew (blank where it does not run any more)."""
    asked = clock.restarts
    if asked is None:
        return rows
    rows = rows.left_join(asked, rows[clock.code] == asked.asked_code)
    if clock.rules.reading("later_supplements") == "off":
        rows = _joined_day(clock, rows, "asked", ("place",))
        is_anew = (rows.asked_place >> 1) - (rows.start_place >> 1) <= clock.rules.supplement_window
    else:
        is_anew = rows.asked_code.notnull()
    rows = _joined_day(clock, rows, "anew", columns)
    moved = {
        f"start_{name}": ibis.ifelse(is_anew, rows[f"anew_{name}"], rows[f"start_{name}"])
        for name in ("key", "second", *columns)
    }
    return rows.mutate(**moved)


def _by_days(rows: Any) -> Any:
    """Early: fewer working days have begun up to the finish. On time: it is the due day itself."""
    return _standing(rows.end_place >= rows.due * 2, rows.end_place > rows.due * 2)


def _by_hours(clock: LegalClock, rows: Any) -> Any:
    """The term ends at the second in which its last working second passes.

    As much has been worked at closing time as in the evening after it: what had been worked a second before the finish
    tells them apart.
    """
    is_ended = _worked(clock, rows, "end", rows.end_second - 1) >= rows.due
    return _standing(_seconds_after(clock, rows, "end") >= rows.due, is_ended)


def _by_no_time(rows: Any) -> Any:
    """A term of 0 hours ends with its start."""
    is_later = (rows.end_key > rows.start_key) | (
        (rows.end_key == rows.start_key) & (rows.end_second > rows.start_second)
    )
    return _standing(rows.end_key >= rows.start_key, is_later)


def _standing(is_day: Any, is_over: Any) -> Any:
    """EARLY before the due day begins, ON_TIME from then on, OVERDUE once the due date is over."""
    return EARLY + (ON_TIME - EARLY) * is_day.cast("int32") + (OVERDUE - ON_TIME) * is_over.cast("int32")


def _worked(clock: LegalClock, rows: Any, end: str, second: Any) -> Any:
    """Working seconds from the calendar's beginning to a second of the day joined with the prefix `end`."""
    opens, noon_closes, noon_opens, closes = _sessions(clock, rows, end)
    left = noon_closes + closes - _within(second, opens, noon_closes) - _within(second, noon_opens, closes)
    is_on = 1 - (rows[f"{end}_place"] & 1)
    return _seconds_after(clock, rows, end) - is_on * left


def _within(second: Any, first: Any, last: Any) -> Any:
    return ibis.least(ibis.greatest(second, first), last)


def _seconds_after(clock: LegalClock, rows: Any, end: str) -> Any:
    """Working seconds from the calendar's beginning to the end of a joined day."""
    hours = clock.frames.hours
    if hours is None:
        return rows[f"{end}_seconds_after"]
    opens, noon_closes, noon_opens, closes = hours
    return (rows[f"{end}_place"] >> 1) * (noon_closes - opens + closes - noon_opens)


def _sessions(clock: LegalClock, rows: Any, end: str) -> tuple[Any, ...]:
    """When both sessions of the joined day open and close (SESSIONS), in seconds of the day, were it a working day."""
    if clock.frames.hours is not None:
        return clock.frames.hours
    behind = range(SESSION_BITS * (len(SESSIONS) - 1), -1, -SESSION_BITS)
    return tuple(((rows[f"{end}_sessions"] >> bits) & (1 << SESSION_BITS) - 1) * 60 for bits in behind)


def _joined_day(clock: LegalClock, rows: Any, prefix: str, columns: Sequence[str]) -> Any:
    """The rows with columns of the calendar day `{prefix}_key`, each named `{prefix}_…`; blank beyond the calendar."""
    days = clock.days.select("owner", "calendar_day", *columns)
    days = days.rename({f"{prefix}_{column}": column for column in days.columns})
    on = [rows[f"{prefix}_key"] == days[f"{prefix}_calendar_day"]]
    if clock.owners:
        on.append(rows.owner_of == days[f"{prefix}_owner"])
    return rows.left_join(days, on).drop(f"{prefix}_calendar_day", f"{prefix}_owner")


def _owner_of(clock: LegalClock, rows: Any) -> Any:
    """The unit whose calendar counts for a row, blank for the city's."""
    if not clock.owners:
        return ibis.literal("")
    return rows.unit_code.isin(list(clock.owners)).ifelse(rows.unit_code, "")
