"""Matrix products whose bits depend on the matrices alone.

A BLAS library may split a large product over its own threads, and may then use other kernels for the pieces; the last
bits follow. Products are therefore made from tiles of a fixed size that is too small for any splitting (OpenBLAS splits
above 2^18 multiplications), which also leaves the cores to the blocks of replications.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TILE = 2**18
ROWS = 32


def product(left: Array, right: Array) -> Array:
    """`left` (rows, inner) times `right` (inner, columns): (rows, columns)."""
    rows, inner = left.shape
    columns = right.shape[1]
    width = min(columns, max(1, TILE // (ROWS * max(inner, 1))))
    height = max(1, TILE // (width * max(inner, 1)))
    if rows <= height and columns <= width:
        return left @ right
    found = np.empty((rows, columns))
    for top in range(0, rows, height):
        for start in range(0, columns, width):
            np.matmul(
                left[top : top + height],
                right[:, start : start + width],
                out=found[top : top + height, start : start + width],
            )
    return found
