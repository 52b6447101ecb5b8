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


class Cell(dict[str, InputValue]):
    """The inputs of one unit, criterion and layer by field, with who gave them and the row of the first."""

    __slots__ = ("appraiser", "leaf", "row")
    appraiser: str
    leaf: _Leaf
    row: int


Inputs = dict[str, dict[str, dict[str, Cell]]]


@dataclass(slots=True)
class TypedMarks:
    """The marks of one index, typed; `undecided` are cells where two appraisers stand unadjudicated."""

    inputs: Inputs = field(default_factory=dict)  # unit → layer → criterion → cell
    undecided: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def row(self, unit: str, criterion: str, layer: str) -> int:
        """The row of the first mark of a cell, for findings; 0 where there is none."""
        cell = self.inputs.get(unit, {}).get(layer, {}).get(criterion)
        return 0 if cell is None else cell.row


@dataclass(slots=True)
class _Leaf:
    """A criterion as marks see it: its inputs by field name, and every text already read."""

    node: Node
    declared: Mapping[str, Input]
    is_counted: bool
    read: dict[tuple[str, str], InputValue] = field(default_factory=dict)


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
    marks: dict[str, TypedMarks] = {}
    others: dict[tuple[str, ...], dict[str, Cell]] = {}
    exclusive: dict[int, Cell] = {}
    assumed_comma = False
    place: tuple[str, str, str] | None = None
    in_layer: dict[str, Cell] = {}
    open_leaves: Mapping[str, _Leaf] = {}
    for number, row in enumerate(table.rows, start=table.first_row):
        # Known columns come first and in order. Rows of a unit and layer mostly stand together: the place is kept.
        index, unit, criterion, layer, appraiser, name, text = row[:7]
        if place is None or unit != place[1] or layer != place[2] or index != place[0]:
            place = (index, unit, layer)
            typed = marks.get(index)
            if typed is None:
                typed = marks[index] = TypedMarks()
            in_layer = typed.inputs.setdefault(unit, {}).setdefault(layer, {})
            is_known = layer in LAYERS and (index, unit) in everyone
            open_leaves = leaves.get(index, {}) if is_known else {}
        cell = in_layer.get(criterion)
        if cell is None:
            leaf = open_leaves.get(criterion)
            if leaf is None:
                leaf = door.leaf(row, number)
                if leaf is None:
                    continue
            cell = in_layer[criterion] = Cell()
            cell.appraiser, cell.leaf, cell.row = appraiser, leaf, number
        else:
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
        if appraiser != cell.appraiser:
            cell = _of_another(others.setdefault(row[:4], {}), cell, appraiser)
        if name in cell:
            what = f"{unit}, {layer}, {name}"
            first = str(in_layer[criterion].row)
            gathered.add(Finding("EVA032", Where(table.file, number, "field", leaf.node.code), what, first))
            continue
        cell[name] = value
        if name in (POINTS, NA):
            exclusive[id(cell)] = cell
    if assumed_comma:
        gathered.add(Finding("EVA018", Where(table.file, 0, "value"), "1,5", "1.5", "note"))
    for cell in exclusive.values():
        if len(cell) > 1:
            where = Where(table.file, cell.row, "field", cell.leaf.node.code)
            gathered.add(Finding("EVA038", where, ", ".join(cell)))
    _decide(marks, others)
    _drop_empty(marks)
    return marks


def _of_another(others: dict[str, Cell], first: Cell, appraiser: str) -> Cell:
    """The cell of an appraiser who is not the first one here."""
    cell = others.get(appraiser)
    if cell is None:
        cell = others[appraiser] = Cell()
        cell.appraiser, cell.leaf, cell.row = appraiser, first.leaf, first.row
    return cell


def _decide(marks: Mapping[str, TypedMarks], others: Mapping[tuple[str, ...], Mapping[str, Cell]]) -> None:
    """Where several appraisers stand in one cell: the adjudicated inputs, else the cell is undecided."""
    for (index, unit, criterion, layer), given in others.items():
        typed = marks[index]
        cells = typed.inputs[unit][layer]
        first = cells[criterion]
        if first.appraiser == ADJUDICATED:
            continue
        if ADJUDICATED in given:
            cells[criterion] = given[ADJUDICATED]
        else:
            typed.undecided[unit, criterion, layer] = first.row
            del cells[criterion]


def _drop_empty(marks: Mapping[str, TypedMarks]) -> None:
    """Cells, layers and units none of whose marks could be read are as if not given."""
    for typed in marks.values():
        for unit, layers in list(typed.inputs.items()):
            for layer, cells in list(layers.items()):
                for criterion in [code for code, cell in cells.items() if not cell]:
                    del cells[criterion]
                if not cells:
                    del layers[layer]
            if not layers:
                del typed.inputs[unit]


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
