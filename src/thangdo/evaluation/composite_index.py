"""Running one composite index of a round: the composite library computes, this room ranks and shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from thangdo.evaluation.marks import TypedMarks
from thangdo.evaluation.membership import Member, members_of
from thangdo.evaluation.results import IndexResults, NodeScore
from thangdo.evaluation.round import IndexEntry, Round
from thangdo.evaluation.values import Value
from thangdo.findings import Finding, Gathered, Where
from thangdo.methodology import CriteriaSet, Node, held
from thangdo.scoring import FINAL, ResultRow, rank_keys

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_HUNDRED = Decimal(100)


def run_composite(
    round_: Round,
    entry: IndexEntry,
    everyone: Mapping[tuple[str, str], Member],
    marks: TypedMarks,
    values: Mapping[tuple[str, str], Value],
    gathered: Gathered,
) -> IndexResults | None:
    """Scores of every node by block, ranks and classes; None where an indicator cannot be computed."""
    from thangdo.evaluation.composite_method import score_block

    criteria_set = round_.sets[entry.set]
    rows: list[ResultRow] = []
    node_scores: list[NodeScore] = []
    is_draft = round_.state == "draft"
    for block in entry.blocks:
        members = [member for member in members_of(entry, everyone) if member.block == block]
        leaves = applicable_leaves(criteria_set, block)
        missing = _missing(round_, entry, members, leaves, marks, values, gathered)
        complete = [member for member in members if not missing.get(member.unit)]
        if not complete:
            continue
        data = indicator_data(complete, leaves, marks, values)
        scores = score_block(criteria_set, block, leaves, data, [m.unit for m in complete], gathered)
        if scores is None:
            return None
        node_scores += _node_scores(criteria_set, block, complete, scores)
        rows += _rows(criteria_set, block, members, complete, scores[""], missing, is_draft)
    return IndexResults(entry, criteria_set, tuple(rows), None, tuple(node_scores))


def applicable_leaves(criteria_set: CriteriaSet, block: str) -> list[Node]:
    """The indicators of a block, in the order of the set."""
    found: list[Node] = []

    def walk(nodes: Sequence[Node]) -> None:
        for node in nodes:
            if node.applies.blocks and block not in node.applies.blocks:
                continue
            if node.is_leaf:
                found.append(node)
            else:
                walk(node.children)

    walk(criteria_set.children)
    return found


def _input(unit: str, code: str, marks: TypedMarks, values: Mapping[tuple[str, str], Value]) -> Decimal | None:
    """An indicator's value: the last layer of marks that gives one, else the counted value."""
    for layer in reversed(list(marks.inputs.get(unit, {}).values())):
        fields = layer.get(code)
        if fields:
            given = next(iter(fields.values()))
            if isinstance(given, Decimal):
                return given
    value = values.get((unit, code))
    return None if value is None else value.value


def _missing(
    round_: Round,
    entry: IndexEntry,
    members: Sequence[Member],
    leaves: Sequence[Node],
    marks: TypedMarks,
    values: Mapping[tuple[str, str], Value],
    gathered: Gathered,
) -> dict[str, tuple[str, ...]]:
    """Units whose indicators are not all there; an error in a final round."""
    found: dict[str, tuple[str, ...]] = {}
    for member in members:
        lacking = tuple(leaf.code for leaf in leaves if _input(member.unit, leaf.code, marks, values) is None)
        if lacking:
            found[member.unit] = lacking
            is_draft = round_.state == "draft"
            where = Where("values.csv", 0, "", f"{entry.id}/{member.unit}")
            code = "EVA052" if is_draft else "EVA051"
            gathered.add(
                Finding(
                    code, where, f"{member.unit}, {', '.join(lacking)}", severity="warning" if is_draft else "error"
                )
            )
    return found


def indicator_data(
    members: Sequence[Member], leaves: Sequence[Node], marks: TypedMarks, values: Mapping[tuple[str, str], Value]
) -> NDArray[np.float64]:
    import numpy as np

    return np.array(
        [[float(_input(m.unit, leaf.code, marks, values) or 0) for leaf in leaves] for m in members], dtype=float
    )


def scale_top(criteria_set: CriteriaSet) -> Decimal:
    return criteria_set.scale[1] if criteria_set.scale else _HUNDRED


def _node_scores(
    criteria_set: CriteriaSet, block: str, members: Sequence[Member], scores: Mapping[str, Any]
) -> list[NodeScore]:
    top = scale_top(criteria_set)
    found = []
    for position, member in enumerate(members):
        for code, column in scores.items():
            points = Decimal(repr(float(column[position])))
            maximum = top if code == "" else None
            share = held(points * _HUNDRED / top) if code == "" else None
            found.append(NodeScore(member.unit, block, code, FINAL, points, maximum, share))
    return found


def _rows(
    criteria_set: CriteriaSet,
    block: str,
    members: Sequence[Member],
    complete: Sequence[Member],
    totals: Any,
    missing: Mapping[str, tuple[str, ...]],
    is_draft: bool,
) -> list[ResultRow]:
    top = scale_top(criteria_set)
    rounding = criteria_set.result_rounding
    # Doubles of equal composites may differ in the last bit: compared as everything is, to 12 digits.
    exact = {m.unit: held(Decimal(f"{float(totals[n]):.12g}")) for n, m in enumerate(complete)}
    percents = {unit: held(points * _HUNDRED / top) for unit, points in exact.items()}
    on_rounded = criteria_set.ranking.on == "rounded"
    keys = {m.unit: (rounding(percents[m.unit]) if on_rounded else percents[m.unit],) for m in complete if m.is_ranked}
    may_rank = not any(missing.get(m.unit) for m in members if m.is_ranked)
    ranks = rank_keys(keys, criteria_set.ranking.ties) if may_rank else {}
    rows = []
    for member in members:
        points = exact.get(member.unit)
        share = percents.get(member.unit)
        rows.append(
            ResultRow(
                block=block,
                unit=member.unit,
                points=None if points is None else rounding(points),
                maximum=top,
                percent=None if share is None else rounding(share),
                exact_points=points,
                exact_percent=share,
                rank=ranks.get(member.unit),
                class_code=_class(criteria_set, points, share) if member.is_ranked and points is not None else None,
                is_ranked=member.is_ranked,
                missing=missing.get(member.unit, ()),
            )
        )
    return rows


def _class(criteria_set: CriteriaSet, points: Decimal, share: Decimal | None) -> str | None:
    classes = criteria_set.classes
    if classes is None:
        return None
    value = points if classes.on == "points" else share or Decimal(0)
    if criteria_set.ranking.on == "rounded":
        value = criteria_set.result_rounding(value)
    return next((band.code for band in classes.bands if value >= band.lower), classes.bands[-1].code)
