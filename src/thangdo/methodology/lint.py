"""What can be wrong with the meaning of a set that follows the schema; all of it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from thangdo.findings import Finding, Severity, Where
from thangdo.methodology.conditions import CONDITIONS
from thangdo.methodology.document import Document, Path_
from thangdo.methodology.model import Condition, CriteriaSet, Node
from thangdo.methodology.rules import RULE_KINDS

_WEIGHTED = frozenset({"weighted_mean", "geometric_mean"})


class _Places:
    """Where a node stands in its file, for findings of sets that were read from one."""

    def __init__(self, criteria_set: CriteriaSet, document: Document | None) -> None:
        self._document = document
        self._paths: dict[int, Path_] = {}
        self._remember(criteria_set.children, ("criteria",))

    def _remember(self, nodes: tuple[Node, ...], path: Path_) -> None:
        for position, node in enumerate(nodes):
            self._paths[id(node)] = (*path, position)
            self._remember(node.children, (*path, position, "children"))

    def node(self, node: Node, *below: str) -> Where:
        if self._document is None:
            return Where(column=".".join(below), node=node.code)
        return self._document.where((*self._paths[id(node)], *below), node.code)

    def top(self, *path: str | int) -> Where:
        if self._document is None:
            return Where(column=".".join(map(str, path)))
        return self._document.where(path)


def lint_set(criteria_set: CriteriaSet, document: Document | None = None) -> Iterator[Finding]:
    """Every finding about a set's meaning. With its document, each names the line."""
    places = _Places(criteria_set, document)
    yield from _codes(criteria_set, places)
    for node in criteria_set.walk():
        yield from _shape(node, criteria_set, places)
        yield from _rule(node, criteria_set, places)
        yield from _texts(node, criteria_set, places)
    yield from _top(criteria_set, places)
    yield from _declared(criteria_set, places)
    yield from _classes(criteria_set, places)


def _codes(criteria_set: CriteriaSet, places: _Places) -> Iterator[Finding]:
    seen: set[str] = set()
    for node in criteria_set.walk():
        if node.code in seen:
            yield Finding("MET020", places.node(node, "code"), node.code)
        seen.add(node.code)
        if "/" in node.code or "=" in node.code or not node.code.strip():
            yield Finding("MET021", places.node(node, "code"), node.code)


def node_maximum(node: Node) -> Decimal | None:
    """Maximum points of a node: its own, or the sum of its normal children's; None where unknown."""
    if node.maximum is not None or node.is_leaf:
        return node.maximum
    parts = [node_maximum(child) for child in node.children if child.role == "normal"]
    return (
        None if any(part is None for part in parts) else sum((part for part in parts if part is not None), Decimal(0))
    )


def _shape(node: Node, criteria_set: CriteriaSet, places: _Places) -> Iterator[Finding]:
    if node.floor is not None and node.cap is not None and node.floor > node.cap:
        yield Finding("MET029", places.node(node, "floor"), str(node.floor), str(node.cap))
    for block in node.applies.blocks:
        if block not in criteria_set.blocks:
            yield Finding("MET031", places.node(node, "applies", "blocks"), block, severity="warning")
    if node.is_leaf:
        if node.rule is None:
            yield Finding("MET022", places.node(node))
        if node.maximum is None and criteria_set.kind == "points":
            yield Finding("MET024", places.node(node))
        return
    if node.rule is not None:
        yield Finding("MET023", places.node(node, "rule"))
    yield from _aggregation(node.aggregation, node.maximum, node.children, places.node(node), criteria_set)


def _aggregation(
    aggregation: str, maximum: Decimal | None, children: tuple[Node, ...], where: Where, criteria_set: CriteriaSet
) -> Iterator[Finding]:
    if aggregation == "sum":
        parts = [node_maximum(child) for child in children if child.role == "normal" and not child.applies.units]
        total = sum((part for part in parts if part is not None), Decimal(0))
        whole = not any(part is None for part in parts) and not _differs_by_block(children)
        if criteria_set.kind == "points" and maximum is not None and whole and total != maximum:
            yield Finding("MET025", where, str(maximum), str(total))
        return
    if criteria_set.kind == "points":
        if maximum is None:
            yield Finding("MET027", where)
        elif maximum == 0:
            yield Finding("MET034", where)
    if aggregation in _WEIGHTED:
        without = [child.code for child in children if child.weight is None]
        if without and len(without) < len(children):
            yield Finding("MET026", where, ", ".join(without))
    if any(child.role != "normal" for child in children):
        yield Finding("MET028", where)


def _differs_by_block(children: tuple[Node, ...]) -> bool:
    """Whether some child holds for some blocks only: the children's sum then has several values."""
    return any(child.applies.blocks for child in children)


def _rule(node: Node, criteria_set: CriteriaSet, places: _Places) -> Iterator[Finding]:
    if node.rule is None:
        return
    kind = RULE_KINDS[node.rule.kind]
    maximum = node.maximum if node.maximum is not None else Decimal(1)
    for problem in kind.problems(node.rule, maximum):
        severity: Severity = "warning" if problem.code == "MET043" else "error"
        where = places.node(node, "rule", problem.parameter)
        yield Finding(problem.code, where, problem.found, problem.expected, severity, {"fact": problem.parameter})


