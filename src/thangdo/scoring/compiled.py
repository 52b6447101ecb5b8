"""A criteria set made ready to run: flat arrays of nodes and one closure a leaf, no object a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from thangdo.methodology import CriteriaSet, Node
from thangdo.methodology.rounding import rounder
from thangdo.methodology.rules import RULE_KINDS
from thangdo.methodology.rules.kind import Compiled, Inputs


@dataclass(frozen=True, slots=True)
class InnerNode:
    """An inner node ready to fold: where it stands, its children by what they do."""

    position: int
    node: Node
    normal: tuple[int, ...]
    bonus: tuple[int, ...]
    penalty: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CompiledSet:
    """Nodes in the order of the set, the whole at position 0 (code '').

    `folds` lists inner nodes bottom-up, so that one pass computes the whole tree. `functions`, `maxima`
    and `positions` are of the leaves.
    """

    criteria_set: CriteriaSet
    codes: tuple[str, ...]
    nodes: tuple[Node, ...]
    positions: Mapping[str, int]
    parents: tuple[int, ...]
    leaves: tuple[int, ...]
    functions: Mapping[int, Compiled]
    limits: Mapping[int, Decimal]
    folds: tuple[InnerNode, ...]
    is_unit_specific: bool
    by_block: dict[str, Mapping[int, bool]]
    quantum: Decimal | None
    rounding_mode: str

    def applies(self, position: int, block: str, unit: str) -> bool:
        """Whether a node and everything above it applies to this unit."""
        while position:
            if not self.nodes[position].applies.covers(block, unit):
                return False
            position = self.parents[position]
        return True

    def applicable(self, block: str, unit: str) -> Mapping[int, bool]:
        """The leaves that apply to a unit, and whether each must be given (bonus and penalty need not)."""
        found = self.by_block.get(block)
        if found is None or self.is_unit_specific:
            found = {
                position: self.nodes[position].role == "normal"
                for position in self.leaves
                if self.applies(position, block, unit)
            }
            self.by_block[block] = found
        return found

    def path_to_top(self, position: int) -> list[int]:
        """Positions from a node's parent up to the whole."""
        path = []
        while position:
            position = self.parents[position]
            path.append(position)
        return path


def top_node(criteria_set: CriteriaSet) -> Node:
    """The whole set as one node."""
    return Node(
        code="",
        text=criteria_set.title,
        maximum=criteria_set.maximum,
        aggregation=criteria_set.aggregation,
        cap=criteria_set.cap,
        floor=criteria_set.floor,
        children=criteria_set.children,
    )


def _capped(function: Compiled, cap: Decimal | None) -> Compiled:
    if cap is None:
        return function
    limit = cap

    def capped(inputs: Inputs) -> Decimal | None:
        points = function(inputs)
        return points if points is None or points < limit else limit

    return capped


def compile_set(criteria_set: CriteriaSet) -> CompiledSet:
    """Compile a set of kind ``points``. The set must be free of errors (see `methodology.lint_set`)."""
    nodes: list[Node] = []
    parents: list[int] = []
    children: list[list[int]] = []

    def place(node: Node, parent: int) -> int:
        position = len(nodes)
        nodes.append(node)
        parents.append(parent)
        children.append([])
        for child in node.children:
            children[position].append(place(child, position))
        return position

    place(top_node(criteria_set), 0)
    leaves = tuple(position for position in range(1, len(nodes)) if nodes[position].is_leaf)
    functions: dict[int, Compiled] = {}
    for position in leaves:
        node = nodes[position]
        assert node.rule is not None and node.maximum is not None
        functions[position] = _capped(RULE_KINDS[node.rule.kind].compile(node.rule, node.maximum), node.cap)
    folds = tuple(
        InnerNode(
            position,
            nodes[position],
            tuple(child for child in children[position] if nodes[child].role == "normal"),
            tuple(child for child in children[position] if nodes[child].role == "bonus"),
            tuple(child for child in children[position] if nodes[child].role == "penalty"),
        )
        for position in range(len(nodes) - 1, -1, -1)
        if children[position] or position == 0
    )
    rounding = criteria_set.criterion_rounding
    quantum, mode = rounder(rounding) if rounding else (None, "")
    return CompiledSet(
        criteria_set=criteria_set,
        codes=tuple(node.code for node in nodes),
        nodes=tuple(nodes),
        positions={node.code: position for position, node in enumerate(nodes)},
        parents=tuple(parents),
        leaves=leaves,
        functions=functions,
        limits={position: nodes[position].maximum or Decimal(0) for position in leaves},
        folds=folds,
        is_unit_specific=any(node.applies.units or node.applies.except_units for node in nodes),
        by_block={},
        quantum=quantum,
        rounding_mode=mode,
    )
