"""The method of a set in words, made from the definition that computes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from thangdo.methodology import CriteriaSet, Node, node_maximum
from thangdo.methodology.rules import rule_sentence
from thangdo.methodology.setting_words import classes_words, not_applicable_words, ranking_words, rounding_words


@dataclass(frozen=True, slots=True)
class MethodNode:
    """A line of the method page."""

    depth: int
    code: str
    text: str
    maximum: Decimal | None
    weight: Decimal | None
    rule: str
    evidence: str
    source: str


_AGGREGATION = {
    "sum": ("cộng điểm", "sum of points"),
    "weighted_mean": ("trung bình có trọng số", "weighted mean"),
    "geometric_mean": ("trung bình nhân", "geometric mean"),
    "minimum": ("lấy mức thấp nhất", "minimum"),
}
_ROLE = {"bonus": ("điểm thưởng", "bonus"), "penalty": ("điểm trừ", "penalty")}
_SOURCE = {
    "official": ("chính thức", "official"),
    "reconstructed": ("dựng lại", "reconstructed"),
    "illustrative": ("minh họa", "illustrative"),
}


def method_nodes(criteria_set: CriteriaSet, language: str) -> list[MethodNode]:
    """Every node in the order of the set, with its rule in plain words."""
    place = 0 if language == "vi" else 1
    found: list[MethodNode] = []

    def walk(node: Node, depth: int) -> None:
        if node.rule is not None:
            rule = rule_sentence(node.rule, node.maximum or Decimal(0), language)
        else:
            text = _AGGREGATION[node.aggregation][place]
            rule = text[0].upper() + text[1:] + "."
        if node.role != "normal":
            rule = f"{rule} ({_ROLE[node.role][place]})"
        source = _SOURCE[node.source][place] if node.source else ""
        found.append(
            MethodNode(
                depth,
                node.code,
                node.text[language],
                node_maximum(node),
                node.weight,
                rule,
                node.evidence[language],
                source,
            )
        )
        for child in node.children:
            walk(child, depth + 1)

    for child in criteria_set.children:
        walk(child, 0)
    return found


def method_facts(criteria_set: CriteriaSet, language: str) -> list[tuple[str, str]]:
    """What decides points, ranks and classes, as (name, sentence) pairs."""
    vi = language == "vi"
    facts: list[tuple[str, str]] = []
    if criteria_set.criterion_rounding is not None:
        text = rounding_words(criteria_set.criterion_rounding, language)
        facts.append(("Điểm từng tiêu chí" if vi else "Criterion points", text))
    facts.append(("Kết quả" if vi else "Result", rounding_words(criteria_set.result_rounding, language)))
    facts.append(("Xếp hạng trong khối" if vi else "Ranking in the block", ranking_words(criteria_set, language)))
    if criteria_set.classes is not None:
        facts.append(("Xếp loại" if vi else "Classes", classes_words(criteria_set, language)))
    facts.append(("Không áp dụng" if vi else "Not applicable", not_applicable_words(criteria_set, language)))
    facts.append(
        (
            "Nguồn của bộ tiêu chí" if vi else "Source of the set",
            f"{_SOURCE[criteria_set.source][0 if vi else 1]}. {criteria_set.source_note}",
        )
    )
    return facts
