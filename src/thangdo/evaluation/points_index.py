"""Running one points index of a round: marks and values in, rows out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from thangdo.evaluation.marks import TypedMarks
from thangdo.evaluation.membership import Member, members_of
from thangdo.evaluation.results import IndexResults
from thangdo.evaluation.round import IndexEntry, Round
from thangdo.evaluation.values import Value
from thangdo.findings import Finding, Gathered, Severity, Where
from thangdo.methodology import CriteriaSet
from thangdo.scoring import Scored, UnitInputs, score


def unit_inputs(
    entry: IndexEntry,
    criteria_set: CriteriaSet,
    everyone: Mapping[tuple[str, str], Member],
    marks: TypedMarks,
    values: Mapping[tuple[str, str], Value],
) -> list[UnitInputs]:
    """The inputs of every unit of an index entry, in the order of membership."""
    counted = [node.code for node in criteria_set.leaves() if node.rule is not None and node.rule.kind == "counted"]
    codes = {node.code for node in criteria_set.leaves()}
    left_out = criteria_set.missing == "left_out"
    found = []
    for member in members_of(entry, everyone):
        given: dict[str, Decimal | None] = {}
        for code in counted:
            value = values.get((member.unit, code))
            if value is not None:
                given[code] = value.value
            elif left_out:
                given[code] = None
        layers = {
            layer: {code: fields for code, fields in cells.items() if code in codes}
            for layer, cells in marks.inputs.get(member.unit, {}).items()
        }
        found.append(UnitInputs(member.unit, member.block, layers, given, member.is_ranked))
    return found


def run_points(
    round_: Round,
    entry: IndexEntry,
    everyone: Mapping[tuple[str, str], Member],
    marks: TypedMarks,
    values: Mapping[tuple[str, str], Value],
    gathered: Gathered,
) -> IndexResults:
    """Score one index entry. What keeps a final round from being final is gathered."""
    criteria_set = round_.sets[entry.set]
    is_draft = round_.state == "draft"
    inputs = unit_inputs(entry, criteria_set, everyone, marks, values)
    scored = score(criteria_set, inputs, is_draft=is_draft)
    _gather(round_, entry, scored, marks, gathered)
    return IndexResults(entry, criteria_set, scored.results(), scored)


def _gather(round_: Round, entry: IndexEntry, scored: Scored, marks: TypedMarks, gathered: Gathered) -> None:
    is_draft = round_.state == "draft"
    file = round_.table("marks").file or "marks.csv"
    units = {unit.unit for unit in scored.inputs}
    codes = set(scored.compiled.codes)
    for (unit, criterion, layer), row in sorted(marks.undecided.items()):
        if unit in units and criterion in codes:
            severity: Severity = "warning" if is_draft else "error"
            gathered.add(Finding("EVA039", Where(file, row, "", criterion), f"{unit}, {layer}", severity=severity))
    for scores in scored.scores:
        for failure in scores.failures:
            row = marks.row(failure.unit, failure.criterion, failure.layer)
            where = Where(file if row else "values.csv", row, "value", f"{entry.id}/{failure.unit}/{failure.criterion}")
            gathered.add(Finding(failure.code, where, failure.found, failure.expected))
        failed = {failure.criterion for failure in scores.failures}
        for position in scores.final.missing:
            node = scored.compiled.nodes[position]
            if node.code in failed:
                continue
            counted = node.rule is not None and node.rule.kind == "counted"
            where = Where("values.csv" if counted else file, 0, "", f"{entry.id}/{scores.unit}/{node.code}")
            text = f"{scores.unit}, {node.code} {node.text[round_.language]}"
            if is_draft:
                gathered.add(Finding("EVA052", where, text, severity="warning"))
            else:
                gathered.add(Finding("EVA051" if counted else "EVA050", where, text))
