"""The dossiers of a generated year, month by month, in the order of receipt.

Counts are decided first and exactly (`generate_counts`); what is random is which dossier gets which. The
standing of a dossier is by calendar day against its recorded due date: early = finished on an earlier day than
the due day, on time = on the due day before 17:00, overdue = later. A month is a pure function of the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.dossiers.calendar_source import public_calendar
from thangdo.dossiers.generate_blocks import Blocks, mark_smallest
from thangdo.dossiers.generate_catalogues import LEVELS, Gaming, Procedure, Unit, cumulative
from thangdo.dossiers.generate_counts import YearCounts, largest_remainder
from thangdo.dossiers.generate_draws import Draw, Draws

Days = NDArray[np.datetime64]
Integers = NDArray[np.int64]

EARLY, ON_TIME, OVERDUE, OPEN_WITHIN, OPEN_OVERDUE, LATER = range(6)
# Weight of each month's receipts: low in the month of Tết, high in spring and before the school year.
MONTH_WEIGHTS = (0.72, 0.93, 1.15, 1.02, 1.04, 1.03, 1.02, 1.13, 1.08, 1.02, 0.99, 0.87)
ONLINE_GROWTH = np.linspace(0.75, 1.25, 12)
DAY = 86_400
CLOSE = 17 * 3600


@dataclass(frozen=True)
class YearPlan:
    """Everything that months share: counts per month and standing, calendar, catalogues, draws by weight."""

    year: int
    seed: int
    units: tuple[Unit, ...]
    procedures: tuple[Procedure, ...]
    gaming: tuple[Gaming, ...]
    standings: NDArray[np.int64]
    online: NDArray[np.int64]
    holidays: Days
    unit_pools: dict[str, tuple[Integers, NDArray[np.float64]]] = field(default_factory=dict)
    procedure_pools: dict[tuple[bool, bool], tuple[Integers, NDArray[np.float64]]] = field(default_factory=dict)


def plan_year(
    year: int,
    seed: int,
    counts: YearCounts,
    units: tuple[Unit, ...],
    procedures: tuple[Procedure, ...],
    gaming: tuple[Gaming, ...],
) -> YearPlan:
    """Spread the year's counts over 14 chunks: carried over (0), the months (1–12), after the year's end (13)."""
    weights = np.array(MONTH_WEIGHTS)
    not_december = np.where(np.arange(12) < 11, weights, 0.0)
    autumn = np.where((np.arange(12) == 9) | (np.arange(12) == 10), 1.0, 0.0)
    december = np.where(np.arange(12) == 11, 1.0, 0.0)
    standings = np.zeros((14, 6), dtype=np.int64)
    for standing, month_weights in enumerate((weights, weights, not_december, december, autumn)):
        standings[1:13, standing] = largest_remainder(counts.in_period[standing], month_weights)
        standings[0, standing] = counts.carried[standing]
    standings[13, LATER] = counts.later
    in_months = standings[1:13].sum(axis=1)
    online = np.minimum(largest_remainder(counts.online, in_months * ONLINE_GROWTH), in_months)
    spare = int(counts.online - online.sum())
    for month in range(12):  # only tiny years have a month too small for its share
        moved = min(spare, int(in_months[month] - online[month]))
        online[month] += moved
        spare -= moved
    days = [row.day for row in public_calendar(range(year - 1, year + 2)) if row.kind == "holiday"]
    plan = YearPlan(
        year,
        seed,
        units,
        procedures,
        gaming,
        standings,
        np.concatenate([[0], online, [0]]).astype(np.int64),
        np.array(days, dtype="datetime64[D]"),
    )
    _fill_pools(plan)
    return plan


def _fill_pools(plan: YearPlan) -> None:
    for level in LEVELS:
        members = np.array([i for i, unit in enumerate(plan.units) if unit.level == level], dtype=np.int64)
        plan.unit_pools[level] = members, cumulative(np.array([plan.units[i].weight for i in members]))
    share_of_level = {
        level: sum(procedure.weight for procedure in plan.procedures if procedure.level == level) for level in LEVELS
    }
    for is_long in (False, True):
        for is_online in (False, True):
            members = np.array(
                [
                    i
                    for i, procedure in enumerate(plan.procedures)
                    if (procedure.days > 0) == is_long and (not is_online or procedure.service in ("full", "partial"))
                ],
                dtype=np.int64,
            )
            weights = np.array(
                [
                    plan.procedures[i].weight
                    * LEVELS[plan.procedures[i].level][0]
                    / share_of_level[plan.procedures[i].level]
                    for i in members
                ]
            )
            plan.procedure_pools[is_long, is_online] = members, cumulative(weights)


# What `lay_out` leaves to `columns_of`.
LAID_OUT = ("standing", "received", "working", "online", "procedure", "unit")
# What `columns_of` draws for every row, in its order.
COLUMN_DRAWS: tuple[Draw, ...] = (
    ("random",),
    ("integers", 1, 4),
    ("integers", 1, 7),
    ("random",),
    ("geometric", 0.12),
    ("random",),
    ("random",),
    ("random",),
    ("random",),
)


def lay_out(plan: YearPlan, chunk: int, blocks: Blocks, rng: np.random.Generator) -> None:
    """What of a chunk's rows is drawn for some of them only, or by their order: standing, day received, whether it was
    a working one, channel, procedure, unit.
    """
    standing = np.repeat(np.arange(6, dtype=np.int8), plan.standings[chunk])
    rng.shuffle(standing)
    for block, start in zip(blocks, blocks.starts):
        blocks.put(block, standing=standing[start : start + blocks.sizes[block]])
    del standing
    _receive(plan, chunk, blocks, rng)
    _go_online(plan, chunk, blocks, rng)
    _choose_procedures(plan, chunk, blocks, rng)
    _choose_units(plan, blocks, rng)


def columns_of(plan: YearPlan, chunk: int, blocks: Blocks, block: int, rng: Draws) -> dict[str, Any]:
    """The columns of one block as arrays: codes as indices, moments as seconds since 1970 (-1 = blank)."""
    standing, received, working, online, procedure, unit = blocks.get(block, *LAID_OUT)
    rows = len(standing)
    legal_days = np.array([row.days for row in plan.procedures], dtype=np.int32)[procedure]
    requested, start = _supplements(plan, chunk, standing, received, legal_days, rng)
    due, finished = _due_and_finished(plan, chunk, standing, start, legal_days, blocks.starts[block], rng)
    seconds = _seconds_of_receipt(working, online, rng)
    # What is done on the day of receipt came in early enough.
    seconds = np.where((finished == received) & (seconds > 55_800), 28_800 + seconds % 25_200, seconds)
    columns: dict[str, Any] = {
        "rows": rows,
        "standing": standing,
        "unit": unit,
        "procedure": procedure,
        "online": online,
        "legal_days": legal_days,
        "received": received.astype(np.int64) * DAY + seconds,
        "code_day": received.astype(np.int64).astype(np.int32),
        "returned": np.zeros(rows, dtype=bool),
        "resolve_from": int(np.datetime64(f"{plan.year}-01-01").astype(np.int64)) * DAY,
        "resolve_until": int(np.datetime64(f"{plan.year + 1}-01-01").astype(np.int64)) * DAY,
        "requested": np.where(start == received, -1, requested.astype(np.int64) * DAY + 36_000 + seconds % 14_400),
        "supplemented": np.where(start == received, -1, start.astype(np.int64) * DAY + 30_600 + seconds % 21_600),
        # Systems that count in hours stamp 17:00; others give the day alone.
        "due": due.astype(np.int64) * DAY + np.where((legal_days == 0) | (procedure % 3 > 0), CLOSE, 0),
    }
    columns["finished"] = _finish_moments(finished, columns["received"], rng)
    return columns


def _receive(plan: YearPlan, chunk: int, blocks: Blocks, rng: np.random.Generator) -> None:
    year = plan.year
    if chunk == 0:
        first, last = date(year - 1, 12, 12), date(year - 1, 12, 30)
    elif chunk == 13:
        first, last = date(year + 1, 1, 2), date(year + 1, 1, 5)
    else:
        first = date(year, chunk, 1)
        last = date(year, 12, 28) if chunk == 12 else date.fromordinal(date(year, chunk + 1, 1).toordinal() - 1)
    for block in blocks:
        blocks.put(block, received=_days_between(plan, first, last, blocks.sizes[block], rng))
    if chunk == 12:
        for block in blocks:
            standing, received = blocks.get(block, "standing", "received")
            waiting = np.flatnonzero(standing == OPEN_WITHIN)
            received[waiting] = _days_between(plan, date(year, 12, 11), date(year, 12, 31), len(waiting), rng)
            blocks.put(block, received=received)


def _days_between(plan: YearPlan, first: date, last: date, rows: int, rng: np.random.Generator) -> Days:
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    weekday = (days.astype(np.int64) + 3) % 7
    weights = np.array([1.18, 1.06, 1.0, 0.98, 0.95, 0.10, 0.05])[weekday]
    weights = np.where(np.isin(days, plan.holidays), 0.03, weights)
    # People come before Tết and stay away after it.
    for tet in (
        day
        for day in plan.holidays
        if np.datetime64(f"{plan.year}-01-15") <= day <= np.datetime64(f"{plan.year}-02-20")
    ):
        distance = (days - tet).astype(np.int64)
        weights = weights * np.where(
            (distance < 0) & (distance > -12), 1.03, np.where((distance > 0) & (distance < 9), 0.93, 1.0)
        )
    drawn: Days = days[np.searchsorted(cumulative(weights), rng.random(rows))]
    return drawn


def _go_online(plan: YearPlan, chunk: int, blocks: Blocks, rng: np.random.Generator) -> None:
    """Exactly the month's number of online dossiers; those of days off first, since no counter is open then."""
    for block in blocks:
        working = np.is_busday(blocks.get(block, "received")[0], holidays=plan.holidays)
        blocks.put(block, working=working, turn=rng.random(len(working)) + working)
    wanted = int(plan.online[chunk]) if 1 <= chunk <= 12 else sum(blocks.sizes) // 2
    mark_smallest(blocks, "turn", wanted, "online")
    blocks.drop("turn")


