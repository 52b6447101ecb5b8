"""Estimates of means, totals, ratios, shares and quantiles, with the errors of the design."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from thangdo.findings import Gathered
from thangdo.survey.design import Design
from thangdo.survey.estimation_analysis import Analysis
from thangdo.survey.estimation_columns import Columns
from thangdo.survey.estimation_intervals import effective_n, logit_interval, t_interval, wilson_interval
from thangdo.survey.linearisation import covariance
from thangdo.survey.quantile import distribution, quantile_interval
from thangdo.survey.replicates import replicate_covariance, replicate_ratios, replicate_totals
from thangdo.survey.weights_steps import joined_categories, numeric

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

COLUMNS = (
    "statistic", "variable", "level", "domain", "estimate", "se", "ci_low", "ci_high", "deff", "df", "n", "missing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of the output; NaN is "none" (a quantile has no design effect)."""

    statistic: str
    variable: str
    level: str
    domain: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    deff: float
    df: int
    n: int
    missing: int


@dataclass(frozen=True)
class Moments:
    """Estimates of several columns over the same rows, their covariance, and design effects."""

    estimates: Floats
    covariance: Floats
    deff: Floats

    @property
    def errors(self) -> Floats:
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def estimate(design: Design, columns: Columns, asked: Sequence[Analysis], gathered: Gathered) -> list[Estimate]:
    """All analyses, in their order; a variable that cannot be read is a finding and gives no row."""
    found: list[Estimate] = []
    for analysis in asked:
        ready = asked_of(design, columns, analysis, gathered)
        found += [] if ready is None else estimates_of(design, ready)
    return found


@dataclass(frozen=True)
class Asked:
    """An analysis on its data: the matrix has one column a level, each domain its rows with an answer."""

    analysis: Analysis
    matrix: Floats
    levels: list[str]
    below: Floats | None
    domains: tuple[tuple[str, Codes, int], ...]
    is_share: bool


def asked_of(design: Design, columns: Columns, analysis: Analysis, gathered: Gathered) -> Asked | None:
    """The columns an analysis needs and its domains as (name, rows, missing), or None after findings."""
    column = columns.get(analysis.variable, gathered)
    parts = [columns.get(name, gathered) for name in analysis.by]
    below = numeric(columns, analysis.denominator, gathered) if analysis.denominator else None
    if column is None or any(part is None for part in parts) or (analysis.denominator and below is None):
        return None
    as_categories = analysis.statistic == "share" or (
        analysis.statistic in {"mean", "total"} and not _meant_as_number(column)
    )
    values = None if as_categories else numeric(columns, analysis.variable, gathered)
    if values is None and not as_categories:
        return None
    if as_categories:
        matrix, levels = _indicators(column.categories.codes, column.categories.labels, analysis.levels)
        known = column.categories.codes >= 0
    else:
        matrix = np.zeros((0, 0)) if values is None else values[:, None]
        known, levels = np.isfinite(matrix[:, 0]), [""]
    if below is not None:
        known = known & np.isfinite(below)
    domains = []
    for domain, inside in _domains([part.categories for part in parts if part is not None], design):
        rows = inside[known[inside]]
        if rows.size:
            domains.append((domain, rows, int(inside.size - rows.size)))
    return Asked(analysis, matrix, levels, below, tuple(domains), as_categories)


def estimates_of(design: Design, asked: Asked) -> list[Estimate]:
    """One row a domain and level."""
    found: list[Estimate] = []
    for domain, rows, missing in asked.domains:
        found += _of_domain(
            design, asked.analysis, domain, rows, missing, asked.matrix, asked.levels, asked.below,
            is_share=asked.is_share,
        )  # fmt: skip
    return found


def _meant_as_number(column: object) -> bool:
    """Numbers, also with a stray word among them (which is then a finding, not a category)."""
    numbers = column.numbers_of_labels  # type: ignore[attr-defined]
    read = sum(number is not None for number in numbers)
    return bool(read) and read * 2 > len(numbers)


def _domains(parts: Sequence[object], design: Design) -> Iterator[tuple[str, Codes]]:
    active = design.weights > 0
    if not parts:
        yield "", np.flatnonzero(active)
        return
    codes, labels = joined_categories(parts)  # type: ignore[arg-type]
    kept = np.flatnonzero(active & (codes >= 0))
    order = kept[np.argsort(codes[kept], kind="stable")]
    ends = np.cumsum(np.bincount(codes[kept], minlength=len(labels)))
    for label, start, end in zip(labels, np.r_[0, ends[:-1]], ends, strict=True):
        if end > start:
            yield ".".join(label), order[start:end]


def _indicators(codes: Codes, labels: tuple[str, ...], joined: tuple[str, ...]) -> tuple[Floats, list[str]]:
    if joined:
        chosen = [code for code, label in enumerate(labels) if label in joined]
        return np.isin(codes, chosen).astype(np.float64)[:, None], ["+".join(joined)]
    return (codes[:, None] == np.arange(len(labels))[None, :]).astype(np.float64), list(labels)


