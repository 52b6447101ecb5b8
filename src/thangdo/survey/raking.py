"""Raking: iterative proportional fitting of weights to several margins, on collapsed cells.

Deming and Stephan (1940), Ann. Math. Stat. 11, 427–444. Rows of the same combination of categories keep one
common factor, so the iterations run over combinations, not over rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

TOLERANCE = 1e-10
MAXIMUM_ITERATIONS = 2000
# Above this many combinations a table of all of them would cost more than looking for those that occur.
_TABLE_LIMIT = 8_000_000


@dataclass(frozen=True)
class RakingOutcome:
    """`misfit` is the largest distance to a total, as a share of the population."""

    weights: Floats
    iterations: int
    misfit: float
    converged: bool


@dataclass(frozen=True)
class Cells:
    """Rows collapsed to the combinations of categories that occur: `of_row` and, per margin, `of_cell`."""

    of_row: Codes
    of_cell: tuple[Codes, ...]
    count: int


def collapse(margins: Sequence[Codes], sizes: Sequence[int]) -> Cells:
    """The combinations that occur among the rows."""
    joint = np.zeros(margins[0].size, dtype=np.int64)
    for codes, size in zip(margins, sizes, strict=True):
        joint *= size
        joint += codes
    total = int(np.prod([float(size) for size in sizes]))
    if total <= _TABLE_LIMIT:
        present = np.flatnonzero(np.bincount(joint, minlength=total))
        place = np.zeros(total, dtype=np.int64)
        place[present] = np.arange(present.size)
        of_row = place[joint]
    else:
        present, of_row = np.unique(joint, return_inverse=True)
    of_cell = np.unravel_index(present, tuple(sizes))
    return Cells(of_row, tuple(codes.astype(np.int64) for codes in of_cell), present.size)


def raking(
    weights: Floats,
    margins: Sequence[Codes],
    totals: Sequence[Floats],
    tolerance: float = TOLERANCE,
    maximum_iterations: int = MAXIMUM_ITERATIONS,
    cells: Cells | None = None,
) -> RakingOutcome:
    """Weights whose sums over each margin are `totals[m]` (by category code), within `tolerance` × population.

    Every category with a total above zero needs a row with a weight; see `weights_steps` for the findings.
    """
    collapsed = cells or collapse(margins, [total.size for total in totals])
    start = np.bincount(collapsed.of_row, weights, collapsed.count)
    fitted = start.copy()
    population = max(float(total.sum()) for total in totals)
    misfit, iteration = np.inf, 0
    while misfit > tolerance and iteration < maximum_iterations:
        iteration += 1
        misfit = 0.0
        for codes, total in zip(collapsed.of_cell, totals, strict=True):
            sums = np.bincount(codes, fitted, total.size)
            misfit = max(misfit, float(np.abs(sums - total).max()) / population)
            fitted *= np.divide(total, sums, out=np.zeros_like(total), where=sums > 0)[codes]
    factor = np.divide(fitted, start, out=np.ones_like(start), where=start > 0)
    return RakingOutcome(weights * factor[collapsed.of_row], iteration, misfit, misfit <= tolerance)
