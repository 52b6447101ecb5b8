"""The legal clock inside the engine: dossiers joined with a calendar table. Engine-neutral.

The same law as `clock.py` (Civil Code art. 147–148; Nghị định 61/2018/NĐ-CP art. 19.4), written as joins so that no
row leaves the engine. The day of the start gives the running number of working days and of working seconds, legal
days or seconds are added, and the same numbers of the finish's day say whether it came in time. Moments are seconds
since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thangdo.dossiers.clock_rules import ClockRules, clock_rules
from thangdo.dossiers.derived import EARLY, ON_TIME, OPEN, OVERDUE, part
from thangdo.dossiers.engines import Engine
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.derivation import day_number, second_of_day
from thangdo.dossiers.indicators.judging import EARLIER, LATER, MONTHS, first_month
from thangdo.dossiers.working_time import DAY, WorkingCalendar

# Half an hour: opening hours that are not a multiple of it are cut into slots of a minute.
SLOT = 1_800
YEARS_BEFORE, YEARS_AFTER = 12, 6
# No legal time is known for the procedure, or the clock does not run.
NONE = 4
# Keys of the table of months: one for what is not late, then working-day numbers, then slots.
NOT_LATE, DAYS_FROM, HOURS_FROM = 0, 1, 1_000_000
# Working days beyond both ends of the two years.
MARGIN = 10
# Opening hours of a day are packed as minutes, 0 to 1,440: eleven bits each.
_BITS = 11
SESSIONS = ("opens", "noon_closes", "noon_opens", "closes")
# What a day tells where not all working days have the same hours, beside its place.
_HOUR_COLUMNS = ("seconds_after", "sessions")
# Legal times in one column: working days as they are, seconds of working time as -2 - seconds, none as -1.
NO_TERM, SECONDS_FROM = -1, -2


@dataclass(frozen=True)
class CalendarFrames:
    """The calendars of the city (owner blank) and of units with one of their own.

    `days` by day: `place` is twice the number of working days up to it and 1 more on a day off (so that days compare as
    they follow each other), `seconds_after` the working seconds from the calendar's beginning to its end,
    `sessions` its opening hours packed into one number. `hours` are the opening hours where all working days have the
    same, in seconds: then everything follows from the place (None: they differ, and the rest is joined). `months` by key: the first month at whose end a due date is past,
    whose key is a working-day number for terms of days and a slot of working time for terms of hours (`key_of_…`).
    """

    days: pd.DataFrame
    months: pd.DataFrame
    hours: tuple[int, ...] | None
    slot: int
    positions: tuple[int, int]
    slots: tuple[int, int]
    last_position: int
    last_second: int


@dataclass(frozen=True)
class LegalClock:
    """The small tables of the law's clock as the engine holds them. `owners` are units with an own calendar."""

    terms: Any
    days: Any
    months: Any
    frames: CalendarFrames
    owners: tuple[str, ...]
    rules: ClockRules


def legal_clock(
    engine: Engine, catalogues: Catalogues, frames: CalendarFrames, rules: ClockRules | None = None
) -> LegalClock:
    """Bring calendar and legal times to the engine."""
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
    )


