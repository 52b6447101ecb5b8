"""The counts from which figures follow: one small row for all dossiers that are alike. Engine-neutral.

A cell is (dimensions, channel, month received, month finished, month overdue, standing) with a count and integer
sums; all but the dimensions stand packed in the derived column `flow`. Every period's figures, a year's or a month's, of this year or the year before, follow from the same cells
by adding, outside the engine (`flows.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pandas as pd

from thangdo.dossiers.derived import ON_TIME, PART, part
from thangdo.dossiers.engines import Engine
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.dimensions import with_dimensions
from thangdo.dossiers.indicators.judging import EARLIER, LATER, counted_in, in_window
from thangdo.dossiers.indicators.legal_terms import NONE, LegalClock, counted_by_law
from thangdo.dossiers.indicators.packing import FINISHED_FROM, with_amendment, with_finished_month, with_flow
from thangdo.dossiers.indicators.span import Span
from thangdo.dossiers.schema import CHANNELS

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

    With a `clock` also `legal_standing` and `legal_overdue_month`.
    """
    dimensions = [code for code in by if code not in ("month", "channel")]
    rows = with_dimensions(engine, in_window(dossiers, year), dimensions, catalogues)
    key = [*dimensions, "flow", "amendment"]
    if clock is None:
        question = rows.group_by(key).aggregate(n=rows.count())
    else:
        question = counted_by_law(clock, rows, key)
        key += ["legal_standing", "legal_overdue_month"]
    whole = [name for name in (*key[len(dimensions) :], "n") if name != "amendment"]
    frame = engine.run(question).astype(dict.fromkeys(whole, "int64"))
    counted = with_amendment(with_flow(frame, year), year)
    return _with_quality(counted, quality_cells(engine, dossiers, year, by, catalogues))


def quality_cells(engine: Engine, dossiers: Any, year: int, by: Sequence[str], catalogues: Catalogues) -> pd.DataFrame:
    """QUALITY_SUMS of what was resolved, by columns `by` (without month), channel and month finished.

    They are asked apart: nine sums for each of the many cells of `flow_cells` would cost more than reading twice.
    """
    dimensions = [code for code in by if code not in ("month", "channel")]
    rows = in_window(dossiers, year)
    rows = with_dimensions(engine, rows.filter(rows.finished_day.notnull()), dimensions, catalogues)
    rows = rows.mutate(finished_flow=rows.flow >> FINISHED_FROM)
    frame = engine.run(rows.group_by([*dimensions, "finished_flow"]).aggregate(**_quality_sums(rows)))
    return with_finished_month(frame.astype(dict.fromkeys(("finished_flow", *QUALITY_SUMS), "int64")), year)


def _with_quality(counted: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """The cells that count, and below them cells that count nothing and carry the sums."""
    alike = {name: EARLIER for name in counted.columns if name == "received_month"}
    alike |= {name: LATER for name in counted.columns if name.endswith("overdue_month")}
    alike |= {name: NONE for name in counted.columns if name.endswith("standing")}
    alike |= dict.fromkeys(("n", "day_in_code", *APOLOGY_SUMS), 0)
    nothing = counted.assign(**dict.fromkeys(QUALITY_SUMS, 0))
    return pd.concat([nothing, quality.assign(**alike)[nothing.columns]], ignore_index=True)


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
    start, end = span.absolute_months()
    flow, standing = rows.flow, part(rows.flow, "standing")
    key: Any = None
    for is_so in (
        part(flow, "channel_code") != CHANNELS.index("online"),
        part(flow, "received_month") < start,
        flow >= end + 1 << PART["finished_month"].shift,
        part(flow, "over_month").between(1, end),
    ):
        bit = is_so.cast("int64")
        key = bit if key is None else key * 2 + bit
    rows = rows.select(unit=rows.unit_code, procedure=rows.procedure_code, cell=key * 4 + standing)
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
