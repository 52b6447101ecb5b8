"""The uncertainty of a composite ranking: over choices of method, and by the errors of its data.

Two kinds that are never pooled: `UncertaintyResult.distribution` is a range over everything declared; `rank_sets` are
confidence sets of ranks by the sampling error of the data alone, all choices at their nominal values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.sensitivity import OneAtATime, Sensitivity, has_data_noise, one_at_a_time, sobol_sensitivity
from thangdo.composite.uncertainty_factors import DataFactor
from thangdo.composite.uncertainty_influence import item_effects
from thangdo.composite.uncertainty_products import product
from thangdo.composite.uncertainty_resolve import Resolved, resolve
from thangdo.composite.uncertainty_run import Sink, run_replications
from thangdo.composite.uncertainty_scores import Model
from thangdo.composite.uncertainty_spec import Declaration, Step
from thangdo.composite.uncertainty_streams import blocks, stream
from thangdo.findings import Finding, Gathered, Where
from thangdo.inference import RankDistribution, RankSets, competition_rank, rank_confidence_sets, tiers

Array = NDArray[np.float64]
SAMPLING_STREAM = 4_000_000
SAMPLING_DRAWS = 10_000
USUAL_TOP_K = (1, 3, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class ItemUse:
    """How an item was used: levels declared, drawn in the replications, and different in their scores.

    A continuum declares no levels and every replication draws another: `declared` and `distinct` are None. That it
    moves scores at all has been checked like everything else.
    """

    name: str
    declared: int | None
    used: int
    distinct: int | None


@dataclass(frozen=True, slots=True)
class SamplingSets:
    """Confidence sets of ranks by the errors of the data: each unit's own, all jointly, and the tiers of the latter."""

    marginal: RankSets
    simultaneous: RankSets
    tiers: NDArray[np.int64]
    covariance: Array


@dataclass(frozen=True, slots=True)
class UncertaintyResult:
    """Arrays (units,) in the order of `units`. `findings` are warnings and notes; errors stop the run.

    `top_k`: k → share of replications in which each unit is among the first k. `class_shares`: (units, classes) or
    None. `rank_sets` is None where the data carry no errors, `sensitivity` where the declaration turned it off.
    """

    units: tuple[str, ...]
    replications: int
    seed: int
    nominal_scores: Array
    nominal_ranks: NDArray[np.int64]
    distribution: RankDistribution
    top_k: dict[int, Array]
    class_shares: Array | None
    items: tuple[ItemUse, ...]
    rank_sets: SamplingSets | None
    sensitivity: Sensitivity | None
    one_at_a_time: tuple[OneAtATime, ...]
    near_ties: int
    findings: tuple[Finding, ...]


def analyse(
    model: Model,
    steps: tuple[Step, ...],
    raw_units: tuple[str, ...],
    declaration: Declaration,
    replications: int,
    seed: int,
    *,
    threads: int = 1,
    chunk: int = 0,
    sink: Sink | None = None,
) -> UncertaintyResult:
    """Run `declaration` around the nominal pipeline `steps` of `model`.

    raw_units: rows of `model.raw`. `threads` and `chunk` (replications per task) change speed and memory, no bit of the
    result. `sink` receives every block of replications in order (`thangdo.composite.replications` writes them).
    Raises `Refused` with COM502 to COM513: nothing is skipped silently.
    """
    resolved = resolve(declaration, model, steps, raw_units, seed)
    nominal = resolved.scorer.nominal()
    _refuse_without_nominal(nominal, model.units, declaration)
    effects = item_effects(resolved, seed, declaration.file)
    run = run_replications(
        resolved, replications, seed, threads=threads, chunk=chunk, classes=declaration.classes, sink=sink
    )
    items = tuple(
        ItemUse(each.name, each.declared, run.used[each.name], None if each.declared is None else each.distinct)
        for each in effects
    )
    wanted = declaration.top_k or _usual_top_k(len(model.units))
    return UncertaintyResult(
        units=model.units,
        replications=replications,
        seed=seed,
        nominal_scores=nominal,
        nominal_ranks=competition_rank(nominal),
        distribution=run.distribution,
        top_k={k: run.distribution.top_k(k) for k in wanted},
        class_shares=run.class_shares,
        items=items,
        rank_sets=sampling_sets(resolved, seed, declaration.level) if has_data_noise(resolved) else None,
        sensitivity=None
        if declaration.sobol is None
        else sobol_sensitivity(resolved, declaration.sobol, seed, declaration.level),
        one_at_a_time=one_at_a_time(resolved, seed),
        near_ties=run.near_ties,
        findings=tuple(_remarks(items, run.near_ties, declaration)),
    )


def sampling_sets(resolved: Resolved, seed: int, level: float = 0.95, draws: int = SAMPLING_DRAWS) -> SamplingSets:
    """Confidence sets of ranks from joint draws of the data's errors, every choice of method nominal.

    The scores' covariance is that of `draws` indices rebuilt from redrawn data, so what units share (a minimum, an
    imputed mean) is in it. Time grows with units² (`thangdo.inference`).
    """
    number, factor = next((place, each) for place, each in enumerate(resolved.factors) if isinstance(each, DataFactor))
    size = resolved.scorer.block_size
    parts = []
    for block in blocks(draws, size):
        drawn = factor.draw(stream(seed, SAMPLING_STREAM + number, block.number), block.size)
        parts.append(resolved.scorer.scores({factor.name: drawn}, block.size))
    scores = np.concatenate(parts)
    centred = scores - scores.mean(axis=0)
    covariance = product(np.ascontiguousarray(centred.T), centred) / (draws - 1)
    covariance = (covariance + covariance.T) / 2
    nominal = resolved.scorer.nominal()
    units = resolved.scorer.model.units
    marginal = rank_confidence_sets(nominal, covariance, level, "marginal", seed, units=units)
    together = rank_confidence_sets(nominal, covariance, level, "simultaneous", seed, units=units)
    return SamplingSets(marginal, together, tiers(together), covariance)


def _usual_top_k(units: int) -> tuple[int, ...]:
    return tuple(k for k in USUAL_TOP_K if k < units) or (1,)


def _refuse_without_nominal(nominal: Array, units: tuple[str, ...], declaration: Declaration) -> None:
    gathered = Gathered()
    for place in np.flatnonzero(~np.isfinite(nominal)):
        where = Where(declaration.file, node=units[place])
        gathered.add(Finding("COM513", where, found=str(nominal[place]), facts={"unit": units[place]}))
    gathered.refuse_errors()


def _remarks(items: tuple[ItemUse, ...], near_ties: int, declaration: Declaration) -> list[Finding]:
    found = [
        Finding(
            "COM508",
            Where(declaration.file, node=item.name),
            found=str(item.used),
            expected=str(item.declared),
            severity="warning",
            facts={"item": item.name},
        )
        for item in items
        if item.declared is not None and item.used < item.declared
    ]
    if near_ties:
        found.append(Finding("COM509", Where(declaration.file), found=str(near_ties), severity="note"))
    return found
