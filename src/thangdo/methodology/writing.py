"""From a `CriteriaSet` back to plain data and YAML: the one form that is hashed and published."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from weakref import ref

from thangdo.methodology.document import write_document
from thangdo.methodology.model import Applicability, Classes, Condition, CriteriaSet, Node, Rule, Text
from thangdo.methodology.rounding import Rounding
from thangdo.methodology.schema import FORMAT
from thangdo.proof import content_hash


def to_yaml(criteria_set: CriteriaSet) -> str:
    """The set as a YAML file; reading it gives an equal set."""
    return write_document(to_data(criteria_set))


# By identity, for as long as the set lives: a set never changes, and writing one of 100 criteria takes longer than
# scoring a unit by it.
_HASHES: dict[int, tuple[ref[CriteriaSet], str]] = {}


def set_hash(criteria_set: CriteriaSet) -> str:
    """The hash a set is frozen by when it is issued."""
    key = id(criteria_set)
    held, known = _HASHES.get(key, (None, ""))
    if held is None or held() is not criteria_set:
        known = content_hash(to_data(criteria_set))
        _HASHES[key] = ref(criteria_set, lambda _: _HASHES.pop(key, None)), known
    return known


def _text(text: Text) -> dict[str, str]:
    return {language: words for language, words in (("vi", text.vi), ("en", text.en)) if words}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _kept(pairs: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: leaving a default out and writing it are the same set."""
    return {name: value for name, value in pairs.items() if value not in (None, "", {}, [], ())}


def rule_data(rule: Rule) -> dict[str, Any]:
    """A rule as plain data."""
    return {"kind": rule.kind, **_plain(rule.parameters)}


def _applies(applies: Applicability) -> dict[str, Any]:
    return _kept(
        {"blocks": list(applies.blocks), "units": list(applies.units), "except_units": list(applies.except_units)}
    )


def node_data(node: Node) -> dict[str, Any]:
    """A node with all below it as plain data."""
    return _kept(
        {
            "code": node.code,
            "text": _text(node.text),
            "maximum": node.maximum,
            "weight": node.weight,
            "role": node.role if node.role != "normal" else None,
            "aggregation": node.aggregation if node.aggregation != "sum" else None,
            "rule": rule_data(node.rule) if node.rule else None,
            "cap": node.cap,
            "floor": node.floor,
            "evidence": _text(node.evidence),
            "guidance": _text(node.guidance),
            "appraiser": node.appraiser,
            "applies": _applies(node.applies),
            "source": node.source,
            "source_note": node.source_note,
            "children": [node_data(child) for child in node.children],
        }
    )


def _condition(condition: Condition) -> dict[str, Any]:
    return {"kind": condition.kind, **_plain(condition.parameters)}


def _classes(classes: Classes | None) -> dict[str, Any] | None:
    if classes is None:
        return None
    return _kept(
        {
            "on": classes.on,
            "bands": [
                _kept(
                    {
                        "code": band.code,
                        "name": _text(band.name),
                        "from": band.lower,
                        "conditions": [_condition(item) for item in band.conditions],
                    }
                )
                for band in classes.bands
            ],
            "ceilings": [
                _kept({"when": _condition(item.when), "at_most": item.at_most, "text": _text(item.text)})
                for item in classes.ceilings
            ],
            "source": classes.source,
            "source_note": classes.source_note,
        }
    )


def _rounding(rounding: Rounding | None) -> dict[str, Any] | None:
    return None if rounding is None else {"digits": rounding.digits, "mode": rounding.mode}


def _canonical(value: Any) -> Any:
    """Numbers without needless zeros: 0.10 and 0.1 are one method."""
    if isinstance(value, Decimal):
        plain = value.normalize()
        return plain if plain.as_tuple().exponent <= 0 else plain.quantize(Decimal(1))  # type: ignore[operator]
    if isinstance(value, dict):
        return {name: _canonical(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return value


def to_data(criteria_set: CriteriaSet) -> dict[str, Any]:
    """The set as plain data in the order of the schema; equal sets give equal data."""
    return _canonical(_data(criteria_set))  # type: ignore[no-any-return]


def _data(criteria_set: CriteriaSet) -> dict[str, Any]:
    edition, ranking = criteria_set.edition, criteria_set.ranking
    return _kept(
        {
            "format": FORMAT,
            "id": criteria_set.id,
            "index": criteria_set.index,
            "kind": criteria_set.kind if criteria_set.kind != "points" else None,
            "title": _text(criteria_set.title),
            "edition": _kept(
                {
                    "year": edition.year,
                    "number": edition.number,
                    "issued_on": edition.issued_on,
                    "legal_basis": [_text(item) for item in edition.legal_basis],
                }
            ),
            "source": criteria_set.source,
            "source_note": criteria_set.source_note,
            "notes": _text(criteria_set.notes),
            "blocks": list(criteria_set.blocks),
            "maximum": criteria_set.maximum,
            "aggregation": criteria_set.aggregation if criteria_set.aggregation != "sum" else None,
            "cap": criteria_set.cap,
            "floor": criteria_set.floor,
            "rounding": _kept(
                {
                    "criterion": _rounding(criteria_set.criterion_rounding),
                    "result": _rounding(criteria_set.result_rounding),
                }
            ),
            "ranking": _kept(
                {
                    "ties": ranking.ties,
                    "on": ranking.on,
                    "tie_breakers": [
                        _kept({"node": item.node, "name": _text(item.name)}) for item in ranking.tie_breakers
                    ],
                }
            ),
            "classes": _classes(criteria_set.classes),
            "not_applicable": criteria_set.not_applicable,
            "missing": criteria_set.missing,
            "pipeline": _plain(criteria_set.pipeline),
            "scale": None
            if criteria_set.scale is None
            else {"low": criteria_set.scale[0], "high": criteria_set.scale[1]},
            "uncertainty": _plain(criteria_set.uncertainty),
            "declared": _plain(criteria_set.declared),
            "criteria": [node_data(child) for child in criteria_set.children],
        }
    )
