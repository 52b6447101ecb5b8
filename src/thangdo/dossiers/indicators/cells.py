"""The counts from which figures follow: one small row for all dossiers that are alike. Engine-neutral.

A cell is (dimensions, channel, month received, month finished, month overdue, standing) with a count and integer
sums. Every period's figures, a year's or a month's, of this year or the year before, follow from the same cells
by adding, outside the engine (`flows.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import numpy as np
import pandas as pd

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.judging import (
    EARLY,
    LATER,
    MONTHS,
    OVERDUE,
    finished_in,
    in_window,
    is_after_due,
    month_number,
    overdue_month,
    standing,
)
from thangdo.dossiers.indicators.span import Span
from thangdo.dossiers.schema import CHANNELS


@dataclass(frozen=True, slots=True)
class Dimension:
    """What figures can be split and filtered by: its name, the catalogue and column it comes from."""

    code: str
    name_vi: str
    name_en: str
    catalogue: str
    column: str


DIMENSIONS = (
    Dimension("unit", "Đơn vị", "Unit", "", "unit_code"),
    Dimension("block", "Khối", "Block", "units", "block"),
    Dimension("field", "Lĩnh vực", "Field", "procedures", "field_code"),
    Dimension("procedure", "Thủ tục", "Procedure", "", "procedure_code"),
    Dimension("channel", "Kênh tiếp nhận", "Channel", "", "channel"),
    Dimension("level", "Cấp giải quyết", "Level", "procedures", "level"),
    Dimension("month", "Tháng", "Month", "", ""),
)
BY_CODE = {row.code: row for row in DIMENSIONS}

FLOW_KEYS = (
    "channel_code",
    "received_month",
    "finished_month",
    "overdue_month",
    "standing",
    "again_standing",
    "again_overdue_month",
)
# What stands in a cell for "as judged by the due date": the dossier has no new date.
SAME = 4
_OFFSETS = {name: 1 if name.endswith("month") else 0 for name in FLOW_KEYS}
_SIZES = {name: MONTHS + 2 if name.endswith("month") else 5 for name in FLOW_KEYS}

Where = Mapping[str, Sequence[str]]


def check_dimensions(codes: Sequence[str]) -> tuple[str, ...]:
    """The dimensions asked for, in the order of `DIMENSIONS`. DossiersFailure DOS304 for an unknown one."""
    unknown = [code for code in codes if code not in BY_CODE]
    if unknown:
        raise DossiersFailure("DOS304", found=", ".join(unknown), expected=", ".join(BY_CODE))
    return tuple(code for code in BY_CODE if code in codes)


def restricted(dossiers: Any, where: Where, catalogues: Catalogues) -> Any:
    """The dossiers within a filter: dimension -> wanted values (months are a span, see `span_of`)."""
    check_dimensions(tuple(where))
    for code, wanted in where.items():
        row = BY_CODE[code]
        if row.code == "month":
            continue
        if not row.catalogue:
            dossiers = dossiers.filter(dossiers[row.column].isin(list(wanted)))
            continue
        frame = catalogues.units if row.catalogue == "units" else catalogues.procedures
        key = "unit_code" if row.catalogue == "units" else "procedure_code"
        codes = frame.loc[frame[row.column].isin(list(wanted)), key].tolist()
        dossiers = dossiers.filter(dossiers[key].isin(codes or ["\0none"]))
    return dossiers


def procedures_within(catalogues: Catalogues, where: Where) -> Catalogues:
    """The catalogues with the procedures that a filter by field, level or procedure leaves."""
    frame = catalogues.procedures
    for code in ("field", "level", "procedure"):
        if code in where:
            frame = frame[frame[BY_CODE[code].column].isin(list(where[code]))]
    return replace(catalogues, procedures=frame)


def with_dimensions(engine: Engine, dossiers: Any, codes: Sequence[str], catalogues: Catalogues) -> Any:
    """The dossiers with one column per dimension, named after it; what a catalogue does not know is blank."""
    for catalogue, key, frame in (
        ("units", "unit_code", catalogues.units),
        ("procedures", "procedure_code", catalogues.procedures),
    ):
        wanted = [BY_CODE[code] for code in codes if BY_CODE[code].catalogue == catalogue]
        if not wanted:
            continue
        small = frame[[key, *(row.column for row in wanted)]].rename(columns={row.column: row.code for row in wanted})
        small = small.astype(object).where(small.notna(), "").rename(columns={key: f"{key}_of_{catalogue}"})
        if not len(small):
            dossiers = dossiers.mutate(**{row.code: ibis.literal("") for row in wanted})
            continue
        joined = engine.local(f"{catalogue}_{'_'.join(row.code for row in wanted)}", small.astype(str))
        dossiers = dossiers.left_join(joined, dossiers[key] == joined[f"{key}_of_{catalogue}"]).drop(
            f"{key}_of_{catalogue}"
        )
        dossiers = dossiers.mutate(**{row.code: dossiers[row.code].fill_null("") for row in wanted})
    plain = {code: dossiers[BY_CODE[code].column] for code in codes if not BY_CODE[code].catalogue and code != "month"}
    return dossiers.mutate(**plain) if plain else dossiers


def flow_cells(
    engine: Engine,
    dossiers: Any,
    year: int,
    by: Sequence[str],
    catalogues: Catalogues,
    *,
    with_sums: bool = False,
) -> pd.DataFrame:
    """Cells of the year and the year before: columns `by` (without month), the parts of FLOW_KEYS, `n`, and sums if asked for."""
    dimensions = [code for code in by if code not in ("month", "channel")]
    rows = with_dimensions(engine, in_window(dossiers, year), dimensions, catalogues)
    rows = rows.mutate(
        standing=standing(rows.finished_at, rows.due_at),
        again_standing=ibis.ifelse(
            rows.re_due_at.isnull(), SAME, standing(rows.finished_at, rows.re_due_at.coalesce(rows.due_at))
        ),
    )
    again_month = overdue_month(rows.again_standing, rows.re_due_at.coalesce(rows.due_at), year)
    key = packed(
        {
            "channel_code": channel_number(rows.channel),
            "received_month": month_number(rows.received_at, year),
            "finished_month": month_number(rows.finished_at, year),
            "overdue_month": overdue_month(rows.standing, rows.due_at, year),
            "standing": rows.standing,
            "again_standing": rows.again_standing,
            "again_overdue_month": ibis.ifelse(rows.re_due_at.isnull(), LATER, again_month),
        }
    )
    sums = _sums(rows) if with_sums else {}
    rows = rows.mutate(cell=key)
    frame = engine.run(rows.group_by([*dimensions, "cell"]).aggregate(n=rows.count(), **sums))
    return unpacked(frame.astype(dict.fromkeys(("cell", "n", *sums), "int64")))


def packed(parts: dict[str, Any]) -> Any:
    """One integer for all parts of a cell's key: engines group by one number much faster than by seven columns."""
    key: Any = None
    for name, part in parts.items():
        shifted = part.cast("int64") + _OFFSETS[name]
        key = shifted if key is None else key * _SIZES[name] + shifted
    return key


