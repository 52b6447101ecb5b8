"""Sampling error of counted values carried into scores and ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from thangdo.evaluation.results import IndexResults, Interval, ScoreInterval
from thangdo.evaluation.round import Round
from thangdo.evaluation.uncertain_values import Cell, Floats, UncertainValues
from thangdo.evaluation.values import Value
from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.inference import normal_draws, rank_confidence_sets, tiers
from thangdo.methodology.numbers import NotANumber, read_number
from thangdo.scoring import CompiledSet, UnitInputs, compile_set, score_unit
from thangdo.scoring.compiled import InnerNode
from thangdo.scoring.fold import fold_node

DEFAULT_REPLICATIONS = 1000
DEFAULT_SEED = 2023
DEFAULT_LEVEL = 0.95


def sampling_intervals(
    round_: Round, indices: Sequence[IndexResults], values: Mapping[str, Mapping[Cell, Value]], gathered: Gathered
) -> tuple[tuple[Interval, ...], tuple[ScoreInterval, ...]]:
    """Rank sets and score intervals of every block with uncertain values; none where all is exact."""
    from thangdo.evaluation.composite_draws import composite_draws

    intervals: list[Interval] = []
    scores: list[ScoreInterval] = []
    pairs = _pairs(round_, gathered)
    for results in indices:
        for block in results.entry.blocks:
            units = [row.unit for row in results.rows if row.block == block and row.is_ranked and row.rank is not None]
            if len(units) < 2:
                continue
            uncertain = _uncertain(results, units, values.get(results.id, {}), pairs.get(results.id, {}))
            if not uncertain.cells:
                continue
            settings = results.criteria_set.uncertainty
            count = int(settings.get("replications", DEFAULT_REPLICATIONS))
            seed = int(settings.get("seed", DEFAULT_SEED))
            try:
                draws = normal_draws(
                    uncertain.estimates,
                    uncertain.covariance,
                    count,
                    seed,
                    units=[f"{u}/{c}" for u, c in uncertain.cells],
                )
                if results.scored is not None:
                    percents = _points_draws(results, units, uncertain, draws)
                else:
                    percents = composite_draws(round_, results, units, uncertain, draws)
                found = _rank_sets(results, block, units, percents, seed, float(settings.get("level", DEFAULT_LEVEL)))
            except Refused as refused:
                for finding in refused.findings:
                    gathered.add(
                        Finding(
                            "EVA057",
                            Where("covariance.csv", node=results.id),
                            f"{finding.where} {finding.found}".strip(),
                        )
                    )
                continue
            intervals.extend(found[0])
            scores.extend(found[1])
    return tuple(intervals), tuple(scores)


def _pairs(round_: Round, gathered: Gathered) -> dict[str, dict[tuple[Cell, Cell], float]]:
    """Off-diagonal covariances by index."""
    table = round_.table("covariance")
    found: dict[str, dict[tuple[Cell, Cell], float]] = {}
    for number, row in enumerate(table.as_mappings(), start=table.first_row):
        if not row["index"]:
            continue
        try:
            value = float(read_number(row["cov"], decimal_comma=table.decimal_comma)[0])
        except NotANumber as failure:
            code = "EVA037" if failure.is_ambiguous else "EVA036"
            gathered.add(Finding(code, Where(table.file, number, "cov"), row["cov"][:60], "0.0001"))
            continue
        a, b = (row["unit_a"], row["criterion_a"]), (row["unit_b"], row["criterion_b"])
        found.setdefault(row["index"], {})[a, b] = value
    return found


def _uncertain(
    results: IndexResults, units: Sequence[str], values: Mapping[Cell, Value], pairs: Mapping[tuple[Cell, Cell], float]
) -> UncertainValues:
    """The uncertain cells of these units, less those that a layer of marks replaced."""
    replaced: set[Cell] = set()
    if results.scored is not None:
        for given in results.scored.inputs:
            for layer in given.layers.values():
                replaced.update((given.unit, code) for code in layer)
    codes = {node.code for node in results.criteria_set.leaves()}
    wanted = set(units)
    cells = tuple(
        cell
        for cell, value in values.items()
        if cell[0] in wanted and cell[1] in codes and cell not in replaced and value.se
    )
    at = {cell: position for position, cell in enumerate(cells)}
    covariance = np.diag([(values[cell].se or 0.0) ** 2 for cell in cells]) if cells else np.zeros((0, 0))
    for (a, b), value in pairs.items():
        if a in at and b in at and a != b:
            covariance[at[a], at[b]] = covariance[at[b], at[a]] = value
    return UncertainValues(cells, np.array([float(values[cell].value) for cell in cells]), covariance)


def _points_draws(results: IndexResults, units: Sequence[str], uncertain: UncertainValues, draws: Floats) -> Floats:
    """Unrounded percents of the block in every draw, by the set's own rules: (draws, units)."""
    assert results.scored is not None
    compiled = compile_set(replace(results.criteria_set, criterion_rounding=None))
    inputs = {given.unit: given for given in results.scored.inputs}
    percents = np.empty((draws.shape[0], len(units)))
    for column, unit in enumerate(units):
        places = [place for place, cell in enumerate(uncertain.cells) if cell[0] == unit]
        percents[:, column] = _unit_draws(
            compiled, inputs[unit], [uncertain.cells[p][1] for p in places], draws[:, places]
        )
    return percents