def _texts(node: Node, criteria_set: CriteriaSet, places: _Places) -> Iterator[Finding]:
    if not node.text.en:
        yield Finding("MET032", places.node(node, "text"), node.text.vi[:60], severity="warning")
    if node.is_leaf and node.source is None and criteria_set.source == "official":
        yield Finding("MET033", places.node(node), severity="warning")


def _top(criteria_set: CriteriaSet, places: _Places) -> Iterator[Finding]:
    if criteria_set.floor is not None and criteria_set.cap is not None and criteria_set.floor > criteria_set.cap:
        yield Finding("MET029", places.top("floor"), str(criteria_set.floor), str(criteria_set.cap))
    if criteria_set.kind == "points":
        yield from _aggregation(
            criteria_set.aggregation, criteria_set.maximum, criteria_set.children, places.top("maximum"), criteria_set
        )


def _declared(criteria_set: CriteriaSet, places: _Places) -> Iterator[Finding]:
    """Totals the act prints (how many main indices, criteria, leaves, points) against the tree."""
    levels: Counter[int] = Counter()

    def count(nodes: tuple[Node, ...], depth: int) -> None:
        for node in nodes:
            levels[depth] += 1
            count(node.children, depth + 1)

    count(criteria_set.children, 1)
    leaves = sum(1 for node in criteria_set.leaves() if node.role == "normal")
    total = sum(
        (node_maximum(node) or Decimal(0) for node in criteria_set.children if node.role == "normal"), Decimal(0)
    )
    known: dict[str, Decimal] = {
        "level_1": Decimal(levels[1]),
        "level_2": Decimal(levels[2]),
        "level_3": Decimal(levels[3]),
        "leaves": Decimal(leaves),
        "points": criteria_set.maximum if criteria_set.maximum is not None else total,
    }
    for name, expected in criteria_set.declared.items():
        if name not in known:
            yield Finding("MET049", places.top("declared", name), name, ", ".join(known), facts={"fact": "declared"})
        elif known[name] != expected:
            yield Finding("MET030", places.top("declared", name), str(known[name]), str(expected), facts={"fact": name})


def _classes(criteria_set: CriteriaSet, places: _Places) -> Iterator[Finding]:
    codes = {node.code for node in criteria_set.walk()}
    for position, breaker in enumerate(criteria_set.ranking.tie_breakers):
        if breaker.node not in codes:
            yield Finding("MET064", places.top("ranking", "tie_breakers", position), breaker.node)
    classes = criteria_set.classes
    if classes is None:
        return
    bounds = [band.lower for band in classes.bands]
    for position, (band, before) in enumerate(zip(classes.bands[1:], classes.bands, strict=False), start=1):
        where = places.top("classes", "bands", position)
        if band.lower == before.lower:
            yield Finding("MET060", where, str(band.lower))
        elif band.lower > before.lower:
            yield Finding("MET061", where, band.code)
    lowest = criteria_set.scale[0] if criteria_set.scale else Decimal(0)
    if min(bounds) > lowest:
        yield Finding("MET062", places.top("classes", "bands"), str(min(bounds)), str(lowest))
    highest = Decimal(100) if classes.on == "percent" else _highest_points(criteria_set)
    for position, band in enumerate(classes.bands):
        if highest is not None and band.lower > highest:
            yield Finding("MET063", places.top("classes", "bands", position), str(band.lower), str(highest))
    names = [band.code for band in classes.bands]
    for code in sorted({code for code in names if names.count(code) > 1}):
        yield Finding("MET067", places.top("classes", "bands"), code)
    if classes.bands[-1].conditions:
        yield Finding("MET066", places.top("classes", "bands", len(classes.bands) - 1))
    for position, band in enumerate(classes.bands):
        for condition in band.conditions:
            yield from _condition(condition, codes, places.top("classes", "bands", position, "conditions"))
    for position, ceiling in enumerate(classes.ceilings):
        where = places.top("classes", "ceilings", position)
        yield from _condition(ceiling.when, codes, where)
        if ceiling.at_most not in names:
            yield Finding("MET065", where, ceiling.at_most)


def _highest_points(criteria_set: CriteriaSet) -> Decimal | None:
    """The most points any unit can get: the maximum and every bonus, up to the cap."""
    if criteria_set.kind != "points":
        return criteria_set.scale[1] if criteria_set.scale else None
    total = criteria_set.maximum
    if total is None:
        total = sum(
            (node_maximum(node) or Decimal(0) for node in criteria_set.children if node.role == "normal"), Decimal(0)
        )
    total += sum(
        (node.cap or node_maximum(node) or Decimal(0) for node in criteria_set.walk() if node.role == "bonus"),
        Decimal(0),
    )
    return min(total, criteria_set.cap) if criteria_set.cap is not None else total


def _condition(condition: Condition, codes: set[str], where: Where) -> Iterator[Finding]:
    for name in CONDITIONS[condition.kind].parameters:
        if name not in condition.parameters:
            yield Finding("MET068", where, "", name)
        elif name == "node" and condition.parameters["node"] not in codes:
            yield Finding("MET064", where, str(condition.parameters["node"]))
