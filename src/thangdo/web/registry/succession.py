"""Comparable series across mergers and splits: a unit's past by the declared rule.

Kinds: `renamed` (the past is the predecessor's), `merged` (several predecessors, one successor), `split` (one
predecessor, several successors), `created` (no past). Rules: `mean` of the predecessors, `none`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

KINDS = ("created", "renamed", "merged", "split")
RULES = ("mean", "none")


@dataclass(frozen=True, slots=True)
class Link:
    """`predecessor` gave way to `successor`; the successor's year of birth and the rule for its past."""

    predecessor: str
    successor: str
    kind: str
    year: int
    rule: str = "mean"


@dataclass(frozen=True, slots=True)
class PastValue:
    """A value of a comparable series; `carried_from` are the units it was carried from, empty where its own."""

    year: int
    value: Decimal
    carried_from: tuple[str, ...] = ()


def comparable_series(
    unit: str, links: Iterable[Link], own: Mapping[str, Mapping[int, Decimal]]
) -> tuple[PastValue, ...]:
    """The unit's own values, and before its birth those of its predecessors by the declared rule.

    `own[unit][year]` are each unit's own values. A year in which any predecessor lacks a value is left out: a
    mean over some of them would not be comparable. Units that circle through each other raise ValueError.
    """
    rows = tuple(links)
    found = _series(unit, rows, own, ())
    return tuple(found[year] for year in sorted(found))


def _series(
    unit: str, links: tuple[Link, ...], own: Mapping[str, Mapping[int, Decimal]], path: tuple[str, ...]
) -> dict[int, PastValue]:
    if unit in path:
        raise ValueError(f"circle of succession: {' → '.join((*path, unit))}")
    found = {year: PastValue(year, value) for year, value in own.get(unit, {}).items()}
    before = [link for link in links if link.successor == unit and link.predecessor and link.rule == "mean"]
    if not before:
        return found
    pasts = [_series(link.predecessor, links, own, (*path, unit)) for link in before]
    born = min(link.year for link in before)
    shared = set.intersection(*(set(past) for past in pasts))
    for year in shared:
        if year < born and year not in found:
            mean = sum((past[year].value for past in pasts), Decimal(0)) / len(pasts)
            found[year] = PastValue(year, mean, tuple(link.predecessor for link in before))
    return found
