"""From a figure back to its dossiers: the codes behind a count, on either engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pandas as pd

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.indicators.catalogues import Catalogues, read_catalogues
from thangdo.dossiers.indicators.cells import Where, restricted
from thangdo.dossiers.indicators.judging import EARLY, ON_TIME, OVERDUE, in_year, is_after_due, standing
from thangdo.dossiers.indicators.signals import (
    closing_minute,
    days_off,
    is_eve,
    is_eve_or_due_day,
    is_off_hours,
    is_redated,
    minute_of_day,
)
from thangdo.dossiers.store import Store

COLUMNS = (
    *("dossier_code", "unit_code", "procedure_code", "channel", "received_at", "due_at", "re_due_at"),
    *("finished_at", "outcome", "apology_at"),
)


@dataclass(frozen=True, slots=True)
class _Period:
    """What a condition may ask about: the rows, whether each was received and resolved in the year, the catalogues."""

    rows: Any
    is_received: Any
    is_resolved: Any
    end: Any
    year: int
    catalogues: Catalogues


def _standing_is(wanted: int) -> Callable[[_Period], Any]:
    return lambda asked: asked.is_resolved & (standing(asked.rows.finished_at, asked.rows.due_at) == wanted)


def _open_overdue(asked: _Period) -> Any:
    # The year's last second: a due date that ends with the year is not overdue at its end.
    return ~asked.is_resolved & is_after_due(ibis.timestamp(f"{asked.year}-12-31 23:59:59"), asked.rows.due_at)


def _last_half_hour(asked: _Period) -> Any:
    closes = closing_minute(asked.catalogues, asked.year)
    minute = minute_of_day(asked.rows.finished_at)
    return asked.is_resolved & (minute >= closes - 30) & (minute < closes)


# A figure of form 06 or a detector of `gaming.py` -> which dossiers it counts.
CONDITIONS: dict[str, Callable[[_Period], Any]] = {
    "received": lambda asked: asked.is_received | ~asked.is_received,
    "received_online": lambda asked: asked.is_received & (asked.rows.channel == "online"),
    "received_direct": lambda asked: asked.is_received & (asked.rows.channel != "online"),
    "carried_over": lambda asked: ~asked.is_received,
    "resolved": lambda asked: asked.is_resolved,
    "early": _standing_is(EARLY),
    "on_time": _standing_is(ON_TIME),
    "overdue": _standing_is(OVERDUE),
    "in_process": lambda asked: ~asked.is_resolved,
    "open_within": lambda asked: ~asked.is_resolved & ~_open_overdue(asked),
    "open_overdue": _open_overdue,
    "overdue_with_apology": lambda asked: _standing_is(OVERDUE)(asked) & asked.rows.apology_at.notnull(),
    "overdue_without_apology": lambda asked: _standing_is(OVERDUE)(asked) & asked.rows.apology_at.isnull(),
    "bunching": lambda asked: _last_half_hour(asked) & is_eve_or_due_day(asked.rows),
    "redated_receipts": lambda asked: asked.is_received & is_redated(asked.rows),
    "return_and_resubmit": lambda asked: (
        asked.is_resolved
        & (asked.rows.outcome == "returned")
        & (is_eve(asked.rows) | (asked.rows.finished_at.date() == asked.rows.due_at.date()))
    ),
    "closing_bursts": _last_half_hour,
    "weekend_stamps": lambda asked: (
        asked.is_resolved & is_off_hours(asked.rows, days_off(asked.catalogues, asked.year))
    ),
}


def dossiers_behind(
    store: Store,
    year: int,
    figure: str,
    engine: Engine,
    *,
    where: Where | None = None,
    as_of: date | None = None,
    limit: int = 100_000,
) -> pd.DataFrame:
    """The dossiers that a figure of the year counts, in the order of their codes, at most `limit`.

    `figure` is a count of form 06, one of the apologies, or a gaming detector. DossiersFailure DOS305 if unknown.
    """
    if figure not in CONDITIONS:
        raise DossiersFailure("DOS305", found=figure, expected=", ".join(CONDITIONS))
    catalogues = read_catalogues(store)
    rows = in_year(restricted(engine.tables(store, as_of).dossiers, where or {}, catalogues), year)
    start, end = ibis.timestamp(f"{year}-01-01 00:00:00"), ibis.timestamp(f"{year + 1}-01-01 00:00:00")
    asked = _Period(
        rows,
        rows.received_at >= start,
        (rows.finished_at.notnull() & (rows.finished_at < end)).fill_null(False),
        end,
        year,
        catalogues,
    )
    chosen = rows.filter(CONDITIONS[figure](asked)).select(*COLUMNS)
    return engine.run(chosen.order_by("dossier_code").limit(limit))
