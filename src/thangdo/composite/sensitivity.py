"""Which choice moves the ranking, and which choice moves one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.sobol import (
    MOST_COORDINATES,
    ReplicateMoments,
    SobolIndices,
    check_design,
    coordinates,
    indices_from,
)
from thangdo.composite.uncertainty_aggregation import target_scores
from thangdo.composite.uncertainty_factors import DataFactor, LevelFactor
from thangdo.composite.uncertainty_resolve import Resolved
from thangdo.composite.uncertainty_scores import Model
from thangdo.composite.uncertainty_spec import SobolSettings, Step
from thangdo.composite.uncertainty_streams import stream
from thangdo.findings import Finding, Refused, Where
from thangdo.inference import competition_rank

Array = NDArray[np.float64]
SOBOL_STREAM = 3_000_000
MEAN_SHIFT = "mean_shift"
# Numbers of errors held at a time; replicates are worked on together up to it.
HELD = 4_000_000


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Sobol indices; row o of `indices` speaks of `outcomes[o]`, column p of `parameters[p]`.

    Outcomes: `mean_shift`, the mean over units of the distance between a unit's rank and its nominal rank; and every
    unit's own rank under its code.
    """

    outcomes: tuple[str, ...]
    parameters: tuple[str, ...]
    indices: SobolIndices


def sobol_sensitivity(resolved: Resolved, settings: SobolSettings, seed: int, level: float = 0.95) -> Sensitivity:
    """Sobol indices of the items of `resolved` for the mean rank shift and for every unit's rank.

    An item with more than 1,000 numbers (the noise of a whole table) is drawn pseudo-randomly in each replicate; the
    others come from the scrambled sequence. N x (items + 2) x replicates runs.
    """
    check_design(settings.points, settings.replicates, settings.design)
    nominal = competition_rank(resolved.scorer.nominal())
    rows = settings.points * (len(resolved.factors) + 2)
    numbers = max(sum(factor.coordinates for factor in resolved.factors), len(nominal))
    together = max(1, HELD // (rows * numbers))
    moments = [
        _moments(resolved, settings, seed, nominal, range(start, min(start + together, settings.replicates)))
        for start in range(0, settings.replicates, together)
    ]
    whole = ReplicateMoments(
        np.concatenate([each.variance for each in moments]),
        np.concatenate([each.first for each in moments]),
        np.concatenate([each.total for each in moments]),
    )
    return Sensitivity(
        (MEAN_SHIFT, *resolved.scorer.model.units),
        tuple(factor.name for factor in resolved.factors),
        indices_from(whole, rows * settings.replicates, level),
    )


def _moments(
    resolved: Resolved, settings: SobolSettings, seed: int, nominal: NDArray[np.int64], replicates: range
) -> ReplicateMoments:
    samples = [_samples(resolved, settings, seed, each) for each in replicates]
    names = [factor.name for factor in resolved.factors]
    sides = [{name: np.concatenate([pair[side][name] for pair in samples]) for name in names} for side in (0, 1)]
    mixtures = [{**sides[0], name: sides[1][name]} for name in names]
    runs = [*sides, *mixtures]
    draws = {name: np.concatenate([run[name] for run in runs]) for name in names}
    count = len(replicates) * settings.points
    scores = resolved.scorer.scores(draws, count * len(runs))
    if not np.isfinite(scores).all():
        raise Refused([_not_finite(resolved, draws, scores)])
    ranks = competition_rank(scores).astype(np.float64)
    outcomes = np.concatenate([np.abs(ranks - nominal).mean(axis=1, keepdims=True), ranks], axis=1)
    found = outcomes.reshape(len(runs), len(replicates), settings.points, -1)
    return ReplicateMoments.of(found[0], found[1], found[2:])


def _not_finite(resolved: Resolved, draws: dict[str, NDArray[Any]], scores: Array) -> Finding:
    """The first run of the design whose score is not finite, with its levels."""
    row, place = (int(each) for each in np.argwhere(~np.isfinite(scores))[0])
    unit = resolved.scorer.model.units[place]
    levels = [f"{f.name} = {int(draws[f.name][row]) + 1}" for f in resolved.factors if isinstance(f, LevelFactor)]
    found = f"{scores[row, place]} ({', '.join(levels)})"
    return Finding("COM506", Where(node=unit), found=found, facts={"replication": f"Sobol {row}", "unit": unit})


def _samples(
    resolved: Resolved, settings: SobolSettings, seed: int, replicate: int
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """What every factor draws in the samples A and B of one replicate."""
    sequenced = [factor for factor in resolved.factors if factor.coordinates <= MOST_COORDINATES]
    dimensions = sum(factor.coordinates for factor in sequenced)
    uniforms = coordinates(replicate, settings.points, dimensions, seed, settings.design)
    sides: tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]] = ({}, {})
    for side in (0, 1):
        start = 0
        for number, factor in enumerate(resolved.factors):
            if factor in sequenced:
                sides[side][factor.name] = factor.from_coordinates(
                    uniforms[side][:, start : start + factor.coordinates]
                )
                start += factor.coordinates
            else:
                generator = stream(seed, SOBOL_STREAM + number, 2 * replicate + side)
                sides[side][factor.name] = factor.draw(generator, settings.points)
    return sides


