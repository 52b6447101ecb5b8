"""What a report asks of the engine: each count once. The cells of the flow first, the rest while tables are made.

The engine is asked by one thread; whoever needs a count waits for it (`Future.result`).
"""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

import pandas as pd

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.engines.engine import Tables
from thangdo.dossiers.indicators import signals
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.cells import flow_cells, span_cells
from thangdo.dossiers.indicators.legal_terms import CalendarFrames, LegalClock
from thangdo.dossiers.indicators.recomputed import duration_cells, legal_cells
from thangdo.dossiers.indicators.span import Span
from thangdo.dossiers.indicators.unit_sums import supplement_requests

Cells = pd.DataFrame


@dataclass(frozen=True)
class Subject:
    """What a report is about. `dossiers` are the store's, filtered; `clock` None where no procedure is known."""

    engine: Engine
    opened: Tables
    dossiers: Any
    span: Span
    by: tuple[str, ...]
    catalogues: Catalogues
    calendar: CalendarFrames
    clock: LegalClock | None

    @property
    def is_by_unit(self) -> bool:
        """Whether the cells by unit answer the split as well."""
        return set(self.by) <= {"unit", "month", "channel"}


@dataclass(frozen=True)
class Counts:
    """The cells of the flow, and what is still being counted. `legal` and `requests` None where nothing is asked."""

    unit_cells: Cells
    by_cells: Cells
    legal: Future[Cells] | None
    of_span: Future[Cells]
    durations: Future[Cells]
    finishes: Future[Cells]
    codes: Future[Cells]
    lateness: Future[Cells]
    requests: Future[Cells | None] | None


def counts_of(subject: Subject, thread: Executor) -> Counts:
    """Count the flow now and hand `thread`, which asks one question at a time, all others."""
    engine, dossiers, span, catalogues = subject.engine, subject.dossiers, subject.span, subject.catalogues
    unit_clock = subject.clock if subject.is_by_unit else None
    unit_cells = by_cells = flow_cells(engine, dossiers, span.year, ("unit",), catalogues, unit_clock)
    if not subject.is_by_unit:
        by_cells = flow_cells(engine, dossiers, span.year, subject.by, catalogues, subject.clock)
    has_facts = "contacts_back_1" in set(catalogues.agency_facts["fact"])
    by = ("unit",) if subject.is_by_unit else subject.by
    legal = None
    if subject.clock is not None:
        given = (engine, subject.opened, dossiers, span.year, by, catalogues, subject.clock, by_cells)
        legal = thread.submit(legal_cells, *given)
    return Counts(
        unit_cells,
        by_cells,
        legal,
        thread.submit(span_cells, engine, dossiers, span),
        thread.submit(duration_cells, engine, dossiers, span, subject.calendar.days),
        thread.submit(signals.finish_cells, engine, dossiers, span, catalogues),
        thread.submit(signals.code_cells, engine, dossiers, span),
        thread.submit(signals.lateness_cells, engine, dossiers, span),
        None if has_facts else thread.submit(supplement_requests, engine, subject.opened, dossiers, span),
    )
