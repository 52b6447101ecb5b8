"""A round in, results out: each index by its own engine, ranks and intervals for all."""

from __future__ import annotations

from collections.abc import Mapping

from thangdo.evaluation.few_answers import few_answers
from thangdo.evaluation.marks import TypedMarks, typed_marks
from thangdo.evaluation.membership import Member, members, members_of, unit_names
from thangdo.evaluation.points_index import run_points
from thangdo.evaluation.residuals import residuals
from thangdo.evaluation.results import IndexResults, Interval, Results, ScoreInterval
from thangdo.evaluation.round import Round
from thangdo.evaluation.values import Value, typed_values
from thangdo.findings import Finding, Gathered, Where


def evaluate(round_: Round) -> Results:
    """Evaluate a round. Raises Refused with every error of its marks, values and membership at once."""
    gathered = Gathered()
    results = gather_results(round_, gathered)
    gathered.refuse_errors()
    return results


def gather_results(
    round_: Round, gathered: Gathered, *, with_intervals: bool = True, while_drawing: Gathered | None = None
) -> Results:
    """Evaluate as far as it goes, gathering every finding (lint uses it; `evaluate` refuses errors).

    Without intervals the points are the same and no draw is made: for views of progress, never for a ranking.
    Whoever keeps intervals apart from points gathers the faults met `while_drawing` apart too.
    """
    drawing = gathered if while_drawing is None else while_drawing
    everyone = members(round_, gathered)
    marks = typed_marks(round_, everyone, gathered)
    values = typed_values(round_, everyone, gathered)
    _check_entries(round_, everyone, gathered)
    indices: list[IndexResults] = []
    for entry in round_.indices:
        if entry.set not in round_.sets:
            continue
        own_marks = marks.get(entry.id, TypedMarks())
        own_values: Mapping[tuple[str, str], Value] = values.get(entry.id, {})
        if entry.kind == "composite":
            from thangdo.evaluation.composite_index import run_composite

            composite = run_composite(round_, entry, everyone, own_marks, own_values, gathered)
            if composite is not None:
                indices.append(composite)
        else:
            indices.append(run_points(round_, entry, everyone, own_marks, own_values, gathered))
    intervals: tuple[Interval, ...] = ()
    score_intervals: tuple[ScoreInterval, ...] = ()
    if with_intervals and any(value.se for cells in values.values() for value in cells.values()):
        # Exact rounds need no arrays: numpy and scipy are loaded only where something is uncertain.
        from thangdo.evaluation.intervals import sampling_intervals

        intervals, score_intervals = sampling_intervals(round_, indices, values, drawing)
    for found in indices:
        if with_intervals and found.entry.kind == "composite" and found.criteria_set.uncertainty.get("choices"):
            from thangdo.evaluation.method_intervals import method_intervals

            own = marks.get(found.id, TypedMarks()), values.get(found.id, {})
            intervals = (*intervals, *method_intervals(found, everyone, *own, drawing))
    return Results(
        round_id=round_.id,
        year=round_.year,
        state=round_.state,
        language=round_.language,
        illustrative=round_.illustrative,
        provenance=round_.provenance,
        round_hash=round_.hash(),
        units=unit_names(round_),
        indices=tuple(indices),
        intervals=intervals,
        score_intervals=score_intervals,
        residuals=residuals(round_, indices, gathered),
        has_published=bool(round_.table("published").rows),
        findings=tuple(gathered),
        few_answers=few_answers(values),
    )


def is_uncertain(round_: Round) -> bool:
    """Whether intervals are to be drawn: a value with an error, or a composite with choices of method.

    Where this is false, `gather_results` with and without intervals are the same.
    """
    values = round_.table("values")
    if "se" in values.columns:
        at = values.position("se")
        if any(row[at].strip() for row in values.rows):
            return True
    return any(
        entry.kind == "composite"
        and entry.set in round_.sets
        and bool(round_.sets[entry.set].uncertainty.get("choices"))
        for entry in round_.indices
    )


def _check_entries(round_: Round, everyone: Mapping[tuple[str, str], Member], gathered: Gathered) -> None:
    taken: dict[tuple[str, str], str] = {}
    for entry in round_.indices:
        criteria_set = round_.sets.get(entry.set)
        if criteria_set is not None and criteria_set.kind != entry.kind:
            gathered.add(Finding("EVA055", Where("round.yaml", node=entry.id), entry.id, entry.kind))
        filled = {member.block for member in members_of(entry, everyone)}
        for block in entry.blocks:
            if (entry.id, block) in taken:
                gathered.add(Finding("EVA054", Where("round.yaml", node=entry.id), block, entry.id))
            taken[entry.id, block] = entry.set
            if block not in filled:
                gathered.add(Finding("EVA053", Where("membership.csv", node=entry.id), block))
