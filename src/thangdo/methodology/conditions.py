"""Extra conditions of classes and ceilings, as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol

from thangdo.methodology.model import Condition


class Standing(Protocol):
    """What a condition may look at: a unit's final points."""

    def leaf_points(self) -> Mapping[str, Decimal]:
        """Points of every applicable normal leaf, by code."""

    def percent_of(self, node: str) -> Decimal | None:
        """Percent of a node ('' the whole), None where it does not apply."""

    def penalty(self) -> Decimal:
        """Points taken away in all."""


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """A row: does it hold for this unit; which leaves keep it from holding."""

    code: str
    name_vi: str
    name_en: str
    parameters: tuple[str, ...]
    holds: Callable[[Mapping[str, Any], Standing], bool]


def _no_leaf_at_zero(parameters: Mapping[str, Any], standing: Standing) -> bool:
    return all(points > 0 for points in standing.leaf_points().values())


def _node_at_least(parameters: Mapping[str, Any], standing: Standing) -> bool:
    percent = standing.percent_of(str(parameters["node"]))
    return percent is None or percent >= parameters["percent"]


def _node_below(parameters: Mapping[str, Any], standing: Standing) -> bool:
    percent = standing.percent_of(str(parameters["node"]))
    return percent is not None and percent < parameters["percent"]


def _no_penalty(parameters: Mapping[str, Any], standing: Standing) -> bool:
    return standing.penalty() == 0


CONDITION_ROWS = (
    ConditionKind("no_leaf_at_zero", "không có tiêu chí nào bị 0 điểm", "no criterion is at 0", (), _no_leaf_at_zero),
    ConditionKind(
        "node_at_least", "{node} đạt từ {percent}%", "{node} reaches {percent}%", ("node", "percent"), _node_at_least
    ),
    ConditionKind(
        "node_below", "{node} dưới {percent}%", "{node} is below {percent}%", ("node", "percent"), _node_below
    ),
    ConditionKind("no_penalty", "không bị điểm trừ", "no penalty points", (), _no_penalty),
)
CONDITIONS: Mapping[str, ConditionKind] = MappingProxyType({row.code: row for row in CONDITION_ROWS})


def holds(condition: Condition, standing: Standing) -> bool:
    """Does `condition` hold for a unit's standing?"""
    return CONDITIONS[condition.kind].holds(condition.parameters, standing)


def words(condition: Condition, language: str) -> str:
    """The condition as a phrase."""
    row = CONDITIONS[condition.kind]
    template = row.name_vi if language == "vi" else row.name_en
    return template.format(**{name: condition.parameters.get(name, "") for name in row.parameters})
