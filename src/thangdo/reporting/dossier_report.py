"""What the page and the form of a dossier report are made of: plain values, no frames, no store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Count = int | float | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month's flow: `name` as printed (01/2023), dossiers received in it and resolved in it."""

    name: str
    received: int
    resolved: int

    @property
    def number(self) -> str:
        """The month of the year as charts name it: 1 to 12."""
        return self.name[:2].lstrip("0")


@dataclass(frozen=True, slots=True)
class FunnelUnit:
    """A unit against chance: `expected` late dossiers, shares 0–1, the 99.8 % limits, `signal` worse, better or ''."""

    name: str
    resolved: int
    late: int
    expected: float
    standardised: float
    shrunk: float
    low: float
    high: float
    signal: str


@dataclass(frozen=True, slots=True)
class UnitMonths:
    """A unit's on-time share (0–1) of each month; None where it resolved nothing."""

    name: str
    shares: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Signal:
    """A gaming signal: where, which detector, how many dossiers, its share there and in the city (0–1)."""

    unit: str
    detector: str
    dossiers: int
    share: float
    city_share: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long a unit's late dossiers wait: open ones censored; shares 0–1, None where nothing is known."""

    unit: str
    late: int
    open_late: int
    median_days: float | None
    after_10: float | None
    after_30: float | None


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of form 06: its name, `depth` 0 for a group and 1 for a field, columns 3 to 13, broken identities."""

    name: str
    depth: int
    columns: Sequence[int]
    flags: str = ""


@dataclass(frozen=True, slots=True)
class DossierReport:
    """A year of dossiers as its readers see it."""

    year: int
    day: str
    is_illustrative: bool
    filter: str
    summary: Mapping[str, Count]
    months: Sequence[Month]
    funnel: Sequence[FunnelUnit]
    unit_months: Sequence[UnitMonths]
    units: int
    signals: Sequence[Signal]
    waiting: Sequence[Waiting]
    classes: Sequence[tuple[str, int]]
    form: Sequence[FormRow]
