"""The tree of made-up indices, of any size."""

from __future__ import annotations

import numpy as np

from thangdo.composite.uncertainty_aggregation import Tree


def pillared_tree(indicators: int) -> Tree:
    """Indicators in pillars of ten, pillars in one index, equal weights."""
    pillars = indicators // 10
    top = indicators + pillars
    return Tree(
        tuple([f"i{n}" for n in range(indicators)] + [f"P{n}" for n in range(pillars)] + ["Top"]),
        tuple([indicators + n // 10 for n in range(indicators)] + [top] * pillars + [-1]),
        tuple([1] * indicators + [2] * pillars + [3]),
        np.ones(top + 1),
    )
