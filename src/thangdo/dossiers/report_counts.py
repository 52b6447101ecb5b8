"""What a report asks of the engine: each count once, while tables are made of what is counted already.

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
from thangdo.dossiers.indicators.calendar_frames import calendar_frames
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.cells import flow_cells, span_cells
from thangdo.dossiers.indicators.durations import duration_cells
from thangdo.dossiers.indicators.legal_terms import legal_clock
from thangdo.dossiers.indicators.span import Span
from thangdo.dossiers.indicators.unit_sums import needs_requests, supplement_requests

Cells = pd.DataFrame


@dataclass(frozen=True)
class Subject:
    """What a report is about. `dossiers` are the store's, filtered; `is_split` whether somebody asked for `by`."""

    engine: Engine
    opened: Tables
    dossiers: Any
    span: Span
    by: tuple[str, ...]
    is_split: bool
    catalogues: Catalogues

    @property
    def is_by_unit(self) -> bool:
        """Whether the cells by unit answer the split as well."""
        return set(self.by) <= {"unit", "month", "channel"}


@dataclass(frozen=True)
class Counts:
    """What is being counted, in the order of asking. `requests` None where nothing is asked."""

    of_span: Future[Cells]
    lateness: Future[Cells]
    unit_cells: Future[Cells]
    by_cells: Future[Cells]
    requests: Future[Cells | None] | None
    durations: Future[Cells]
    finishes: Future[Cells]


def counts_of(subject: Subject, thread: Executor) -> Counts:
    """Hand `thread`, which asks one question at a time, all questions of a report.

    What needs no calendar is asked first: calendars are worked out here meanwhile. A question may wait for the result
    of an earlier one: it is there when its turn comes.
    """
    engine, dossiers, span, catalogues = subject.engine, subject.dossiers, subject.span, subject.catalogues
    year = span.year
    of_span = thread.submit(span_cells, engine, dossiers, span)
    lateness = thread.submit(signals.lateness_cells, engine, dossiers, span)
    calendar = calendar_frames(catalogues, year)
    clock = None
    if catalogues.has_procedures:
        clock = thread.submit(legal_clock, engine, subject.opened, catalogues, calendar)

    def flow(by: tuple[str, ...], *, is_judged: bool) -> Cells:
        given = clock.result() if clock is not None and is_judged else None
        return flow_cells(engine, dossiers, year, by, catalogues, given)

    unit_cells = by_cells = thread.submit(flow, ("unit",), is_judged=subject.is_by_unit)
    if not subject.is_by_unit:
        by_cells = thread.submit(flow, subject.by, is_judged=True)
    requests = None
    if needs_requests(catalogues, span):
        requests = thread.submit(supplement_requests, engine, subject.opened, dossiers, span)
    return Counts(
        of_span,
        lateness,
        unit_cells,
        by_cells,
        requests,
        thread.submit(duration_cells, engine, dossiers, span, calendar.days),
        thread.submit(signals.finish_cells, engine, dossiers, span, catalogues),
    )