def _unit_draws(compiled: CompiledSet, given: UnitInputs, codes: Sequence[str], draws: Floats) -> Floats:
    final = score_unit(compiled, given).final
    points, maxima = list(final.points), list(final.maxima)
    maximum = float(maxima[0] or 1)
    if not codes:
        return np.full(draws.shape[0], float(points[0] or 0) * 100.0 / maximum)
    positions = [compiled.positions[code] for code in codes]
    leaves = np.empty(draws.shape)
    for column, position in enumerate(positions):
        function = compiled.functions[position]
        leaves[:, column] = [float(function({"value": Decimal(value)}) or 0) for value in draws[:, column].tolist()]
    above = {step for position in positions for step in compiled.path_to_top(position)}
    folds = [inner for inner in compiled.folds if inner.position in above]
    is_additive = compiled.criteria_set.not_applicable == "leave_denominator" and all(
        inner.node.aggregation == "sum" and inner.node.cap is None and inner.node.floor is None for inner in folds
    )
    if is_additive and all(compiled.nodes[p].role == "normal" for p in [*positions, *above]):
        before = sum(float(points[position] or 0) for position in positions)
        totals: Floats = float(points[0] or 0) - before + leaves.sum(axis=1)
        return totals * 100.0 / maximum
    if compiled.criteria_set.not_applicable != "rescale_parent" and all(i.node.aggregation == "sum" for i in folds):
        return _folded_sums(folds, dict(zip(positions, leaves.T, strict=True)), points, maxima) * 100.0 / maximum
    totals = np.empty(draws.shape[0])
    for number in range(len(leaves)):
        for position, value in zip(positions, leaves[number], strict=True):
            points[position] = Decimal(float(value))
        for inner in folds:
            fold_node(compiled, inner, points, maxima)
        totals[number] = float(points[0] or 0) * 100.0 / float(maxima[0] or 1)
    return totals


def _folded_sums(
    folds: Sequence[InnerNode],
    drawn: dict[int, Floats],
    points: Sequence[Decimal | None],
    maxima: Sequence[Decimal | None],
) -> Floats:
    """Points of the whole in every draw at once, where nodes are sums: `fold_node` in arrays, caps and floors too."""
    for inner in folds:
        if maxima[inner.position] is None:
            continue
        total = np.zeros(1)
        for sign, children in ((1.0, (*inner.normal, *inner.bonus)), (-1.0, inner.penalty)):
            for child in children:
                total = total + sign * drawn.get(child, np.array([float(points[child] or 0)]))
        if inner.node.cap is not None:
            total = np.minimum(total, float(inner.node.cap))
        if inner.node.floor is not None:
            total = np.maximum(total, float(inner.node.floor))
        drawn[inner.position] = total
    return drawn[0]


def _rank_sets(
    results: IndexResults, block: str, units: Sequence[str], percents: Floats, seed: int, level: float
) -> tuple[list[Interval], list[ScoreInterval]]:
    exact = {row.unit: row.exact_percent for row in results.rows}
    estimates = np.array([float(exact[unit] or 0) for unit in units])
    covariance = np.atleast_2d(np.cov(percents, rowvar=False))
    marginal = rank_confidence_sets(estimates, covariance, level, "marginal", seed, units=list(units))
    joint = rank_confidence_sets(estimates, covariance, level, "simultaneous", seed, units=list(units))
    tier = tiers(joint)
    errors = np.sqrt(np.diag(covariance))
    intervals = [
        Interval(results.id, block, unit, int(marginal.low[n]), int(marginal.high[n]), "sampling", level, None)
        for n, unit in enumerate(units)
    ]
    intervals += [
        Interval(
            results.id, block, unit, int(joint.low[n]), int(joint.high[n]), "sampling_simultaneous", level, int(tier[n])
        )
        for n, unit in enumerate(units)
    ]
    z = _normal_quantile(level)
    scores = [
        ScoreInterval(
            results.id,
            block,
            unit,
            float(estimates[n] - z * errors[n]),
            float(estimates[n] + z * errors[n]),
            float(errors[n]),
        )
        for n, unit in enumerate(units)
    ]
    return intervals, scores


def _normal_quantile(level: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf(0.5 + level / 2))
