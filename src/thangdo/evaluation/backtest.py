"""Earlier rounds under a draft set: what carries over, what does not, and who would have moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from thangdo.evaluation.marks import TypedMarks, typed_marks
from thangdo.evaluation.membership import members
from thangdo.evaluation.points_index import unit_inputs
from thangdo.evaluation.results import Results
from thangdo.evaluation.round import IndexEntry, Round
from thangdo.evaluation.values import typed_values
from thangdo.findings import Finding, Gathered, Where
from thangdo.methodology import CriteriaSet, Node
from thangdo.methodology.rules import RULE_KINDS
from thangdo.scoring import NA, POINTS, Move, ResultRow, UnitInputs, moves, score

_YES = Decimal(1)


@dataclass(frozen=True, slots=True)
class BackTest:
    """One round under the draft: the rows it would have given, the moves, and what could not be carried over."""

    round_id: str
    year: int
    rows: tuple[ResultRow, ...]
    moves: tuple[Move, ...]
    not_carried: tuple[Finding, ...]
    carried: tuple[str, ...]


def back_test(draft: CriteriaSet, round_: Round, results: Results) -> BackTest:
    """Evaluate `round_` under `draft`. Criteria without usable inputs count as not applicable and are reported."""
    blocks = set(draft.blocks)
    entries = [
        entry
        for entry in round_.indices
        if entry.kind == "points" and entry.id == draft.index and blocks & set(entry.blocks)
    ]
    quiet = Gathered()
    everyone = members(round_, quiet)
    marks = typed_marks(round_, everyone, quiet).get(draft.index, TypedMarks())
    values = typed_values(round_, everyone, quiet).get(draft.index, {})
    rows: list[ResultRow] = []
    moved: list[Move] = []
    findings: list[Finding] = []
    carried: set[str] = set()
    for entry in entries:
        old = round_.sets[entry.set]
        usable, lost = _usable(draft, old)
        findings += lost
        carried |= usable.keys()
        own = IndexEntry(entry.id, "points", entry.set, tuple(block for block in entry.blocks if block in blocks))
        inputs = [_carried(given, draft, usable) for given in unit_inputs(own, old, everyone, marks, values)]
        new_rows = score(draft, inputs, is_draft=True).results()
        before = [
            row
            for found in results.entries(entry.id)
            if found.entry.set == entry.set
            for row in found.rows
            if row.block in blocks
        ]
        rows += new_rows
        moved += moves(before, new_rows)
    unique = list(dict.fromkeys((f.code, f.where, f.found, f.expected) for f in findings))
    not_carried = tuple(Finding(code, where, found, expected, "warning") for code, where, found, expected in unique)
    return BackTest(round_.id, round_.year, tuple(rows), tuple(moved), not_carried, tuple(sorted(carried)))


def _usable(draft: CriteriaSet, old: CriteriaSet) -> tuple[dict[str, Node], list[Finding]]:
    """Leaves of the draft whose inputs the old set asked for under the same code; findings for the others."""
    before = {node.code: node for node in old.leaves()}
    usable: dict[str, Node] = {}
    findings: list[Finding] = []
    for node in draft.leaves():
        where = Where(node=f"{draft.index}/{node.code}")
        name = f"{node.code} {node.text.vi}"
        other = before.get(node.code)
        if other is None:
            findings.append(Finding("EVA062", where, name, "tiêu chí mới / new criterion", "warning"))
        elif _inputs(node) != _inputs(other):
            findings.append(Finding("EVA062", where, name, "số liệu khác / other inputs", "warning"))
        else:
            usable[node.code] = node
    for code, node in before.items():
        if draft.node(code) is None:
            text = f"{code} {node.text.vi}"
            findings.append(
                Finding(
                    "EVA062",
                    Where(node=f"{old.index}/{code}"),
                    text,
                    "không còn trong bộ mới / no longer in the set",
                    "warning",
                )
            )
    return usable, findings


def _inputs(node: Node) -> tuple[object, ...]:
    if node.rule is None:
        return ()
    kind = RULE_KINDS[node.rule.kind]
    extra = (node.rule.parameters.get("indicator"),) if node.rule.kind == "counted" else ()
    return (*((item.name, item.kind, item.choices) for item in kind.inputs(node.rule)), *extra)


def _carried(given: UnitInputs, draft: CriteriaSet, usable: Mapping[str, Node]) -> UnitInputs:
    layers = {
        layer: {code: fields for code, fields in cells.items() if code in usable and _fits(fields, usable[code])}
        for layer, cells in given.layers.items()
    }
    touched = {code for cells in layers.values() for code in cells}
    values = {code: value for code, value in given.values.items() if code in usable}
    absent = {
        node.code: {NA: _YES}
        for node in draft.leaves()
        if node.role == "normal" and node.code not in touched and node.code not in values
    }
    layers["self"] = {**layers.get("self", {}), **absent}
    return replace(given, layers=layers, values=values)


def _fits(fields: Mapping[str, object], node: Node) -> bool:
    """A decided number of points above the draft's maximum cannot be carried over."""
    points = fields.get(POINTS)
    return points is None or node.maximum is None or points <= node.maximum  # type: ignore[operator]
