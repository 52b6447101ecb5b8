"""Tests between the domains of one survey and between two surveys, statistic by statistic.

Domains share clusters and strata (and totals of a calibration), so the difference of two is a contrast of the
whole covariance: Var(a − b) = Var a + Var b − 2 Cov(a, b), as R's `svycontrast` has it on `svyby(…, covmat =
TRUE)`. Two surveys are drawn apart: their variances add. Each p is two-sided, by t on the degrees of freedom
the row names; `p_holm` is adjusted for all tests of the same analysis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.design import Design
from thangdo.survey.disclosure import suppress
from thangdo.survey.estimation import Asked, Estimate, asked_of, estimates_of
from thangdo.survey.estimation_analysis import EVERY, Analysis
from thangdo.survey.estimation_changes import difference, holm
from thangdo.survey.estimation_columns import Columns
from thangdo.survey.estimation_indicators import sparse_covariance
from thangdo.survey.estimation_intervals import t_interval
from thangdo.survey.replicates import replicate_covariance, replicate_ratios, replicate_totals

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

COLUMNS = (
    "test", "statistic", "variable", "level", "domain", "against", "estimate", "estimate_against", "difference", "se",
    "ci_low", "ci_high", "df", "p", "p_holm", "n", "n_against",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """One test: `domains` of a survey, or the same domain in two `years`."""

    test: str
    statistic: str
    variable: str
    level: str
    domain: str
    against: str
    estimate: float
    estimate_against: float
    difference: float
    se: float
    ci_low: float
    ci_high: float
    df: int
    p: float
    p_holm: float
    n: int
    n_against: int


def compare_domains(
    design: Design, columns: Columns, analysis: Analysis, gathered: Gathered, min_n: int | None = None
) -> list[Comparison]:
    """The pairs of domains an analysis asks for. A quantile has no covariance to test with (SUR311)."""
    if not analysis.by or not analysis.compare:
        return []
    if analysis.statistic == "quantile":
        gathered.add(Finding("SUR311", Where(), "compare: quantile", "mean, total, ratio, share"))
        return []
    asked = asked_of(design, columns, analysis, gathered)
    if asked is None:
        return []
    names = [name for name, _, _ in asked.domains]
    pairs = list(_pairs(analysis, names, gathered))
    direct = _by_place(asked, _shown(estimates_of(design, asked), min_n))
    found: list[Comparison] = []
    for place in range(len(asked.levels)):
        spread = _joint_covariance(design, asked, place)
        for a, b in pairs:
            one, other = direct[names[a], place], direct[names[b], place]
            rows = np.union1d(asked.domains[a][1], asked.domains[b][1])
            df = design.degrees(rows if analysis.df == "domain" else None)
            variance = float(spread[a, a] + spread[b, b] - 2 * spread[a, b])
            # What only rounding left of equal and opposite parts is no variance.
            se = math.sqrt(variance) if variance > 1e-24 * float(spread[a, a] + spread[b, b]) else 0.0
            gap = one.estimate - other.estimate
            low, high = t_interval(gap, se, df, design.level)
            found.append(_row("domains", one, other, (gap, low, high, _p(gap, se, df)), se, df))
    return _adjusted(found)


def compare_years(
    now: tuple[Design, Columns], last: tuple[Design, Columns], analysis: Analysis, gathered: Gathered,
    min_n: int | None = None,
) -> list[Comparison]:  # fmt: skip
    """Every domain and level of an analysis against the same in the survey before.

    The degrees of freedom of the two designs add up. What only one of the surveys has is named (SUR327).
    """
    both = []
    for design, columns in (now, last):
        asked = asked_of(design, columns, analysis, gathered)
        made = [] if asked is None else _shown(estimates_of(design, asked), min_n)
        both.append({(row.level, row.domain): row for row in made})
    newer, older = both
    for key in sorted(newer.keys() ^ older.keys()):
        name = " ".join(part for part in (analysis.variable, *key) if part)
        gathered.add(Finding("SUR327", Where(), name, severity="warning"))
    found = []
    for key in (key for key in newer if key in older):
        one, other = newer[key], older[key]
        df, level = one.df + other.df, now[0].level
        tested = difference(one.estimate, one.se, other.estimate, other.se, df, level) if df > 0 else None
        gap = one.estimate - other.estimate
        result = tested or (gap, math.nan, math.nan, math.nan)
        found.append(_row("years", one, other, result, math.hypot(one.se, other.se), df))
    return _adjusted(found)


def _pairs(analysis: Analysis, names: Sequence[str], gathered: Gathered) -> Iterator[tuple[int, int]]:
    place = {name: k for k, name in enumerate(names)}
    for first, second in analysis.compare:
        for name in (first, second):
            if name != EVERY and name not in place:
                gathered.add(Finding("SUR311", Where("", 0, "compare"), name, ", ".join(names)))
        if first == second == EVERY:
            yield from ((a, b) for a in range(len(names)) for b in range(a + 1, len(names)))
        elif first == EVERY and second in place:
            yield from ((a, place[second]) for a in range(len(names)) if a != place[second])
        elif first in place and second in place:
            yield place[first], place[second]


def _joint_covariance(design: Design, asked: Asked, place: int) -> Floats:
    """Covariance of one level's estimates over all domains."""
    values, kind = asked.matrix[:, place], asked.analysis.statistic
    below = np.ones(design.rows) if asked.below is None else asked.below
    is_ratio = kind != "total"
    if design.replicates is not None:
        thetas, estimates = [], []
        for _, rows, _ in asked.domains:
            both = np.column_stack([values[rows], below[rows]])
            sums = replicate_totals(design.replicates, design.weights, both, rows)
            plain = design.weights[rows] @ both
            thetas.append(replicate_ratios(sums)[:, 0] if is_ratio else sums[:, 0])
            estimates.append(plain[0] / plain[1] if is_ratio else plain[0])
        return replicate_covariance(design.replicates, np.column_stack(thetas), np.array(estimates))
    scores = []
    for _, rows, _ in asked.domains:
        weights, above = design.weights[rows], values[rows]
        if not is_ratio:
            scores.append(weights * above)
            continue
        bottom = float(weights @ below[rows])
        scores.append(weights * (above - float(weights @ above) / bottom * below[rows]) / bottom)
    every = np.concatenate([rows for _, rows, _ in asked.domains])
    ends = np.cumsum([0, *(rows.size for _, rows, _ in asked.domains)])
    matrix = sparse.csc_matrix((np.concatenate(scores), every, ends), shape=(design.rows, len(asked.domains)))
    return np.asarray(sparse_covariance(design, matrix).toarray())


