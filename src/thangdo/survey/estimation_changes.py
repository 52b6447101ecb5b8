"""The difference of two independent estimates with its test, and p-values of many tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats


def difference(
    value: float, se: float, other_value: float, other_se: float, df: int, level: float
) -> tuple[float, float, float, float]:
    """Difference of two independent estimates, its interval and two-sided p by t on `df`."""
    gap, error = value - other_value, float(np.hypot(se, other_se))
    if error == 0:
        return gap, gap, gap, 1.0 if gap == 0 else 0.0
    point = float(stats.t.ppf((1 + level) / 2, df))
    return gap, gap - point * error, gap + point * error, float(2 * stats.t.sf(abs(gap) / error, df))


def holm(p: Sequence[float]) -> list[float]:
    """p-values adjusted for testing all of them (Holm 1979, Scand. J. Stat. 6, 65–70)."""
    order = sorted(range(len(p)), key=p.__getitem__)
    adjusted, largest = [1.0] * len(p), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p) - rank) * p[place]))
        adjusted[place] = largest
    return adjusted
