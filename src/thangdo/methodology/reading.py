"""From a YAML document to a `CriteriaSet`: structure by the published schema, then the typed tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from numbers import Number
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema

from thangdo.findings import Finding, Gathered, Refused
from thangdo.methodology.document import Document, parse_document, read_document
from thangdo.methodology.model import (
    Applicability,
    Band,
    Ceiling,
    Classes,
    Condition,
    CriteriaSet,
    Edition,
    Node,
    Ranking,
    Rule,
    Text,
    TieBreaker,
)
from thangdo.methodology.rounding import Rounding
from thangdo.methodology.rules import RULE_KINDS
from thangdo.methodology.schema import criteria_set_schema, rule_schema

assert issubclass(Decimal, Number)


@cache
def _validator(kind: str = "") -> jsonschema.protocols.Validator:
    schema = rule_schema(RULE_KINDS[kind]) if kind else criteria_set_schema()
    return jsonschema.Draft202012Validator(schema)


def load(path: Path, name: str = "") -> CriteriaSet:
    """Read a criteria set file. Raises Refused with everything wrong in it, structure and meaning."""
    return read_set(read_document(path, name))


def parse(text: str, file: str = "<text>") -> CriteriaSet:
    """Read a criteria set from YAML text; see `load`."""
    return read_set(parse_document(text, file))


def read_set(document: Document) -> CriteriaSet:
    """The criteria set in a document. Raises Refused with all findings that are errors."""
    from thangdo.methodology.lint import lint_set

    gathered = Gathered()
    gathered.extend(structure_findings(document))
    gathered.refuse_errors()
    criteria_set = build(document.data)
    gathered.extend(lint_set(criteria_set, document))
    gathered.refuse_errors()
    return criteria_set


def structure_findings(document: Document) -> Iterator[Finding]:
    """What in the document does not follow the schema, each with its line."""
    if not isinstance(document.data, dict):
        yield Finding("MET010", document.where(()), type(document.data).__name__, "mapping")
        return
    for error in _validator().iter_errors(document.data):
        yield _finding(document, error)
    yield from _rule_findings(document, document.data.get("criteria"), ("criteria",))


def _rule_findings(document: Document, nodes: Any, path: tuple[str | int, ...]) -> Iterator[Finding]:
    if not isinstance(nodes, list):
        return
    for position, node in enumerate(nodes):
        if not isinstance(node, dict):
            continue
        here = (*path, position)
        rule = node.get("rule")
        if isinstance(rule, dict) and rule.get("kind") in RULE_KINDS:
            for error in _validator(str(rule["kind"])).iter_errors(rule):
                yield _finding(document, error, (*here, "rule"), str(node.get("code", "")))
        yield from _rule_findings(document, node.get("children"), (*here, "children"))


def _finding(
    document: Document, error: jsonschema.ValidationError, prefix: tuple[str | int, ...] = (), node: str = ""
) -> Finding:
    path = (*prefix, *error.absolute_path)
    checked: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        allowed = set(schema.get("properties", {}))
        unknown = [key for key in instance if key not in allowed]
        where = document.where((*path, *unknown[:1]), node)
        return Finding("MET012", where, ", ".join(unknown), ", ".join(sorted(allowed)))
    if error.validator == "required":
        missing = [key for key in checked if key not in instance]
        return Finding("MET011", document.where(path, node), "", ", ".join(missing))
    named = ("enum", "const", "type", "minimum", "exclusiveMinimum", "pattern")
    expected = checked if error.validator in named else error.validator
    found = str(instance) if isinstance(instance, Decimal) else repr(instance)
    return Finding("MET013", document.where(path, node), found[:120], str(expected)[:200])


def _text(value: Any) -> Text:
    if value is None:
        return Text()
    if isinstance(value, dict):
        return Text(str(value.get("vi", "")), str(value.get("en", "")))
    return Text(vi=str(value))


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    return value


def _rounding(value: Mapping[str, Any] | None) -> Rounding | None:
    return None if value is None else Rounding(int(value["digits"]), value.get("mode", "half_up"))


def _condition(value: Mapping[str, Any]) -> Condition:
    parameters = {name: item for name, item in value.items() if name != "kind"}
    if "node" in parameters:
        parameters["node"] = str(parameters["node"])
    return Condition(str(value["kind"]), MappingProxyType(parameters))


def _classes(value: Mapping[str, Any] | None) -> Classes | None:
    if value is None:
        return None
    bands = tuple(
        Band(
            str(band["code"]),
            _text(band["name"]),
            band["from"],
            tuple(_condition(item) for item in band.get("conditions", ())),
        )
        for band in value["bands"]
    )
    ceilings = tuple(
        Ceiling(_condition(item["when"]), str(item["at_most"]), _text(item.get("text")))
        for item in value.get("ceilings", ())
    )
    return Classes(value["on"], bands, ceilings, value.get("source"), str(value.get("source_note", "")))


def _node(value: Mapping[str, Any]) -> Node:
    rule = value.get("rule")
    applies = value.get("applies") or {}
    return Node(
        code=str(value["code"]),
        text=_text(value["text"]),
        maximum=value.get("maximum"),
        weight=value.get("weight"),
        role=value.get("role", "normal"),
        aggregation=value.get("aggregation", "sum"),
        rule=None if rule is None else read_rule(rule),
        cap=value.get("cap"),
        floor=value.get("floor"),
        evidence=_text(value.get("evidence")),
        guidance=_text(value.get("guidance")),
        appraiser=str(value.get("appraiser", "")),
        applies=Applicability(
            tuple(map(str, applies.get("blocks", ()))),
            tuple(map(str, applies.get("units", ()))),
            tuple(map(str, applies.get("except_units", ()))),
        ),
        source=value.get("source"),
        source_note=str(value.get("source_note", "")),
        children=tuple(_node(child) for child in value.get("children", ())),
    )


def read_rule(value: Mapping[str, Any]) -> Rule:
    """A rule from plain data."""
    parameters = {name: _frozen(item) for name, item in value.items() if name != "kind" and item is not None}
    return Rule(str(value["kind"]), MappingProxyType(parameters))


def build(data: Mapping[str, Any]) -> CriteriaSet:
    """The typed set of plain data that follows the schema."""
    edition = data["edition"]
    ranking = data.get("ranking") or {}
    rounding = data.get("rounding") or {}
    scale = data.get("scale")
    return CriteriaSet(
        id=str(data["id"]),
        index=str(data["index"]),
        kind=data.get("kind", "points"),
        title=_text(data["title"]),
        edition=Edition(
            int(edition["year"]),
            str(edition.get("number", "")),
            str(edition.get("issued_on", "")),
            tuple(_text(item) for item in edition.get("legal_basis", ())),
        ),
        blocks=tuple(map(str, data["blocks"])),
        children=tuple(_node(child) for child in data["criteria"]),
        maximum=data.get("maximum"),
        aggregation=data.get("aggregation", "sum"),
        cap=data.get("cap"),
        floor=data.get("floor"),
        criterion_rounding=_rounding(rounding.get("criterion")),
        result_rounding=_rounding(rounding.get("result")) or Rounding(2, "half_up"),
        ranking=Ranking(
            ranking.get("ties", "competition"),
            tuple(TieBreaker(str(item["node"]), _text(item.get("name"))) for item in ranking.get("tie_breakers", ())),
            ranking.get("on", "unrounded"),
        ),
        classes=_classes(data.get("classes")),
        not_applicable=data.get("not_applicable", "leave_denominator"),
        missing=data.get("missing", "error"),
        pipeline=_frozen(data.get("pipeline", ())),
        scale=None if scale is None else (scale["low"], scale["high"]),
        uncertainty=_frozen(data.get("uncertainty", {})),
        declared=_frozen(data.get("declared", {})),
        source=data.get("source", "illustrative"),
        source_note=str(data.get("source_note", "")),
        notes=_text(data.get("notes")),
    )


__all__ = ["Refused", "build", "load", "parse", "read_rule", "read_set", "structure_findings"]
