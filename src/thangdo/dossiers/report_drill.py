"""From a figure back to its dossiers: the codes behind a count, on either engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

import ibis
import pandas as pd

from thangdo.dossiers.derived import EARLY, ON_TIME, OVERDUE, REDATED, part
from thangdo.dossiers.engines import Engine, Tables
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.gaming import busiest_minutes
from thangdo.dossiers.indicators.calendar_frames import calendar_frames
from thangdo.dossiers.indicators.catalogues import Catalogues, read_catalogues
from thangdo.dossiers.indicators.derivation import with_derived
from thangdo.dossiers.indicators.dimensions import Where, restricted
from thangdo.dossiers.indicators.event_codes import code_of
from thangdo.dossiers.indicators.judging import Basis, counted_in, has_ended, is_after_due, standing
from thangdo.dossiers.indicators.legal_terms import NONE, judged_by_law, legal_clock
from thangdo.dossiers.indicators.signals import (
    closing_minute,
    finish_cells,
    is_near_due,
    is_off_hours,
    is_returned_near_due,
    minute_of_day,
)
from thangdo.dossiers.indicators.span import Span, span_of
from thangdo.dossiers.indicators.unit_sums import times_asked
from thangdo.dossiers.store import Store

# A list is for reading; more dossiers than a sheet can be scrolled through need a filter.
LONGEST_LIST = 100_000
COLUMNS = (
    *("dossier_code", "unit_code", "procedure_code", "channel", "received_at", "due_at", "re_due_at"),
    *("finished_at", "outcome", "apology_at"),
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a condition may ask about: the rows, when they came and went, how one due date judges them."""

    rows: Any
    span: Span
    catalogues: Catalogues
    is_received: Any
    is_resolved: Any
    standing: Any
    is_over: Any
    engine: Engine
    tables: Tables

    @property
    def is_late(self) -> Any:
        return self.is_resolved & (self.standing == OVERDUE)

    @property
    def is_open_late(self) -> Any:
        return ~self.is_resolved & self.is_over

    @property
    def is_sent_in_time(self) -> Any:
        return (~is_after_due(self.rows.apology_at, self.rows.due_at)).fill_null(False)


Condition = Callable[[_Asked], Any]

# A count of form 06 -> which dossiers it counts; by each of the three due dates.
FORM_CONDITIONS: Mapping[str, Condition] = {
    "received": lambda asked: asked.is_received | ~asked.is_received,
    "received_in_period": lambda asked: asked.is_received,
    "received_online": lambda asked: asked.is_received & (asked.rows.channel == "online"),
    "received_direct": lambda asked: asked.is_received & (asked.rows.channel != "online"),
    "carried_over": lambda asked: ~asked.is_received,
    "resolved": lambda asked: asked.is_resolved,
    "early": lambda asked: asked.is_resolved & (asked.standing == EARLY),
    "on_time": lambda asked: asked.is_resolved & (asked.standing == ON_TIME),
    "overdue": lambda asked: asked.is_late,
    "in_process": lambda asked: ~asked.is_resolved,
    "open_within": lambda asked: ~asked.is_resolved & ~asked.is_over,
    "open_overdue": lambda asked: asked.is_open_late,
}


def _last_half_hour(asked: _Asked) -> Any:
    closes = closing_minute(asked.catalogues, asked.span.year)
    return asked.is_resolved & minute_of_day(asked.rows).between(closes - 30, closes - 1)


def _busiest(asked: _Asked) -> Any:
    """Finished within the busiest three minutes of its unit's last half hour."""
    cells = finish_cells(asked.engine, asked.rows, asked.span, asked.catalogues)
    windows = busiest_minutes(cells, closing_minute(asked.catalogues, asked.span.year))
    minute = minute_of_day(asked.rows)
    within = [
        asked.rows.unit_code.isin([str(unit) for unit in group.index]) & minute.between(int(first), int(first) + 2)
        for first, group in windows.groupby(windows["first"])
    ]
    return asked.is_resolved & (ibis.or_(*within) if within else ibis.literal(False))


def _asked_for_supplement(asked: _Asked, is_more: bool) -> Any:
    times = times_asked(asked.tables)
    if times is None:
        return ibis.literal(False)
    chosen = times.filter(times.times > 1 if is_more else times.times == 1)
    return asked.is_resolved & asked.rows[code_of(asked.tables)].isin(chosen.asked_code)


