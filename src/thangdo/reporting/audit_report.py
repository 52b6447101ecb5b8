"""What an audit report shows: plain values, computed elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RankRange:
    """A unit's score, rank, and the range of its rank under the choices that were varied."""

    unit: str
    score: float
    rank: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RankSet:
    """The ranks that the errors of the data allow a unit: by itself, and all units jointly; `tier` by the latter."""

    unit: str
    rank: int
    low: int
    high: int
    joint_low: int
    joint_high: int
    tier: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A question's verdict: `judgement` is sound, look, mend or unknown; `named` what is out of bounds."""

    question: str
    judgement: str
    found: int
    of: int
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """An indicator before and after treatment; values on their own scales, gaps left out."""

    code: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    skew_before: float
    skew_after: float


@dataclass(frozen=True, slots=True)
class SobolBar:
    """A choice's first-order and total index with the total's interval."""

    name: str
    first: float
    total: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Everything drawn. `correlations`: rows over `nodes`, None where there is none. `lines`: a unit's values over
    `nodes`, best unit first. `coherence`: group, members, alpha, first component's share. `weights`: node, effective
    weight, correlation with the index.
    """

    units: int
    indicators: int
    answers: tuple[Answer, ...]
    ranks: tuple[RankRange, ...]
    nodes: tuple[str, ...]
    correlations: tuple[tuple[float | None, ...], ...]
    lines: tuple[tuple[str, tuple[float | None, ...]], ...]
    treated: tuple[BeforeAfter, ...]
    sobol: tuple[SobolBar, ...]
    coherence: tuple[tuple[str, int, float | None, float | None], ...]
    weights: tuple[tuple[str, float, float], ...]
    varied: str
    replications: int
    sets: tuple[RankSet, ...] = ()
