"""The values of a block that carry a standard error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class UncertainValues:
    """The values of a block that carry a standard error: cells (unit, criterion), estimates, covariance."""

    cells: tuple[Cell, ...]
    estimates: Floats
    covariance: Floats
