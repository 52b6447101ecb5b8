"""What-if on a round: addresses in, moved ranks out, nothing read twice."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from thangdo.evaluation.results import Results
from thangdo.evaluation.round import Round
from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.methodology import CriteriaSet
from thangdo.methodology.address import MarkAddress, MethodAddress, parse_address
from thangdo.methodology.change import set_property
from thangdo.methodology.numbers import NotANumber, read_number
from thangdo.methodology.rules import RULE_KINDS, InputValue, read_input
from thangdo.scoring import NA, POINTS, Move, Scored, moves, with_mark, with_method


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The moves that a list of changes causes, by index and set."""

    index: str
    set_id: str
    moves: tuple[Move, ...]
    scored: Scored


def what_if(round_: Round, results: Results, changes: Sequence[str]) -> list[WhatIf]:
    """Apply changes such as ``par/1.2.weight=15`` in order. Raises Refused for what cannot be read or does not exist."""
    states: dict[str, Scored] = {entry.entry.set: entry.scored for entry in results.indices if entry.scored is not None}
    before = dict(states)
    units = set(results.units)
    gathered = Gathered()
    for change in changes:
        try:
            _apply(round_, change, states, units)
        except Refused as refused:
            gathered.extend(refused.findings)
    gathered.refuse_errors()
    found = []
    for entry in results.indices:
        name = entry.entry.set
        if name in states and states[name] is not before[name]:
            moved = moves(before[name].results(), states[name].results())
            found.append(WhatIf(entry.id, name, tuple(moved), states[name]))
    return found


def _apply(round_: Round, change: str, states: dict[str, Scored], units: set[str]) -> None:
    place, equals, value = change.partition("=")
    if not equals:
        raise Refused([Finding("EVA061", Where(column=change), change)])
    index = place.partition("/")[0]
    names = [entry.set for entry in round_.indices if entry.id == index and entry.set in states]
    if not names:
        known = sorted({entry.id for entry in round_.indices if entry.kind == "points"})
        nearest = difflib.get_close_matches(index, known, 3, 0.0)
        raise Refused([Finding("MET080", Where(column=place), place, ", ".join(nearest))])
    refused: Refused | None = None
    applied = False
    for name in names:
        criteria_set = states[name].compiled.criteria_set
        try:
            address = parse_address(place, {index: criteria_set}, units)
        except Refused as failure:
            refused = failure
            continue
        applied = True
        states[name] = _changed(states[name], address, value, criteria_set)
    if not applied and refused is not None:
        raise refused


def _changed(scored: Scored, address: MethodAddress | MarkAddress, value: str, criteria_set: CriteriaSet) -> Scored:
    if isinstance(address, MethodAddress):
        changed = with_method(scored, set_property(address, value)(criteria_set), address.code)
    else:
        given = next((inputs for inputs in scored.inputs if inputs.unit == address.unit), None)
        if given is None:
            return scored
        fields = {**given.layers.get(address.layer, {}).get(address.code, {})}
        typed = _typed(criteria_set, address, value)
        alone = address.field in (POINTS, NA)
        fields = (
            {address.field: typed}
            if alone
            else {**{k: v for k, v in fields.items() if k not in (POINTS, NA)}, address.field: typed}
        )
        changed = with_mark(scored, address.unit, address.code, address.layer, fields)
    failures = [failure for unit in changed.scores for failure in unit.failures]
    if failures:
        raise Refused(
            [
                Finding(
                    failure.code,
                    Where(column=f"{address.index}/{failure.unit}/{failure.criterion}"),
                    failure.found,
                    failure.expected,
                )
                for failure in failures
            ]
        )
    return changed


def _typed(criteria_set: CriteriaSet, address: MarkAddress, value: str) -> InputValue:
    node = criteria_set.node(address.code)
    where = Where(column=f"{address.index}/{address.unit}/{address.code}/{address.layer}.{address.field}")
    if node is None or node.rule is None:
        raise Refused([Finding("EVA030", where, address.code)])
    declared = {item.name: item for item in RULE_KINDS[node.rule.kind].inputs(node.rule) if item.kind != "counted"}
    try:
        if address.field in (POINTS, NA):
            return read_number(value)[0]
        if address.field not in declared:
            raise Refused([Finding("EVA035", where, address.field, ", ".join([*declared, POINTS, NA]))])
        return read_input(declared[address.field], value)[0]
    except NotANumber as failure:
        raise Refused([Finding("EVA036", where, value, "12.5")]) from failure
    except ValueError as failure:
        raise Refused([Finding("EVA033", where, value, str(failure))]) from failure
