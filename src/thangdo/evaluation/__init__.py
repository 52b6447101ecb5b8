"""The round as a value, and everything said of it: reading, evaluating, lint, tables."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thangdo.evaluation.evaluating import evaluate, gather_results, is_uncertain
    from thangdo.evaluation.folder import find_round, gather_round, read_round, write_round
    from thangdo.evaluation.membership import Member, UnitName, members, unit_names
    from thangdo.evaluation.outputs import write_data_package, write_tables
    from thangdo.evaluation.results import IndexResults, Interval, NodeScore, Residual, Results, ScoreInterval
    from thangdo.evaluation.round import SPECS, TABLES, IndexEntry, Round, Table
    from thangdo.evaluation.values import CountedLeaf, counted_leaves, replace_values

# The front door opens rooms behind it only when somebody walks through (`thangdo --help` stays quick).
_DOORS = {
    "evaluating": ("evaluate", "gather_results", "is_uncertain"),
    "folder": ("find_round", "gather_round", "read_round", "write_round"),
    "membership": ("Member", "UnitName", "members", "unit_names"),
    "outputs": ("write_data_package", "write_tables"),
    "results": ("IndexResults", "Interval", "NodeScore", "Residual", "Results", "ScoreInterval"),
    "round": ("SPECS", "TABLES", "IndexEntry", "Round", "Table"),
    "values": ("CountedLeaf", "counted_leaves", "replace_values"),
}
_LAZY = {name: module for module, names in _DOORS.items() for name in names}

__all__ = [
    "SPECS",
    "TABLES",
    "CountedLeaf",
    "IndexEntry",
    "IndexResults",
    "Interval",
    "Member",
    "NodeScore",
    "Residual",
    "Results",
    "Round",
    "ScoreInterval",
    "Table",
    "UnitName",
    "counted_leaves",
    "evaluate",
    "find_round",
    "gather_results",
    "gather_round",
    "is_uncertain",
    "members",
    "read_round",
    "replace_values",
    "unit_names",
    "write_data_package",
    "write_round",
    "write_tables",
]


def __getattr__(name: str) -> object:
    if name in _LAZY:
        found = getattr(import_module(f"thangdo.evaluation.{_LAZY[name]}"), name)
        globals()[name] = found
        return found
    raise AttributeError(name)
