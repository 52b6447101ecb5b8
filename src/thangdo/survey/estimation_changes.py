"""Differences between years and between domains of one survey, with their tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from thangdo.survey.design import Design
from thangdo.survey.estimation import means

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def difference(
    value: float, se: float, other_value: float, other_se: float, df: int, level: float
) -> tuple[float, float, float, float]:
    """Difference of two independent estimates, its interval and two-sided p by t on `df`."""
    gap, error = value - other_value, float(np.hypot(se, other_se))
    if error == 0:
        return gap, gap, gap, 1.0 if gap == 0 else 0.0
    point = float(stats.t.ppf((1 + level) / 2, df))
    return gap, gap - point * error, gap + point * error, float(2 * stats.t.sf(abs(gap) / error, df))


def domain_difference(design: Design, values: Floats, first: Codes, second: Codes) -> tuple[float, float, float]:
    """Difference of two domain means of the same survey, its error (covariance included) and p by t."""
    rows = np.sort(np.concatenate([first, second]))
    inside = np.isin(rows, first)
    weights = design.weights[rows]
    sizes = np.array([weights[inside].sum(), weights[~inside].sum()])
    # One column that is the linearised difference: each half on its own scale.
    parts = np.array([weights[inside] @ values[rows][inside], weights[~inside] @ values[rows][~inside]]) / sizes
    scores = np.where(inside, (values[rows] - parts[0]) / sizes[0], -(values[rows] - parts[1]) / sizes[1])
    scale = float(weights.sum())
    spread = means(design, rows, (scores * scale)[:, None]).covariance[0, 0]
    gap, se, df = float(parts[0] - parts[1]), float(np.sqrt(spread)), design.degrees()
    return gap, se, float(2 * stats.t.sf(abs(gap) / se, df)) if se > 0 else float(gap == 0)


def holm(p: Sequence[float]) -> list[float]:
    """p-values adjusted for testing all of them (Holm 1979, Scand. J. Stat. 6, 65–70)."""
    order = sorted(range(len(p)), key=p.__getitem__)
    adjusted, largest = [1.0] * len(p), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p) - rank) * p[place]))
        adjusted[place] = largest
    return adjusted
