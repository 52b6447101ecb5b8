"""Indicators of units from answers: each a ratio over the unit's respondents, with all covariances.

Units share respondents' clusters and indicators share respondents, so estimates move together; the covariance
goes with them to the index that combines them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.declared_shapes import LIST, LISTS_BY_NAME, SCALE, well_shaped
from thangdo.survey.design import Design, Stage
from thangdo.survey.estimation_columns import Columns
from thangdo.survey.index_rules import RULES, factors_averaged, items_pooled
from thangdo.survey.linearisation import group_scale
from thangdo.survey.replicates import replicate_covariance, replicate_ratios, replicate_totals
from thangdo.survey.weights_steps import numeric

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

# Correlations below this are rounding noise; absent pairs count as uncorrelated.
NEGLIGIBLE_CORRELATION = 1e-9
_KEYS = ("indicator", "items", "rule", "points", "combine", "factors", "denominator")


@dataclass(frozen=True, slots=True)
class Indicator:
    """How an indicator comes from answers: columns, index rule (none: the number itself), how items combine.

    `combine` is `pooled` (every answer counts alike) or `factors` (every factor counts alike, `factor_of_item`
    says which is which). `denominator` makes it a ratio of two columns.
    """

    indicator: str
    items: tuple[str, ...]
    rule: str = ""
    points: int = 5
    combine: str = "pooled"
    factor_of_item: tuple[int, ...] = ()
    denominator: str = ""

    @property
    def query(self) -> str:
        """The indicator in one line, for `values.csv`."""
        items = "+".join(self.items) + (f"/{self.denominator}" if self.denominator else "")
        return f"{self.rule or 'mean'}({items}) {self.combine}"


@dataclass(frozen=True)
class IndicatorEstimates:
    """Per pair of unit and indicator: ratio, its parts, error, degrees of freedom, respondents; covariances."""

    pairs: tuple[tuple[str, str], ...]
    estimates: Floats
    numerators: Floats
    denominators: Floats
    df: Codes
    n: Codes
    covariance: sparse.csr_matrix

    @property
    def errors(self) -> Floats:
        return np.asarray(np.sqrt(np.maximum(self.covariance.diagonal(), 0.0)), dtype=np.float64)


def indicators(given: object, file: str, gathered: Gathered) -> tuple[Indicator, ...]:
    """Indicators of a YAML list; unknown words are findings (SUR311)."""
    found: list[Indicator] = []
    for item in given if isinstance(given, Sequence) and not isinstance(given, str) else [given]:
        if not isinstance(item, Mapping) or not item.get("indicator"):
            gathered.add(Finding("SUR311", Where(file), str(item)[:60], "- {indicator, items, rule, points, combine}"))
            continue
        found.append(_indicator(item, file, gathered))
    return tuple(found)


def _indicator(item: Mapping[Any, Any], file: str, gathered: Gathered) -> Indicator:
    name = str(item["indicator"])
    shapes = {"items": LIST, "factors": LISTS_BY_NAME, "points": SCALE}
    item = well_shaped(item, shapes, file, name, gathered)
    combine = str(item.get("combine", "factors" if item.get("factors") else "pooled"))
    rule = str(item.get("rule", ""))
    allowed = {"combine": ("pooled", "factors"), "rule": ("", *RULES)}
    for key, value in (("combine", combine), ("rule", rule)):
        if value not in allowed[key]:
            expected = ", ".join(word for word in allowed[key] if word)
            gathered.add(Finding("SUR311", Where(file, 0, key, name), value, expected))
    for key in item:
        if key not in _KEYS:
            gathered.add(Finding("SUR311", Where(file, 0, str(key), name), str(key), ", ".join(_KEYS)))
    items, factor_of_item = [str(column) for column in item.get("items", [])], []
    for number, columns in enumerate((item.get("factors") or {}).values()):
        items += [str(column) for column in columns]
        factor_of_item += [number] * len(columns)
    return Indicator(
        name, tuple(items or [name]), rule, item.get("points", 5), combine, tuple(factor_of_item),
        str(item.get("denominator", "")),
    )  # fmt: skip


def indicator_parts(one: Indicator, columns: Columns, gathered: Gathered) -> tuple[Floats, Floats] | None:
    """Numerator and denominator per respondent (0 and 0 where nothing was answered)."""
    read = [numeric(columns, name, gathered) for name in one.items]
    known = [values for values in read if values is not None]
    if len(known) < len(read):
        return None
    answers = np.column_stack(known)
    if one.denominator:
        below = numeric(columns, one.denominator, gathered)
        if below is None:
            return None
        whole = np.isfinite(answers[:, 0]) & np.isfinite(below)
        return np.where(whole, answers[:, 0], 0.0), np.where(whole, below, 0.0)
    if one.rule:
        _refuse_outside_scale(one, answers, columns, gathered)
        answers = RULES[one.rule].function(answers, one.points)
    if one.combine == "factors" and one.factor_of_item:
        score = factors_averaged(answers, np.array(one.factor_of_item))
        return np.nan_to_num(score), np.isfinite(score).astype(np.float64)
    return items_pooled(answers)


def _refuse_outside_scale(one: Indicator, answers: Floats, columns: Columns, gathered: Gathered) -> None:
    outside = ~np.isnan(answers) & ((answers < 1) | (answers > one.points) | (answers != np.round(answers)))
    for row, place in zip(*np.nonzero(outside), strict=True):
        where = Where(columns.file, int(row) + columns.first_row, one.items[place])
        gathered.add(Finding("SUR316", where, f"{answers[row, place]:g}", f"1–{one.points}"))
    answers[outside] = np.nan


def estimate_indicators(
    design: Design, rows_of_unit: Mapping[str, Codes], parts: Mapping[str, tuple[Floats, Floats]]
) -> IndicatorEstimates:
    """Every indicator of every unit that has an answer; `rows_of_unit` may overlap (a unit and those below)."""
    pairs, blocks, numbers = [], [], []
    weights = design.weights
    for unit, inside in rows_of_unit.items():
        for indicator, (above, below) in parts.items():
            rows = inside[(below[inside] > 0) & (weights[inside] > 0)]
            if not rows.size:
                continue
            top, bottom = float(weights[rows] @ above[rows]), float(weights[rows] @ below[rows])
            pairs.append((unit, indicator))
            blocks.append((rows, weights[rows] * (above[rows] - top / bottom * below[rows]) / bottom))
            numbers.append((top / bottom, top, bottom, design.degrees(rows), rows.size))
    table = np.array(numbers, dtype=np.float64).reshape(-1, 5)
    starts = np.cumsum([0, *(rows.size for rows, _ in blocks)])
    shape = (design.rows, len(pairs))
    rows = np.concatenate([rows for rows, _ in blocks]) if blocks else np.zeros(0, dtype=np.int64)
    scores = np.concatenate([score for _, score in blocks]) if blocks else np.zeros(0)
    matrix = sparse.csc_matrix((scores, rows, starts), shape=shape)
    if design.replicates is not None:
        found = _replicated(design, rows_of_unit, parts, pairs, table[:, 0])
    else:
        found = sparse_covariance(design, matrix)
    return IndicatorEstimates(
        tuple(pairs), table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(np.int64),
        table[:, 4].astype(np.int64), found,
    )  # fmt: skip


def sparse_covariance(design: Design, scores: sparse.csc_matrix) -> sparse.csr_matrix:
    """Covariance of the column sums of linearised scores (rows of the design by estimates, weights included)."""
    if design.projections:
        dense = scores.toarray()
        for projection in design.projections:
            dense = projection.residual(dense)
        scores = sparse.csc_matrix(dense)
    found = sparse.csr_matrix((scores.shape[1], scores.shape[1]))
    for stage in design.stages:
        found = found + _stage_covariance(design, stage, scores)
    return found


def _stage_covariance(design: Design, stage: Stage, scores: sparse.csc_matrix) -> sparse.csr_matrix:
    """Σ scale · (Σ totals totalsᵀ − sum sumᵀ / n) over groups, on the few totals that are not zero."""
    clusters, groups = stage.group_of_cluster.size, stage.sampled.size
    adder = sparse.csr_matrix(
        (np.ones(design.rows), (stage.cluster, np.arange(design.rows))), shape=(clusters, design.rows)
    )
    totals = (adder @ scores).tocsr()
    grouper = sparse.csr_matrix(
        (np.ones(clusters), (stage.group_of_cluster, np.arange(clusters))), shape=(groups, clusters)
    )
    sums = (grouper @ totals).tocsr()
    scale = group_scale(design, stage, np.arange(groups))
    around_zero = (stage.sampled == 1) & (design.lonely_psu == "adjust")
    off = np.where(around_zero, 0.0, scale / stage.sampled)
    within = totals.T @ sparse.diags(scale[stage.group_of_cluster]) @ totals
    return sparse.csr_matrix(within - sums.T @ sparse.diags(off) @ sums)


def _replicated(
    design: Design, rows_of_unit: Mapping[str, Codes], parts: Mapping[str, tuple[Floats, Floats]],
    pairs: Sequence[tuple[str, str]], estimates: Floats,
) -> sparse.csr_matrix:  # fmt: skip
    if design.replicates is None:
        raise ValueError("no replicates")
    thetas = np.empty((design.replicates.count, len(pairs)))
    for place, (unit, indicator) in enumerate(pairs):
        rows = rows_of_unit[unit]
        both = np.column_stack([part[rows] for part in parts[indicator]])
        made = replicate_totals(design.replicates, design.weights, both, rows)
        thetas[:, place] = replicate_ratios(made)[:, 0]
    return sparse.csr_matrix(replicate_covariance(design.replicates, thetas, estimates))


def correlated_pairs(found: IndicatorEstimates) -> list[tuple[int, int, float]]:
    """Positions a < b and covariance of the pairs that move together."""
    upper = sparse.triu(found.covariance, k=1).tocoo()
    bound = NEGLIGIBLE_CORRELATION * found.errors[upper.row] * found.errors[upper.col]
    kept = np.abs(upper.data) > bound
    return [
        (int(a), int(b), float(value))
        for a, b, value in zip(upper.row[kept], upper.col[kept], upper.data[kept], strict=True)
    ]
