"""Coverage of rank confidence sets at full size, and their speed."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np

from benchmarks.figure import Figure, median_seconds
from thangdo.inference import rank_confidence_sets, rank_distribution

ERRORS = np.linspace(0.15, 0.5, 10)
TRUTHS = {
    "all tied": np.zeros(10),
    "groups of ties": np.array([3.0, 3.0, 2.0, 2.0, 2.0, 1.0, 1.0, 0.0, 0.0, 0.0]),
    "close": np.linspace(0.0, 1.0, 10),
}
ROUNDS = 5_000


def _true_ranks(truth: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    better = (truth[None, :] > truth[:, None]).sum(axis=1)
    worse = (truth[None, :] < truth[:, None]).sum(axis=1)
    return 1 + better, truth.size - worse


def _coverage() -> dict[str, Any]:
    found: dict[str, Any] = {"rounds": ROUNDS}
    for name, truth in TRUTHS.items():
        low, high = _true_ranks(truth)
        for correlation in (0.0, 0.5):
            matrix = np.outer(ERRORS, ERRORS) * (correlation + (1 - correlation) * np.eye(ERRORS.size))
            seen = np.random.default_rng(1).multivariate_normal(truth, matrix, size=ROUNDS)
            marginal, together, plain = [], [], []
            for position, estimates in enumerate(seen):
                sets = rank_confidence_sets(estimates, matrix, kind="simultaneous", seed=position, draws=1_999)
                together.append(bool(np.all((sets.low <= low) & (high <= sets.high))))
                sets = rank_confidence_sets(estimates, matrix, kind="marginal", seed=position, draws=1_999)
                marginal.append((sets.low <= low) & (high <= sets.high))
                if position < 1_000:
                    drawn = rank_distribution(estimates, matrix, seed=position, replications=1_000)
                    plain.append((drawn.q05 <= low) & (low <= drawn.q95))
            found[f"{name}, correlation {correlation}"] = {
                "simultaneous": round(float(np.mean(together)), 4),
                "marginal, mean of units": round(float(np.mean(marginal)), 4),
                "marginal, least unit": round(float(np.mean(marginal, axis=0).min()), 4),
                "plain 5-95 % ranks, mean of units": round(float(np.mean(plain)), 4),
            }
    return found


def _speed() -> dict[str, Any]:
    found: dict[str, Any] = {}
    kinds: tuple[Literal["simultaneous", "marginal"], ...] = ("simultaneous", "marginal")
    for units, runs in ((60, 5), (600, 1)):
        values = np.random.default_rng(units).normal(size=units)
        for kind in kinds:
            measured = median_seconds(
                partial(rank_confidence_sets, values, np.full(units, 0.2), kind=kind), runs=runs, warm_up=0
            )
            found[f"{units} units {kind}"] = measured["median"]
    return found


FIGURES = (
    Figure("inference coverage", ">= 0.94 at nominal 0.95, ties included; plain ranks fail", _coverage),
    Figure("inference speed", "seconds, 10,000 draws (no target in the issue)", _speed),
)
