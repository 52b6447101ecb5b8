"""Where a unit stands out among the others, and where it lags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.pipeline import Built

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit in one indicator: competition rank (1 best) among the units that have it, their number, and the
    normalised value with the others' median."""

    code: str
    rank: int
    of: int
    value: float
    median: float


@dataclass(frozen=True, slots=True)
class Profile:
    """Best first in `strengths`, worst first in `weaknesses`."""

    unit: str
    strengths: tuple[Standing, ...]
    weaknesses: tuple[Standing, ...]


def profile(built: Built, unit: str, most: int = 5) -> Profile:
    """The `most` indicators in which `unit` ranks highest and lowest, directions being in the normalised values.

    An indicator is in one list only: with few of them the lists are shorter. Equal standings keep the tree's order.
    Raises ValueError for an unknown unit.
    """
    if unit not in built.units:
        raise ValueError(f"no such unit: {unit}")
    row = built.units.index(unit)
    standings = []
    for column, code in enumerate(built.tree.codes[: built.normalised.shape[1]]):
        values = built.normalised[:, column]
        own = values[row]
        if np.isnan(own):
            continue
        there = values[~np.isnan(values)]
        rank = int((there > own).sum()) + 1
        standings.append(Standing(code, rank, there.size, float(own), float(np.median(there))))
    # The share of the others ahead makes ranks comparable where indicators have different numbers of units.
    ordered = sorted(standings, key=lambda each: (each.rank - 1) / max(each.of - 1, 1))
    half = min(most, (len(ordered) + 1) // 2)
    behind = [each for each in reversed(ordered) if each not in ordered[:half]]
    return Profile(unit, tuple(ordered[:half]), tuple(behind[:most]))
