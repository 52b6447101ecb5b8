"""Dossiers as plain rows, judged one at a time: the slow reading of the law that the report is held to.

Nothing here uses the product's counting. A row is what an export says; moments are wall-clock times.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property

ONE_DAY = timedelta(days=1)
DIMENSIONS = ("unit", "block", "field", "procedure", "channel", "level", "month")


@dataclass(frozen=True)
class Dossier:
    code: str
    unit: str
    procedure: str
    channel: str
    received: datetime
    due: datetime
    re_due: datetime | None = None
    finished: datetime | None = None
    outcome: str = ""
    apology: datetime | None = None
    fee: bool | None = None
    digital: bool | None = None
    components: int | None = None
    components_digital: int | None = None
    components_reused: int | None = None
    satisfaction: float | None = None


@dataclass(frozen=True)
class Unit:
    code: str
    block: str = ""
    level: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Procedure:
    code: str
    field: str = ""
    level: str = ""
    service: str = ""
    days: float | None = None
    hours: float | None = None


@dataclass(frozen=True)
class Event:
    code: str
    at: datetime
    kind: str
    unit: str = ""


@dataclass(frozen=True)
class Fact:
    unit: str
    year: int
    name: str
    value: float


@dataclass(frozen=True)
class SpecialDay:
    day: datetime
    is_working: bool
    unit: str = ""


@dataclass(frozen=True)
class City:
    """Everything that was exported: dossiers and what stands around them. Empty lists = not exported."""

    dossiers: Sequence[Dossier]
    units: Sequence[Unit] = ()
    procedures: Sequence[Procedure] = ()
    events: Sequence[Event] = ()
    facts: Sequence[Fact] = ()
    days: Sequence[SpecialDay] = field(default=())

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {row.code: row for row in self.units}

    @cached_property
    def _procedures(self) -> dict[str, Procedure]:
        return {row.code: row for row in self.procedures}

    def place(self, dossier: Dossier, dimension: str) -> str:
        """What a dossier is split by; blank where no catalogue says."""
        unit = self._units.get(dossier.unit, Unit(dossier.unit))
        procedure = self._procedures.get(dossier.procedure, Procedure(""))
        return {
            "unit": dossier.unit,
            "block": unit.block,
            "field": procedure.field,
            "procedure": dossier.procedure,
            "channel": dossier.channel,
            "level": procedure.level,
        }[dimension]


@dataclass(frozen=True)
class Period:
    """From `start` on, until just before `end`."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end


def year_of(year: int) -> Period:
    return Period(datetime(year, 1, 1), datetime(year + 1, 1, 1))


def months_of(year: int) -> dict[str, Period]:
    found = {}
    for month in range(1, 13):
        last = calendar.monthrange(year, month)[1]
        start = datetime(year, month, 1)
        found[f"{year}-{month:02d}"] = Period(start, start + timedelta(days=last))
    return found


def is_late(moment: datetime, due: datetime) -> bool:
    """After the due date: a date without a time, or stamped 00:00:00, ends at 24:00; any other ends with its stamp."""
    return moment >= due + ONE_DAY if due.time() == time() else moment > due


def verdict(finished: datetime, due: datetime) -> str:
    if is_late(finished, due):
        return "overdue"
    return "early" if finished.date() < due.date() else "on_time"


def is_over_at(end: datetime, due: datetime) -> bool:
    """Whether a due date has ended before a period does; one that ends with the period has not."""
    return (due + ONE_DAY if due.time() == time() else due) < end


DueOf = Callable[[Dossier], datetime | None]


def recorded(dossier: Dossier) -> datetime | None:
    return dossier.due


def re_promised(dossier: Dossier) -> datetime | None:
    return dossier.re_due or dossier.due


def state(dossier: Dossier, period: Period, due_of: DueOf = recorded) -> str:
    """Where a dossier stands in a period: "" = not in it, else a column of form 06."""
    if dossier.received >= period.end or (dossier.finished is not None and dossier.finished < period.start):
        return ""
    due = due_of(dossier)
    if due is None:
        return ""
    if dossier.finished is not None and dossier.finished < period.end:
        return verdict(dossier.finished, due)
    return "open_overdue" if is_over_at(period.end, due) else "open_within"
