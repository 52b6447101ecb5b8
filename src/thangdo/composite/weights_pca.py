"""Weights from the first principal component of a group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.principal_components import principal_components

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ComponentWeights:
    """`weights`: (columns,), the first eigenvector with its sum 0 or more. `explained`: its share of the variance.

    `negative`: positions with a weight below 0. Those columns pull against the component, and a weighted mean with
    them is no mean: their direction or their place in the group has to be looked at, so they are named and not hidden.
    """

    weights: Array
    explained: float
    negative: tuple[int, ...]


def pca_weights(values: Array) -> ComponentWeights:
    """First eigenvector of the correlation matrix of `values` (units, columns); rows with a gap are left out.

    Raises `NoComponents` where there is none. Source: OECD/JRC Handbook (2008), section 6.1.
    """
    found = principal_components(values)
    weights = found.vectors[:, 0]
    negative = tuple(np.flatnonzero(weights < 0).tolist())
    return ComponentWeights(weights, float(found.share[0]), negative)
