"""From points to percent, class and rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from thangdo.methodology import Classes, CriteriaSet, Ranking, held
from thangdo.methodology.conditions import holds
from thangdo.scoring.compiled import CompiledSet
from thangdo.scoring.layers import LayerScores, UnitScores

_HUNDRED = Decimal(100)
_ZERO = Decimal(0)


def percent(points: Decimal | None, maximum: Decimal | None) -> Decimal | None:
    """Points as percent of the applicable maximum, held to 15 decimals; None where nothing applies."""
    if points is None or not maximum:
        return None
    return held(points * _HUNDRED / maximum)


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """What conditions of classes may look at (see `methodology.conditions.Standing`)."""

    compiled: CompiledSet
    scores: LayerScores

    def leaf_points(self) -> Mapping[str, Decimal]:
        nodes = self.compiled.nodes
        return {
            nodes[position].code: self.scores.points[position] or _ZERO
            for position in self.compiled.leaves
            if nodes[position].role == "normal" and self.scores.maxima[position]
        }

    def percent_of(self, node: str) -> Decimal | None:
        position = self.compiled.positions[node]
        return percent(self.scores.points[position], self.scores.maxima[position])

    def penalty(self) -> Decimal:
        nodes = self.compiled.nodes
        return sum(
            (
                self.scores.points[position] or _ZERO
                for position in range(len(nodes))
                if nodes[position].role == "penalty"
            ),
            _ZERO,
        )


def classify(classes: Classes, value: Decimal, standing: UnitStanding) -> str:
    """Code of the best class whose bound and conditions hold, under every ceiling that applies."""
    codes = [band.code for band in classes.bands]
    best = 0
    for ceiling in classes.ceilings:
        if holds(ceiling.when, standing):
            best = max(best, codes.index(ceiling.at_most))
    for band in classes.bands[best:]:
        if value >= band.lower and all(holds(condition, standing) for condition in band.conditions):
            return band.code
    return codes[-1]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One unit's line of a ranking. `points` and `percent` are rounded by the method; `exact_percent` is not.

    `rank` and `class_code` are None where the unit is not ranked or the round cannot rank yet.
    """

    block: str
    unit: str
    points: Decimal | None
    maximum: Decimal | None
    percent: Decimal | None
    exact_points: Decimal | None
    exact_percent: Decimal | None
    rank: int | None
    class_code: str | None
    is_ranked: bool
    missing: tuple[str, ...]


def rank_keys(keys: Mapping[str, tuple[Decimal, ...]], ties: str) -> dict[str, int]:
    """Ranks by falling key: competition (1, 1, 3) or dense (1, 1, 2)."""
    ranks: dict[str, int] = {}
    rank = 0
    previous: tuple[Decimal, ...] | None = None
    for seen, (unit, key) in enumerate(sorted(keys.items(), key=lambda item: item[1], reverse=True), start=1):
        if key != previous:
            rank = seen if ties == "competition" else rank + 1
            previous = key
        ranks[unit] = rank
    return ranks


def results(compiled: CompiledSet, scores: Sequence[UnitScores], *, is_draft: bool = False) -> tuple[ResultRow, ...]:
    """A row a unit, in the order of `scores`; ranks are within each block, by percent.

    In a draft, a unit with marks not given yet has no class, and nobody in its block has a rank.
    """
    criteria_set = compiled.criteria_set
    rounding, ranking = criteria_set.result_rounding, criteria_set.ranking
    keys: dict[str, dict[str, tuple[Decimal, ...]]] = {}
    rows: list[ResultRow] = []
    incomplete: set[str] = set()
    for unit in scores:
        final = unit.final
        points, maximum = final.points[0], final.maxima[0]
        exact = percent(points, maximum)
        rounded = None if exact is None else rounding(exact)
        missing = tuple(compiled.codes[position] for position in final.missing)
        if missing and unit.is_ranked:
            incomplete.add(unit.block)
        class_code = None
        judged = exact if ranking.on == "unrounded" else rounded
        if judged is not None and unit.is_ranked:
            keys.setdefault(unit.block, {})[unit.unit] = _key(compiled, ranking, judged, final)
            if criteria_set.classes is not None and not missing and not _is_left_out(compiled, unit):
                class_code = _class(criteria_set, criteria_set.classes, judged, points, compiled, final)
        rows.append(
            ResultRow(
                block=unit.block,
                unit=unit.unit,
                points=None if points is None else rounding(points),
                maximum=maximum,
                percent=rounded,
                exact_points=points,
                exact_percent=exact,
                rank=None,
                class_code=class_code,
                is_ranked=unit.is_ranked,
                missing=missing,
            )
        )
    ranks = {block: rank_keys(units, ranking.ties) for block, units in keys.items() if block not in incomplete}
    return tuple(_ranked(row, ranks) for row in rows)


def _ranked(row: ResultRow, ranks: Mapping[str, Mapping[str, int]]) -> ResultRow:
    rank = ranks.get(row.block, {}).get(row.unit)
    return row if rank is None else replace(row, rank=rank)


def _class(
    criteria_set: CriteriaSet,
    classes: Classes,
    judged: Decimal,
    points: Decimal | None,
    compiled: CompiledSet,
    final: LayerScores,
) -> str:
    if classes.on == "percent":
        value = judged
    else:
        value = points or _ZERO
        if criteria_set.ranking.on == "rounded":
            value = criteria_set.result_rounding(value)
    return classify(classes, held(value), UnitStanding(compiled, final))


def _is_left_out(compiled: CompiledSet, unit: UnitScores) -> bool:
    """Whether a counted leaf that applies has no value: the total is partial and gives no class."""
    if compiled.criteria_set.missing != "left_out":
        return False
    return any(
        unit.final.maxima[position] is None and compiled.applies(position, unit.block, unit.unit)
        for position in compiled.leaves
        if (rule := compiled.nodes[position].rule) is not None and rule.kind == "counted"
    )


def _key(compiled: CompiledSet, ranking: Ranking, judged: Decimal, final: LayerScores) -> tuple[Decimal, ...]:
    breakers = []
    for breaker in ranking.tie_breakers:
        position = compiled.positions[breaker.node]
        breakers.append(percent(final.points[position], final.maxima[position]) or _ZERO)
    return (judged, *breakers)
