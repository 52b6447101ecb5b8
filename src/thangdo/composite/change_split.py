"""A change between two editions split into performance, data revision and method change.

One step at a time from the published old edition to the new one: first the old year's data are replaced by what is
known of that year today (revision), then the pipeline and the tree by the new ones (method), then the year's data
(performance). The three add up to the change exactly. The order is fixed and said, since another would give other
parts: performance is measured in the new method, because that is the one in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.index_data import IndexData
from thangdo.composite.pipeline import Built, run_pipeline
from thangdo.composite.steps import Step

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChangeSplit:
    """Arrays (units,) over the units of all four builds, in points of the score; rank changes count places gained.

    change = performance + revision + method, and the same of ranks (a positive rank change is a better rank).
    """

    units: tuple[str, ...]
    change: Array
    performance: Array
    revision: Array
    method: Array
    rank_change: Array
    rank_performance: Array
    rank_revision: Array
    rank_method: Array


@dataclass(frozen=True, slots=True)
class Edition:
    """Data and pipeline of an edition."""

    data: IndexData
    steps: tuple[Step, ...]


def split_change(
    old: Edition, revised: IndexData, new: Edition, revised_in_new: IndexData | None = None
) -> ChangeSplit:
    """Split the change of the top score from `old` to `new`.

    revised: the old year's data as known today, in the old tree. revised_in_new: the same data in the new tree, where
    indicators or weights changed; without it the old tree has to be the new one.
    Raises ValueError where the trees differ and it is absent, or no unit is in all; Refused as `run_pipeline` does.
    """
    if revised_in_new is None:
        if revised.tree.codes != new.data.tree.codes or revised.tree.parents != new.data.tree.parents:
            raise ValueError("the indicators changed: revised_in_new is needed")
        revised_in_new = replace(
            revised, tree=new.data.tree, directions=new.data.directions, parameters=new.data.parameters
        )
    builds = (
        run_pipeline(old.data, old.steps),
        run_pipeline(revised, old.steps),
        run_pipeline(revised_in_new, new.steps),
        run_pipeline(new.data, new.steps),
    )
    units = tuple(unit for unit in builds[-1].units if all(unit in built.units for built in builds))
    if not units:
        raise ValueError("no unit is in all editions")
    scores = [_rows(built, units, built.scores) for built in builds]
    # Places gained: a rank that falls in number is a gain.
    ranks = [-_rows(built, units, built.ranks()) for built in builds]
    return ChangeSplit(units, *_parts(scores), *_parts(ranks))


def _rows(built: Built, units: Sequence[str], table: Array) -> Array:
    found: Array = table[[built.units.index(unit) for unit in units], -1]
    return found


def _parts(path: Sequence[Array]) -> tuple[Array, Array, Array, Array]:
    published, revised, in_new, now = path
    return now - published, now - in_new, revised - published, in_new - revised
