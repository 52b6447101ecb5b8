"""Ranks of scores, ties kept as ties."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def competition_rank(scores: NDArray[Any], higher_is_better: bool = True) -> NDArray[np.int64]:
    """Rank 1 for the best; tied scores share the better rank and the next rank is skipped (1, 2, 2, 4).

    `scores` has units on its last axis; any leading axes (replications) are ranked row by row. Only equal
    numbers are ties: nothing is rounded. A missing score (NaN) is not ranked and gets 0.
    """
    return _rank(scores, higher_is_better, dense=False)


def dense_rank(scores: NDArray[Any], higher_is_better: bool = True) -> NDArray[np.int64]:
    """Rank 1 for the best; tied scores share a rank and no rank is skipped (1, 2, 2, 3).

    Axes, ties and missing scores as in `competition_rank`.
    """
    return _rank(scores, higher_is_better, dense=True)


def _rank(scores: NDArray[Any], higher_is_better: bool, *, dense: bool) -> NDArray[np.int64]:
    keys = np.asarray(scores, dtype=np.float64)
    keys = -keys if higher_is_better else keys
    # NaN sorts last in NumPy, so the ranks of the others are not disturbed by it.
    order = np.argsort(keys, axis=-1)
    in_order = np.take_along_axis(keys, order, axis=-1)
    places = np.empty(keys.shape, dtype=np.int64)
    places[..., :] = np.arange(1, keys.shape[-1] + 1)
    is_new = in_order[..., 1:] != in_order[..., :-1]
    if is_new.all():  # no ties anywhere, the usual case of drawn scores
        pass
    elif dense:
        places[..., 1:] = 1 + np.cumsum(is_new, axis=-1)
    else:
        places[..., 1:][~is_new] = 1
        np.maximum.accumulate(places, axis=-1, out=places)
    ranks = np.empty_like(places)
    np.put_along_axis(ranks, order, places, axis=-1)
    ranks[np.isnan(keys)] = 0
    return ranks
