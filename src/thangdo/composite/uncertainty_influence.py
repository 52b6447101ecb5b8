"""Whether every item can run and does something, before any replication is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.uncertainty_factors import DataFactor, Factor, LevelFactor
from thangdo.composite.uncertainty_resolve import Resolved
from thangdo.composite.uncertainty_streams import stream
from thangdo.findings import Finding, Gathered, Where

Array = NDArray[np.float64]
PROBE_STREAM = 2_000_000
PROBES = 8
# Tables of more values than this are probed twice only: each probe is a whole index.
LARGE = 500_000
# Digits in which two scores have to agree to count as unchanged, relative to the largest score.
DIGITS = 11


@dataclass(frozen=True, slots=True)
class ItemEffect:
    """How many levels an item declares (None: a continuum) and how many of them differ in their scores."""

    name: str
    declared: int | None
    distinct: int


def item_effects(resolved: Resolved, seed: int, file: str = "") -> tuple[ItemEffect, ...]:
    """The effect of every item, from probes in which only that item moves while the others stand where drawn.

    Raises `Refused` with COM507 for levels that cannot run and COM505 for items that never change a score.
    """
    probes = 2 if resolved.scorer.model.raw.size > LARGE else PROBES
    base = {
        factor.name: factor.draw(stream(seed, PROBE_STREAM + number, 0), probes)
        for number, factor in enumerate(resolved.factors)
    }
    parts: list[dict[str, NDArray[Any]]] = []
    owners: list[Factor] = []
    for number, factor in enumerate(resolved.factors):
        for moved in _moves(factor, base, probes, stream(seed, PROBE_STREAM + number, 1)):
            parts.append({**base, factor.name: moved})
            owners.append(factor)
    draws = {name: np.concatenate([part[name] for part in parts]) for name in base}
    _refuse_levels_that_cannot_run(resolved, draws, len(parts) * probes, file)
    scores = resolved.scorer.scores(draws, len(parts) * probes).reshape(len(parts), probes, -1)
    effects = []
    gathered = Gathered()
    for factor in resolved.factors:
        mine = scores[[place for place, owner in enumerate(owners) if owner is factor]]
        effect = ItemEffect(factor.name, factor.count if isinstance(factor, LevelFactor) else None, _distinct(mine))
        effects.append(effect)
        if effect.distinct < 2:
            place = Where(file, node=factor.name)
            gathered.add(Finding("COM505", place, found=str(effect.distinct), facts={"item": factor.name}))
    gathered.refuse_errors()
    return tuple(effects)


def _moves(
    factor: Factor, base: dict[str, NDArray[Any]], probes: int, generator: np.random.Generator
) -> list[NDArray[Any]]:
    """Every level of a factor that has levels; one other draw of a factor that has none."""
    if isinstance(factor, LevelFactor):
        return [np.full(probes, level) for level in range(factor.count)]
    return [base[factor.name], factor.draw(generator, probes)]


def _distinct(scores: Array) -> int:
    """Number of different score tables among `scores` (levels, probes, units), up to rounding."""
    size = np.nanmax(np.abs(scores), initial=0.0)
    rounded = np.round(scores / (size if size > 0 else 1.0), DIGITS) + 0.0
    return int(np.unique(np.nan_to_num(rounded.reshape(len(scores), -1), nan=7.0), axis=0).shape[0])


def _refuse_levels_that_cannot_run(
    resolved: Resolved, draws: dict[str, NDArray[Any]], replications: int, file: str
) -> None:
    gathered = Gathered()
    is_noisy = any(isinstance(factor, DataFactor) for factor in resolved.factors)
    seen: set[tuple[str, int, str]] = set()
    for levels, problem in resolved.scorer.build_all(draws, replications, keep=not is_noisy):
        for name, level in levels.items():
            if (name, level, str(problem)) not in seen:
                seen.add((name, level, str(problem)))
                facts = {"item": name, "level": level + 1}
                gathered.add(Finding("COM507", Where(file, node=name), found=str(problem), facts=facts))
    gathered.refuse_errors()
