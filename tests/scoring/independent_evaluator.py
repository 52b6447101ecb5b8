"""An independent evaluator in exact fractions, written from the description of the rules alone.

It knows nothing of the product's scoring: one recursive function over plain data (`to_data`), no layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Answers = Mapping[str, Mapping[str, Any]]
Value = tuple[Fraction, Fraction] | None  # points and maximum; None: does not apply


def leaf(node: Mapping[str, Any], answers: Answers) -> Value:
    given = answers.get(node["code"])
    maximum = Fraction(node["maximum"])
    if given is None:
        return (Fraction(0), maximum)
    if given.get("na"):
        return None
    if "points" in given:
        return (Fraction(given["points"]), maximum)
    rule = node["rule"]
    points = _points(rule, maximum, given)
    if points is None:
        return None
    return (min(points, Fraction(node["cap"])) if "cap" in node else points, maximum)


def _points(rule: Mapping[str, Any], maximum: Fraction, given: Mapping[str, Any]) -> Fraction | None:
    match rule["kind"]:
        case "yes_no":
            return Fraction(rule.get("yes", maximum)) if given["answer"] else Fraction(rule.get("no", 0))
        case "graded_choice":
            return next(Fraction(option["points"]) for option in rule["options"] if option["code"] == given["choice"])
        case "tiers":
            reached = [step for step in rule["steps"] if given["value"] >= step["from"]]
            best = max(reached, key=lambda step: step["from"], default=None)
            return Fraction(best["points"]) if best else Fraction(rule.get("below", 0))
        case "proportional":
            a, b = Fraction(given["numerator"]), Fraction(given["denominator"])
            if b == 0:
                return {"full": maximum, "zero": Fraction(0), "not_applicable": None}[rule["when_zero"]]
            if "zero_below" in rule and a / b < Fraction(rule["zero_below"]):
                return Fraction(0)
            return min(a / b * maximum, Fraction(rule.get("cap", maximum)))
        case "linear":
            low, high = Fraction(rule["zero_at"]), Fraction(rule["full_at"])
            return min(max((Fraction(given["value"]) - low) / (high - low), Fraction(0)), Fraction(1)) * maximum
        case "deduction":
            step = Fraction(given["faults"]) * Fraction(rule["per_fault"])
            return min(step, maximum) if rule.get("counts_up") else max(maximum - step, Fraction(rule.get("floor", 0)))
        case "formula":
            return min(Fraction(given["a"]) * 2, maximum)
        case other:
            raise AssertionError(other)


def evaluate(node: Mapping[str, Any], answers: Answers, rescale: bool) -> Value:
    children = node.get("children") or node.get("criteria")
    if not children:
        return leaf(node, answers)
    values = [(child, evaluate(child, answers, rescale)) for child in children]
    normal = [
        (child, value) for child, value in values if child.get("role", "normal") == "normal" and value is not None
    ]
    if not normal:
        return None
    aggregation = node.get("aggregation", "sum")
    if aggregation == "sum":
        points = sum((value[0] for _, value in normal), Fraction(0))
        maximum = sum((value[1] for _, value in normal), Fraction(0))
        own = node.get("maximum")
        if rescale and own is not None and maximum and Fraction(own) != maximum:
            points, maximum = points * Fraction(own) / maximum, Fraction(own)
    else:
        maximum = Fraction(node["maximum"])
        shares = [(value[0] / value[1], Fraction(child.get("weight", 1))) for child, value in normal if value[1]]
        if aggregation == "minimum":
            points = maximum * min(share for share, _ in shares)
        else:
            points = maximum * sum(share * weight for share, weight in shares) / sum(weight for _, weight in shares)
    points += sum((value[0] for child, value in values if child.get("role") == "bonus" and value), Fraction(0))
    points -= sum((value[0] for child, value in values if child.get("role") == "penalty" and value), Fraction(0))
    if "cap" in node:
        points = min(points, Fraction(node["cap"]))
    if "floor" in node:
        points = max(points, Fraction(node["floor"]))
    return points, maximum
