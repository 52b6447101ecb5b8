"""A population of people with known answers: strata, clusters, units, five factors of Likert items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# The five factors of Quyết định 2640/QĐ-BNV; how many items each has is illustrative.
FACTORS = (("tiep_can", 4), ("thu_tuc", 5), ("cong_chuc", 5), ("ket_qua", 5), ("gop_y", 3))
GENDERS = ("nu", "nam")
AGES = ("18-34", "35-49", "50-64", "65+")
_AGE_SHARES = (0.38, 0.32, 0.20, 0.10)
# A standard normal cut here gives 3, 7, 17, 45 and 28 % of answers 1 to 5 where nothing else acts.
_CUTS = (-1.88, -1.28, -0.61, 0.58)
_CHUNK = 400_000


def item_names(items: int) -> tuple[str, ...]:
    """`items` item columns, spread over the factors as in the shipped questionnaire (22 gives its own)."""
    if items == sum(count for _, count in FACTORS):
        return tuple(f"{factor}_{number}" for factor, count in FACTORS for number in range(1, count + 1))
    each, over = divmod(items, len(FACTORS))
    counts = [(factor, each + (place < over)) for place, (factor, _) in enumerate(FACTORS)]
    return tuple(f"{factor}_{number}" for factor, count in counts for number in range(1, count + 1))


@dataclass(frozen=True)
class Population:
    """Everything fixed about a population before any person's answer is drawn.

    Clusters are numbered through all strata, in order of stratum. `unit_effects` has shape (units, factors),
    `cluster_effects` (clusters,), both in standard deviations of the latent answer.
    """

    seed: int
    items: tuple[str, ...]
    cluster_stratum: Integers
    cluster_size: Integers
    unit_shares: Floats
    unit_effects: Floats
    cluster_effects: Floats

    @property
    def persons(self) -> int:
        return int(self.cluster_size.sum())


@dataclass(frozen=True)
class People:
    """Some whole clusters of the population: one entry a person; `answers` has shape (items, persons), 1–5."""

    cluster: Integers
    unit: Integers
    gender: Integers
    age: Integers
    answers: npt.NDArray[np.int8]


def build(
    seed: int, persons: int, strata: int, clusters: int, units: int, items: int, least_in_cluster: int
) -> Population:
    """A population of about `persons` people in `clusters` clusters of `strata` strata, served by `units` units.

    Clusters differ in size by a log-normal factor (sigma 0.4); none is smaller than `least_in_cluster`.
    Between-unit effects have standard deviation 0.25 and cluster effects 0.20: with the latent variance of 1
    within them, an intraclass correlation of about 0.04 for clusters.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
    stratum = np.sort(np.arange(clusters) % strata)
    relative = np.exp(0.4 * rng.standard_normal(clusters))
    size = np.maximum(np.rint(persons * relative / relative.sum()).astype(np.int64), least_in_cluster)
    shares = 0.5 + rng.random(units)
    overall = 0.20 * rng.standard_normal((units, 1))
    return Population(
        seed=seed,
        items=item_names(items),
        cluster_stratum=stratum.astype(np.int64),
        cluster_size=size,
        unit_shares=shares / shares.sum(),
        unit_effects=overall + 0.15 * rng.standard_normal((units, len(FACTORS))),
        cluster_effects=0.20 * rng.standard_normal(clusters),
    )


def people(population: Population) -> Iterator[People]:
    """The whole population in blocks of whole clusters, in order; the same seed gives the same people."""
    starts = np.concatenate(([0], np.cumsum(population.cluster_size)))
    first = 0
    block = 0
    while first < len(population.cluster_size):
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + _CHUNK, side="right")) - 1)
        yield _block(population, first, last, block)
        first, block = last, block + 1


def _block(population: Population, first: int, last: int, block: int) -> People:
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(population.seed, spawn_key=(1, block))))
    cluster = np.repeat(np.arange(first, last), population.cluster_size[first:last])
    count = len(cluster)
    unit = np.searchsorted(np.cumsum(population.unit_shares)[:-1], rng.random(count), side="right")
    gender = (rng.random(count) < 0.48).astype(np.int64)
    age = np.searchsorted(np.cumsum(_AGE_SHARES)[:-1], rng.random(count), side="right")
    # Older people are a little more satisfied: this is what makes non-response by age bias a naive mean.
    person = population.cluster_effects[cluster] + 0.12 * (age - 1) + 0.60 * rng.standard_normal(count)
    answers = np.empty((len(population.items), count), np.int8)
    factor_of = {factor: place for place, (factor, _) in enumerate(FACTORS)}
    for place, name in enumerate(population.items):
        effect = population.unit_effects[:, factor_of[name.rpartition("_")[0]]]
        latent = person + effect[unit] + 0.75 * rng.standard_normal(count, dtype=np.float32) - 0.03 * (place % 5)
        score = np.ones(count, np.int8)
        for cut in _CUTS:
            score += latent > cut
        answers[place] = score
    return People(cluster, unit.astype(np.int64), gender, age.astype(np.int64), answers)