def calendar_frames(catalogues: Catalogues, year: int) -> CalendarFrames:
    """Calendars from 12 years before the year to 6 after; months for what falls due in it or the year before."""
    calendars = {
        owner: catalogues.working_calendar(year - YEARS_BEFORE, year + YEARS_AFTER, owner)
        for owner in ("", *catalogues.units_with_own_calendar)
    }
    slot = SLOT if all((calendar.hours % SLOT == 0).all() for calendar in calendars.values()) else 60
    start, end = (int(np.datetime64(f"{of}-01-01").astype("int64")) for of in (year - 1, year + 1))
    # A margin of some working days: whatever is clamped to the ends has the month of the ends.
    positions = _range([(c.worked_before[start - c.first], c.worked_before[end - c.first]) for c in calendars.values()])
    slots = _range(
        [
            (c.seconds_before[start - c.first] // slot, c.seconds_before[end - c.first] // slot)
            for c in calendars.values()
        ],
        margin=MARGIN * DAY // slot,
    )
    return CalendarFrames(
        pd.concat([_days(calendar, owner) for owner, calendar in calendars.items()], ignore_index=True),
        pd.concat(
            [_month_rows(calendar, owner, positions, slots, slot, year) for owner, calendar in calendars.items()],
            ignore_index=True,
        ),
        _same_hours(calendars.values()),
        slot,
        positions,
        slots,
        min(len(calendar.working_days) for calendar in calendars.values()) - 1,
        min(int(calendar.seconds_before[-1]) for calendar in calendars.values()),
    )


def _range(pairs: list[tuple[Any, Any]], margin: int = MARGIN) -> tuple[int, int]:
    return max(min(int(low) for low, _ in pairs) - margin, 0), max(int(high) for _, high in pairs) + margin


def _days(calendar: WorkingCalendar, owner: str) -> pd.DataFrame:
    sessions = np.zeros(len(calendar.working), dtype=np.int64)
    for minutes in calendar.hours // 60:
        sessions = sessions << _BITS | minutes
    return pd.DataFrame(
        {
            "owner": owner,
            "calendar_day": (calendar.first + np.arange(len(calendar.working))).astype(np.int32),
            "place": (2 * calendar.worked_before[1:] + ~calendar.working).astype(np.int32),
            "seconds_after": calendar.seconds_before[1:].astype(np.int32),
            "sessions": sessions,
        }
    )


def _same_hours(calendars: Iterable[WorkingCalendar]) -> tuple[int, ...] | None:
    found = {tuple(day) for calendar in calendars for day in calendar.hours[:, calendar.working].T.tolist()}
    return found.pop() if len(found) == 1 else None


def _month_rows(
    calendar: WorkingCalendar, owner: str, positions: tuple[int, int], slots: tuple[int, int], slot: int, year: int
) -> pd.DataFrame:
    due = calendar.working_days[np.arange(positions[0], positions[1] + 1)]
    second = np.arange(slots[0], slots[1] + 1) * slot + 1
    day = np.searchsorted(calendar.seconds_before, second, side="left") - 1 + calendar.first
    months = {
        NOT_LATE: np.array([LATER]),
        DAYS_FROM: _months(due + 1, year),
        HOURS_FROM: _months(day, year),
    }
    keys = np.concatenate([first + np.arange(len(found)) for first, found in months.items()])
    return pd.DataFrame({"owner": owner, "month_key": keys, "month_after": np.concatenate(list(months.values()))})


def _months(days: NDArray[np.int64], year: int) -> NDArray[np.int64]:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64") + 1970 * 12 + 1
    clipped: NDArray[np.int64] = np.clip(months - first_month(year), EARLIER, MONTHS)
    return clipped


@dataclass(frozen=True, slots=True)
class Start:
    """From when a legal time runs: the number of the day (blank: it does not run) and the second of the day."""

    day: Any
    second: Any


def receipt(rows: Any) -> Start:
    """From the receipt of each dossier."""
    return Start(rows.received_day, rows.received_second)


def stamp(moment: Any) -> Start:
    """From a stamp."""
    return Start(day_number(moment), second_of_day(moment))


def counted_by_law(clock: LegalClock, rows: Any, name: str, key: Sequence[str], start: Start | None = None) -> Any:
    """A question: rows by `key`, `{name}_standing` and `{name}_overdue_month`, with their number `n`.

    Legal times run from `start` (see `with_legal_standing`). The months are found for what is counted together, not row by row.
    """
    rows = with_legal_standing(clock, rows, name, start)
    owner = ["owner_of"] if clock.owners else []
    counted = rows.group_by([*key, f"{name}_standing", "late_key", *owner]).aggregate(n=rows.count())
    counted = with_legal_month(clock, counted, name)
    return counted.group_by([*key, f"{name}_standing", f"{name}_overdue_month"]).aggregate(n=counted.n.sum())


def judged_by_law(clock: LegalClock, rows: Any, name: str, start: Start | None = None) -> Any:
    """The rows with `{name}_standing` and `{name}_overdue_month` by legal times that run from `start`.

    From the receipt where no other start is given. NONE and LATER where there is no legal time or no start, and where
    the calendar ends before the term does.
    """
    return with_legal_month(clock, with_legal_standing(clock, rows, name, start), name)


def with_legal_month(clock: LegalClock, rows: Any, name: str) -> Any:
    """What `with_legal_standing` gives, with `{name}_overdue_month` instead of its keys."""
    kept = [column for column in rows.columns if column not in ("late_key", "owner_of")]
    # Every key is in the table, so the join drops no row.
    months = clock.months.rename(month_owner="owner")
    on = [rows.late_key == months.month_key]
    rows = rows.inner_join(months, [*on, rows.owner_of == months.month_owner] if clock.owners else on)
    return rows.select(*kept, **{f"{name}_overdue_month": rows.month_after})


def with_legal_standing(clock: LegalClock, rows: Any, name: str, start: Start | None = None) -> Any:
    """The rows with `{name}_standing`, `late_key` (of the table of months) and `owner_of` (whose calendar counts).

    Legal times run from `start`, from the receipt where none is given.
    """
    kept = rows.columns
    first = start or receipt(rows)
    rows = rows.mutate(
        start_key=first.day,
        start_second=first.second,
        end_key=rows.finished_day,
        end_second=part(rows.finish, "finished_second"),
        owner_of=owner_of(clock, rows),
    )
    rows = rows.left_join(clock.terms, rows.procedure_code == clock.terms.term_of).drop("term_of")
    columns = ("place",) if clock.frames.hours is not None else ("place", *_HOUR_COLUMNS)
    rows = joined_day(clock, rows, "start", columns)
    # A term of 0 days that starts on a day off ends on the next working day.
    due_days = (rows.start_place >> 1) + ibis.greatest(rows.term, rows.start_place & 1)
    due_worked = _worked(clock, rows, "start", rows.start_second) + SECONDS_FROM - rows.term
    # Computed before the next join: engines would compute it anew wherever it is asked for after it.
    rows = rows.mutate(due=ibis.ifelse(rows.term >= 0, due_days, due_worked))
    rows = joined_day(clock, rows, "end", columns)
    in_days = rows.term >= 0
    last = ibis.ifelse(in_days, clock.frames.last_position + 1, clock.frames.last_second)
    judged = ibis.cases(
        (rows.term.isnull() | (rows.term == NO_TERM) | rows.due.isnull() | (rows.due > last), NONE),
        (rows.end_key.isnull(), OPEN),
        (in_days, _by_days(rows)),
        (rows.term == SECONDS_FROM, _by_no_time(rows)),
        else_=_by_hours(clock, rows),
    )
    rows = rows.mutate(**{f"{name}_standing": judged})
    is_late = rows[f"{name}_standing"].isin((OVERDUE, OPEN))
    low, high = clock.frames.positions
    number = ibis.least(ibis.greatest(rows.due - 1, low), high) - low + DAYS_FROM
    low, high = clock.frames.slots
    # A term that is used up when the counter closes ends there: the slot before, not the next one.
    slot = ((rows.due - 1) / clock.frames.slot).floor().cast("int64")
    slot = ibis.least(ibis.greatest(slot, low), high) - low + HOURS_FROM
    late_key = ibis.cases((~is_late, NOT_LATE), (rows.term >= 0, number), else_=slot).cast("int64")
    return rows.select(*kept, f"{name}_standing", "owner_of", late_key=late_key)


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
    behind = range(_BITS * (len(SESSIONS) - 1), -1, -_BITS)
    return tuple(((rows[f"{end}_sessions"] >> bits) & (1 << _BITS) - 1) * 60 for bits in behind)


def joined_day(clock: LegalClock, rows: Any, prefix: str, columns: Sequence[str]) -> Any:
    """The rows with columns of the calendar day `{prefix}_key`, each named `{prefix}_…`; blank beyond the calendar."""
    days = clock.days.select("owner", "calendar_day", *columns)
    days = days.rename({f"{prefix}_{column}": column for column in days.columns})
    on = [rows[f"{prefix}_key"] == days[f"{prefix}_calendar_day"]]
    if clock.owners:
        on.append(rows.owner_of == days[f"{prefix}_owner"])
    return rows.left_join(days, on).drop(f"{prefix}_calendar_day", f"{prefix}_owner")


def owner_of(clock: LegalClock, rows: Any) -> Any:
    """The unit whose calendar counts for a row, blank for the city's."""
    if not clock.owners:
        return ibis.literal("")
    return rows.unit_code.isin(list(clock.owners)).ifelse(rows.unit_code, "")
