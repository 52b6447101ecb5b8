"""Results: what an evaluation yields, whole; the one value that files, pages and editions are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from thangdo.evaluation.membership import UnitName
from thangdo.evaluation.round import IndexEntry
from thangdo.findings import Finding
from thangdo.methodology import CriteriaSet
from thangdo.scoring import ResultRow, Scored

IntervalKind = Literal["sampling", "sampling_simultaneous", "method"]


@dataclass(frozen=True, slots=True)
class NodeScore:
    """Points of one node of one unit in one layer."""

    unit: str
    block: str
    node: str
    layer: str
    points: Decimal | None
    maximum: Decimal | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Interval:
    """The ranks a unit may hold: by sampling error, or over choices of method. Never pooled."""

    index: str
    block: str
    unit: str
    rank_low: int
    rank_high: int
    kind: IntervalKind
    level: float
    tier: int | None


@dataclass(frozen=True, slots=True)
class ScoreInterval:
    """The sampling interval of a unit's percent."""

    index: str
    block: str
    unit: str
    low: float
    high: float
    se: float


@dataclass(frozen=True, slots=True)
class Residual:
    """What was published against what the method gives."""

    index: str
    year: int
    unit: str
    published: Decimal | None
    recomputed: Decimal | None
    difference: Decimal | None
    published_rank: int | None
    recomputed_rank: int | None


@dataclass(frozen=True, slots=True)
class IndexResults:
    """One index entry: its set, its rows, and either the scored marks or the composite's node scores."""

    entry: IndexEntry
    criteria_set: CriteriaSet
    rows: tuple[ResultRow, ...]
    scored: Scored | None = None
    node_scores: tuple[NodeScore, ...] = ()

    @property
    def id(self) -> str:
        return self.entry.id

    def block_rows(self, block: str) -> list[ResultRow]:
        """A block's rows as a reader would sort them: by rank, the unranked last."""
        rows = [row for row in self.rows if row.block == block]
        return sorted(
            rows, key=lambda row: (row.rank is None, row.rank or 0, -(row.exact_percent or Decimal(0)), row.unit)
        )


@dataclass(frozen=True, slots=True)
class Results:
    """Everything an evaluation says of a round."""

    round_id: str
    year: int
    state: str
    language: str
    illustrative: bool
    provenance: Mapping[str, Any]
    round_hash: str
    units: Mapping[str, UnitName]
    indices: tuple[IndexResults, ...]
    intervals: tuple[Interval, ...] = ()
    score_intervals: tuple[ScoreInterval, ...] = ()
    residuals: tuple[Residual, ...] = ()
    has_published: bool = False
    findings: tuple[Finding, ...] = ()
    # (index, unit) → criterion → answers behind its survey value, where they are too few to print or rank.
    few_answers: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def entries(self, index: str) -> list[IndexResults]:
        return [results for results in self.indices if results.id == index]

    def row(self, index: str, unit: str) -> ResultRow | None:
        """The result of one unit in one index."""
        return next((row for entry in self.entries(index) for row in entry.rows if row.unit == unit), None)
