"""Everything that is added up per unit before a share is taken: counts of the year and facts about the agency.

Shares are taken after adding, so that a unit with those below it, a block or the city use the same functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from thangdo.dossiers.engines import Engine, Tables
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.event_codes import code_of
from thangdo.dossiers.indicators.flows import figures
from thangdo.dossiers.indicators.judging import finished_in
from thangdo.dossiers.indicators.span import Span


def unit_sums(
    cells: pd.DataFrame, span: Span, catalogues: Catalogues, requests: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row a unit: form 06 counts and sums, facts of periods within `span` as `fact_…` (blank = not given), requests.

    Of several periods counts are added and shares averaged. `requests` (from `supplement_requests`) gives `asked_once`
    and `asked_more`, blank for units whose facts say how often applicants came back; without it they are missing.
    """
    sums = figures(cells, ("unit",), span).set_index("unit")
    inside = _facts_within(catalogues, span)
    if len(inside):
        found = inside.groupby(["unit_code", "fact"])["value"].agg(["sum", "mean"])
        is_share = found.index.get_level_values("fact").str.endswith("_share")
        wide = found["sum"].where(~is_share, found["mean"]).unstack("fact")
        sums = sums.join(wide.add_prefix("fact_"), how="left")
    if requests is not None:
        counted = requests.set_index("unit").reindex(sums.index, fill_value=0)
        counted = counted[~sums.index.isin(_units_that_tell(inside))]
        sums = sums.assign(asked_once=counted["asked_once"], asked_more=counted["asked_more"])
    return sums


def needs_requests(catalogues: Catalogues, span: Span) -> bool:
    """Whether requests for supplement have to be counted: for some unit no fact says how often applicants came back."""
    units = set(catalogues.units["unit_code"])
    return not units or not units <= _units_that_tell(_facts_within(catalogues, span))


def _facts_within(catalogues: Catalogues, span: Span) -> pd.DataFrame:
    facts = catalogues.agency_facts
    first, last = pd.to_datetime(facts["period_from"]), pd.to_datetime(facts["period_to"])
    return facts[(first >= span.start) & (last < span.end)]


def _units_that_tell(facts: pd.DataFrame) -> set[str]:
    return set(facts.loc[facts["fact"].isin(("contacts_back_1", "contacts_back_more")), "unit_code"])


def times_asked(tables: Tables) -> Any | None:
    """How often a supplement was requested, by dossier: `asked_code` (see `event_codes`), `times`. None where the store holds no events."""
    if tables.events is None:
        return None
    events = tables.events.filter(tables.events.kind == "supplement_requested")
    return events.group_by(asked_code=events[code_of(tables)]).aggregate(times=events.count())


def supplement_requests(engine: Engine, tables: Tables, dossiers: Any, span: Span) -> pd.DataFrame | None:
    """Dossiers resolved in `span` whose applicant was asked for a supplement once, and more often, by unit.

    None where the store holds no events.
    """
    times = times_asked(tables)
    if times is None:
        return None
    code = code_of(tables)
    rows = finished_in(dossiers, span).select(code, "unit_code")
    joined = rows.inner_join(times, rows[code] == times.asked_code)
    question = joined.group_by(unit=joined.unit_code).aggregate(
        asked_once=(joined.times == 1).sum(), asked_more=(joined.times > 1).sum()
    )
    return engine.run(question).astype({"asked_once": "int64", "asked_more": "int64"})


def added(sums: pd.DataFrame, units: Sequence[str]) -> dict[str, float]:
    """The sums of some units together. A fact that none of them gives is left out."""
    chosen = sums.loc[sums.index.intersection(list(units))]
    values = chosen.to_numpy(dtype=np.float64)
    given = (~np.isnan(values)).sum(axis=0)
    total = np.nansum(values, axis=0)
    return {
        # A share that is itself a fact is averaged over those who give it.
        str(name): float(value / count if str(name).endswith("_share") else value)
        for name, value, count in zip(chosen.columns, total, given)
        if count
    }


def of_each_unit(sums: pd.DataFrame) -> Iterator[tuple[str, dict[str, float]]]:
    """What `added` gives for each unit alone, in one pass."""
    names = [str(name) for name in sums.columns]
    for unit, values in zip(sums.index, sums.to_numpy(dtype=np.float64).tolist()):
        # NaN differs from itself: what the unit does not give is left out.
        yield str(unit), {name: value for name, value in zip(names, values) if value == value}


def with_procedures(sums: dict[str, float], catalogues: Catalogues, level: str) -> dict[str, float]:
    """The sums with the procedures of the unit's level (of all levels where the catalogue knows none of it)."""
    counts = catalogues.procedure_counts
    total, online = counts.get(level) or counts[None]
    return {**sums, "procedures_total": float(total), "procedures_online": float(online)}
