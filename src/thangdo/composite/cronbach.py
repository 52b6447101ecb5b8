"""Cronbach's alpha: do the indicators of a group measure one thing?

Source: L. J. Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 16 (1951); OECD/JRC
Handbook (2008), section 4.3 and table 11.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Deleted:
    """What one column does to the group: alpha without it, and its correlation with the sum of the others."""

    alpha: float
    rest_correlation: float


def covariances(values: Array) -> Array:
    """Covariance (n - 1) of every pair of columns over the units that have both; NaN where fewer than two do."""
    columns = values.shape[1]
    found = np.full((columns, columns), np.nan)
    for row in range(columns):
        for column in range(row, columns):
            both = ~(np.isnan(values[:, row]) | np.isnan(values[:, column]))
            count = int(both.sum())
            if count > 1:
                first, second = values[both, row], values[both, column]
                shared = float((first - first.mean()) @ (second - second.mean())) / (count - 1)
                found[row, column] = found[column, row] = shared
    return found


def cronbach_alpha(values: Array) -> float:
    """k² × mean covariance of pairs / sum of the covariance matrix. values: (units, columns).

    Standardise first for the "standardised alpha". NaN with fewer than two columns or a pair without common units.
    """
    columns = values.shape[1]
    if columns < 2:
        return float("nan")
    table = covariances(values)
    whole = float(table.sum())
    if not np.isfinite(whole) or whole == 0:
        return float("nan")
    pairs = (whole - float(np.trace(table))) / (columns * (columns - 1))
    return float(columns**2 * pairs / whole)


def standardised(values: Array) -> Array:
    """Columns with mean 0 and standard deviation 1 (n - 1), gaps kept."""
    found: Array = (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0, ddof=1)
    return found


def if_deleted(values: Array) -> tuple[Deleted, ...]:
    """For every column: alpha of the others, and its correlation with their sum (units without a gap)."""
    from thangdo.composite.correlation import correlations

    found = []
    for column in range(values.shape[1]):
        others = np.delete(values, column, axis=1)
        total = others.sum(axis=1, keepdims=True)
        own = float(correlations(values[:, [column]], total)[0, 0])
        found.append(Deleted(cronbach_alpha(others), own))
    return tuple(found)
