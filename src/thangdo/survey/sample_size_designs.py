"""The table of designs: what each allocation costs and how precise every stratum becomes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from thangdo.survey.allocation import ALLOCATIONS, Strata, allocate
from thangdo.survey.sample_size import cochran, margin_of, with_design

RULES = tuple(rule.code for rule in ALLOCATIONS)


@dataclass(frozen=True, slots=True)
class DesignRow:
    """One stratum under one design; the row `stratum == ""` is the whole sample.

    `n` people to draw, `interviews` expected answers, `margin` half the interval of a share, `deff` the
    design effect counted in it (clusters times, for the whole, unequal weights).
    """

    design: str
    stratum: str
    population: int
    n: int
    interviews: float
    margin: float
    deff: float


def design_table(
    strata: Strata,
    total: int,
    *,
    rules: Sequence[str] = RULES,
    share: float = 0.5,
    confidence: float = 0.95,
    deff: float = 1.0,
    response_rate: float = 1.0,
    power: float = 0.5,
    minimum: int = 2,
    margin: float | None = None,
) -> tuple[DesignRow, ...]:
    """Every allocation of `total` people to draw, stratum by stratum and for the whole.

    With `margin` a further design, `per_stratum`, gives every stratum that margin of its own (Cochran with
    its finite population, times deff, over the response rate), whatever that adds up to.
    """
    rows: list[DesignRow] = []
    for rule in rules:
        counts = allocate(strata, total, rule, minimum=minimum, power=power)
        rows += _rows(rule, strata, counts, share, confidence, deff, response_rate)
    if margin is not None:
        counts = tuple(
            with_design(
                cochran(margin, share=share, confidence=confidence, population=population),
                deff=deff,
                response_rate=response_rate,
                population=population,
            ).asked
            for population in strata.population
        )
        rows += _rows("per_stratum", strata, counts, share, confidence, deff, response_rate)
    return tuple(rows)


def _rows(
    design: str, strata: Strata, counts: Sequence[int], share: float, confidence: float, deff: float, rate: float
) -> list[DesignRow]:
    rows = []
    for label, population, n in zip(strata.labels, strata.population, counts, strict=True):
        interviews = n * rate
        reached = margin_of(interviews, share=share, confidence=confidence, population=population, deff=deff)
        rows.append(DesignRow(design, label, population, n, interviews, reached, deff))
    whole = sum(strata.population)
    weights = [population / n if n else 0.0 for population, n in zip(strata.population, counts, strict=True)]
    squares = math.fsum(n * weight**2 for n, weight in zip(counts, weights, strict=True))
    by_weights = sum(counts) * squares / whole**2 if all(counts) else math.inf
    # Stratum by stratum the margins add up exactly: the square root of Σ (N_h/N)² m_h².
    margin = math.sqrt(math.fsum((row.population / whole * row.margin) ** 2 for row in rows))
    rows.append(DesignRow(design, "", whole, sum(counts), sum(counts) * rate, margin, deff * by_weights))
    return rows
