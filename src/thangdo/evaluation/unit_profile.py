"""One unit across the indices of a round: where it stands and which criteria it lost points on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from thangdo.evaluation.few_answers import hidden_criteria
from thangdo.evaluation.results import IndexResults, Results
from thangdo.scoring import FINAL, Gap, ResultRow, explain_unit, gap_to_next_class


@dataclass(frozen=True, slots=True)
class Loss:
    """Points a unit did not get at one criterion, and the arithmetic of what it got."""

    code: str
    text: str
    points: Decimal
    maximum: Decimal
    lost: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class UnitIndex:
    """A unit in one index."""

    index: str
    set_id: str
    row: ResultRow
    ranked: int
    class_name: str
    class_level: int
    losses: tuple[Loss, ...]
    gap: Gap | None
    next_class: str
    is_on_percent: bool
    # Criteria whose points are not named because they rest on too few answers.
    unnamed: int = 0


def unit_profile(results: Results, unit: str, language: str, *, in_public: bool = False) -> list[UnitIndex]:
    """The unit's line of every index it takes part in; losses are largest first.

    `in_public` leaves out what rests on too few answers (`few_answers`).
    """
    found = []
    for index in results.indices:
        row = next((row for row in index.rows if row.unit == unit), None)
        if row is None:
            continue
        classes = index.criteria_set.classes
        levels = (
            {band.code: (band.name[language], place) for place, band in enumerate(classes.bands, start=1)}
            if classes
            else {}
        )
        name, level = levels.get(row.class_code or "", ("", 0))
        ranked = sum(1 for other in index.rows if other.block == row.block and other.rank is not None)
        losses = _losses(index, unit, language)
        hidden = hidden_criteria(results, index, unit, [loss.code for loss in losses]) if in_public else set()
        losses = tuple(loss for loss in losses if loss.code not in hidden)
        gap = _gap(index, row)
        next_class = levels[gap.next_class][0] if gap else ""
        found.append(
            UnitIndex(
                index.id,
                index.criteria_set.id,
                row,
                ranked,
                name,
                level,
                losses,
                gap,
                next_class,
                classes is None or classes.on == "percent",
                len(hidden),
            )
        )
    return found


def _losses(index: IndexResults, unit: str, language: str) -> tuple[Loss, ...]:
    if index.scored is None:
        return _composite_parts(index, unit, language)
    compiled = index.scored.compiled
    inputs = next(given for given in index.scored.inputs if given.unit == unit)
    scores = next(given for given in index.scored.scores if given.unit == unit).layers[FINAL]
    found = []
    for position in compiled.leaves:
        node = compiled.nodes[position]
        points, maximum = scores.points[position], scores.maxima[position]
        if node.role != "normal" or points is None or maximum is None or points >= maximum:
            continue
        why = explain_unit(compiled, inputs, node.code, language).arithmetic
        found.append(Loss(node.code, node.text[language], points, maximum, maximum - points, why))
    return tuple(sorted(found, key=lambda loss: (-loss.lost, loss.code)))


def _composite_parts(index: IndexResults, unit: str, language: str) -> tuple[Loss, ...]:
    """Components of a composite, by how far they are from the upper end of the normalised range."""
    step = next((step for step in index.criteria_set.pipeline if step.get("step") == "normalise"), {})
    bounds = step.get("l_u")
    if not bounds:
        return ()
    top = Decimal(bounds[1])
    found = []
    for node in index.criteria_set.children:
        score = next((item.points for item in index.node_scores if item.unit == unit and item.node == node.code), None)
        if score is not None:
            points = score.quantize(Decimal("0.01"))
            found.append(Loss(node.code, node.text[language], points, top, top - points, ""))
    return tuple(sorted(found, key=lambda loss: (-loss.lost, loss.code)))


def _gap(index: IndexResults, row: ResultRow) -> Gap | None:
    if index.scored is None or row.class_code is None:
        return None
    scores = next(given for given in index.scored.scores if given.unit == row.unit)
    return gap_to_next_class(index.scored.compiled, scores, row.class_code)
