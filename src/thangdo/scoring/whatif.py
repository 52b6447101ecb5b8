"""What if a weight, a maximum, a rule or a mark were another: only what lies on its path is computed anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from thangdo.methodology import CriteriaSet
from thangdo.methodology.rules import RuleFailure
from thangdo.methodology.rules.kind import InputValue
from thangdo.scoring.compiled import CompiledSet, compile_set
from thangdo.scoring.fold import fold_node
from thangdo.scoring.layers import FINAL, Failure, LayerScores, UnitInputs, UnitScores, final_leaf, score_unit
from thangdo.scoring.standing import ResultRow, results


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored index that can be asked what-if without reading anything again."""

    compiled: CompiledSet
    inputs: tuple[UnitInputs, ...]
    scores: tuple[UnitScores, ...]
    is_draft: bool = False

    def results(self) -> tuple[ResultRow, ...]:
        return results(self.compiled, self.scores, is_draft=self.is_draft)


def score(criteria_set: CriteriaSet, inputs: Sequence[UnitInputs], *, is_draft: bool = False) -> Scored:
    """Score every unit by a set of kind ``points``."""
    compiled = compile_set(criteria_set)
    return Scored(compiled, tuple(inputs), tuple(score_unit(compiled, unit) for unit in inputs), is_draft)


def with_method(scored: Scored, criteria_set: CriteriaSet, code: str) -> Scored:
    """The same marks under a set in which only the node `code` differs (weight, maximum, cap, floor, rule).

    A changed leaf is computed anew for every unit, then the nodes above it; nothing else. Final layer only.
    """
    compiled = compile_set(criteria_set)
    position = compiled.positions[code]
    folds = {inner.position: inner for inner in compiled.folds}
    path = ([] if compiled.nodes[position].is_leaf else [position]) + compiled.path_to_top(position)
    is_leaf = compiled.nodes[position].is_leaf
    changed = []
    for unit, before in zip(scored.inputs, scored.scores, strict=True):
        final, failures = before.final, before.failures
        points, maxima, missing = list(final.points), list(final.maxima), final.missing
        if is_leaf:
            failures = tuple(failure for failure in failures if failure.criterion != code)
            try:
                points[position], maxima[position] = final_leaf(compiled, position, unit)
            except RuleFailure as failure:
                points[position] = None
                failures = (
                    *failures,
                    Failure(failure.reason, unit.unit, code, FINAL, failure.detail, failure.expected),
                )
        for step in path:
            fold_node(compiled, folds[step], points, maxima)
        changed.append(replace(before, layers={FINAL: LayerScores(points, maxima, missing)}, failures=failures))
    return Scored(compiled, scored.inputs, tuple(changed), scored.is_draft)


def with_mark(scored: Scored, unit: str, code: str, layer: str, fields: Mapping[str, InputValue]) -> Scored:
    """The same set with one unit's inputs at one criterion and layer replaced."""
    inputs, scores = [], []
    for given, before in zip(scored.inputs, scored.scores, strict=True):
        if given.unit == unit:
            touched = {**given.layers.get(layer, {}), code: fields}
            given = replace(given, layers={**given.layers, layer: touched})
            before = score_unit(scored.compiled, given)
        inputs.append(given)
        scores.append(before)
    return Scored(scored.compiled, tuple(inputs), tuple(scores), scored.is_draft)


@dataclass(frozen=True, slots=True)
class Move:
    """How one unit's line changed."""

    block: str
    unit: str
    percent_before: Decimal | None
    percent_after: Decimal | None
    rank_before: int | None
    rank_after: int | None
    class_before: str | None
    class_after: str | None


def moves(before: Sequence[ResultRow], after: Sequence[ResultRow]) -> list[Move]:
    """Every unit whose percent, rank or class changed, in the order of the new ranking."""
    new = {row.unit: row for row in after}
    found = []
    for row in before:
        other = new.get(row.unit)
        if other is None:
            continue
        if (row.percent, row.rank, row.class_code) != (other.percent, other.rank, other.class_code):
            found.append(
                Move(
                    row.block,
                    row.unit,
                    row.percent,
                    other.percent,
                    row.rank,
                    other.rank,
                    row.class_code,
                    other.class_code,
                )
            )
    return sorted(found, key=lambda move: (move.block, move.rank_after or 10**9, move.unit))
