"""The door of the room: estimates and their covariance are checked once, here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thangdo.findings import Finding, Gathered, Where

# Rounding in a covariance written with 12 significant digits; below this two mirrored entries are the same.
SYMMETRY_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Estimates:
    """`values` (units,) and either `standard_errors` (units,) with no correlation, or `covariance` (units, units)."""

    values: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    covariance: NDArray[np.float64] | None

    def difference_variances(self) -> NDArray[np.float64]:
        """Variance of the difference of every two units (units, units); exactly 0 where it is known to be 0.

        Two perfectly correlated estimates have a difference without error, but subtraction leaves crumbs of the
        size of the rounding of their variances; those crumbs are taken for the zero they stand for.
        """
        variances = np.square(self.standard_errors)
        sums = variances[:, None] + variances[None, :]
        found = sums if self.covariance is None else sums - 2.0 * self.covariance
        found = np.where(found <= 256 * np.finfo(np.float64).eps * sums, 0.0, found)
        np.fill_diagonal(found, 0.0)
        return found


def checked(estimates: ArrayLike, covariance: ArrayLike, units: Sequence[str] | None = None) -> Estimates:
    """`estimates` (units,) with `covariance`: standard errors (units,) or a full matrix (units, units).

    Raises `Refused` with everything that is wrong: INF001 (estimate), INF002 (error), INF003 (shape),
    INF004 (asymmetry), INF006 (fewer than two units).
    """
    values = np.asarray(estimates, dtype=np.float64)
    spread = np.asarray(covariance, dtype=np.float64)
    gathered = Gathered()
    if values.ndim != 1 or values.size < 2:
        gathered.add(Finding("INF006", found=str(values.size if values.ndim == 1 else values.shape)))
        gathered.refuse_errors()
    count = values.size
    names = [str(position) for position in range(count)] if units is None else list(units)
    if spread.shape not in {(count,), (count, count)}:
        expected = f"({count},) / ({count}, {count})"
        gathered.add(Finding("INF003", found=str(spread.shape), expected=expected))
        gathered.refuse_errors()
    diagonal = spread if spread.ndim == 1 else np.diagonal(spread)
    _gather_numbers(gathered, names, values, diagonal)
    if spread.ndim == 2:
        _gather_asymmetry(gathered, names, spread)
    gathered.refuse_errors()
    if spread.ndim == 1:
        return Estimates(values, spread, None)
    return Estimates(values, np.sqrt(diagonal), (spread + spread.T) / 2.0)


def _gather_numbers(gathered: Gathered, names: list[str], values: NDArray[Any], errors: NDArray[Any]) -> None:
    for position in np.flatnonzero(~np.isfinite(values)):
        name = names[position]
        gathered.add(Finding("INF001", Where(node=name), found=str(values[position]), facts={"unit": name}))
    for position in np.flatnonzero(~(np.isfinite(errors) & (errors >= 0))):
        name = names[position]
        gathered.add(Finding("INF002", Where(node=name), found=str(errors[position]), facts={"unit": name}))


def _gather_asymmetry(gathered: Gathered, names: list[str], matrix: NDArray[Any]) -> None:
    scale = np.sqrt(np.abs(np.outer(np.diagonal(matrix), np.diagonal(matrix))))
    with np.errstate(invalid="ignore"):
        is_off = ~(np.abs(matrix - matrix.T) <= SYMMETRY_TOLERANCE * np.maximum(scale, np.finfo(np.float64).tiny))
    for row, column in np.argwhere(np.triu(is_off, 1)):
        pair = f"{names[row]}, {names[column]}"
        found = f"{matrix[row, column]!s} ≠ {matrix[column, row]!s}"
        gathered.add(Finding("INF004", Where(node=pair), found=found, facts={"pair": pair}))
