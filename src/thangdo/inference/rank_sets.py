"""Confidence sets of ranks, for one unit at a time or for all units jointly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thangdo.inference.estimates import Estimates, checked
from thangdo.inference.normal_draws import error_draws
from thangdo.inference.stepdown import certainly_above

Kind = Literal["marginal", "simultaneous"]
DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class RankSets:
    """A confidence set `low`..`high` of every unit's true rank.

    `kind` "marginal": each unit's own set holds its true rank with `level` ("where does this unit stand?").
    `kind` "simultaneous": all sets hold all true ranks together with `level` ("how does the whole table stand?");
    tiers and top-k statements come from this kind only.
    `low`, `high`: (units,), 1 is best; where true values are tied, every rank the tie could be given is held.
    `above`: (units, units), True at [j, k] where the data say that j is truly above k.
    `estimates`: (units,), turned so that larger is better; `standard_errors`: (units,).
    """

    kind: Kind
    level: float
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    above: NDArray[np.bool_]
    estimates: NDArray[np.float64]
    standard_errors: NDArray[np.float64]


def rank_confidence_sets(
    estimates: ArrayLike,
    covariance: ArrayLike,
    level: float = 0.95,
    kind: Kind = "marginal",
    seed: int = 0,
    higher_is_better: bool = True,
    *,
    draws: int = DRAWS,
    degrees_of_freedom: float | None = None,
    units: Sequence[str] | None = None,
) -> RankSets:
    """Confidence sets of the ranks of the true values behind `estimates`.

    estimates: (units,) finite numbers. covariance: standard errors (units,) of independent estimates, or their
    full covariance matrix (units, units), which may be singular. A standard error of 0 is an exact value; two exact
    values are compared exactly, and equal ones stay tied. `level` is the coverage, `draws` how many seeded normal
    draws find the critical values, `degrees_of_freedom` those behind the standard errors where they are few (then
    a multivariate t takes the normal's place). `units` are names for findings.

    Where every pair of units is exact, low = high = competition rank, except that a tie spans the ranks it shares.

    Method: Mogstad, Romano, Shaikh, Wilhelm (2024), Review of Economic Studies 91, sections 3.1 to 3.3: the rank of j
    is at least one more than the number of units certainly above it, and at most the number of units less those
    certainly below. Time and memory grow with units² × draws and units × draws (600 units: some seconds).

    Raises `Refused` with INF001 to INF006, `ValueError` for a level outside (0, 1) or an unknown kind.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is a share between 0 and 1, not {level}")
    if kind not in ("marginal", "simultaneous"):
        raise ValueError(f"kind is marginal or simultaneous, not {kind}")
    given = checked(estimates, covariance, units)
    values = given.values if higher_is_better else -given.values
    differences = values[:, None] - values[None, :]
    variances = given.difference_variances()
    errors = _errors(given, draws, seed, degrees_of_freedom, units)
    if kind == "simultaneous":
        above = certainly_above(differences, variances, errors, _all_pairs(values.size), level)
        low, high = _bounds(above)
    else:
        above = np.zeros(differences.shape, dtype=np.bool_)
        low, high = np.empty(values.size, np.int64), np.empty(values.size, np.int64)
        for unit in range(values.size):
            found = certainly_above(differences, variances, errors, _pairs_of(unit, values.size), level)
            lows, highs = _bounds(found)
            low[unit], high[unit] = lows[unit], highs[unit]
            above[unit] = found[unit]
    return RankSets(kind, level, low, high, above, values, given.standard_errors)


def _errors(
    given: Estimates, draws: int, seed: int, degrees_of_freedom: float | None, units: Sequence[str] | None
) -> NDArray[np.float64]:
    errors = error_draws(given, draws, seed, units=units)
    if degrees_of_freedom is None or np.isinf(degrees_of_freedom):
        return errors
    if degrees_of_freedom <= 0:
        raise ValueError(f"degrees of freedom must be above 0, not {degrees_of_freedom}")
    stream = np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, 1))))
    scale = np.sqrt(stream.chisquare(degrees_of_freedom, draws) / degrees_of_freedom)
    return errors / scale[:, None]


def _bounds(above: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    units = above.shape[0]
    return 1 + above.sum(axis=0, dtype=np.int64), units - above.sum(axis=1, dtype=np.int64)


def _all_pairs(units: int) -> NDArray[np.bool_]:
    return ~np.eye(units, dtype=np.bool_)


def _pairs_of(unit: int, units: int) -> NDArray[np.bool_]:
    family = np.zeros((units, units), dtype=np.bool_)
    family[unit, :] = family[:, unit] = True
    family[unit, unit] = False
    return family
