"""Trimming of extreme weights; what is cut off is given to the others in equal parts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def trim(weights: Floats, lower: float, upper: float, *, strict: bool = False) -> tuple[Floats, int]:
    """Weights within [lower, upper] with the same sum, and how many rounds that took.

    The excess is shared equally among weights inside the bounds, which may push some outside; `strict`
    repeats until none is (Potter and Zheng 2015, JSM Proceedings, section 2). Zero weights stay zero.
    """
    active = weights > 0
    trimmed, rounds = weights.copy(), 0
    while rounds < 1000:
        outside = active & ((trimmed < lower) | (trimmed > upper))
        inside = active & ~outside
        if not outside.any() or not inside.any():
            break
        rounds += 1
        cut = np.clip(trimmed[outside], lower, upper)
        trimmed[inside] += (trimmed[outside] - cut).sum() / inside.sum()
        trimmed[outside] = cut
        if not strict:
            break
    return trimmed, rounds
