"""Counted: a value that comes from surveys, dossiers or another index (`values.csv`), then a rule on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from thangdo.methodology.model import Rule
from thangdo.methodology.rules.kind import Compiled, Golden, Input, Inputs, Parameter, Problem, RuleKind, number, shown
from thangdo.methodology.rules.linear import LINEAR
from thangdo.methodology.rules.tiers import TIERS

_VALUE = Input("value", "counted", "Giá trị đo đếm", "Counted value")
_NOTHING = Decimal(0)
# What may follow the counted value: its share of the maximum, the value itself as points, or a rule on it.
_THEN: Mapping[str, RuleKind | None] = MappingProxyType(
    {"share": None, "points": None, "linear": LINEAR, "tiers": TIERS}
)


def _then(rule: Rule) -> Rule:
    then: Mapping[str, Any] = rule.parameters.get("then") or {"kind": "share"}
    return Rule(str(then["kind"]), {name: value for name, value in then.items() if name != "kind"})


def _compile(rule: Rule, maximum: Decimal) -> Compiled:
    then = _then(rule)
    kind = _THEN[then.kind]
    if kind is not None:
        return kind.compile(then, maximum)
    clamp: Callable[[Decimal], Decimal] = lambda points: min(max(points, _NOTHING), maximum)  # noqa: E731
    if then.kind == "share":
        return lambda inputs: clamp(number(inputs, "value") * maximum)
    return lambda inputs: clamp(number(inputs, "value"))


def _problems(rule: Rule, maximum: Decimal) -> Iterator[Problem]:
    then = _then(rule)
    if then.kind not in _THEN:
        yield Problem("MET049", "then", then.kind, " / ".join(_THEN))
        return
    kind = _THEN[then.kind]
    if kind is not None:
        for parameter in kind.parameters:
            if parameter.required and parameter.name not in then.parameters:
                yield Problem("MET049", f"then.{parameter.name}", "", parameter.name)
                return
        yield from kind.problems(then, maximum)


def _arithmetic(rule: Rule, maximum: Decimal, inputs: Inputs) -> str:
    then = _then(rule)
    kind = _THEN[then.kind]
    if kind is not None:
        return kind.arithmetic(then, maximum, inputs)
    points = shown(_compile(rule, maximum)(inputs) or _NOTHING)
    value = shown(number(inputs, "value"))
    return f"{value} × {shown(maximum)} = {points}" if then.kind == "share" else f"{value} → {points}"


def _sentence(rule: Rule, maximum: Decimal, language: str) -> str:
    then = _then(rule)
    kind = _THEN[then.kind]
    name = rule.parameters["indicator"]
    head = f"Giá trị “{name}” tự tính từ dữ liệu. " if language == "vi" else f"Counted value “{name}”. "
    if not maximum:
        return head + _normalised(rule, language)
    if kind is not None:
        return head + kind.sentence(then, maximum, language)
    if then.kind == "share":
        return head + (
            f"Tỷ lệ nhân {shown(maximum)} điểm." if language == "vi" else f"The share times {shown(maximum)} points."
        )
    return head + ("Giá trị là điểm." if language == "vi" else "The value is the points.")


def _normalised(rule: Rule, language: str) -> str:
    """An indicator of a composite index has no points of its own: its direction and range go to normalisation."""
    vi = language == "vi"
    falling = Decimal(str(rule.parameters.get("direction", 1))) < 0
    words = (
        ("càng thấp càng tốt" if falling else "càng cao càng tốt")
        if vi
        else ("lower is better" if falling else "higher is better")
    )
    given = rule.parameters.get("range")
    if isinstance(given, Mapping):
        low, high = (shown(Decimal(str(given[end]))) for end in ("low", "high"))
        where = f"khoảng cố định {low} đến {high}" if vi else f"fixed range {low} to {high}"
    else:
        where = "khoảng giá trị của các đơn vị trong khối" if vi else "the range of the block's own units"
    return f"Chuẩn hóa theo {where}, {words}." if vi else f"Normalised over {where}, {words}."


COUNTED = RuleKind(
    code="counted",
    name_vi="Đo đếm từ dữ liệu",
    name_en="Counted from data",
    source="Nghị định 224/2026/NĐ-CP art. 8: dữ liệu từ hệ thống được ưu tiên hơn dữ liệu nhập tay",
    parameters=(
        Parameter("indicator", "text", "Chỉ tiêu", "Indicator", required=True),
        Parameter(
            "source",
            "word",
            "Nguồn",
            "Source",
            required=True,
            words=("dossiers", "survey", "index", "statistics", "system"),
        ),
        Parameter("own_only", "flag", "Không gộp đơn vị trực thuộc", "Without the units below"),
        Parameter("then", "rule", "Cách tính điểm từ giá trị", "Rule on the value"),
        Parameter("direction", "decimal", "Chiều: 1 hoặc −1", "Direction: 1 or −1"),
        Parameter("range", "range", "Khoảng chuẩn hóa cố định", "Fixed reference range"),
        Parameter("clip", "flag", "Cắt giá trị ngoài khoảng", "Clip values outside the range"),
    ),
    inputs=lambda rule: (_VALUE,),
    compile=_compile,
    arithmetic=_arithmetic,
    sentence=_sentence,
    problems=_problems,
    golden=(
        Golden({"indicator": "on_time_share", "source": "dossiers"}, "5", {"value": "0.9984"}, "4.992", "0.9984 × 5"),
        Golden(
            {
                "indicator": "on_time_share",
                "source": "dossiers",
                "then": {"kind": "linear", "zero_at": "0.9", "full_at": "1"},
            },
            "5",
            {"value": "0.98"},
            "4",
            "(0.98 − 0.9) ÷ 0.1 × 5",
        ),
    ),
)
