"""Which units are certainly above which: stepdown tests of all directed pairs of a family.

The hypotheses are H(j, k): "unit j is not better than unit k", one for each ordered pair of the family.
Rejecting H(j, k) says j is truly above k. The familywise error is held by the stepdown method of Romano and
Wolf (JASA 2005) with critical values from draws of the estimates' errors, as in Mogstad, Romano, Shaikh and
Wilhelm, "Inference for Ranks with Applications to Mobility across Neighbourhoods and Academic Achievement across
Countries" (Review of Economic Studies 91, 2024, sections 3.2 and 3.3). A directed test stays valid when two units
are exactly tied: both H(j, k) and H(k, j) are then true and both are guarded.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Numbers of one slab of pairs × draws; 8 bytes each, so that a slab stays near the core.
SLAB = 100_000


def critical_value(maxima: Matrix, level: float) -> float:
    """The smallest draw that at least `level` of the draws do not exceed, counted as if one draw more had been larger.

    Counting the missing draw keeps the level with finitely many draws (a Monte-Carlo test's usual correction).
    """
    place = math.ceil((maxima.size + 1) * level)
    if place > maxima.size:
        return math.inf
    return float(np.partition(maxima, place - 1)[place - 1])


def certainly_above(differences: Matrix, variances: Matrix, errors: Matrix, family: Flags, level: float) -> Flags:
    """True at [j, k] where unit j is above unit k, all such statements of `family` holding jointly with `level`.

    differences: (units, units), estimate of j minus estimate of k, larger is better.
    variances: (units, units), of those differences; 0 where the difference is exact and needs no test.
    errors: (draws, units), draws of the estimates' errors.
    family: (units, units), the ordered pairs to be decided jointly.
    """
    is_exact = variances == 0.0
    inverse_errors = np.divide(1.0, np.sqrt(variances), out=np.zeros_like(variances), where=~is_exact)
    statistics = differences * inverse_errors
    rejected: Flags = family & is_exact & (differences > 0)
    open_pairs: Flags = family & ~is_exact
    by_unit = np.ascontiguousarray(errors.T)
    while open_pairs.any():
        critical = critical_value(_maxima(by_unit, inverse_errors, open_pairs), level)
        newly = open_pairs & (statistics > critical)
        if not newly.any():
            break
        rejected |= newly
        open_pairs &= ~newly
    return rejected


def _maxima(by_unit: Matrix, inverse_errors: Matrix, open_pairs: Flags) -> Matrix:
    """For each draw the largest studentised difference over the open ordered pairs: (draws,)."""
    draws = by_unit.shape[1]
    largest = np.full(draws, -np.inf)
    width = max(1, SLAB // draws)
    room = np.empty((width, draws))
    either = open_pairs | open_pairs.T
    # Units with most partners first: where all pairs share one unit, one row of slabs then holds them all.
    for unit in np.argsort(-either.sum(axis=1), kind="stable"):
        partners = np.flatnonzero(either[unit])
        either[unit, :] = either[:, unit] = False
        for start in range(0, partners.size, width):
            some = partners[start : start + width]
            slab = np.subtract(by_unit[unit], by_unit[some], out=room[: some.size])
            slab *= inverse_errors[unit, some][:, None]
            upward, downward = open_pairs[unit, some], open_pairs[some, unit]
            if upward.any():
                np.maximum(largest, (slab if upward.all() else slab[upward]).max(axis=0), out=largest)
            if downward.any():
                np.maximum(largest, -(slab if downward.all() else slab[downward]).min(axis=0), out=largest)
    return largest