# What else the tables count: apologies, online services, Quyết định 766, supplements, gaming signals.
OTHER_CONDITIONS: Mapping[str, Condition] = {
    "overdue_with_apology": lambda asked: asked.is_late & asked.rows.apology_at.notnull(),
    "overdue_without_apology": lambda asked: asked.is_late & asked.rows.apology_at.isnull(),
    "apology_in_time": lambda asked: asked.is_late & asked.is_sent_in_time,
    "apology_late": lambda asked: asked.is_late & asked.rows.apology_at.notnull() & ~asked.is_sent_in_time,
    "open_overdue_with_apology": lambda asked: asked.is_open_late & asked.rows.apology_at.notnull(),
    "with_new_date": lambda asked: (asked.is_late | asked.is_open_late) & asked.rows.re_due_at.notnull(),
    "new_date_late": lambda asked: (
        (asked.is_late | asked.is_open_late) & asked.rows.re_due_at.notnull() & ~asked.is_sent_in_time
    ),
    "late": lambda asked: asked.is_late | asked.is_open_late,
    "online_late": lambda asked: (asked.is_late | asked.is_open_late) & (asked.rows.channel == "online"),
    "fee_online": lambda asked: asked.is_resolved & asked.rows.fee_paid_online.fill_null(False),
    "fee_known": lambda asked: asked.is_resolved & asked.rows.fee_paid_online.notnull(),
    "result_digital": lambda asked: asked.is_resolved & asked.rows.result_digital.fill_null(False),
    "result_known": lambda asked: asked.is_resolved & asked.rows.result_digital.notnull(),
    "components_known": lambda asked: asked.is_resolved & asked.rows.components.notnull(),
    "satisfaction_known": lambda asked: asked.is_resolved & asked.rows.satisfaction.notnull(),
    "asked_once": lambda asked: _asked_for_supplement(asked, is_more=False),
    "asked_more": lambda asked: _asked_for_supplement(asked, is_more=True),
    "bunching": lambda asked: _last_half_hour(asked) & is_near_due(asked.rows),
    "redated_receipts": lambda asked: asked.is_received & (part(asked.rows.flow, "day_in_code") == REDATED),
    "return_and_resubmit": lambda asked: asked.is_resolved & is_returned_near_due(asked.rows),
    "closing_bursts": _busiest,
    "weekend_stamps": lambda asked: asked.is_resolved & is_off_hours(asked.rows, asked.catalogues, asked.span.year),
}
FIGURES = (
    *FORM_CONDITIONS,
    *OTHER_CONDITIONS,
    *(f"{basis}.{name}" for basis in get_args(Basis) if basis != "recorded" for name in FORM_CONDITIONS),
)


def dossiers_behind(
    store: Store,
    year: int,
    figure: str,
    engine: Engine,
    *,
    where: Where | None = None,
    as_of: date | None = None,
    limit: int = LONGEST_LIST,
) -> pd.DataFrame:
    """The dossiers that a figure of the year counts, in the order of their codes, at most `limit`.

    `figure` is one of `FIGURES`: a count of form 06, alone (by the recorded due date) or after `re_promised.` or
    `recomputed.`; or another count of the report. `where` filters as in `report`, months among them.
    DossiersFailure DOS305 for an unknown figure.
    """
    if figure not in FIGURES:
        raise DossiersFailure("DOS305", found=figure, expected=", ".join(FIGURES))
    basis, _, name = figure.rpartition(".")
    where, catalogues = where or {}, read_catalogues(store)
    span = span_of(year, where.get("month", ()))
    tables = with_derived(engine.tables(store, as_of))
    rows = counted_in(restricted(tables.dossiers, where, catalogues), span)
    if basis == "recomputed":
        clock = legal_clock(engine, tables, catalogues, calendar_frames(catalogues, year))
        rows = judged_by_law(clock, rows)
        rows = rows.filter(rows.legal_standing != NONE)
    asked = _asked(rows, span, catalogues, basis, engine, tables)
    chosen = rows.filter({**FORM_CONDITIONS, **OTHER_CONDITIONS}[name](asked)).select(*COLUMNS)
    return engine.run(chosen.order_by("dossier_code").limit(limit))


def _asked(rows: Any, span: Span, catalogues: Catalogues, basis: str, engine: Engine, tables: Tables) -> _Asked:
    start, end = ibis.literal(span.start), ibis.literal(span.end)
    if basis == "recomputed":
        judged, is_over = rows.legal_standing, rows.legal_overdue_month <= span.months()[1]
    else:
        due = rows.re_due_at.coalesce(rows.due_at) if basis == "re_promised" else rows.due_at
        judged, is_over = standing(rows.finished_at, due), has_ended(due, end)
    is_resolved = (rows.finished_at < end).fill_null(False)
    return _Asked(rows, span, catalogues, rows.received_at >= start, is_resolved, judged, is_over, engine, tables)