def unpacked(frame: pd.DataFrame) -> pd.DataFrame:
    """The parts of `cell` as columns again; the dossiers without a new date share the standing of the due date."""
    rest = frame.pop("cell").to_numpy()
    for name in reversed(FLOW_KEYS):
        frame[name] = rest % _SIZES[name] - _OFFSETS[name]
        rest = rest // _SIZES[name]
    same = frame["again_standing"] == SAME
    frame["again_standing"] = frame["again_standing"].where(~same, frame["standing"])
    frame["again_overdue_month"] = frame["again_overdue_month"].where(~same, frame["overdue_month"])
    frame["channel"] = np.array(CHANNELS, dtype=object)[frame.pop("channel_code").to_numpy()]
    return frame


def channel_number(channel: Any) -> Any:
    """The position of a channel in CHANNELS."""
    return ibis.cases(*((channel == name, position) for position, name in enumerate(CHANNELS[:-1])), else_=2)


SUMS = (
    "with_apology",
    "apology_in_time",
    "with_new_date",
    "new_date_late",
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


def _sums(rows: Any) -> dict[str, Any]:
    """Integer sums of a cell; a satisfaction is counted in thousandths so that engines add the same integers."""
    sent = rows.apology_at.notnull()
    known = rows.components.notnull()
    return {
        "with_apology": sent.sum(),
        "apology_in_time": (sent & ~is_after_due(rows.apology_at, rows.due_at)).sum(),
        "with_new_date": rows.re_due_at.notnull().sum(),
        "new_date_late": (rows.re_due_at.notnull() & (~sent | is_after_due(rows.apology_at, rows.due_at))).sum(),
        "fee_online": rows.fee_paid_online.fill_null(False).sum(),
        "fee_known": rows.fee_paid_online.notnull().sum(),
        "result_digital": rows.result_digital.fill_null(False).sum(),
        "result_known": rows.result_digital.notnull().sum(),
        "components": rows.components.fill_null(0).cast("int64").sum(),
        "components_digital": known.ifelse(rows.components_digital.fill_null(0), 0).cast("int64").sum(),
        "components_reused": known.ifelse(rows.components_reused.fill_null(0), 0).cast("int64").sum(),
        "satisfaction_thousandths": (rows.satisfaction * 1000).round().cast("int64").fill_null(0).sum(),
        "satisfaction_known": rows.satisfaction.notnull().sum(),
    }


def unit_procedure_cells(engine: Engine, dossiers: Any, span: Span) -> pd.DataFrame:
    """Dossiers resolved in `span` by unit and procedure: `unit`, `procedure`, `n`, `in_time`, `early`."""
    rows = finished_in(dossiers, span)
    rows = rows.mutate(standing=standing(rows.finished_at, rows.due_at))
    question = rows.group_by(unit=rows.unit_code, procedure=rows.procedure_code).aggregate(
        n=rows.count(), in_time=(rows.standing < OVERDUE).sum(), early=(rows.standing == EARLY).sum()
    )
    found = engine.run(question).astype({"n": "int64", "in_time": "int64", "early": "int64"})
    # Shrinkage adds floats: one order of rows on every engine, so that sums agree to the last digit.
    return found.sort_values(["unit", "procedure"], ignore_index=True)
