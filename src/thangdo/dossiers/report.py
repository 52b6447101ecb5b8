"""The report of a year: every table computed from a store on one engine, as plain frames.

Counting happens in the engine (`indicators/`), once per question; shares, curves, shrinkage and bands are
computed here from the counts, so that both engines give the same report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from thangdo.dossiers.adjusted import adjusted_table
from thangdo.dossiers.engines import Engine
from thangdo.dossiers.gaming import gaming_table
from thangdo.dossiers.indicators import signals, tables
from thangdo.dossiers.indicators.catalogues import Catalogues, read_catalogues
from thangdo.dossiers.indicators.cells import by_level_and_field, flow_cells, span_cells, unit_procedures
from thangdo.dossiers.indicators.derivation import with_derived
from thangdo.dossiers.indicators.dimensions import Where, check_dimensions, procedures_within, restricted
from thangdo.dossiers.indicators.judging import Basis
from thangdo.dossiers.indicators.legal_terms import calendar_frames, legal_clock
from thangdo.dossiers.indicators.percentiles import processing_times
from thangdo.dossiers.indicators.qd766 import GROUPS, group_share
from thangdo.dossiers.indicators.recomputed import duration_cells, legal_cells
from thangdo.dossiers.indicators.span import span_of
from thangdo.dossiers.indicators.tt01 import tt01_row
from thangdo.dossiers.indicators.unit_sums import of_each_unit, supplement_requests, unit_sums, with_procedures
from thangdo.dossiers.store import Store
from thangdo.dossiers.survival import survival_table

FORM_ROWS = ("level", "field")
DEFAULT_BY = ("unit",)
Progress = Callable[[str], None]


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
    by: Sequence[str] = DEFAULT_BY,
    where: Where | None = None,
    as_of: date | None = None,
    progress: Progress = lambda step: None,
) -> Report:
    """All tables of `year`. `by` splits form 06, on time, apologies and online dossiers; `where` filters everything.

    Months in `where` are the span of the report: its tables end with the last of them. `as_of` asks for the state known at the end of that day. Raises DossiersFailure for unknown dimensions and for
    what an engine cannot do.
    """
    by, where = check_dimensions(by), dict(where or {})
    span, catalogues = span_of(year, where.get("month", ())), read_catalogues(store)
    offered = procedures_within(catalogues, where)
    opened = with_derived(engine.tables(store, as_of))
    dossiers = restricted(opened.dossiers, where, catalogues)

    progress("flow")
    calendar = calendar_frames(catalogues, year)
    clock = legal_clock(engine, catalogues, calendar) if catalogues.has_procedures else None
    is_by_unit = set(by) <= {"unit", "month", "channel"}
    unit_cells = flow_cells(engine, dossiers, year, ("unit",), catalogues, clock if is_by_unit else None)
    by_cells = unit_cells
    if not is_by_unit:
        by_cells = flow_cells(engine, dossiers, year, by, catalogues, clock)
    has_facts = "contacts_back_1" in set(catalogues.agency_facts["fact"])
    # The engine goes on counting while tables are worked out here from what it has counted; it is asked by one thread.
    with ThreadPoolExecutor(1) as asked:
        progress("clock")
        by_of_cells = ("unit",) if is_by_unit else by
        legal = None
        if clock is not None:
            legal = asked.submit(legal_cells, engine, opened, dossiers, year, by_of_cells, catalogues, clock, by_cells)
        of_span = asked.submit(span_cells, engine, dossiers, span)
        durations = asked.submit(duration_cells, engine, dossiers, span, calendar.days)
        finishes = asked.submit(signals.finish_cells, engine, dossiers, span, catalogues)
        codes = asked.submit(signals.code_cells, engine, dossiers, span)
        lateness = asked.submit(signals.lateness_cells, engine, dossiers, span)
        requests = asked.submit(supplement_requests, engine, opened, dossiers, span) if not has_facts else None

        progress("tables")
        held = tables.holds_year_before(unit_cells, year)
        summary = tables.summary(
            unit_cells, offered if catalogues.has_procedures else None, span, holds_year_before=held
        )
        months = tables.form06(unit_cells, ("month",), span)
        unit_months = tables.form06(unit_cells, ("unit", "month"), span)
        apologies = tables.apologies(by_cells, by, span, holds_year_before=held)
        online = [tables.online_dossiers(by_cells, by, span, holds_year_before=held)]
        if catalogues.has_procedures:
            online.append(tables.online_procedures(offered))
        cells_of: dict[Basis, pd.DataFrame] = {"recorded": by_cells, "re_promised": by_cells}
        if legal is not None:
            cells_of["recomputed"] = legal.result()
        on_time = tables.on_time(cells_of, by, span, holds_year_before=held)
        is_usual = by == DEFAULT_BY
        form_cells = by_level_and_field(of_span.result(), catalogues) if is_usual else by_cells
        form = tables.form06(form_cells, FORM_ROWS if is_usual else by, span)
        adjusted = adjusted_table(unit_procedures(of_span.result()))
        processing_time = processing_times(durations.result())

        progress("signals")
        closing = signals.closing_minute(catalogues, year)
        sums = unit_sums(unit_cells, span, catalogues, requests.result() if requests else None)
        written = {
            "form06": form,
            "on_time": on_time,
            "apologies": apologies,
            "online_services": _stacked(online, ("base", *by, *FORM_ROWS)),
            "tt01": tt01_table(sums, catalogues),
            "qd766": qd766_table(sums),
            "gaming": gaming_table(finishes.result(), codes.result(), closing),
            "adjusted": adjusted,
            "survival": survival_table(lateness.result()),
            "processing_time": processing_time,
        }
    return Report(
        year,
        by,
        where,
        as_of or store.as_of,
        engine.name,
        written,
        summary,
        months,
        unit_months,
        catalogues.unit_names,
        _procedure_names(catalogues),
    )


def _procedure_names(catalogues: Catalogues) -> dict[str, str]:
    pairs = zip(catalogues.procedures["procedure_code"], catalogues.procedures["name"])
    return {code: name for code, name in pairs if isinstance(name, str) and name}


def _stacked(parts: list[pd.DataFrame], first: Sequence[str]) -> pd.DataFrame:
    """Tables of two bases below each other; a column one of them lacks is blank there."""
    stacked = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    names = [name for name in dict.fromkeys(first) if name in stacked]
    return stacked[[*names, *[name for name in stacked if name not in names]]]


def tt01_table(sums: pd.DataFrame, catalogues: Catalogues) -> pd.DataFrame:
    """Thông tư 01/2018 per unit: nine points, both totals, what could be reached, both bands."""
    levels = catalogues.levels
    rows: list[dict[str, Any]] = []
    for unit, alone in of_each_unit(sums):
        level = levels.get(unit, "")
        own = with_procedures(alone, catalogues, level)
        rows.append({"unit": unit, "resolved": int(own["resolved"]), **tt01_row(own, level)})
    return pd.DataFrame(rows)


def qd766_table(sums: pd.DataFrame) -> pd.DataFrame:
    """Quyết định 766 per unit and group: share, points, maximum, and how many parts the data hold."""
    rows: list[dict[str, Any]] = []
    for unit, own in of_each_unit(sums):
        for group in GROUPS:
            share = group_share(group, own)
            points = None if share is None else share * group.maximum
            parts = len(group.parts(own))
            rows.append(
                {
                    "unit": unit,
                    "group": group.code,
                    "share": share,
                    "points": points,
                    "maximum": group.maximum,
                    "parts": parts,
                    "formula": "reconstructed",
                }
            )
    return pd.DataFrame(rows)
