"""What changed between two editions of a set, node by node, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from thangdo.methodology.lint import node_maximum
from thangdo.methodology.model import CriteriaSet, Node
from thangdo.methodology.rules import rule_sentence
from thangdo.methodology.rules.kind import shown
from thangdo.methodology.setting_words import (
    classes_words,
    data_words,
    not_applicable_words,
    ranking_words,
    rounding_words,
)
from thangdo.methodology.writing import node_data, rule_data, to_data

DifferenceKind = Literal["added", "dropped", "moved", "reweighted", "rule", "text", "property", "setting"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: what kind, at which node ('' for the set itself), which property, before and after."""

    kind: DifferenceKind
    code: str
    name: str
    property: str
    before: str
    after: str


_WORDS: dict[DifferenceKind, tuple[str, str]] = {
    "added": ("Thêm {code} “{name}” ({after} điểm)", "Added {code} “{name}” ({after} points)"),
    "dropped": ("Bỏ {code} “{name}” ({before} điểm)", "Dropped {code} “{name}” ({before} points)"),
    "moved": ("Chuyển {code} “{name}” từ {before} sang {after}", "Moved {code} “{name}” from {before} to {after}"),
    "reweighted": (
        "{code} “{name}”: {property} từ {before} thành {after}",
        "{code} “{name}”: {property} from {before} to {after}",
    ),
    "rule": (
        "{code} “{name}”: cách tính đổi từ “{before}” thành “{after}”",
        "{code} “{name}”: rule changed from “{before}” to “{after}”",
    ),
    "text": ("{code}: tên đổi từ “{before}” thành “{after}”", "{code}: text changed from “{before}” to “{after}”"),
    "property": (
        "{code} “{name}”: {property} đổi từ {before} thành {after}",
        "{code} “{name}”: {property} changed from {before} to {after}",
    ),
    "setting": (
        "Quy định chung “{property}” đổi từ {before} thành {after}",
        "Setting “{property}” changed from {before} to {after}",
    ),
}
_PROPERTIES = {
    "maximum": ("điểm tối đa", "maximum points"),
    "weight": ("trọng số", "weight"),
    "role": ("vai trò", "role"),
    "aggregation": ("cách gộp", "aggregation"),
    "cap": ("mức trần", "cap"),
    "floor": ("mức sàn", "floor"),
    "evidence": ("tài liệu kiểm chứng", "evidence"),
    "appraiser": ("cơ quan thẩm định", "appraiser"),
    "applies": ("phạm vi áp dụng", "applicability"),
    "classes": ("xếp loại", "classes"),
    "rounding": ("làm tròn", "rounding"),
    "ranking": ("xếp hạng", "ranking"),
    "not_applicable": ("xử lý không áp dụng", "not-applicable rule"),
    "blocks": ("khối", "blocks"),
    "scale": ("thang điểm", "scale"),
    "pipeline": ("các bước tính", "pipeline"),
    "uncertainty": ("độ bất định", "uncertainty"),
    "missing": ("xử lý thiếu số liệu", "missing values"),
    "kind": ("loại chỉ số", "kind of index"),
    "index": ("chỉ số", "index"),
    "maximum_of_set": ("tổng điểm", "total points"),
}


def describe_difference(difference: Difference, language: str) -> str:
    """The change as a sentence in `language`."""
    vi = language == "vi"
    template = _WORDS[difference.kind][0 if vi else 1]
    name = _PROPERTIES.get(difference.property, (difference.property, difference.property))[0 if vi else 1]
    return template.format(
        code=difference.code, name=difference.name, property=name, before=difference.before, after=difference.after
    )


def diff(before: CriteriaSet, after: CriteriaSet, language: str = "vi") -> list[Difference]:
    """Every difference between two editions; nodes are matched by code. `language` chooses node names."""
    return [*_settings(before, after, language), *_nodes(before, after, language)]


def _settings(before: CriteriaSet, after: CriteriaSet, language: str) -> Iterator[Difference]:
    old, new = to_data(before), to_data(after)
    ignored = {"format", "id", "title", "edition", "criteria", "notes", "source", "source_note", "declared"}
    for name in sorted((old.keys() | new.keys()) - ignored):
        if old.get(name) != new.get(name):
            first, second = (
                _setting(before, name, old.get(name), language),
                _setting(after, name, new.get(name), language),
            )
            yield Difference("setting", "", "", name, first, second)


def _setting(criteria_set: CriteriaSet, name: str, value: object, language: str) -> str:
    """The setting in the words of the method page where it has any, its data otherwise."""
    if value is None:
        return "–"
    if name == "classes":
        return classes_words(criteria_set, language)
    if name == "ranking":
        return ranking_words(criteria_set, language)
    if name == "not_applicable":
        return not_applicable_words(criteria_set, language)
    if name == "rounding":
        result = rounding_words(criteria_set.result_rounding, language)
        criterion = rounding_words(criteria_set.criterion_rounding, language)
        return (
            f"tiêu chí: {criterion}; kết quả: {result}"
            if language == "vi"
            else f"criteria: {criterion}; result: {result}"
        )
    return data_words(value)


def _nodes(before: CriteriaSet, after: CriteriaSet, language: str) -> Iterator[Difference]:
    old = {node.code: node for node in before.walk()}
    new = {node.code: node for node in after.walk()}
    old_parents, new_parents = before.parents(), after.parents()
    for code, node in old.items():
        if code not in new:
            yield Difference("dropped", code, node.text[language], "", _points(node), "")
    for code, node in new.items():
        if code not in old:
            yield Difference("added", code, node.text[language], "", "", _points(node))
            continue
        if old_parents[code] != new_parents[code]:
            yield Difference("moved", code, node.text[language], "", old_parents[code] or "/", new_parents[code] or "/")
        yield from _node(old[code], node, language)


def _node(old: Node, new: Node, language: str) -> Iterator[Difference]:
    name = new.text[language]
    if _points(old) != _points(new):
        yield Difference("reweighted", new.code, name, "maximum", _points(old), _points(new))
    if old.weight != new.weight:
        yield Difference("reweighted", new.code, name, "weight", _number(old.weight), _number(new.weight))
    if old.rule != new.rule and (old.rule is None or new.rule is None or rule_data(old.rule) != rule_data(new.rule)):
        yield Difference("rule", new.code, name, "rule", _rule(old, language), _rule(new, language))
    if old.text != new.text:
        yield Difference("text", new.code, name, "text", old.text[language], new.text[language])
    first, second = node_data(old), node_data(new)
    for prop in ("role", "aggregation", "cap", "floor", "evidence", "appraiser", "applies"):
        if first.get(prop) != second.get(prop):
            yield Difference("property", new.code, name, prop, _short(first.get(prop)), _short(second.get(prop)))


def _points(node: Node) -> str:
    return _number(node_maximum(node))


def _number(value: Decimal | None) -> str:
    return "–" if value is None else shown(value)


def _rule(node: Node, language: str) -> str:
    if node.rule is None:
        return "–"
    return rule_sentence(node.rule, node.maximum or Decimal(0), language)


def _short(value: object) -> str:
    text = data_words(value)
    return text if len(text) <= 120 else text[:117] + "…"
