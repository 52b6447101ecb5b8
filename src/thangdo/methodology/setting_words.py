"""What a set says beside its tree, in words: rounding, ranking, classes, what does not apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thangdo.methodology.conditions import words
from thangdo.methodology.model import CriteriaSet
from thangdo.methodology.rounding import Rounding

_MODES = {
    "half_up": ("làm tròn nửa lên", "rounded half up"),
    "half_even": ("làm tròn nửa về chẵn", "rounded half to even"),
    "cut": ("cắt bỏ phần thừa", "cut"),
}
_RANKED_ON = {
    "unrounded": ("theo phần trăm chưa làm tròn", "by the unrounded percent"),
    "rounded": ("theo phần trăm đã làm tròn", "by the rounded percent"),
}
_TIES = {"competition": ("đồng hạng 1, 1, 3", "ties 1, 1, 3"), "dense": ("đồng hạng 1, 1, 2", "ties 1, 1, 2")}
_NOT_APPLICABLE = {
    "leave_denominator": (
        "tiêu chí không áp dụng ra khỏi điểm tối đa",
        "a criterion that does not apply leaves the maximum",
    ),
    "rescale_parent": (
        "điểm của nhóm được quy lại về điểm tối đa của nhóm",
        "the group is rescaled to its own maximum",
    ),
}


def rounding_words(rounding: Rounding | None, language: str) -> str:
    """“2 chữ số thập phân, làm tròn nửa lên”."""
    if rounding is None:
        return "không làm tròn" if language == "vi" else "not rounded"
    if language == "vi":
        return f"{rounding.digits} chữ số thập phân, {_MODES[rounding.mode][0]}"
    return f"{rounding.digits} decimals, {_MODES[rounding.mode][1]}"


def ranking_words(criteria_set: CriteriaSet, language: str) -> str:
    """On what units are ranked, how ties stand, and what parts equals."""
    vi = language == "vi"
    place = 0 if vi else 1
    ranking = criteria_set.ranking
    text = f"{_RANKED_ON[ranking.on][place]}; {_TIES[ranking.ties][place]}"
    breakers = [criteria_set.node(item.node) for item in ranking.tie_breakers]
    if breakers:
        names = ", ".join(f"{node.code} {node.text[language]}" for node in breakers if node is not None)
        text += ("; bằng nhau thì xét " if vi else "; equals are parted by ") + names
    return text


def classes_words(criteria_set: CriteriaSet, language: str) -> str:
    """“Xuất sắc từ 90%; Tốt từ 80% …”, with the conditions beside the bounds; a dash without classes."""
    classes = criteria_set.classes
    if classes is None:
        return "–"
    vi = language == "vi"
    unit = "%" if classes.on == "percent" else (" điểm" if vi else " points")
    parts = []
    for band in classes.bands:
        bound = format(band.lower.normalize(), "f").replace(".", "," if vi else ".")
        text = f"{band.name[language]} {'từ' if vi else 'from'} {bound}{unit}"
        if band.conditions:
            text += " (" + "; ".join(words(condition, language) for condition in band.conditions) + ")"
        parts.append(text)
    return "; ".join(parts)


def not_applicable_words(criteria_set: CriteriaSet, language: str) -> str:
    """What happens to the points of a criterion that does not apply."""
    return _NOT_APPLICABLE[criteria_set.not_applicable][0 if language == "vi" else 1]


def data_words(value: object) -> str:
    """Any other setting as `key: value` pairs, flat, without the brackets of a program."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {data_words(item)}" for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        between = "; " if any(isinstance(item, Mapping) for item in value) else ", "
        return between.join(data_words(item) for item in value)
    return str(value)