def _choose_procedures(plan: YearPlan, chunk: int, blocks: Blocks, rng: np.random.Generator) -> None:
    """A procedure for each dossier: one answered on the day for most on-time ones, a longer one otherwise."""
    for block in blocks:
        standing, received = blocks.get(block, "standing", "received")
        is_long = (standing != ON_TIME) | (rng.random(len(standing)) < 0.12)
        if chunk in (0, 13):
            is_long[:] = True
        elif chunk == 12:
            is_long &= (standing != ON_TIME) | (received < np.datetime64(f"{plan.year}-12-12"))
        blocks.put(block, is_long=is_long, procedure=np.zeros(len(standing), dtype=np.int32))
    for (pool_long, pool_online), (members, running) in plan.procedure_pools.items():
        for block in blocks:
            is_long, online, procedure = blocks.get(block, "is_long", "online", "procedure")
            chosen = np.flatnonzero((is_long == pool_long) & (online == pool_online))
            procedure[chosen] = members[np.searchsorted(running, rng.random(len(chosen)))]
            blocks.put(block, procedure=procedure)
    # What must wait beyond the year's end takes a long procedure, what must be done in it a short one.
    _redraw(plan, blocks, lambda standing, _: (standing == OPEN_WITHIN) | (chunk == 0), 15 if chunk else 20, 99, rng)
    _redraw(plan, blocks, lambda standing, _: np.isin(standing, (OVERDUE, OPEN_OVERDUE)) & (chunk > 0), 1, 10, rng)
    if chunk >= 11:
        _redraw(plan, blocks, lambda standing, is_long: (standing == ON_TIME) & is_long, 1, 10, rng)
    blocks.drop("is_long")


