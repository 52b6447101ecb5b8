"""Two editions of an index side by side: what moved, who came and went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.correlation import correlations
from thangdo.composite.pipeline import Built

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Arrays (units,) over the units of both editions, in the later one's order; ranks are among all of an edition.

    `rank_correlation`: Spearman over the units in both. `mean_shift`: mean absolute change of rank.
    """

    node: str
    units: tuple[str, ...]
    score_before: Array
    score_after: Array
    rank_before: Array
    rank_after: Array
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    rank_correlation: float
    mean_shift: float


def compare_editions(before: Built, after: Built, node: str | None = None) -> Comparison:
    """Compare one node (each edition's top if absent) of two editions.

    Raises ValueError where an edition does not have the node or they share no unit.
    """
    places = []
    for built in (before, after):
        code = built.tree.codes[-1] if node is None else node
        if code not in built.tree.codes:
            raise ValueError(f"no such code: {code}")
        places.append(built.tree.codes.index(code))
    shared = tuple(unit for unit in after.units if unit in before.units)
    if not shared:
        raise ValueError("no unit is in both editions")
    columns = []
    for built, place in zip((before, after), places, strict=True):
        rows = [built.units.index(unit) for unit in shared]
        columns += [built.scores[rows, place], built.ranks()[rows, place]]
    score_before, rank_before, score_after, rank_after = columns
    return Comparison(
        after.tree.codes[places[1]],
        shared,
        score_before,
        score_after,
        rank_before,
        rank_after,
        tuple(unit for unit in before.units if unit not in after.units),
        tuple(unit for unit in after.units if unit not in before.units),
        float(correlations(score_before[:, None], score_after[:, None], "spearman")[0, 0]),
        float(np.nanmean(np.abs(rank_after - rank_before))),
    )
