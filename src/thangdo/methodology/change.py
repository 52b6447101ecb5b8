"""A change of method is a value: from one set to another, the first untouched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, cast

from thangdo.findings import Finding, Refused, Where
from thangdo.methodology.address import MethodAddress, refuse
from thangdo.methodology.model import Aggregation, CriteriaSet, Node, Rule
from thangdo.methodology.numbers import NotANumber, read_number
from thangdo.methodology.reading import read_rule
from thangdo.methodology.rules import RULE_KINDS
from thangdo.methodology.writing import rule_data

Change = Callable[[CriteriaSet], CriteriaSet]

_AGGREGATIONS = ("sum", "weighted_mean", "geometric_mean", "minimum")


def set_property(address: MethodAddress, value: str | Decimal) -> Change:
    """The change that sets one property of one node. Applying it raises Refused (MET080, MET081)."""

    def change(criteria_set: CriteriaSet) -> CriteriaSet:
        if criteria_set.node(address.code) is None:
            raise refuse(f"{address.index}/{address.code}", [])
        return replace_node(criteria_set, address.code, lambda node: _changed(node, address, value))

    return change


def replace_node(criteria_set: CriteriaSet, code: str, change: Callable[[Node], Node]) -> CriteriaSet:
    """The set with one node changed; everything off its path is shared with the old set."""

    def along(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        for position, node in enumerate(nodes):
            if node.code == code:
                return (*nodes[:position], change(node), *nodes[position + 1 :])
            below = along(node.children)
            if below is not node.children:
                return (*nodes[:position], replace(node, children=below), *nodes[position + 1 :])
        return nodes

    return replace(criteria_set, children=along(criteria_set.children))


def _changed(node: Node, address: MethodAddress, value: str | Decimal) -> Node:
    name = address.path[0]
    if name == "aggregation":
        if value not in _AGGREGATIONS:
            raise _unfit(address, value, " / ".join(_AGGREGATIONS))
        return replace(node, aggregation=cast("Aggregation", value))
    if name == "rule":
        if node.rule is None:
            raise refuse(f"{address.index}/{address.code}.rule", [])
        return replace(node, rule=_changed_rule(node.rule, address, value))
    number = _number(address, value)
    if name == "weight" and number <= 0:
        raise _unfit(address, value, "> 0")
    if name == "maximum" and number < 0:
        raise _unfit(address, value, "≥ 0")
    fields: dict[str, Any] = {name: number}
    return replace(node, **fields)


def _changed_rule(rule: Rule, address: MethodAddress, value: str | Decimal) -> Rule:
    """`rule.KEY`, also into lists and mappings: ``rule.steps.0.points``."""
    data = rule_data(rule)
    target: Any = data
    for step in address.path[1:-1]:
        try:
            target = target[int(step)] if isinstance(target, list) else target[step]
        except (KeyError, IndexError, ValueError, TypeError) as failure:
            raise refuse(".".join(address.path), sorted(map(str, data))) from failure
    last = address.path[-1]
    known = {parameter.name for parameter in RULE_KINDS[rule.kind].parameters} | {"kind"}
    if target is data and last not in known:
        raise refuse(f"{address.index}/{address.code}.rule.{last}", sorted(known))
    before = (
        target[int(last)]
        if isinstance(target, list) and last.isdigit()
        else target.get(last)
        if isinstance(target, Mapping)
        else None
    )
    typed: Any = value
    if isinstance(before, Decimal) or (before is None and _is_decimal(rule, last)):
        typed = _number(address, value)
    elif isinstance(before, bool):
        typed = str(value).casefold() in ("true", "1", "yes", "có")
    if isinstance(target, list):
        target[int(last)] = typed
    else:
        target[last] = typed
    changed = read_rule(data)
    problems = list(RULE_KINDS[changed.kind].problems(changed, Decimal(10) ** 9)) if changed.kind in RULE_KINDS else []
    if changed.kind not in RULE_KINDS:
        raise _unfit(address, value, " / ".join(RULE_KINDS))
    for parameter in RULE_KINDS[changed.kind].parameters:
        wrong = parameter.kind == "word" and parameter.name == last and value not in parameter.words
        if wrong:
            raise _unfit(address, value, " / ".join(parameter.words))
    if any(problem.code in ("MET042", "MET044", "MET045", "MET046", "MET048", "MET049") for problem in problems):
        raise _unfit(address, value, problems[0].expected or problems[0].code)
    return Rule(changed.kind, MappingProxyType(dict(changed.parameters)))


def _is_decimal(rule: Rule, name: str) -> bool:
    return any(parameter.name == name and parameter.kind == "decimal" for parameter in RULE_KINDS[rule.kind].parameters)


def _number(address: MethodAddress, value: str | Decimal) -> Decimal:
    if isinstance(value, Decimal):
        return value
    try:
        return read_number(value)[0]
    except NotANumber as failure:
        raise _unfit(address, value, "0.0") from failure


def _unfit(address: MethodAddress, value: object, expected: str) -> Refused:
    place = f"{address.index}/{address.code}.{'.'.join(address.path)}"
    return Refused([Finding("MET081", Where(column=place), str(value), expected, facts={"fact": place})])
