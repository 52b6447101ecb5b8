"""Pipeline steps on many tables at once: (replications, units, indicators), gaps in the same places in all.

Only steps that are repeated in every replication of noisy data, in the methods that are most used; the same formulas
as the steps on one table, which judge these in the tests. Everything else runs table by table.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def denominated(tables: Array, denominators: Array) -> Array:
    """Values over `denominators` (units, indicators), 1 where an indicator has none."""
    return np.divide(tables, denominators, out=tables)


def imputed(tables: Array, statistic: str, groups: Sequence[object] | None) -> Array:
    """Gaps filled by the `mean` or `median` of the indicator, over all units or those of the same group."""
    gaps = np.isnan(tables[0])
    columns = np.flatnonzero(gaps.any(axis=0))
    if columns.size == 0:
        return tables
    labels = np.zeros(gaps.shape[0], dtype=np.int64)
    if groups is not None:
        labels = np.unique(np.asarray([str(each) for each in groups]), return_inverse=True)[1]
    middles = _group_means if statistic == "mean" else _group_medians
    units, places = np.nonzero(gaps[:, columns])
    tables[:, units, columns[places]] = middles(tables[:, :, columns], labels)[:, labels[units], places]
    return tables


def _group_means(tables: Array, labels: NDArray[np.int64]) -> Array:
    """Mean of what is there, by group: (replications, groups, indicators); NaN where a group has nothing."""
    is_member = (labels == np.arange(labels.max() + 1)[:, None]).astype(np.float64)
    gaps = np.isnan(tables[0])
    counts = is_member @ (~gaps).astype(np.float64)
    tables[:, gaps] = 0.0
    means: Array = np.matmul(is_member, tables) / np.where(counts > 0, counts, np.nan)
    return means


def _group_medians(tables: Array, labels: NDArray[np.int64]) -> Array:
    """Median of what is there, by group: (replications, groups, indicators); NaN where a group has nothing."""
    found = np.full((tables.shape[0], labels.max() + 1, tables.shape[2]), np.nan)
    is_there = ~np.isnan(tables[0])
    for label in range(found.shape[1]):
        for column in range(found.shape[2]):
            rows = (labels == label) & is_there[:, column]
            if rows.any():
                found[:, label, column] = np.median(tables[:, rows, column], axis=1)
    return found


def minmax(tables: Array, low: float, high: float) -> Array:
    """Each indicator of each table on `low`..`high`."""
    least, most = _extremes(tables)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = (high - low) / (most - least)
        tables -= least
        tables *= factor
    tables += low
    return tables


def zscore(tables: Array, mean: float, sd: float) -> Array:
    """Each indicator of each table with `mean` and `sd` (n - 1)."""
    has_gaps = bool(np.isnan(tables[0]).any())
    with np.errstate(divide="ignore", invalid="ignore"):
        if has_gaps:
            tables -= np.nanmean(tables, axis=1, keepdims=True)
            tables *= sd / np.nanstd(tables, axis=1, ddof=1, keepdims=True)
        else:
            tables -= tables.mean(axis=1, keepdims=True)
            tables *= sd / np.sqrt(np.square(tables).sum(axis=1, keepdims=True) / (tables.shape[1] - 1))
    tables += mean
    return tables


def _extremes(tables: Array) -> tuple[Array, Array]:
    if np.isnan(tables[0]).any():
        least, most = np.fmin.reduce(tables, axis=1), np.fmax.reduce(tables, axis=1)
    else:
        least, most = tables.min(axis=1), tables.max(axis=1)
    return least[:, None, :], most[:, None, :]
