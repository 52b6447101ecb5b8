"""The published JSON Schema of a criteria set, made from the rows it describes."""

from __future__ import annotations

from typing import Any

from thangdo.methodology.conditions import CONDITION_ROWS
from thangdo.methodology.rules import KINDS
from thangdo.methodology.rules.kind import Parameter, RuleKind

FORMAT = "thangdo-criteria-set/1"

_NUMBER: dict[str, Any] = {"type": "number"}
_TEXT: dict[str, Any] = {
    "oneOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"vi": {"type": "string"}, "en": {"type": "string"}},
            "additionalProperties": False,
        },
    ]
}
# Codes such as 1.2 may be written without quotes; they are read with all their digits.
_CODE: dict[str, Any] = {"type": ["string", "number"]}
_CODES: dict[str, Any] = {"type": "array", "items": _CODE}
_SOURCE: dict[str, Any] = {"enum": ["official", "reconstructed", "illustrative"]}
_ROUNDING: dict[str, Any] = {
    "type": "object",
    "required": ["digits"],
    "properties": {
        "digits": {"type": "number", "minimum": 0, "maximum": 12},
        "mode": {"enum": ["half_up", "half_even", "cut"]},
    },
    "additionalProperties": False,
}
_AGGREGATION: dict[str, Any] = {"enum": ["sum", "weighted_mean", "geometric_mean", "minimum"]}


def _parameter_schema(parameter: Parameter) -> dict[str, Any]:
    match parameter.kind:
        case "decimal":
            return {"type": "number", "exclusiveMinimum": 0} if parameter.positive else _NUMBER
        case "flag":
            return {"type": "boolean"}
        case "word":
            return {"enum": list(parameter.words)}
        case "tiers":
            step = {
                "type": "object",
                "required": ["from", "points"],
                "properties": {"from": _NUMBER, "points": _NUMBER},
                "additionalProperties": False,
            }
            return {"type": "array", "minItems": 1, "items": step}
        case "options":
            option = {
                "type": "object",
                "required": ["code", "points"],
                "properties": {"code": _CODE, "points": _NUMBER, "text": _TEXT},
                "additionalProperties": False,
            }
            return {"type": "array", "minItems": 1, "items": option}
        case "inputs":
            declared = {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "kind": {"enum": ["number", "count", "yes_no"]},
                    "text": _TEXT,
                },
                "additionalProperties": False,
            }
            return {"type": "array", "minItems": 1, "items": declared}
        case "range":
            return {
                "type": "object",
                "required": ["low", "high"],
                "properties": {"low": _NUMBER, "high": _NUMBER},
                "additionalProperties": False,
            }
        case "rule":
            return {"type": "object", "required": ["kind"]}
        case _:
            return {"type": ["string", "number"]}


def _rule_schema(kind: RuleKind) -> dict[str, Any]:
    return {
        "type": "object",
        "title": f"{kind.name_vi} / {kind.name_en}",
        "description": kind.source,
        "required": ["kind", *(parameter.name for parameter in kind.parameters if parameter.required)],
        "properties": {
            "kind": {"const": kind.code},
            **{parameter.name: _parameter_schema(parameter) for parameter in kind.parameters},
        },
        "additionalProperties": False,
    }


def _condition_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": [row.code for row in CONDITION_ROWS]}, "node": _CODE, "percent": _NUMBER},
        "additionalProperties": False,
    }


def criteria_set_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a criteria set file."""
    node = {
        "type": "object",
        "required": ["code", "text"],
        "properties": {
            "code": _CODE,
            "text": _TEXT,
            "maximum": {"type": "number", "minimum": 0},
            "weight": {"type": "number", "exclusiveMinimum": 0},
            "role": {"enum": ["normal", "bonus", "penalty"]},
            "aggregation": _AGGREGATION,
            # Each kind's parameters are checked against its own schema, so that errors name the kind.
            "rule": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"enum": [kind.code for kind in KINDS]}},
            },
            "cap": _NUMBER,
            "floor": _NUMBER,
            "evidence": _TEXT,
            "guidance": _TEXT,
            "appraiser": {"type": "string"},
            "applies": {
                "type": "object",
                "properties": {"blocks": _CODES, "units": _CODES, "except_units": _CODES},
                "additionalProperties": False,
            },
            "source": _SOURCE,
            "source_note": {"type": "string"},
            "children": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/node"}},
        },
        "additionalProperties": False,
    }
    band = {
        "type": "object",
        "required": ["code", "name", "from"],
        "properties": {
            "code": {"type": "string"},
            "name": _TEXT,
            "from": _NUMBER,
            "conditions": {"type": "array", "items": _condition_schema()},
        },
        "additionalProperties": False,
    }
    ceiling = {
        "type": "object",
        "required": ["when", "at_most"],
        "properties": {"when": _condition_schema(), "at_most": {"type": "string"}, "text": _TEXT},
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Thang Đo: criteria set",
        "type": "object",
        "required": ["format", "id", "index", "title", "edition", "blocks", "criteria"],
        "properties": {
            "format": {"const": FORMAT},
            "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"},
            "index": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"},
            "kind": {"enum": ["points", "composite"]},
            "title": _TEXT,
            "edition": {
                "type": "object",
                "required": ["year"],
                "properties": {
                    "year": {"type": "number"},
                    "number": {"type": "string"},
                    "issued_on": {"type": "string"},
                    "legal_basis": {"type": "array", "items": _TEXT},
                },
                "additionalProperties": False,
            },
            "blocks": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "maximum": _NUMBER,
            "aggregation": _AGGREGATION,
            "cap": _NUMBER,
            "floor": _NUMBER,
            "rounding": {
                "type": "object",
                "properties": {"criterion": _ROUNDING, "result": _ROUNDING},
                "additionalProperties": False,
            },
            "ranking": {
                "type": "object",
                "properties": {
                    "ties": {"enum": ["competition", "dense"]},
                    "on": {"enum": ["unrounded", "rounded"]},
                    "tie_breakers": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["node"],
                            "properties": {"node": _CODE, "name": _TEXT},
                            "additionalProperties": False,
                        },
                    },
                },
                "additionalProperties": False,
            },
            "classes": {
                "type": "object",
                "required": ["on", "bands"],
                "properties": {
                    "on": {"enum": ["percent", "points"]},
                    "bands": {"type": "array", "minItems": 1, "items": band},
                    "ceilings": {"type": "array", "items": ceiling},
                    "source": _SOURCE,
                    "source_note": {"type": "string"},
                },
                "additionalProperties": False,
            },
            "not_applicable": {"enum": ["leave_denominator", "rescale_parent"]},
            "missing": {"enum": ["error", "left_out"]},
            "pipeline": {"type": "array", "items": {"type": "object", "required": ["step"]}},
            "scale": {
                "type": "object",
                "required": ["low", "high"],
                "properties": {"low": _NUMBER, "high": _NUMBER},
                "additionalProperties": False,
            },
            "uncertainty": {"type": "object"},
            "declared": {"type": "object", "additionalProperties": _NUMBER},
            "source": _SOURCE,
            "source_note": {"type": "string"},
            "notes": _TEXT,
            "criteria": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/node"}},
        },
        "additionalProperties": False,
        "$defs": {"node": node, **{f"rule_{kind.code}": _rule_schema(kind) for kind in KINDS}},
    }


def rule_schema(kind: RuleKind) -> dict[str, Any]:
    """JSON Schema of one rule kind's parameters."""
    return _rule_schema(kind)
