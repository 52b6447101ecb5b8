"""The statistical audit of an index as plain values: what a report draws and the verdicts rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.correlation import FlaggedPair, correlations, flagged_pairs
from thangdo.composite.cronbach import cronbach_alpha
from thangdo.composite.index_data import IndexData
from thangdo.composite.pipeline import Built, effective_weights, run_pipeline
from thangdo.composite.principal_components import NoComponents, principal_components
from thangdo.composite.steps import Step
from thangdo.composite.treatment import shape
from thangdo.composite.uncertainty import UncertaintyResult

Array = NDArray[np.float64]
# A picture or a table of more nodes than this cannot be read.
MOST_NODES = 20


@dataclass(frozen=True, slots=True)
class Coherence:
    """A group of siblings: alpha and the first component's share of the variance (NaN where there is none)."""

    code: str
    children: int
    alpha: float
    first_share: float


@dataclass(frozen=True, slots=True)
class Influence:
    """A child of the top: its effective weight, and its correlation with the top's score."""

    code: str
    weight: float
    correlation: float


@dataclass(frozen=True, slots=True)
class Treated:
    """An indicator the pipeline treated: shape and values (units,) before and after."""

    code: str
    skew_before: float
    skew_after: float
    kurtosis_before: float
    kurtosis_after: float
    before: Array
    after: Array


@dataclass(frozen=True, slots=True)
class Audit:
    """`coverage`: share of units with a raw value, by indicator. `nodes` with `table`: their correlations.

    `skewed`: indicators with |skew| ≥ 2 and kurtosis ≥ 3.5 when they are normalised.
    """

    built: Built
    coverage: Array
    nodes: tuple[str, ...]
    table: Array
    flagged: tuple[FlaggedPair, ...]
    coherence: tuple[Coherence, ...]
    influence: tuple[Influence, ...]
    treated: tuple[Treated, ...]
    skewed: tuple[str, ...]
    uncertainty: UncertaintyResult | None


def audit(index: IndexData, steps: Sequence[Step], uncertainty: UncertaintyResult | None = None) -> Audit:
    """Build the index and look at it from every side. Raises Refused as `run_pipeline` does."""
    built = run_pipeline(index, steps)
    tree, scores = built.tree, built.scores
    top = len(tree.codes) - 1
    shown = _shown(built)
    # As the aggregation used them: given ones, or those a method found in the data.
    shares = effective_weights(tree, built.weights)
    influence = correlations(scores, scores[:, [top]])[:, 0]
    return Audit(
        built,
        1.0 - np.isnan(index.values).mean(axis=0),
        tuple(tree.codes[node] for node in shown),
        correlations(scores[:, shown]),
        flagged_pairs(scores, tree),
        tuple(_coherence(built, node) for node in tree.aggregates.tolist()),
        tuple(Influence(tree.codes[node], float(shares[node]), float(influence[node])) for node in shown),
        _treated(built),
        _skewed(built),
        uncertainty,
    )


def _shown(built: Built) -> list[int]:
    """The lowest level of aggregates under the top that a picture can hold; else the indicators, the first of them."""
    tree = built.tree
    for level in range(2, tree.levels[-1]):
        nodes = [node for node in tree.aggregates.tolist() if tree.levels[node] == level]
        if 2 < len(nodes) <= MOST_NODES:
            return nodes
    return list(range(min(built.normalised.shape[1], MOST_NODES)))


def _coherence(built: Built, node: int) -> Coherence:
    values = built.scores[:, list(built.tree.children[node])]
    try:
        share = float(principal_components(values).share[0])
    except NoComponents:
        share = float("nan")
    return Coherence(built.tree.codes[node], values.shape[1], cronbach_alpha(values), share)


def _before_treatment(built: Built) -> IndexData | None:
    """The stage that the treatment was given: the last one before it."""
    names = list(built.stages)
    return built.stages[names[names.index("treat") - 1]] if "treat" in names else None


def _treated(built: Built) -> tuple[Treated, ...]:
    earlier = _before_treatment(built)
    if earlier is None:
        return ()
    later = built.stages["treat"].values
    found = []
    for column, code in enumerate(built.tree.codes[: later.shape[1]]):
        before, after = earlier.values[:, column], later[:, column]
        if np.array_equal(before, after, equal_nan=True):
            continue
        (skew, kurtosis), (skew_after, kurtosis_after) = shape(before), shape(after)
        found.append(Treated(code, skew, skew_after, kurtosis, kurtosis_after, before, after))
    return tuple(found)


def _skewed(built: Built) -> tuple[str, ...]:
    shapes = [shape(column) for column in built.normalised.T]
    codes = built.tree.codes[: built.normalised.shape[1]]
    return tuple(code for code, (skew, kurt) in zip(codes, shapes, strict=True) if abs(skew) >= 2 and kurt >= 3.5)
