"""The store's small tables as plain rows: units with their parents, procedures, facts, calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from thangdo.dossiers.store import Store
from thangdo.dossiers.working_time import (
    Hours,
    SpecialDay,
    WorkingCalendar,
    calendar_of,
    hours_row,
    public_days,
)

# A procedure is offered online in full or in part (Nghị định 42/2022/NĐ-CP).
ONLINE_SERVICES = ("full", "partial")


@dataclass(frozen=True)
class Catalogues:
    """Frames with the columns of the schema; empty where the store holds none."""

    units: pd.DataFrame
    procedures: pd.DataFrame
    agency_facts: pd.DataFrame
    calendar: pd.DataFrame

    @cached_property
    def has_procedures(self) -> bool:
        return len(self.procedures) > 0

    @cached_property
    def unit_names(self) -> dict[str, str]:
        names = self.units["name"].where(self.units["name"].notna(), self.units["unit_code"])
        return dict(zip(self.units["unit_code"], names))

    @cached_property
    def parents(self) -> dict[str, str]:
        pairs = zip(self.units["unit_code"], self.units["parent"])
        return {unit: parent for unit, parent in pairs if isinstance(parent, str) and parent and parent != unit}

    @cached_property
    def levels(self) -> dict[str, str]:
        """Level of each unit, blank where unknown."""
        pairs = zip(self.units["unit_code"], self.units["level"])
        return {unit: level if isinstance(level, str) else "" for unit, level in pairs}

    @cached_property
    def procedure_counts(self) -> dict[str | None, tuple[int, int]]:
        """How many procedures there are and how many are offered online: by level, and all of them under None."""
        online = self.procedures["service"].isin(ONLINE_SERVICES)
        by_level = online.groupby(self.procedures["level"]).agg(["size", "sum"])
        counts: dict[str | None, tuple[int, int]] = {None: (len(online), int(online.sum()))}
        return counts | {str(level): (int(size), int(some)) for level, size, some in by_level.itertuples()}

    def working_calendar(self, first_year: int, last_year: int, unit: str = "") -> WorkingCalendar:
        """The calendar of a unit: public days, then the city's own rows, then the unit's."""
        rows = self.calendar[self.calendar["kind"].isin(("holiday", "working"))]
        own = [
            SpecialDay(_day(day), kind == "working", owner if isinstance(owner, str) else "")
            for day, kind, owner in zip(rows["day"], rows["kind"], rows["unit_code"])
        ]
        special = (*public_days(first_year, last_year), *own)
        days = date(first_year, 1, 1), date(last_year, 12, 31)
        return calendar_of(*days, special, self._hours(""), unit, self._hours(unit) if unit else ())

    def _hours(self, owner: str) -> tuple[Hours, ...]:
        rows = self.calendar[self.calendar["kind"] == "hours"]
        chosen = rows[rows["unit_code"].fillna("") == owner]
        records: list[dict[str, Any]] = chosen.to_dict("records")  # type: ignore[assignment]
        return tuple(hours_row({**row, "valid_from": _day(row["day"])}) for row in records)

    @cached_property
    def units_with_own_calendar(self) -> tuple[str, ...]:
        return tuple(sorted({owner for owner in self.calendar["unit_code"] if isinstance(owner, str) and owner}))


def units_below(parents: Mapping[str, str]) -> Callable[[str], list[str]]:
    """From unit → unit above it: what gives a unit with everything below it, through any number of levels."""
    children: dict[str, list[str]] = {}
    for unit, parent in parents.items():
        if parent and parent != unit:
            children.setdefault(parent, []).append(unit)

    def below(unit: str) -> list[str]:
        found, waiting = {unit: None}, [unit]
        while waiting:
            for child in children.get(waiting.pop(), ()):
                if child not in found:
                    found[child] = None
                    waiting.append(child)
        return list(found)

    return below


def _day(value: Any) -> date:
    return value if type(value) is date else pd.Timestamp(value).date()


def read_catalogues(store: Store) -> Catalogues:
    """The four small tables, brought into this process with DuckDB."""
    import duckdb

    with duckdb.connect() as connection:
        frames = {
            name: connection.execute(store.relation(name).sql()).df()
            for name in ("units", "procedures", "agency_facts", "calendar")
        }
    return Catalogues(**frames)
