"""The counts from which figures follow: one small row for all dossiers that are alike. Engine-neutral.

A cell is (dimensions, channel, month received, month finished, month overdue, standing) with a count and integer
sums. Every period's figures, a year's or a month's, of this year or the year before, follow from the same cells
by adding, outside the engine (`flows.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pandas as pd

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.dimensions import with_dimensions
from thangdo.dossiers.indicators.judging import (
    LATER,
    ON_TIME,
    absolute_month,
    counted_in,
    has_ended,
    in_window,
    is_after_due,
    overdue_month,
    standing,
)
from thangdo.dossiers.indicators.legal_terms import LegalClock, judged_by_law
from thangdo.dossiers.indicators.packing import channel_number, packed, unpacked
from thangdo.dossiers.indicators.span import Span

# What stands in a cell for "as judged by the due date": the dossier has no new date.
SAME = 4
NO_APOLOGY, APOLOGY_IN_TIME, LATE_APOLOGY = 0, 1, 2

QUALITY_SUMS = (
    "fee_online",
    "fee_known",
    "result_digital",
    "result_known",
    "components",
    "components_digital",
    "components_reused",
    "satisfaction_thousandths",
    "satisfaction_known",
)
APOLOGY_SUMS = ("with_apology", "apology_in_time", "with_new_date", "new_date_late")
SUMS = (*APOLOGY_SUMS, *QUALITY_SUMS)


def flow_cells(
    engine: Engine,
    dossiers: Any,
    year: int,
    by: Sequence[str],
    catalogues: Catalogues,
    clock: LegalClock | None = None,
) -> pd.DataFrame:
    """Cells of the year and the year before: columns `by` (without month), months, standings, `n` and SUMS.

    With a `clock` also `legal_standing` and `legal_overdue_month`, as if no supplement restarted anything (see
    `recomputed.legal_cells`).
    """
    dimensions = [code for code in by if code not in ("month", "channel")]
    rows = with_dimensions(engine, in_window(dossiers, year), dimensions, catalogues)
    if clock is not None:
        rows = judged_by_law(clock, rows, rows.received_at, "legal")
    rows = rows.mutate(standing=standing(rows.finished_at, rows.due_at))
    key = flow_key(rows)
    key |= {"overdue_month": overdue_month(rows.standing, rows.due_at, year), "standing": rows.standing}
    if clock is not None:
        key |= {name: rows[name] for name in ("legal_standing", "legal_overdue_month")}
    amended = _amended_key(rows, year)
    # Few dossiers have a new date or an apology: what those mean is asked of them alone.
    is_plain = rows.re_due_at.isnull() & rows.apology_at.isnull()
    rows = rows.mutate(cell=packed(key), amended=ibis.cases((is_plain, 0), else_=packed(amended)))
    question = rows.group_by([*dimensions, "cell", "amended"]).aggregate(n=rows.count(), **_quality_sums(rows))
    frame = engine.run(question).astype(dict.fromkeys(("cell", "amended", "n", *QUALITY_SUMS), "int64"))
    return _with_amended(unpacked(frame, "cell", tuple(key), year), tuple(amended), year)


def _amended_key(rows: Any, year: int) -> dict[str, Any]:
    """What a new date and an apology say: the standing by the new date, and whether the apology came in time."""
    again = standing(rows.finished_at, rows.re_due_at)
    is_same = rows.re_due_at.isnull()
    apology = ibis.cases(
        (rows.apology_at.isnull(), NO_APOLOGY),
        (is_after_due(rows.apology_at, rows.due_at), LATE_APOLOGY),
        else_=APOLOGY_IN_TIME,
    )
    return {
        "again_standing": ibis.ifelse(is_same, SAME, again),
        "again_overdue_month": ibis.ifelse(is_same, LATER, overdue_month(again, rows.re_due_at, year)),
        "apology": apology,
    }


def _with_amended(cells: pd.DataFrame, names: tuple[str, ...], year: int) -> pd.DataFrame:
    """The parts of `amended` and the sums that follow; dossiers without a new date share the standing of the due date."""
    is_plain = (cells["amended"] == 0).to_numpy()
    cells = unpacked(cells, "amended", names, year)
    is_same = is_plain | (cells["again_standing"] == SAME).to_numpy()
    n, apology = cells["n"], cells.pop("apology")
    return cells.assign(
        again_standing=cells["again_standing"].where(~is_same, cells["standing"]),
        again_overdue_month=cells["again_overdue_month"].where(~is_same, cells["overdue_month"]),
        with_apology=n.where(apology != NO_APOLOGY, 0),
        apology_in_time=n.where(apology == APOLOGY_IN_TIME, 0),
        with_new_date=n.where(~is_same, 0),
        new_date_late=n.where(~is_same & (apology != APOLOGY_IN_TIME), 0),
    )


def flow_key(rows: Any) -> dict[str, Any]:
    """The parts of a cell's key that no due date has a say in."""
    return {
        "channel_code": channel_number(rows.channel),
        "received_month": absolute_month(rows.received_at),
        "finished_month": absolute_month(rows.finished_at),
    }


