"""Surveys: estimates on a million responses, bootstrap, raking, and simulated coverage."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np

from benchmarks.figure import Figure, median_seconds
from benchmarks.survey_coverage import coverage, mse_bias
from thangdo.survey.design import Design, Stage, make_stage
from thangdo.survey.linearisation_domains import domain_means
from thangdo.survey.raking import raking
from thangdo.survey.replicates import rao_wu_bootstrap, replicate_totals

ROWS, ITEMS, DOMAINS, STRATA, PSUS = 1_000_000, 22, 50, 100, 2_000


def responses(rows: int, domains: int, items: int, *, second_stage: bool) -> tuple[Design, Any, Any]:
    """A seeded stratified two-stage survey: strata, clusters within them, answers 1–5, weights."""
    stream = np.random.default_rng(20230915)
    psus = max(200, PSUS * rows // ROWS)
    cluster = stream.integers(0, psus, rows)
    stratum = cluster % STRATA
    values = stream.integers(1, 6, (rows, items)).astype(float)
    values += stream.normal(0, 0.5, psus)[cluster][:, None]
    weights = stream.uniform(5, 30, rows)
    counts = np.full(rows, 10.0 * psus / STRATA)
    first = make_stage(stratum, cluster, counts if second_stage else None, None)
    stages: tuple[Stage, ...] = (first,)
    if second_stage:
        within = np.full(rows, 20.0 * rows / psus)
        stages = (first, make_stage(np.zeros(rows, dtype=np.int64), np.arange(rows), within, first))
    return Design(weights, stages), values, stream.integers(0, domains, rows)


def estimates_of_a_million() -> dict[str, Any]:
    """Both readings of two-stage: PSUs then rows without, and with, a correction at each stage."""
    found: dict[str, Any] = {}
    for name, second in (("first_stage_variance", False), ("both_stages_fpc", True)):
        design, values, domains = responses(ROWS, DOMAINS, ITEMS, second_stage=second)
        found[name] = median_seconds(lambda d=design, v=values, g=domains: domain_means(d, v, g, DOMAINS))  # type: ignore[misc]
        tracemalloc.start()
        domain_means(design, values, domains, DOMAINS)
        found[name]["peak_above_input_gb"] = round(tracemalloc.get_traced_memory()[1] / 1e9, 3)
        tracemalloc.stop()
    return found


def linear_cost() -> dict[str, Any]:
    """Seconds at a fifth and a half of the rows, domains and items."""
    found: dict[str, Any] = {}
    for rows, domains, items in ((200_000, 50, 22), (500_000, 50, 22), (ROWS, 10, 22), (ROWS, 50, 5), (ROWS, 50, 11)):
        design, values, codes = responses(rows, domains, items, second_stage=False)
        found[f"{rows}x{items}x{domains}"] = median_seconds(
            lambda d=design, v=values, c=codes, k=domains: domain_means(d, v, c, k),  # type: ignore[misc]
            3,
        )
    return found


def bootstrap_replicates() -> dict[str, Any]:
    """500 Rao–Wu replicates of 22 item means on a million responses, drawn and applied."""
    design, values, _ = responses(ROWS, DOMAINS, ITEMS, second_stage=False)
    whole = np.column_stack([values, np.ones(ROWS)])

    def run() -> None:
        replicates = rao_wu_bootstrap(design.stages[0], 500, seed=1)
        parts = replicate_totals(replicates, design.weights, whole)
        np.var(parts[:, :-1] / parts[:, -1:], axis=0)

    return median_seconds(run)


def five_margins() -> dict[str, Any]:
    """Raking with correlated margins, tolerance 1e-10 of the population."""
    stream = np.random.default_rng(7)
    sizes = (22, 5, 2, 6, 4)
    latent = stream.normal(size=ROWS)
    margins = []
    for size in sizes:
        mixed = 0.6 * latent + 0.8 * stream.normal(size=ROWS)
        margins.append(np.searchsorted(np.quantile(mixed, np.linspace(0, 1, size + 1)[1:-1]), mixed))
    weights = stream.uniform(5, 30, ROWS)
    target = weights * np.exp(0.4 * latent)
    totals = [
        np.bincount(codes, target, size) * weights.sum() / target.sum()
        for codes, size in zip(margins, sizes, strict=True)
    ]
    outcome = raking(weights, margins, totals)
    timed = median_seconds(lambda: raking(weights, margins, totals))
    return timed | {"iterations": outcome.iterations, "misfit": outcome.misfit, "tolerance": 1e-10}


def simulated_coverage() -> dict[str, Any]:
    """5,000 seeded draws from each population, two-stage within strata."""
    return {f"{psus} PSUs": coverage(psus, 5_000) for psus in (30, 100)}


def simulated_mse() -> dict[str, Any]:
    """5,000 seeded draws of 40 areas: mean relative bias of Fay–Herriot's MSE."""
    return {"areas": 40, "mean_relative_bias": round(mse_bias(40, 5_000), 4)}


FIGURES = (
    Figure("survey: 22 items × 50 domains × 1,000,000", "≤ 0.5 s, ≤ 0.6 GB above input", estimates_of_a_million),
    Figure("survey: cost in rows, domains, items", "linear", linear_cost),
    Figure("survey: 500 bootstrap replicates", "≤ 1 s", bootstrap_replicates),
    Figure(
        "survey: raking 1,000,000 weights to five margins", "≤ 0.5 s, tolerance and iterations stated", five_margins
    ),
    Figure(
        "survey: coverage of 95 % intervals",
        "93–96.5 % with 30 PSUs, 94–96 % with 100, small domains 92–97 %",
        simulated_coverage,
    ),
    Figure("survey: Fay–Herriot MSE", "mean relative bias ≤ 10 % with 40 areas", simulated_mse),
)