def _of_domain(
    design: Design, analysis: Analysis, domain: str, rows: Codes, missing: int, matrix: Floats, levels: Sequence[str],
    below: Floats | None, *, is_share: bool,
) -> list[Estimate]:  # fmt: skip
    chosen = matrix[rows]
    n = int(rows.size)
    variable = analysis.variable
    df = design.degrees(rows if analysis.df == "domain" else None)
    if analysis.statistic == "quantile":
        return _quantiles(design, analysis, domain, rows, chosen[:, 0], missing)
    if analysis.statistic == "ratio" and below is not None:
        variable = f"{analysis.variable}/{analysis.denominator}"
        moments = ratios(design, rows, chosen, below[rows], analysis.deff)
    elif analysis.statistic == "total":
        moments = totals(design, rows, chosen, analysis.deff)
    else:
        moments = means(design, rows, chosen, analysis.deff)
    found = []
    for place, level in enumerate(levels):
        value, se, deff = (float(array[place]) for array in (moments.estimates, moments.errors, moments.deff))
        low, high = _interval(analysis, value, se, n, df, design.level, is_share=is_share)
        found.append(Estimate(analysis.statistic, variable, level, domain, value, se, low, high, deff, df, n, missing))
    return found


def _interval(
    analysis: Analysis, value: float, se: float, n: int, df: int, level: float, *, is_share: bool
) -> tuple[float, float]:
    kind = analysis.interval
    if kind == "default":
        kind = "logit" if is_share and analysis.statistic == "share" else "t"
    if kind == "logit" and -1e-9 < value < 1 + 1e-9:
        return logit_interval(value, se, n, df, level)
    if kind == "wilson" and -1e-9 < value < 1 + 1e-9:
        return wilson_interval(value, effective_n(value, se, n), df, level)
    return t_interval(value, se, df, level)


def means(design: Design, rows: Codes, values: Floats, deff: str = "none") -> Moments:
    """Weighted means of the columns of `values` (given for `rows` only)."""
    weights = design.weights[rows]
    size = weights.sum()
    found = weights @ values / size
    if design.replicates is not None:
        parts = replicate_totals(design.replicates, design.weights, np.column_stack([values, np.ones(rows.size)]), rows)
        spread = replicate_covariance(design.replicates, replicate_ratios(parts), found)
    else:
        spread = _linearised(design, rows, (values - found) * (weights / size)[:, None])
    return Moments(found, spread, _design_effect(np.diag(spread), weights, values, 1.0, deff))


def totals(design: Design, rows: Codes, values: Floats, deff: str = "none") -> Moments:
    """Weighted totals of the columns of `values`."""
    weights = design.weights[rows]
    found = weights @ values
    if design.replicates is not None:
        thetas = replicate_totals(design.replicates, design.weights, values, rows)
        spread = replicate_covariance(design.replicates, thetas, found)
    else:
        spread = _linearised(design, rows, values * weights[:, None])
    return Moments(found, spread, _design_effect(np.diag(spread), weights, values, float(weights.sum()), deff))


def ratios(design: Design, rows: Codes, values: Floats, below: Floats, deff: str = "none") -> Moments:
    """Ratios of weighted totals of the columns of `values` to that of `below`."""
    weights = design.weights[rows]
    bottom = float(weights @ below)
    found = weights @ values / bottom
    residuals = (values - np.outer(below, found)) / bottom
    if design.replicates is not None:
        parts = replicate_totals(design.replicates, design.weights, np.column_stack([values, below]), rows)
        spread = replicate_covariance(design.replicates, replicate_ratios(parts), found)
    else:
        spread = _linearised(design, rows, residuals * weights[:, None])
    return Moments(found, spread, _design_effect(np.diag(spread), weights, residuals, float(weights.sum()), deff))


def _linearised(design: Design, rows: Codes, scores: Floats) -> Floats:
    if not design.projections:
        return covariance(design, scores, None if rows.size == design.rows else rows)
    everywhere = np.zeros((design.rows, scores.shape[1]))
    everywhere[rows] = scores
    return covariance(design, everywhere)


def _design_effect(variances: Floats, weights: Floats, values: Floats, factor: float, kind: str) -> Floats:
    """Variance over that of a simple random sample of the same size (Kish 1965, section 8.2).

    The sample variance is weighted, with n/(n − 1); `factor` is the population size for totals.
    """
    n, size = weights.size, float(weights.sum())
    if kind == "none" or n < 2 or (kind != "replace" and size < n):
        return np.full(values.shape[1], math.nan)
    centred = values - weights @ values / size
    spread = (weights @ centred**2) / size * n / (n - 1)
    simple = spread * factor**2 / n
    if kind != "replace":
        simple = simple * (size - n) / size
    negligible = simple <= 1e-28 * np.maximum(1.0, (weights @ values / size) ** 2) * factor**2
    return np.where(negligible, math.nan, np.divide(variances, simple, out=np.zeros_like(simple), where=simple > 0))


def _quantiles(
    design: Design, analysis: Analysis, domain: str, rows: Codes, values: Floats, missing: int
) -> list[Estimate]:
    made = distribution(values, design.weights[rows])
    # As in R, a quantile's interval stands on the degrees of freedom of the rows it was made from.
    df = design.degrees(rows)

    def share_and_error(at: float) -> tuple[float, float]:
        moments = means(design, rows, (values <= at).astype(np.float64)[:, None])
        return float(moments.estimates[0]), float(moments.errors[0])

    found = []
    for q in analysis.q:
        value, se, low, high = quantile_interval(made, q, share_and_error, df, design.level)
        found.append(
            Estimate(
                "quantile", analysis.variable, repr(q), domain, value, se, low, high, math.nan, df, int(rows.size),
                missing,
            )
        )  # fmt: skip
    return found
