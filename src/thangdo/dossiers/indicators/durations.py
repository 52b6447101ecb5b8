"""How many working days dossiers took and were given: the inputs of percentiles, counted in the engine. Engine-neutral."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.indicators.judging import finished_in
from thangdo.dossiers.indicators.span import Span

# Whatever took longer stands here: a percentile beyond it says "very long" in any case.
MOST_DAYS = 400


def duration_cells(engine: Engine, dossiers: Any, span: Span, days: pd.DataFrame) -> pd.DataFrame:
    """Working days from receipt to finish and from receipt to due date, of dossiers resolved in `span`, by unit.

    `days` are those of `calendar_frames.calendar_frames`. Columns `unit`, `spent`, `allowed`, `n`: the inputs of
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
