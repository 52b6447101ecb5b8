"""Solving criterion marks: inputs whose points add up exactly to what was printed.

Losses are first put on criteria that only know steps, then spread over proportional criteria, whose counts
are searched until the rounded points are the wanted ones. The result is checked by scoring it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from thangdo.methodology import Node
from thangdo.scoring import CompiledSet, UnitInputs, score_unit

_CENT = Decimal("0.01")
_ZERO = Decimal(0)
# Shares the article prints as 100 %: full in every unit.
Fields = dict[str, str]


class NoSolution(Exception):
    """No marks give the wanted total under this draw; the caller draws again."""


@dataclass(slots=True)
class Solved:
    """Final inputs by criterion, and the criteria that lost points."""

    fields: dict[str, Fields] = field(default_factory=dict)
    lost: dict[str, Decimal] = field(default_factory=dict)


def solve_marks(
    compiled: CompiledSet,
    block: str,
    unit: str,
    counted: Mapping[str, Decimal],
    total: Decimal,
    always_full: frozenset[str],
    rng: Random,
) -> Solved:
    """Marks of every leaf that is not counted, so that the unit's points are exactly `total`.

    Raises NoSolution where the counted values leave too little or too much to lose.
    """
    base = score_unit(compiled, UnitInputs(unit, block, {}, dict(counted)))
    leaves = [
        compiled.nodes[position]
        for position in compiled.leaves
        if compiled.nodes[position].code not in counted
        and compiled.nodes[position].role == "normal"
        and compiled.applies(position, block, unit)
    ]
    room = sum((leaf.maximum or _ZERO for leaf in leaves), _ZERO)
    loss = room - (total - (base.final.points[0] or _ZERO))
    if loss < 0 or loss > room:
        raise NoSolution(unit)
    solved = Solved()
    flexible = [
        leaf for leaf in leaves if leaf.rule and leaf.rule.kind == "proportional" and leaf.code not in always_full
    ]
    stepped = [leaf for leaf in leaves if leaf not in flexible and leaf.code not in always_full]
    share = loss / room if room else _ZERO
    remaining = _lose_steps(stepped, loss, share, solved, rng)
    _lose_shares(flexible, remaining, share, solved, rng)
    for leaf in leaves:
        solved.fields[leaf.code] = fields_for(leaf, (leaf.maximum or _ZERO) - solved.lost.get(leaf.code, _ZERO), rng)
    return solved


def _lose_steps(leaves: list[Node], loss: Decimal, share: Decimal, solved: Solved, rng: Random) -> Decimal:
    """Put some of the loss on yes/no, choices and deductions; returns what is left."""
    remaining = loss
    order = list(leaves)
    rng.shuffle(order)
    for leaf in order:
        if rng.random() > min(0.75, float(share) * 2.2):
            continue
        options = [step for step in _steps(leaf) if _ZERO < step <= remaining / 2]
        if options:
            step = rng.choice(options)
            solved.lost[leaf.code] = step
            remaining -= step
    return remaining


def _steps(leaf: Node) -> list[Decimal]:
    """The losses a stepped criterion can have, smallest first, never everything."""
    maximum, rule = leaf.maximum or _ZERO, leaf.rule
    if rule is None:
        return []
    if rule.kind == "graded_choice":
        return sorted(maximum - option["points"] for option in rule.parameters["options"] if option["points"] > 0)
    if rule.kind == "deduction":
        each: Decimal = rule.parameters["per_fault"]
        return [each * count for count in range(1, 4) if each * count < maximum]
    return []


def _lose_shares(leaves: list[Node], loss: Decimal, share: Decimal, solved: Solved, rng: Random) -> None:
    """Spread a loss over proportional criteria in hundredths of a point."""
    capacity = {leaf.code: _most(leaf, share) for leaf in leaves}
    if loss > sum(capacity.values(), _ZERO):
        raise NoSolution("loss")
    left = int(loss / _CENT)
    weights = {leaf.code: rng.uniform(0.1, 1.0) * float(capacity[leaf.code]) for leaf in leaves}
    lost = dict.fromkeys(capacity, 0)
    whole = sum(weights.values()) or 1.0
    for code, weight in weights.items():
        lost[code] = min(int(capacity[code] / _CENT), int(left * weight / whole))
    rest = left - sum(lost.values())
    order = list(capacity)
    rng.shuffle(order)
    for code in order:
        more = min(rest, int(capacity[code] / _CENT) - lost[code])
        lost[code] += more
        rest -= more
    for code, cents in lost.items():
        if cents:
            solved.lost[code] = cents * _CENT


def _most(leaf: Node, share: Decimal) -> Decimal:
    """The most a proportional criterion may lose without falling through its own lower bound."""
    maximum = leaf.maximum or _ZERO
    below = leaf.rule.parameters.get("zero_below") if leaf.rule else None
    bound = min(Decimal("0.95"), max(Decimal("0.3"), share * 3))
    if below is not None:
        bound = min(bound, 1 - below - Decimal("0.02"))
    return (maximum * max(bound, _ZERO)).quantize(_CENT, rounding="ROUND_DOWN")


def fields_for(leaf: Node, points: Decimal, rng: Random) -> Fields:
    """Inputs of a leaf that give exactly these points after rounding to hundredths."""
    maximum, rule = leaf.maximum or _ZERO, leaf.rule
    assert rule is not None
    if rule.kind == "yes_no":
        return {"answer": "yes" if points == maximum else "no"}
    if rule.kind == "graded_choice":
        return {
            "choice": next(str(option["code"]) for option in rule.parameters["options"] if option["points"] == points)
        }
    if rule.kind == "deduction":
        return {"faults": str(int((maximum - points) / rule.parameters["per_fault"]))}
    if rule.kind == "proportional":
        a, b = _counts(points, maximum, rng)
        return {"numerator": str(a), "denominator": str(b)}
    raise NoSolution(leaf.code)


def _counts(points: Decimal, maximum: Decimal, rng: Random) -> tuple[int, int]:
    """a of b with a / b × maximum rounding half up to `points`: small plausible counts first."""
    if not maximum or points == maximum:
        total = rng.randint(12, 180)
        return total, total
    for low, high in ((24, 220), (220, 900), (900, 6000)):
        for _ in range(60):
            b = rng.randint(low, high)
            a = int((points * b / maximum).to_integral_value())
            if 0 <= a <= b and (Decimal(a) * maximum / b).quantize(_CENT, rounding="ROUND_HALF_UP") == points:
                return a, b
    raise NoSolution("counts")
