"""Random criteria sets of every rule kind and depth, with random answers."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from thangdo.methodology import CriteriaSet, Edition, Node, Rule, Text

RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("yes_no", {}),
    (
        "graded_choice",
        {
            "options": (
                {"code": "x", "points": Decimal(2)},
                {"code": "y", "points": Decimal("0.75")},
                {"code": "z", "points": Decimal(0)},
            )
        },
    ),
    (
        "tiers",
        {
            "steps": ({"from": Decimal(10), "points": Decimal(2)}, {"from": Decimal(5), "points": Decimal(1)}),
            "below": Decimal("0.5"),
        },
    ),
    ("proportional", {"when_zero": "not_applicable", "zero_below": Decimal("0.3")}),
    ("proportional", {"when_zero": "full", "cap": Decimal("1.5")}),
    ("linear", {"zero_at": Decimal(10), "full_at": Decimal(3)}),
    ("deduction", {"per_fault": Decimal("0.3")}),
    ("formula", {"expression": "min(a * 2, maximum)", "inputs": ({"name": "a"},)}),
)


def random_set(rng: Random) -> CriteriaSet:
    """A set of depth 1 to 4; bonus and penalty at the top."""
    counter = 0

    def node(depth: int) -> Node:
        nonlocal counter
        counter += 1
        code = f"n{counter}"
        if depth == 0 or rng.random() < 0.45:
            kind, parameters = rng.choice(RULES)
            return Node(code, Text(code, code), Decimal(2), Decimal(rng.randint(1, 4)), rule=Rule(kind, parameters))
        children = tuple(node(depth - 1) for _ in range(rng.randint(1, 4)))
        aggregation = rng.choice(("sum", "sum", "weighted_mean", "minimum"))
        limit = rng.choice((None, None, Decimal("2.5")))
        own = Decimal(rng.randint(2, 6)) if aggregation != "sum" else None
        return Node(code, Text(code, code), own, Decimal(1), aggregation=aggregation, children=children, cap=limit)  # type: ignore[arg-type]

    children = [node(rng.randint(0, 3)) for _ in range(rng.randint(1, 5))]
    counts_up = Rule("deduction", {"per_fault": Decimal("0.5"), "counts_up": True})
    if rng.random() < 0.5:
        children.append(Node("plus", Text("plus", "plus"), Decimal(2), role="bonus", cap=Decimal(1), rule=counts_up))
    if rng.random() < 0.5:
        children.append(Node("minus", Text("minus", "minus"), Decimal(2), role="penalty", rule=counts_up))
    rescale = rng.choice(("leave_denominator", "rescale_parent"))
    return CriteriaSet(
        "r", "par", Text("r", "r"), Edition(2023), ("b",), tuple(children), not_applicable=rescale, floor=Decimal(0)
    )  # type: ignore[arg-type]


def random_answer(node: Node, rng: Random) -> dict[str, Any]:
    """Inputs of a leaf as the scoring takes them; sometimes decided points, sometimes not applicable."""
    chance = rng.random()
    if chance < 0.1 and node.role == "normal":
        return {"na": Decimal(1)}
    if chance < 0.2:
        return {"points": Decimal(rng.randint(0, 200)) / 100}
    assert node.rule is not None
    match node.rule.kind:
        case "yes_no":
            return {"answer": Decimal(rng.randint(0, 1))}
        case "graded_choice":
            return {"choice": rng.choice("xyz")}
        case "tiers" | "linear":
            return {"value": Decimal(rng.randint(0, 120)) / 10}
        case "proportional":
            b = rng.choice((0, rng.randint(1, 9)))
            return {"numerator": Decimal(rng.randint(0, 10)), "denominator": Decimal(b)}
        case "deduction":
            return {"faults": Decimal(rng.randint(0, 8))}
        case _:
            return {"a": Decimal(rng.randint(0, 100)) / 100}
