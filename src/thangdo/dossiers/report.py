"""The report of a year: every table computed from a store on one engine, as plain frames.

Counting happens in the engine (`report_counts.py`), once per question; shares, curves, shrinkage and bands are
computed from the counts (`report_tables.py`), so that both engines give the same report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.indicators import tables
from thangdo.dossiers.indicators.catalogues import Catalogues, read_catalogues
from thangdo.dossiers.indicators.derivation import with_derived
from thangdo.dossiers.indicators.dimensions import Where, check_dimensions, procedures_within, restricted
from thangdo.dossiers.indicators.span import span_of
from thangdo.dossiers.report_counts import Subject, counts_of
from thangdo.dossiers.report_tables import DEFAULT_BY, TABLES, Progress, tables_of_flow, tables_of_span
from thangdo.dossiers.store import Store


@dataclass(frozen=True)
class Report:
    """Tables of one year by file name (without ending), the summary, and what charts need."""

    year: int
    by: tuple[str, ...]
    where: Where
    as_of: date | None
    engine: str
    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, object]
    months: pd.DataFrame
    unit_months: pd.DataFrame
    unit_names: Mapping[str, str]
    procedure_names: Mapping[str, str] = field(default_factory=dict)


def report(
    store: Store,
    year: int,
    engine: Engine,
    *,
    by: Sequence[str] | None = None,
    where: Where | None = None,
    as_of: date | None = None,
    progress: Progress = lambda step: None,
) -> Report:
    """All tables of `year`. `by` splits form 06, on time, apologies and online dossiers; `where` filters everything.

    Without `by` form 06 has its own rows, levels and fields, and the others are by unit.

    Months in `where` are the span of the report: its tables end with the last of them. `as_of` asks for the state
    known at the end of that day. Raises DossiersFailure for unknown dimensions and for what an engine cannot do.
    """
    split, where = check_dimensions(DEFAULT_BY if by is None else by), dict(where or {})
    span, catalogues = span_of(year, where.get("month", ())), read_catalogues(store)
    offered = procedures_within(catalogues, where)
    opened = with_derived(engine.tables(store, as_of))
    dossiers = restricted(opened.dossiers, where, catalogues)
    subject = Subject(engine, opened, dossiers, span, split, by is not None, catalogues)

    progress("flow")
    # The engine goes on counting while tables are worked out here from what it has counted; it is asked by one thread.
    with ThreadPoolExecutor(1) as thread:
        counts = counts_of(subject, thread)
        early = tables_of_span(subject, counts)
        unit_cells = counts.unit_cells.result()
        progress("clock")
        held = tables.holds_year_before(unit_cells, year)
        known = offered if catalogues.has_procedures else None
        summary = tables.summary(unit_cells, known, span, holds_year_before=held)
        unit_months = tables.form06(unit_cells, ("unit", "month"), span)
        months = tables.form06_of_all_units(unit_months)
        progress("tables")
        written = early | tables_of_flow(subject, counts, offered, holds_year_before=held, progress=progress)
    return Report(
        year,
        split,
        where,
        as_of or store.as_of,
        engine.name,
        {name: written[name] for name in TABLES},
        summary,
        months,
        unit_months,
        catalogues.unit_names,
        _procedure_names(catalogues),
    )


def _procedure_names(catalogues: Catalogues) -> dict[str, str]:
    pairs = zip(catalogues.procedures["procedure_code"], catalogues.procedures["name"])
    return {code: name for code, name in pairs if isinstance(name, str) and name}
