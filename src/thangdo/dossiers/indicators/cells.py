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

from thangdo.dossiers.derived import APOLOGY_IN_TIME, ON_TIME
from thangdo.dossiers.engines import Engine
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.dimensions import with_dimensions
from thangdo.dossiers.indicators.judging import EARLIER, LATER, counted_in, in_window, overdue_month
from thangdo.dossiers.indicators.legal_terms import NONE, LegalClock, judged_by_law
from thangdo.dossiers.indicators.packing import channel_number, packed, unpacked
from thangdo.dossiers.indicators.span import Span

# What stands in a cell for "as judged by the due date": the dossier has no new date.
SAME = 4
NO_APOLOGY = 0

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
        rows = judged_by_law(clock, rows, "legal")
    key = flow_key(rows)
    key |= {"overdue_month": overdue_month(rows.standing, rows.over_month, year), "standing": rows.standing}
    if clock is not None:
        key |= {name: rows[name] for name in ("legal_standing", "legal_overdue_month")}
    amended = _amended_key(rows, year)
    # Few dossiers have a new date or an apology: what those mean is asked of them alone.
    is_plain = rows.again_standing.isnull() & rows.apology.isnull()
    rows = rows.mutate(cell=packed(key), amended=ibis.cases((is_plain, 0), else_=packed(amended)))
    question = rows.group_by([*dimensions, "cell", "amended"]).aggregate(n=rows.count())
    frame = engine.run(question).astype(dict.fromkeys(("cell", "amended", "n"), "int64"))
    counted = _with_amended(unpacked(frame, "cell", tuple(key), year), tuple(amended), year)
    return _with_quality(counted, quality_cells(engine, dossiers, year, by, catalogues))


def quality_cells(engine: Engine, dossiers: Any, year: int, by: Sequence[str], catalogues: Catalogues) -> pd.DataFrame:
    """QUALITY_SUMS of what was resolved, by columns `by` (without month), channel and month finished.

    They are asked apart: nine sums for each of the many cells of `flow_cells` would cost more than reading twice.
    """
    dimensions = [code for code in by if code not in ("month", "channel")]
    rows = in_window(dossiers, year)
    rows = with_dimensions(engine, rows.filter(rows.finished_month.notnull()), dimensions, catalogues)
    key = {name: part for name, part in flow_key(rows).items() if name != "received_month"}
    rows = rows.mutate(cell=packed(key))
    frame = engine.run(rows.group_by([*dimensions, "cell"]).aggregate(**_quality_sums(rows)))
    return unpacked(frame.astype(dict.fromkeys(("cell", *QUALITY_SUMS), "int64")), "cell", tuple(key), year)


def _with_quality(counted: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """The cells that count, and below them cells that count nothing and carry the sums."""
    alike = {name: EARLIER for name in counted.columns if name == "received_month"}
    alike |= {name: LATER for name in counted.columns if name.endswith("overdue_month")}
    alike |= {name: NONE for name in counted.columns if name.endswith("standing")}
    alike |= dict.fromkeys(("n", *APOLOGY_SUMS), 0)
    nothing = counted.assign(**dict.fromkeys(QUALITY_SUMS, 0))
    return pd.concat([nothing, quality.assign(**alike)[nothing.columns]], ignore_index=True)


def _amended_key(rows: Any, year: int) -> dict[str, Any]:
    """What a new date and an apology say: the standing by the new date, and whether the apology came in time."""
    again = rows.again_standing
    month = overdue_month(again, rows.again_over_month, year)
    return {
        "again_standing": again.fill_null(SAME),
        "again_overdue_month": ibis.ifelse(again.isnull(), LATER, month),
        "apology": rows.apology.fill_null(NO_APOLOGY),
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
        "received_month": rows.received_month,
        "finished_month": rows.finished_month.fill_null(0),
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
    start, end = span.absolute_months()
    key: Any = None
    for is_so in (
        rows.channel != "online",
        rows.received_month < start,
        rows.finished_month.isnull() | (rows.finished_month > end),
        (rows.standing > ON_TIME) & (rows.over_month <= end),
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
