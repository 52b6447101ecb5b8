"""A stratified two-stage sample of a generated population, with non-response and missing answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thangdo.survey.generate_population import Integers, People, Population


@dataclass(frozen=True)
class SampleDesign:
    """Simple random clusters in each stratum, simple random persons in each drawn cluster.

    `take` holds the persons to draw per cluster (0 = cluster not drawn); `drawn` and `existing` count the
    clusters of each stratum.
    """

    take: Integers
    drawn: Integers
    existing: Integers


def spread(rows: int, population: Population, clusters: int) -> SampleDesign:
    """Exactly `rows` interviews in `clusters` drawn clusters, both as even as whole numbers allow.

    Every stratum gets at least two clusters, so that its variance can be estimated.
    """
    rng = np.random.default_rng(np.random.SeedSequence(population.seed, spawn_key=(2,)))
    stratum = population.cluster_stratum
    existing = np.bincount(stratum)
    strata = len(existing)
    drawn = np.minimum(np.maximum(2, clusters // strata), existing)
    take = np.zeros(len(stratum), np.int64)
    for number in range(strata):
        members = np.flatnonzero(stratum == number)
        take[rng.choice(members, size=int(drawn[number]), replace=False)] = 1
    chosen = np.flatnonzero(take)
    each, over = divmod(rows, len(chosen))
    take[chosen] = each + (np.arange(len(chosen)) < over)
    return SampleDesign(take, drawn, existing)


@dataclass(frozen=True)
class Sampled:
    """The drawn people of one block; `place` says where they stand in it, the rest is per drawn person."""

    place: Integers
    weight: np.ndarray[tuple[int], np.dtype[np.float64]]
    responded: np.ndarray[tuple[int], np.dtype[np.bool_]]
    answers: np.ndarray[tuple[int, int], np.dtype[np.int8]]
    duration: Integers


def draw(
    population: Population, design: SampleDesign, block: People, number: int, non_response: float, missing: float
) -> Sampled:
    """The sample of a block. An answer of 0 is a missing one.

    Younger people and men answer less (missing at random given age and gender), so weights by classes of
    age and gender remove the bias. `non_response` and `missing` are shares (0–1) on average.
    """
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(population.seed, spawn_key=(3, number))))
    places = []
    clusters, starts = np.unique(block.cluster, return_index=True)
    ends = np.append(starts[1:], len(block.cluster))
    for cluster, start, end in zip(clusters, starts, ends, strict=True):
        take = int(design.take[cluster])
        if take:
            places.append(start + np.sort(rng.choice(end - start, size=take, replace=False)))
    place = np.concatenate(places) if places else np.zeros(0, np.int64)
    cluster = block.cluster[place]
    stratum = population.cluster_stratum[cluster]
    first = design.existing[stratum] / design.drawn[stratum]
    weight = first * population.cluster_size[cluster] / design.take[cluster]
    lean = np.array([1.3, 1.0, 0.7, 0.5])[block.age[place]] * np.array([0.9, 1.1])[block.gender[place]]
    responded = rng.random(len(place)) >= np.minimum(0.95, non_response * lean)
    answers = block.answers[:, place].copy()
    answers[rng.random(answers.shape, dtype=np.float32) < missing] = 0
    answers[:, ~responded] = 0
    duration = np.rint(np.exp(5.7 + 0.4 * rng.standard_normal(len(place)))).astype(np.int64)
    return Sampled(place, weight, responded, answers, np.where(responded, duration, 0))