def _quality_sums(rows: Any) -> dict[str, Any]:
    """Integer sums of a cell; a satisfaction is counted in thousandths so that engines add the same integers."""
    known = rows.components.notnull()
    return {
        "fee_online": rows.fee_paid_online.cast("int32").sum().fill_null(0),
        "fee_known": rows.fee_paid_online.count(),
        "result_digital": rows.result_digital.cast("int32").sum().fill_null(0),
        "result_known": rows.result_digital.count(),
        "components": rows.components.sum().fill_null(0),
        "components_digital": known.ifelse(rows.components_digital, ibis.null()).sum().fill_null(0),
        "components_reused": known.ifelse(rows.components_reused, ibis.null()).sum().fill_null(0),
        "satisfaction_thousandths": (rows.satisfaction * 1000).round().cast("int64").sum().fill_null(0),
        "satisfaction_known": rows.satisfaction.count(),
    }


def span_cells(engine: Engine, dossiers: Any, span: Span) -> pd.DataFrame:
    """Cells of the whole span by `unit` and `procedure`: what `flow_cells` gives, its months only as far as form 06 of the span asks.

    A month received is the span's first or the one before; a month finished is the span's first or later than the
    span, a month overdue the span's last or later. So few cells hold what 1,800 procedures by 24 months would not.
    """
    rows = counted_in(dossiers, span)
    start, end = ibis.literal(span.start), ibis.literal(span.end)
    rows = rows.mutate(standing=standing(rows.finished_at, rows.due_at))
    key: Any = None
    for is_so in (
        rows.channel != "online",
        rows.received_at < start,
        rows.finished_at.isnull() | (rows.finished_at >= end),
        (rows.standing > ON_TIME) & has_ended(rows.due_at, end),
    ):
        bit = is_so.cast("int64")
        key = bit if key is None else key * 2 + bit
    rows = rows.select(unit=rows.unit_code, procedure=rows.procedure_code, cell=key * 4 + rows.standing.cast("int64"))
    frame = engine.run(rows.group_by("unit", "procedure", "cell").aggregate(n=rows.count()))
    cell = frame.pop("cell").to_numpy(dtype=np.int64)
    first, last = span.months()
    return frame.astype({"n": "int64"}).assign(
        standing=cell % 4,
        overdue_month=np.where(cell // 4 % 2 == 1, last, LATER),
        finished_month=np.where(cell // 8 % 2 == 1, LATER, first),
        received_month=np.where(cell // 16 % 2 == 1, first - 1, first),
        channel=np.where(cell // 32 % 2 == 1, "counter", "online"),
    )


def by_level_and_field(cells: pd.DataFrame, catalogues: Catalogues) -> pd.DataFrame:
    """Cells by procedure with its `level` and `field`; what the catalogue does not know is blank."""
    known = catalogues.procedures.set_index("procedure_code")
    found = {
        code: cells["procedure"].map(known[column]).astype(object).fillna("").astype(str)
        for code, column in (("level", "level"), ("field", "field_code"))
    }
    return cells.assign(**found)


def unit_procedures(cells: pd.DataFrame) -> pd.DataFrame:
    """Dossiers resolved in the span of `span_cells` by unit and procedure: `unit`, `procedure`, `n`, `in_time`."""
    resolved = cells[cells["finished_month"] != LATER]
    counted = resolved.assign(in_time=resolved["n"].where(resolved["standing"] <= ON_TIME, 0))
    # Shrinkage adds floats: one order of rows on every engine, so that sums agree to the last digit.
    return counted.groupby(["unit", "procedure"], sort=True)[["n", "in_time"]].sum().reset_index()