def _shown(rows: list[Estimate], min_n: int | None) -> list[Estimate]:
    return rows if min_n is None else suppress(rows, min_n)


def _by_place(asked: Asked, rows: Sequence[Estimate]) -> Mapping[tuple[str, int], Estimate]:
    """Estimates by domain and position of their level."""
    width = len(asked.levels)
    return {(row.domain, number % width): row for number, row in enumerate(rows)}


def _p(gap: float, se: float, df: int) -> float:
    if df <= 0:
        return math.nan
    return float(2 * stats.t.sf(abs(gap) / se, df)) if se > 0 else float(gap == 0)


def _row(
    test: str, one: Estimate, other: Estimate, result: tuple[float, float, float, float], se: float, df: int
) -> Comparison:
    gap, low, high, p = result
    names = (test, one.statistic, one.variable, one.level, one.domain, other.domain)
    if math.isnan(one.estimate) or math.isnan(other.estimate):  # a hidden side hides the test, its df included
        gap = se = low = high = p = math.nan
        df = 0
    return Comparison(
        *names, one.estimate, other.estimate, gap, se, low, high, df, p, math.nan, one.n, other.n
    )  # fmt: skip


def _adjusted(rows: Sequence[Comparison]) -> list[Comparison]:
    tested = [k for k, row in enumerate(rows) if not math.isnan(row.p)]
    adjusted = dict(zip(tested, holm([rows[k].p for k in tested]), strict=True))
    return [replace(row, p_holm=adjusted.get(k, math.nan)) for k, row in enumerate(rows)]