def _redraw(
    plan: YearPlan,
    blocks: Blocks,
    where: Callable[[Integers, NDArray[np.bool_]], NDArray[np.bool_]],
    least: int,
    most: int,
    rng: np.random.Generator,
) -> None:
    """Draw again where the legal time is not between `least` and `most` days; `where` has standing and is_long."""
    days = np.array([row.days for row in plan.procedures], dtype=np.int64)
    offered = np.array([row.service in ("full", "partial") for row in plan.procedures])
    weights = np.array([row.weight for row in plan.procedures])
    for channel in (False, True):
        members = np.flatnonzero((days >= least) & (days <= most) & (offered | (not channel)))
        running = cumulative(weights[members])
        for block in blocks:
            standing, is_long, online, procedure = blocks.get(block, "standing", "is_long", "online", "procedure")
            time = days[procedure]
            wrong = np.flatnonzero(where(standing, is_long) & (online == channel) & ((time < least) | (time > most)))
            procedure[wrong] = members[np.searchsorted(running, rng.random(len(wrong)))]
            blocks.put(block, procedure=procedure)


def _choose_units(plan: YearPlan, blocks: Blocks, rng: np.random.Generator) -> None:
    levels = list(LEVELS)
    level_of = np.array([levels.index(row.level) for row in plan.procedures])
    for block in blocks:
        blocks.put(block, unit=np.zeros(blocks.sizes[block], dtype=np.int32))
    for position, name in enumerate(levels):
        members, running = plan.unit_pools[name]
        for block in blocks:
            procedure, unit = blocks.get(block, "procedure", "unit")
            chosen = np.flatnonzero(level_of[procedure] == position)
            unit[chosen] = members[np.searchsorted(running, rng.random(len(chosen)))]
            blocks.put(block, unit=unit)


