"""The figures of single units from a store, each unit with the units below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.indicators.catalogues import read_catalogues, units_below
from thangdo.dossiers.indicators.cells import flow_cells
from thangdo.dossiers.indicators.derivation import with_derived
from thangdo.dossiers.indicators.span import Span
from thangdo.dossiers.indicators.unit_sums import added, needs_requests, supplement_requests, unit_sums, with_procedures
from thangdo.dossiers.indicators.unit_values import BY_CODE, UnitValue
from thangdo.dossiers.store import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: an indicator of a unit, alone or with the units below it."""

    indicator: str
    unit: str
    own_only: bool = False


def unit_figures(
    store: Store,
    year: int,
    engine: Engine,
    asked: Iterable[Asked],
    parents: Mapping[str, str] | None = None,
    as_of: date | None = None,
) -> dict[Asked, UnitValue | None]:
    """Each value asked for, or None where the data do not hold it.

    `parents` (unit → unit above it) adds to the store's own catalogue. Raises DossiersFailure DOS305 for indicators
    nobody knows.
    """
    wanted = tuple(asked)
    unknown = sorted({item.indicator for item in wanted} - BY_CODE.keys())
    if unknown:
        raise DossiersFailure("DOS305", found=", ".join(unknown), expected=", ".join(BY_CODE))
    catalogues, span = read_catalogues(store), Span(year)
    opened = with_derived(engine.tables(store, as_of))
    cells = flow_cells(engine, opened.dossiers, year, ("unit",), catalogues)
    requests = supplement_requests(engine, opened, opened.dossiers, span) if needs_requests(catalogues, span) else None
    sums = unit_sums(cells, span, catalogues, requests)
    levels = catalogues.levels
    below = units_below({**catalogues.parents, **(parents or {})})
    found: dict[Asked, UnitValue | None] = {}
    totals: dict[tuple[str, bool], dict[str, float]] = {}
    for item in wanted:
        key = item.unit, item.own_only
        if key not in totals:
            units = [item.unit] if item.own_only else below(item.unit)
            total = added(sums, units)
            if total and catalogues.has_procedures:
                total = with_procedures(total, catalogues, levels.get(item.unit, ""))
            totals[key] = total
        total = totals[key]
        found[item] = BY_CODE[item.indicator].compute(total, levels.get(item.unit, "")) if total else None
    return found
