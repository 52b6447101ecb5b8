"""The figures of single units from a store, each unit with the units below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.indicators.catalogues import read_catalogues
from thangdo.dossiers.indicators.cells import flow_cells
from thangdo.dossiers.indicators.unit_sums import added, supplement_requests, unit_sums
from thangdo.dossiers.indicators.unit_values import BY_CODE, UnitValue
from thangdo.dossiers.report import levels_of, with_procedures
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
    catalogues = read_catalogues(store)
    opened = engine.tables(store, as_of)
    cells = flow_cells(engine, opened.dossiers, year, ("unit",), catalogues, with_sums=True)
    facts = set(catalogues.agency_facts["fact"])
    requests = None if "contacts_back_1" in facts else supplement_requests(engine, opened, opened.dossiers, year)
    sums = unit_sums(cells, year, catalogues, requests)
    levels = levels_of(catalogues)
    below = _children({**catalogues.parents, **(parents or {})})
    found: dict[Asked, UnitValue | None] = {}
    totals: dict[tuple[str, bool], dict[str, float]] = {}
    for item in wanted:
        key = item.unit, item.own_only
        if key not in totals:
            units = [item.unit] if item.own_only else _with_below(item.unit, below)
            total = added(sums, units)
            if total and catalogues.has_procedures:
                total = with_procedures(total, catalogues, levels.get(item.unit, ""))
            totals[key] = total
        total = totals[key]
        found[item] = BY_CODE[item.indicator].compute(total, levels.get(item.unit, "")) if total else None
    return found


def _children(parents: Mapping[str, str]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for unit, parent in parents.items():
        if parent and parent != unit:
            children.setdefault(parent, []).append(unit)
    return children


def _with_below(unit: str, children: Mapping[str, Sequence[str]]) -> list[str]:
    found, waiting = {unit: None}, [unit]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found[child] = None
                waiting.append(child)
    return list(found)
