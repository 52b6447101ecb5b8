"""Calibration of weights to totals of auxiliary variables: linear, raking (exponential) and logit distance.

Deville and Särndal (1992), JASA 87, 376–382; Deville, Särndal and Sautory (1993), JASA 88, 1013–1020.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-10
MAXIMUM_ITERATIONS = 100


@dataclass(frozen=True)
class CalibrationOutcome:
    """`factors` g multiply the weights; `misfit` is the largest |achieved − total| / (1 + |total|)."""

    factors: Floats
    iterations: int
    misfit: float
    converged: bool


@dataclass(frozen=True, slots=True)
class Distance:
    """A way to measure how far weights moved: g(u) and its derivative, with g(0) = 1."""

    code: str
    name_vi: str
    name_en: str
    factor: Callable[[Floats, float, float], Floats]
    slope: Callable[[Floats, float, float], Floats]
    source: str


def _linear(u: Floats, lower: float, upper: float) -> Floats:
    return np.clip(1 + u, lower, upper)


def _linear_slope(u: Floats, lower: float, upper: float) -> Floats:
    return ((1 + u >= lower) & (1 + u <= upper)).astype(np.float64)


def _exponential(u: Floats, lower: float, upper: float) -> Floats:
    return np.clip(np.exp(np.minimum(u, 700.0)), lower, upper)


def _exponential_slope(u: Floats, lower: float, upper: float) -> Floats:
    factor = np.exp(np.minimum(u, 700.0))
    return np.where((factor >= lower) & (factor <= upper), factor, 0.0)


def _logit_parts(u: Floats, lower: float, upper: float) -> tuple[Floats, float]:
    steepness = (upper - lower) / ((1 - lower) * (upper - 1))
    return np.exp(np.clip(steepness * u, -300.0, 300.0)), steepness


def _logit(u: Floats, lower: float, upper: float) -> Floats:
    grown, _ = _logit_parts(u, lower, upper)
    return (lower * (upper - 1) + upper * (1 - lower) * grown) / ((upper - 1) + (1 - lower) * grown)


def _logit_slope(u: Floats, lower: float, upper: float) -> Floats:
    grown, steepness = _logit_parts(u, lower, upper)
    bottom = (upper - 1) + (1 - lower) * grown
    return (upper - lower) * steepness * (1 - lower) * (upper - 1) * grown / bottom**2


_PAPER = "Deville and Särndal (1992), JASA 87(418), table 1"
DISTANCES = {
    row.code: row
    for row in (
        Distance("linear", "tuyến tính", "linear", _linear, _linear_slope, f"{_PAPER}, case 1 (7 with bounds)"),
        Distance("raking", "hàm mũ", "raking", _exponential, _exponential_slope, f"{_PAPER}, case 2"),
        Distance("logit", "logit có giới hạn", "bounded logit", _logit, _logit_slope, f"{_PAPER}, case 6"),
    )
}


def calibration(
    weights: Floats,
    auxiliaries: Floats,
    totals: Floats,
    method: str = "linear",
    bounds: tuple[float, float] = (-np.inf, np.inf),
    tolerance: float = TOLERANCE,
    maximum_iterations: int = MAXIMUM_ITERATIONS,
) -> CalibrationOutcome:
    """Factors g with Σ weight·g·auxiliaries = totals, by Newton's method.

    `auxiliaries` is rows by variables; columns that depend on others are allowed. With bounds that leave no
    solution `converged` is False and the last factors are returned for the report.
    """
    distance = DISTANCES[method]
    lower, upper = bounds
    size = np.abs(auxiliaries).max(axis=0)
    size[size == 0] = 1.0
    scaled, wanted = auxiliaries / size, totals / size
    multiplier = np.zeros(totals.size)

    def gap(at: Floats) -> tuple[Floats, Floats, float]:
        factors = distance.factor(scaled @ at, lower, upper)
        missing = wanted - scaled.T @ (weights * factors)
        return factors, missing, float(np.max(np.abs(missing * size) / (1 + np.abs(totals))))

    factors, missing, misfit = gap(multiplier)
    iteration = 0
    while misfit > tolerance and iteration < maximum_iterations:
        iteration += 1
        slope = distance.slope(scaled @ multiplier, lower, upper)
        step = np.linalg.pinv((scaled * (weights * slope)[:, None]).T @ scaled, rcond=1e-13) @ missing
        shrink = 1.0
        for _ in range(40):
            trial = gap(multiplier + shrink * step)
            if np.isfinite(trial[2]) and (method == "linear" or trial[2] < misfit):
                break
            shrink /= 2
        else:
            break
        if trial[2] >= misfit and iteration > 3 and trial[2] < 1e-8:
            break
        multiplier = multiplier + shrink * step
        factors, missing, misfit = trial
    return CalibrationOutcome(factors, iteration, misfit, misfit <= max(tolerance, 1e-9))