def _supplements(
    plan: YearPlan, chunk: int, standing: Integers, received: Days, legal_days: Integers, rng: Draws
) -> tuple[Days, Days]:
    """Day of the request for supplement and day from which the legal time runs (the receipt where there is none).

    The request comes within three working days, so the clock restarts when the dossier is complete (Nghị định
    61/2018/NĐ-CP art. 19.4). Only in months from which every standing can still be reached within the year.
    """
    asked = (rng.random(len(received)) < 0.04) & (legal_days >= 5) & (standing <= OVERDUE) & (1 <= chunk <= 9)
    after = rng.integers(1, 4, len(received))
    answered = after + rng.integers(1, 7, len(received))
    requested = np.busday_offset(received, np.where(asked, after, 0), roll="forward", holidays=plan.holidays)
    complete = np.busday_offset(received, np.where(asked, answered, 0), roll="forward", holidays=plan.holidays)
    return requested, np.where(asked, complete, received)


def _due_and_finished(
    plan: YearPlan,
    chunk: int,
    standing: Integers,
    received: Days,
    legal_days: Integers,
    first_row: int,
    rng: Draws,
) -> tuple[Days, Days]:
    """Recorded due day and finish day (NaT = open at the export); each standing holds by construction.

    `first_row` is the place in the chunk of the first of these rows.
    """
    rows = len(standing)
    on_the_day = legal_days == 0
    due = np.busday_offset(received, legal_days, roll="backward", holidays=plan.holidays)
    due = np.where(on_the_day, np.busday_offset(received, 0, roll="forward", holidays=plan.holidays), due)
    finished = np.full(rows, np.datetime64("NaT", "D"))

    early = standing == EARLY
    passed = (rng.random(rows) ** 0.7 * legal_days).astype(np.int64)
    passed = np.maximum(passed, ~np.is_busday(received, holidays=plan.holidays))
    finish = np.busday_offset(received, passed, roll="backward", holidays=plan.holidays)
    first, last = _resolving_days(plan, chunk)
    finish = np.clip(finish, np.maximum(first, received), last)
    finished[early] = np.minimum(finish, due - 1)[early]

    on_time = standing == ON_TIME
    finished[on_time] = due[on_time]

    overdue = standing == OVERDUE
    late = 1 + np.minimum(rng.geometric(0.12, rows), 60)
    finish = np.busday_offset(np.maximum(due, first), late, roll="forward", holidays=plan.holidays)
    finished[overdue] = np.maximum(np.minimum(finish, last), due + 1)[overdue]

    # The export is made on 5 January: some of what was open at the year's end is done by then.
    opened = np.isin(standing, (OPEN_WITHIN, OPEN_OVERDUE)) & (rng.random(rows) < 0.18)
    finished[opened] = np.datetime64(f"{plan.year + 1}-01-03") + ((first_row + np.flatnonzero(opened)) % 3)
    return due, finished


def _resolving_days(plan: YearPlan, chunk: int) -> tuple[np.datetime64, np.datetime64]:
    """First and last day on which the year resolves a dossier."""
    first = np.datetime64(f"{plan.year}-01-03") if chunk == 0 else np.datetime64(f"{plan.year}-01-01")
    return first, np.datetime64(f"{plan.year}-12-29")


def _seconds_of_receipt(working: NDArray[np.bool_], online: NDArray[np.bool_], rng: Draws) -> Integers:
    rows = len(working)
    share = rng.random(rows)
    # 07:30–11:30 and 13:00–16:00 at the counter; online also in the evening and on days off.
    office = np.where(share < 0.58, 27_000 + share / 0.58 * 14_400, 46_800 + (share - 0.58) / 0.42 * 10_800)
    anytime = 21_600 + share * 57_600
    elsewhere = online & (~working | (rng.random(rows) < 0.12))
    seconds: Integers = np.where(elsewhere, anytime, office).astype(np.int64)
    return seconds


def _finish_moments(finished: Days, received: Integers, rng: Draws) -> Integers:
    """Seconds since 1970 of the finish, in office hours and after the receipt; -1 where open."""
    blank = np.isnat(finished)
    day = np.where(blank, np.datetime64("1970-01-01"), finished).astype(np.int64) * DAY
    start = np.maximum(day + 28_800, received + 60)
    end = np.maximum(day + CLOSE - 60, start + 1)
    moment = start + (rng.random(len(day)) * (end - start)).astype(np.int64)
    return np.where(blank, -1, moment)
