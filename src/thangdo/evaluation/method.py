"""The method of a set in words, made from the definition that computes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from thangdo.methodology import CriteriaSet, Node, node_maximum
from thangdo.methodology.conditions import words
from thangdo.methodology.rules import rule_sentence


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


_MODES = {
    "half_up": ("làm tròn nửa lên", "rounded half up"),
    "half_even": ("làm tròn nửa về chẵn", "rounded half to even"),
    "cut": ("cắt bỏ phần thừa", "cut"),
}


def method_facts(criteria_set: CriteriaSet, language: str) -> list[tuple[str, str]]:
    """What decides points, ranks and classes, as (name, sentence) pairs."""
    vi = language == "vi"
    place = 0 if vi else 1
    facts: list[tuple[str, str]] = []
    rounding = criteria_set.criterion_rounding
    result = criteria_set.result_rounding
    if rounding is not None:
        text = (
            f"{rounding.digits} chữ số thập phân, {_MODES[rounding.mode][0]}"
            if vi
            else f"{rounding.digits} decimals, {_MODES[rounding.mode][1]}"
        )
        facts.append(("Điểm từng tiêu chí" if vi else "Criterion points", text))
    text = (
        f"{result.digits} chữ số thập phân, {_MODES[result.mode][0]}"
        if vi
        else f"{result.digits} decimals, {_MODES[result.mode][1]}"
    )
    facts.append(("Kết quả" if vi else "Result", text))
    on = {
        "unrounded": ("phần trăm chưa làm tròn", "the unrounded percent"),
        "rounded": ("phần trăm đã làm tròn", "the rounded percent"),
    }
    ties = {"competition": ("đồng hạng 1, 1, 3", "ties 1, 1, 3"), "dense": ("đồng hạng 1, 1, 2", "ties 1, 1, 2")}
    ranking = f"{'theo' if vi else 'by'} {on[criteria_set.ranking.on][place]}; {ties[criteria_set.ranking.ties][place]}"
    breakers = [criteria_set.node(item.node) for item in criteria_set.ranking.tie_breakers]
    if breakers:
        names = ", ".join(f"{node.code} {node.text[language]}" for node in breakers if node is not None)
        ranking += ("; bằng nhau thì xét " if vi else "; equals are parted by ") + names
    facts.append(("Xếp hạng trong khối" if vi else "Ranking in the block", ranking))
    if criteria_set.classes is not None:
        facts.append(("Xếp loại" if vi else "Classes", _classes(criteria_set, language)))
    rule = {
        "leave_denominator": (
            "tiêu chí không áp dụng ra khỏi điểm tối đa",
            "a criterion that does not apply leaves the maximum",
        ),
        "rescale_parent": (
            "điểm của nhóm được quy lại về điểm tối đa của nhóm",
            "the group is rescaled to its own maximum",
        ),
    }[criteria_set.not_applicable]
    facts.append(("Không áp dụng" if vi else "Not applicable", rule[place]))
    facts.append(
        (
            "Nguồn của bộ tiêu chí" if vi else "Source of the set",
            f"{_SOURCE[criteria_set.source][place]}. {criteria_set.source_note}",
        )
    )
    return facts


def _classes(criteria_set: CriteriaSet, language: str) -> str:
    assert criteria_set.classes is not None
    vi = language == "vi"
    unit = (
        ("%" if criteria_set.classes.on == "percent" else " điểm")
        if vi
        else ("%" if criteria_set.classes.on == "percent" else " points")
    )
    parts = []
    for band in criteria_set.classes.bands:
        bound = format(band.lower.normalize(), "f").replace(".", "," if vi else ".")
        text = f"{band.name[language]} {'từ' if vi else 'from'} {bound}{unit}"
        if band.conditions:
            text += " (" + "; ".join(words(condition, language) for condition in band.conditions) + ")"
        parts.append(text)
    return "; ".join(parts)
