"""Criteria sets as data: model, YAML and Excel forms, rules, formula language, lint, diff, change."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from thangdo.methodology.rounding import Rounding, held

if TYPE_CHECKING:
    from thangdo.methodology.differences import Difference, describe_difference, diff
    from thangdo.methodology.lint import lint_set, node_maximum
    from thangdo.methodology.reading import load, parse
    from thangdo.methodology.writing import set_hash, to_yaml

_LAZY = {
    "load": "reading",
    "parse": "reading",
    "lint_set": "lint",
    "node_maximum": "lint",
    "diff": "differences",
    "Difference": "differences",
    "describe_difference": "differences",
    "set_hash": "writing",
    "to_yaml": "writing",
}

__all__ = [
    "Applicability",
    "Band",
    "Ceiling",
    "Classes",
    "Condition",
    "CriteriaSet",
    "Difference",
    "Edition",
    "Node",
    "Ranking",
    "Rounding",
    "Rule",
    "Text",
    "TieBreaker",
    "describe_difference",
    "diff",
    "held",
    "lint_set",
    "load",
    "node_maximum",
    "parse",
    "set_hash",
    "to_yaml",
]


def __getattr__(name: str) -> object:
    # YAML and JSON Schema are loaded when a set is read, not when a room only needs the types.
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f"thangdo.methodology.{_LAZY[name]}"), name)
    raise AttributeError(name)
