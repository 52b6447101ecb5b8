"""A small index whose every step can be read at a glance, for tests of the uncertainty engine."""

import numpy as np

from thangdo.composite import uncertainty_batches
from thangdo.composite.uncertainty_aggregation import NodeMethod, Tree

POWERS = {"amean": 1.0, "gmean": 0.0, "hmean": -1.0}
STEPS = (
    {"step": "impute", "method": "mean"},
    {"step": "normalise", "method": "minmax", "l_u": [1, 100]},
    {"step": "aggregate", "method": "amean"},
)


def least(values, weights):
    return values.min(axis=1)


class PlainIndex:
    """Indicators in pillars of three, pillars in one index. `raw` (units, indicators), a multiple of three columns."""

    def __init__(self, raw):
        self.raw = np.asarray(raw, dtype=float)
        self.units = tuple(f"U{row}" for row in range(self.raw.shape[0]))
        indicators = self.raw.shape[1]
        pillars = indicators // 3
        self.tree = Tree(
            codes=tuple([f"i{n}" for n in range(indicators)] + [f"P{n}" for n in range(pillars)] + ["Index"]),
            parents=tuple([indicators + n // 3 for n in range(indicators)] + [indicators + pillars] * pillars + [-1]),
            levels=tuple([1] * indicators + [2] * pillars + [3]),
            weights=np.array([1.0 + n % 3 for n in range(indicators)] + [1.0 + n for n in range(pillars)] + [1.0]),
        )

    def normalised(self, steps):
        return self.normalised_many(self.raw[None].copy(), steps)[0]

    def normalised_many(self, tables, steps):
        for step in steps:
            if step["step"] == "impute":
                tables = uncertainty_batches.imputed(tables, step["method"], None)
            elif step["step"] == "normalise" and step["method"] == "minmax":
                tables = uncertainty_batches.minmax(tables, *step["l_u"])
            elif step["step"] == "normalise" and step["method"] == "zscore":
                tables = uncertainty_batches.zscore(tables, *step["m_sd"])
            elif step["step"] == "normalise":
                raise ValueError(f"no method {step['method']}")
        return tables

    def methods(self, step):
        method = step["method"]
        node = NodeMethod(method, POWERS.get(method), None, least)
        return {place: node for place, children in enumerate(self.tree.children) if children}


def plain_index(units=12, indicators=6, seed=0):
    return PlainIndex(np.random.default_rng(seed).gamma(4.0, size=(units, indicators)))
