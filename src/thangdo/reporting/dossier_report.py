"""What the page and the form of a dossier report are made of: plain values, no frames, no store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from thangdo.reporting.dossier_period import Period

Count = int | float | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month's flow: its number in the year (1 to 12), dossiers received in it and resolved in it."""

    number: int
    received: int
    resolved: int


@dataclass(frozen=True, slots=True)
class ByDueDate:
    """Dossiers resolved in the period that one kind of due date judges: `basis` recorded, re_promised or recomputed."""

    basis: str
    resolved: int
    overdue: int


@dataclass(frozen=True, slots=True)
class FunnelUnit:
    """A unit against chance: `expected` late dossiers, shares 0–1, `signal` worse, better or ''.

    `standardised` is None where no late dossier is expected: there is nothing to compare with.
    """

    name: str
    resolved: int
    late: int
    expected: float
    standardised: float | None
    shrunk: float
    signal: str


@dataclass(frozen=True, slots=True)
class FunnelLimit:
    """The 99.8 % limits of the standardised share (0–1) where `expected` late dossiers are to be expected."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class UnitMonths:
    """A unit's on-time share (0–1) of each month; None where it resolved nothing."""

    name: str
    shares: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Signal:
    """A gaming signal: where, which detector, how many dossiers of how many, its share there and the units' median (0–1)."""

    unit: str
    detector: str
    dossiers: int
    base: int
    share: float
    median: float


@dataclass(frozen=True, slots=True)
class Detector:
    """A way of gaming: its code in tables and lists, its name, what it counts of what."""

    code: str
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long a unit's late dossiers wait: open ones censored; shares 0–1, None where nothing is known.

    No wait was seen beyond `longest` days: shares of later days are upper bounds.
    """

    unit: str
    late: int
    open_late: int
    median_days: float | None
    after_10: float | None
    after_30: float | None
    longest: int


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of form 06: its name, `depth` 0 for a group and 1 for a field, columns 3 to 13, broken identities."""

    name: str
    depth: int
    columns: Sequence[int]
    flags: str = ""


@dataclass(frozen=True, slots=True)
class DossierReport:
    """A period's dossiers as their readers see them.

    `summary` holds the figures of summary.json and `fingerprint` its SHA-256; `files` lie beside the page. `classes` are
    the agencies by class, best first; `class_maximum` the most points (of 18) the data allow any agency.
    `form_head` says what rows of the form are where they are not its own, fields by level.
    `data_end` is the last day that the data know of, None where no stamp says.
    With `has_months_of_their_own` rows of the form are single months, each a period of its own.
    """

    period: Period
    day: str
    is_illustrative: bool
    filter: str
    summary: Mapping[str, Count]
    fingerprint: str
    files: Sequence[str]
    by_due_date: Sequence[ByDueDate]
    months: Sequence[Month]
    funnel: Sequence[FunnelUnit]
    limits: Sequence[FunnelLimit]
    unit_months: Sequence[UnitMonths]
    units: int
    signals: Sequence[Signal]
    detectors: Sequence[Detector]
    waiting: Sequence[Waiting]
    classes: Sequence[tuple[str, int]]
    class_maximum: int
    form: Sequence[FormRow]
    form_head: str = ""
    has_months_of_their_own: bool = False
    data_end: date | None = None

    @property
    def ends_early(self) -> bool:
        """Whether the data end well before the period, so that open dossiers are judged by days that have not come."""
        return self.data_end is not None and self.period.outlasts(self.data_end)

    @property
    def counts(self) -> dict[str, int]:
        """The figures of the summary that count something; shares and what is not known are none."""
        return {key: int(value) for key, value in self.summary.items() if value is not None and "share" not in key}
