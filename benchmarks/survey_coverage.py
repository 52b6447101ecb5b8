"""Seeded draws from named populations: how often intervals hold the truth, how honest an MSE is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from thangdo.survey.calibration import calibration
from thangdo.survey.design import Design, make_stage
from thangdo.survey.estimation import means
from thangdo.survey.estimation_intervals import logit_interval, t_interval
from thangdo.survey.small_areas import fay_herriot
from thangdo.survey.weights_residuals import Calibrated, orthonormal

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Population:
    """People in clusters in strata: a share, a mean, an auxiliary of known total, a small domain."""

    stratum: npt.NDArray[np.int64]
    members: npt.NDArray[np.int64]
    satisfied: Floats
    score: Floats
    auxiliary: Floats
    is_small: npt.NDArray[np.bool_]


def population(clusters: int, strata: int) -> Population:
    """`clusters` clusters of 60 people with an intra-cluster correlation of about 0.05."""
    stream = np.random.default_rng(42)
    size = 60
    effect = np.repeat(stream.normal(0, 0.25, clusters), size)
    auxiliary = stream.normal(10, 2, clusters * size) + effect
    score = 2 + 0.3 * auxiliary + effect + stream.normal(0, 1, clusters * size)
    satisfied = (score > np.quantile(score, 0.25)).astype(float)
    members = np.arange(clusters * size).reshape(clusters, size)
    return Population(
        np.arange(clusters) % strata, members, satisfied, score, auxiliary, stream.random(score.size) < 0.15
    )


def drawn(
    people: Population, psus: int, strata: int, stream: np.random.Generator
) -> tuple[Design, npt.NDArray[np.int64]]:
    """Clusters by simple random sampling within strata, then 15 people in each."""
    chosen = np.concatenate(
        [stream.choice(np.flatnonzero(people.stratum == s), psus // strata, replace=False) for s in range(strata)]
    )
    within = 15
    rows = np.concatenate([stream.choice(people.members[c], within, replace=False) for c in chosen])
    cluster = np.repeat(np.arange(chosen.size), within)
    stratum = np.repeat(people.stratum[chosen], within)
    counts = np.bincount(people.stratum)[stratum].astype(float)
    first = make_stage(stratum, cluster, counts, None)
    size = float(people.members.shape[1])
    second = make_stage(np.zeros(rows.size, dtype=np.int64), np.arange(rows.size), np.full(rows.size, size), first)
    weights = counts / (psus // strata) * size / within
    return Design(weights, (first, second)), rows


def coverage(psus: int, draws: int, seed: int = 1) -> dict[str, float]:
    """Share of `draws` whose 95 % interval holds the population's value."""
    strata = 5
    people = population(psus * 8, strata)
    stream = np.random.default_rng(seed)
    truth = {
        "share": people.satisfied.mean(),
        "mean": people.score.mean(),
        "calibrated": people.score.mean(),
        "small_domain": people.satisfied[people.is_small].mean(),
    }
    hits = dict.fromkeys(truth, 0)
    totals = np.array([people.score.size, people.auxiliary.sum()])
    for _ in range(draws):
        design, rows = drawn(people, psus, strata, stream)
        everyone, df = np.arange(rows.size), design.degrees()
        auxiliaries = np.column_stack([np.ones(rows.size), people.auxiliary[rows]])
        factors = calibration(design.weights, auxiliaries, totals).factors
        root = np.sqrt(design.weights)
        projection = Calibrated(orthonormal(auxiliaries * root[:, None]), factors * root)
        calibrated = Design(design.weights * factors, design.stages, projections=(projection,))
        small = np.flatnonzero(people.is_small[rows])
        asked = {
            "share": (design, everyone, people.satisfied, True),
            "mean": (design, everyone, people.score, False),
            "calibrated": (calibrated, everyone, people.score, False),
            "small_domain": (design, small, people.satisfied, True),
        }
        for name, (by, inside, values, is_share) in asked.items():
            made = means(by, inside, values[rows[inside]][:, None])
            value, se = float(made.estimates[0]), float(made.errors[0])
            low, high = (
                logit_interval(value, se, inside.size, df, 0.95) if is_share else t_interval(value, se, df, 0.95)
            )
            hits[name] += bool(low <= truth[name] <= high)
    return {name: hit / draws for name, hit in hits.items()}


def mse_bias(areas: int, draws: int, seed: int = 1) -> float:
    """Mean over areas of the relative bias of Fay–Herriot's MSE."""
    stream = np.random.default_rng(seed)
    covariates = np.column_stack([np.ones(areas), stream.normal(size=areas)])
    variances = np.linspace(0.001, 0.006, areas)
    errors, claimed = np.zeros(areas), np.zeros(areas)
    for _ in range(draws):
        truth = covariates @ np.array([0.7, 0.1]) + stream.normal(0, 0.05, areas)
        made = fay_herriot(truth + stream.normal(0, np.sqrt(variances)), variances, covariates)
        errors += (made.estimates - truth) ** 2
        claimed += made.mse
    return float((claimed / errors - 1).mean())