@dataclass(frozen=True, slots=True)
class OneAtATime:
    """One item moved to one level, everything else nominal. `shifts`: (units,) rank there minus nominal rank."""

    item: str
    level: str
    mean_shift: float
    largest_shift: int
    shifts: NDArray[np.int64]


def one_at_a_time(resolved: Resolved, seed: int = 0, draws: int = 200) -> tuple[OneAtATime, ...]:
    """Every level of every item alone; an item without levels is drawn `draws` times and the mean shift averaged.

    For an item without levels `shifts` holds the median shift of each unit and `level` says how many draws there were.
    """
    nominal = competition_rank(resolved.scorer.nominal())
    found: list[OneAtATime] = []
    for number, factor in enumerate(resolved.factors):
        is_levelled = isinstance(factor, LevelFactor)
        count = factor.count if isinstance(factor, LevelFactor) else draws
        drawn = np.arange(count) if is_levelled else factor.draw(stream(seed, SOBOL_STREAM + number, 10**6), count)
        shifts = competition_rank(resolved.scorer.scores({factor.name: drawn}, count)) - nominal
        if is_levelled:
            found.extend(_one(factor.name, str(level + 1), row[None]) for level, row in enumerate(shifts))
        else:
            found.append(_one(factor.name, f"{count} draws", shifts))
    return tuple(found)


def _one(item: str, level: str, shifts: NDArray[np.int64]) -> OneAtATime:
    middle = shifts[0] if len(shifts) == 1 else np.median(shifts, axis=0).round().astype(np.int64)
    return OneAtATime(item, level, float(np.abs(shifts).mean()), int(np.abs(shifts).max()), middle)


@dataclass(frozen=True, slots=True)
class RemovedElement:
    """One element left out and the whole index built anew: the mean and the largest rank change over units."""

    code: str
    mean_shift: float
    largest_shift: int
    ranks: NDArray[np.int64]


def remove_elements(model: RemovableModel, steps: Sequence[Step], codes: Sequence[str]) -> tuple[RemovedElement, ...]:
    """The effect of leaving out each of `codes` (indicators or aggregates) alone, on the ranks of the top node.

    COINr's `remove_elements`: everything is done anew without the element, and the absolute rank changes are averaged.
    """
    nominal = competition_rank(_top_scores(model, steps))
    found = []
    for code in codes:
        ranks = competition_rank(_top_scores(model.without(code), steps))
        shifts = np.abs(ranks - nominal)
        found.append(RemovedElement(code, float(shifts.mean()), int(shifts.max()), ranks))
    return tuple(found)


def _top_scores(model: Model, steps: Sequence[Step]) -> Array:
    tree = model.tree
    aggregation = next(step for step in steps if step["step"] == "aggregate")
    return target_scores(tree, model.methods(aggregation), model.normalised(steps), tree.weights, len(tree.codes) - 1)


class RemovableModel(Model, Protocol):
    """A model that can leave an element out."""

    def without(self, code: str) -> RemovableModel: ...


def has_data_noise(resolved: Resolved) -> bool:
    """Whether the data themselves are uncertain, so that ranks have sampling error."""
    return any(isinstance(factor, DataFactor) for factor in resolved.factors)
