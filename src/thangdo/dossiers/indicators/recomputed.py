"""Dossiers judged by the due date that the law gives, with the supplements that restart its clock. Engine-neutral.

Legal and recorded due dates are judged in the same pass (`cells.flow_cells` with a clock), as if nothing had been asked
for. A dossier whose clock a supplement restarted (Nghị định 61/2018/NĐ-CP art. 19.4) is then moved from the cell in
which it was counted to the one where it belongs: few are, and the others need no look at the events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import pandas as pd

from thangdo.dossiers.engines import Engine, Tables
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.derivation import day_number
from thangdo.dossiers.indicators.dimensions import with_dimensions
from thangdo.dossiers.indicators.event_codes import code_of
from thangdo.dossiers.indicators.judging import finished_in, in_window
from thangdo.dossiers.indicators.legal_terms import (
    NONE,
    LegalClock,
    Start,
    counted_by_law,
    joined_day,
    judged_by_law,
    owner_of,
    receipt,
    stamp,
)
from thangdo.dossiers.indicators.packing import with_flow
from thangdo.dossiers.indicators.span import Span

# Whatever took longer stands here: a percentile beyond it says "very long" in any case.
MOST_DAYS = 400


def legal_cells(
    engine: Engine,
    tables: Tables,
    dossiers: Any,
    year: int,
    by: Sequence[str],
    catalogues: Catalogues,
    clock: LegalClock,
    counted: pd.DataFrame,
) -> pd.DataFrame:
    """Cells as `cells.flow_cells` gives them, judged by the due date the law gives.

    `counted` are the cells of `flow_cells` with the same `by` and `clock`. A moved dossier counts -1 where it was
    and 1 where it is, so that sums over cells are right and no cell has to be found again.
    """
    dimensions = [code for code in by if code not in ("month", "channel")]
    names = [*dimensions, "channel", "received_month", "finished_month", "n"]
    parts = [_judged(counted, names)]
    asked = restarts(tables)
    if asked is not None:
        rows = with_dimensions(engine, in_window(dossiers, year), dimensions, catalogues)
        rows = _restarted(clock, rows, asked, code_of(tables))
        # Each of them is judged twice: as it was counted, and from where its clock began anew.
        rows = rows.cross_join(engine.local("turns", pd.DataFrame({"is_moved": [0, 1]})))
        received, completed = receipt(rows), stamp(rows.completed_at)
        is_moved = rows.is_moved == 1
        start = Start(is_moved.ifelse(completed.day, received.day), is_moved.ifelse(completed.second, received.second))
        key = [*dimensions, "flow", "is_moved"]
        question = counted_by_law(clock, rows, "legal", key, start)
        whole = ("flow", "is_moved", "legal_standing", "legal_overdue_month", "n")
        moved = with_flow(engine.run(question).astype(dict.fromkeys(whole, "int64")), year)
        parts.append(_judged(moved.assign(n=moved["n"] * (2 * moved["is_moved"] - 1)), names))
    return pd.concat(parts, ignore_index=True)


def _judged(cells: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    known = cells[cells["legal_standing"] != NONE]
    return known[list(names)].assign(standing=known["legal_standing"], overdue_month=known["legal_overdue_month"])


def restarts(tables: Tables) -> Any | None:
    """First request for supplement of each dossier and the first supplement after it; None without events."""
    if tables.events is None:
        return None
    events = tables.events
    asked = events.filter(events.kind == "supplement_requested")
    code = code_of(tables)
    asked = asked.group_by(asked_code=asked[code]).aggregate(requested_at=asked["at"].min())
    came = events.filter(events.kind == "supplement_received")
    came = came.select(came_code=came[code], came_at=came["at"])
    both = asked.left_join(came, (asked.asked_code == came.came_code) & (came.came_at >= asked.requested_at))
    return both.group_by("asked_code").aggregate(requested_at=both.requested_at.min(), completed_at=both.came_at.min())


def from_the_start(clock: LegalClock, tables: Tables, rows: Any) -> Any:
    """The rows that have a legal due date, with `legal_standing` and `legal_overdue_month`, restarts among them."""
    asked = restarts(tables)
    start = None
    if asked is not None:
        moved = _restarted(clock, rows, asked, code_of(tables))
        moved = moved.select(moved_code=moved.dossier_code, completed_at=moved.completed_at)
        rows = rows.left_join(moved, rows.dossier_code == moved.moved_code)
        start = stamp(ibis.ifelse(rows.moved_code.isnull(), rows.received_at, rows.completed_at))
    rows = judged_by_law(clock, rows, "legal", start)
    return rows.filter(rows.legal_standing != NONE)


def _restarted(clock: LegalClock, rows: Any, asked: Any, code: str) -> Any:
    """The rows whose request for supplement came within the window, with `completed_at` (blank: not running)."""
    rows = rows.inner_join(asked, rows[code] == asked.asked_code).drop("asked_code")
    if clock.rules.reading("later_supplements") != "off":
        return rows
    rows = rows.mutate(
        received_key=rows.received_day,
        asked_key=day_number(rows.requested_at),
        owner_of=owner_of(clock, rows),
    )
    for name in ("received", "asked"):
        rows = joined_day(clock, rows, name, ("place",))
    rows = rows.filter((rows.asked_place >> 1) - (rows.received_place >> 1) <= clock.rules.supplement_window)
    return rows.drop("received_key", "asked_key", "owner_of", "received_place", "asked_place")


def duration_cells(engine: Engine, dossiers: Any, span: Span, days: pd.DataFrame) -> pd.DataFrame:
    """Working days from receipt to finish and from receipt to due date, of dossiers resolved in `span`, by unit.

    `days` are those of `legal_terms.calendar_frames`. Columns `unit`, `spent`, `allowed`, `n`: the inputs of
    percentiles, counted in the engine. The first day does not count. What took longer stands at MOST_DAYS.
    """
    city = days[days["owner"] == ""]
    worked = city["place"] // 2
    first, least, most = int(city["calendar_day"].min()), int(worked.min()), int(worked.max())
    calendar = engine.local("worked_days", city[["calendar_day"]].assign(worked=worked))
    rows = finished_in(dossiers, span)
    rows = rows.select(
        unit=rows.unit_code, received_day=rows.received_day, finished_day=rows.finished_day, due_day=rows.due_day
    )
    for name in ("received", "finished", "due"):
        small = calendar.select(**{f"{name}_on": calendar.calendar_day, f"{name}_worked": calendar.worked})
        rows = rows.left_join(small, rows[f"{name}_day"] == small[f"{name}_on"]).drop(f"{name}_on")
    # A day beyond the calendar (due in 2099: no limit) stands at its end, more than MOST_DAYS away.
    received, finished, due = (
        rows[f"{name}_worked"].fill_null(ibis.ifelse(rows[f"{name}_day"] < first, least, most))
        for name in ("received", "finished", "due")
    )
    spent = ibis.least(finished - received, MOST_DAYS)
    allowed = ibis.least(due - received, MOST_DAYS)
    rows = rows.select("unit", cell=spent.cast("int64") * (MOST_DAYS + 1) + allowed.cast("int64"))
    frame = engine.run(rows.group_by("unit", "cell").aggregate(n=rows.count())).astype({"cell": "int64", "n": "int64"})
    cell = frame.pop("cell")
    # Nothing falls due before its receipt, so the number of days allowed is never below 0.
    return frame.assign(spent=cell // (MOST_DAYS + 1), allowed=cell % (MOST_DAYS + 1))
