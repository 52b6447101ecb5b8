"""Marks as typed inputs: each cell read by the rule it is for, every bad one with its row."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from thangdo.evaluation.membership import Member
from thangdo.evaluation.round import Round
from thangdo.findings import Finding, Gathered, Where
from thangdo.methodology import CriteriaSet, Node
from thangdo.methodology.numbers import NotANumber, read_number
from thangdo.methodology.rules import RULE_KINDS, Input, InputValue, read_input
from thangdo.methodology.rules.kind import NO, YES
from thangdo.scoring import LAYERS, NA, POINTS

ADJUDICATED = "adjudicated"

# unit -> layer -> criterion -> field -> typed value
Inputs = dict[str, dict[str, dict[str, dict[str, InputValue]]]]


@dataclass(slots=True)
class TypedMarks:
    """The marks of one index, typed; `undecided` are cells where two appraisers stand unadjudicated.

    `rows` gives the row of the first mark of a (unit, criterion, layer), for findings.
    """

    inputs: Inputs = field(default_factory=dict)
    undecided: set[tuple[str, str, str]] = field(default_factory=set)
    rows: dict[tuple[str, str, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class _Leaf:
    """A criterion as marks see it: its inputs by field name, and every text already read."""

    node: Node
    declared: Mapping[str, Input]
    is_counted: bool
    read: dict[tuple[str, str], InputValue] = field(default_factory=dict)


@dataclass(slots=True)
class _Cell:
    """The marks of one unit, criterion and layer: the first appraiser's fields, and the other appraisers'."""

    leaf: _Leaf
    row: int
    appraiser: str
    fields: dict[str, InputValue]
    others: dict[str, dict[str, InputValue]] | None = None


@dataclass(slots=True)
class _Door:
    """What a mark is checked against before it is let in."""

    leaves: Mapping[str, Mapping[str, _Leaf]]
    everyone: Mapping[tuple[str, str], Member]
    file: str
    decimal_comma: bool
    gathered: Gathered

    def leaf(self, row: tuple[str, ...], number: int) -> _Leaf | None:
        """The criterion a row is for, or None with a finding."""
        index, unit, criterion, layer = row[:4]
        known = self.leaves.get(index)
        if known is None:
            if any(row):
                self._refuse("EVA020", number, "index", index, ", ".join(sorted(self.leaves)))
            return None
        leaf = known.get(criterion)
        if leaf is None:
            nearest = ", ".join(difflib.get_close_matches(criterion, list(known), 3, 0.0))
            self._refuse("EVA030", number, "criterion", criterion, nearest)
        elif (index, unit) not in self.everyone:
            self._refuse("EVA021", number, "unit", unit)
        elif layer not in LAYERS:
            self._refuse("EVA031", number, "layer", layer, ", ".join(LAYERS))
        else:
            return leaf
        return None

    def _refuse(self, code: str, number: int, column: str, found: str, expected: str = "") -> None:
        self.gathered.add(Finding(code, Where(self.file, number, column), found, expected))


def typed_marks(round_: Round, everyone: Mapping[tuple[str, str], Member], gathered: Gathered) -> dict[str, TypedMarks]:
    """Typed marks by index. Findings: unknown unit, criterion, layer or field, values that do not fit, duplicates."""
    table = round_.table("marks")
    leaves = {index: _leaves(round_.sets_of(index)) for index in {entry.id for entry in round_.indices}}
    door = _Door(leaves, everyone, table.file, table.decimal_comma, gathered)
    cells: dict[tuple[str, ...], _Cell] = {}
    assumed_comma = False
    for number, row in enumerate(table.rows, start=table.first_row):
        # Known columns come first and in order, so that a cell's key is a slice.
        appraiser, name, text = row[4], row[5], row[6]
        cell = cells.get(row[:4])
        if cell is None:
            leaf = door.leaf(row, number)
            if leaf is None:
                continue
            cell = cells[row[:4]] = _Cell(leaf, number, appraiser, {})
        leaf = cell.leaf
        value = leaf.read.get((name, text))
        if value is None:
            where = Where(table.file, number, "value", leaf.node.code)
            found = _value(leaf, name, text, table.decimal_comma, where, gathered)
            if found is None:
                continue
            value, comma = found
            assumed_comma = assumed_comma or comma
            leaf.read[name, text] = value
        if (name == POINTS or leaf.is_counted) and not row[7].strip():
            gathered.add(Finding("EVA034", Where(table.file, number, "reason", leaf.node.code), row[1]))
        if appraiser == cell.appraiser:
            fields = cell.fields
        else:
            if cell.others is None:
                cell.others = {}
            fields = cell.others.setdefault(appraiser, {})
        if name in fields:
            what = f"{row[1]}, {row[3]}, {name}"
            gathered.add(Finding("EVA032", Where(table.file, number, "field", leaf.node.code), what, str(cell.row)))
            continue
        fields[name] = value
    if assumed_comma:
        gathered.add(Finding("EVA018", Where(table.file, 0, "value"), "1,5", "1.5", "note"))
    return _decided(cells, table.file, gathered)


def _leaves(sets: list[CriteriaSet]) -> dict[str, _Leaf]:
    found: dict[str, _Leaf] = {}
    for criteria_set in sets:
        for node in criteria_set.leaves():
            if node.rule is not None:
                inputs = RULE_KINDS[node.rule.kind].inputs(node.rule)
                declared = {item.name: item for item in inputs if item.kind != "counted"}
                found[node.code] = _Leaf(node, declared, node.rule.kind == "counted")
    return found


def _value(
    leaf: _Leaf, name: str, text: str, decimal_comma: bool, where: Where, gathered: Gathered
) -> tuple[InputValue, bool] | None:
    if name == NA:
        folded = text.strip().casefold()
        if folded not in YES | NO:
            gathered.add(Finding("EVA033", where, text[:60], "true / false"))
            return None
        return Decimal(1 if folded in YES else 0), False
    try:
        if name == POINTS:
            value, comma = read_number(text, decimal_comma=decimal_comma)
            limit = leaf.node.maximum
            if value < 0 or (limit is not None and value > limit):
                gathered.add(Finding("SCO011", where, str(value), str(limit)))
                return None
            return value, comma
        declared = leaf.declared.get(name)
        if declared is None:
            gathered.add(
                Finding(
                    "EVA035",
                    Where(where.file, where.row, "field", where.node),
                    name,
                    ", ".join([*leaf.declared, POINTS, NA]),
                )
            )
            return None
        return read_input(declared, text, decimal_comma=decimal_comma)
    except NotANumber as failure:
        gathered.add(Finding("EVA037" if failure.is_ambiguous else "EVA036", where, text[:60], "12.5"))
    except ValueError as failure:
        gathered.add(Finding("EVA033", where, text[:60], str(failure)))
    return None


def _decided(cells: Mapping[tuple[str, ...], _Cell], file: str, gathered: Gathered) -> dict[str, TypedMarks]:
    """One appraiser's inputs a cell: the adjudicated ones where several stand, else the cell is undecided."""
    marks: dict[str, TypedMarks] = {}
    for (index, unit, criterion, layer), cell in cells.items():
        typed = marks.get(index)
        if typed is None:
            typed = marks[index] = TypedMarks()
        typed.rows[unit, criterion, layer] = cell.row
        fields = cell.fields
        if cell.others is not None:
            everybody = {cell.appraiser: fields, **cell.others}
            if ADJUDICATED not in everybody:
                typed.undecided.add((unit, criterion, layer))
                continue
            fields = everybody[ADJUDICATED]
        if not fields:
            continue
        if len(fields) > 1 and (POINTS in fields or NA in fields):
            gathered.add(Finding("EVA038", Where(file, cell.row, "field", criterion), ", ".join(fields)))
        by_layer = typed.inputs.get(unit)
        if by_layer is None:
            by_layer = typed.inputs[unit] = {}
        by_criterion = by_layer.get(layer)
        if by_criterion is None:
            by_criterion = by_layer[layer] = {}
        by_criterion[criterion] = fields
    return marks
