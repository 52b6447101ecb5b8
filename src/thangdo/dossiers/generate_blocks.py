"""The rows of a chunk in blocks, so that a year of any size is made in the memory of a few blocks.

A chunk that is small enough is one block and stays in memory; of a larger one, columns lie in files between steps.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A month of 22.6 million rows is made in one piece, which takes three quarters of the time; three are held at once.
AT_ONCE = 2_200_000
BLOCK = 600_000

_INTEGERS = (np.int8, np.int16, np.int32)


def block_sizes(rows: int) -> list[int]:
    """How many rows each block of a chunk holds: all, or BLOCK at most."""
    if rows <= AT_ONCE:
        return [rows]
    count = -(-rows // BLOCK)
    return [rows * (place + 1) // count - rows * place // count for place in range(count)]


class Blocks:
    """Columns by name and block. `folder` is where columns lie between steps, if there are several blocks."""

    def __init__(self, sizes: list[int], folder: Path) -> None:
        self.sizes = sizes
        self.starts = [sum(sizes[:place]) for place in range(len(sizes))]
        self._held: dict[str, NDArray[Any]] = {}
        self._folder = Path(tempfile.mkdtemp(dir=folder)) if len(sizes) > 1 else None
        self._days: set[str] = set()

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.sizes)))

    def put(self, block: int, **columns: NDArray[Any]) -> None:
        """Keep columns of a block, in place of those of the same name."""
        if self._folder is None:
            self._held.update(columns)
            return
        for name, values in columns.items():
            if values.dtype.kind == "M":
                self._days.add(name)
            np.save(self._folder / f"{block}-{name}.npy", _narrow(values))

    def get(self, block: int, *names: str) -> tuple[NDArray[Any], ...]:
        """Columns of a block; whole numbers as int64, whatever they were."""
        if self._folder is None:
            return tuple(self._held[name] for name in names)
        found = (np.load(self._folder / f"{block}-{name}.npy") for name in names)
        return tuple(
            values.astype(np.int64).astype("datetime64[D]")
            if name in self._days
            else (values.astype(np.int64) if values.dtype.kind == "i" else values)
            for name, values in zip(names, found)
        )

    def drop(self, *names: str) -> None:
        """Forget columns of all blocks."""
        for name in names:
            self._held.pop(name, None)
            if self._folder is not None:
                for block in self:
                    (self._folder / f"{block}-{name}.npy").unlink(missing_ok=True)

    def new_file(self, name: str) -> Path:
        """A file beside the columns."""
        assert self._folder is not None
        return self._folder / name


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers and days in as few bytes as hold them."""
    if values.dtype.kind == "M":
        values = values.astype(np.int64)
    if values.dtype.kind != "i" or not len(values):
        return values
    least, most = int(values.min()), int(values.max())
    for kind in _INTEGERS:
        if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
            return values.astype(kind)
    return values


def mark_smallest(blocks: Blocks, name: str, wanted: int, marked: str) -> None:
    """Put the column `marked`: whether a row is one of the `wanted` with the smallest `name`, numbers from 0 to below 2."""
    bins = 1 << 16

    def bin_of(values: NDArray[Any]) -> NDArray[np.int64]:
        # The sum of the largest number below 1 and 1 is 2.
        return np.minimum((values * (bins // 2)).astype(np.int64), bins - 1)

    counts = np.zeros(bins, dtype=np.int64)
    for block in blocks:
        counts += np.bincount(bin_of(blocks.get(block, name)[0]), minlength=bins)
    running = np.cumsum(counts)
    # The bin within which the last of them lies; those below it are all taken, of its own the smallest.
    last = int(np.searchsorted(running, wanted, side="right")) if wanted < running[-1] else bins
    within = [values[bin_of(values) == last] for values in (blocks.get(block, name)[0] for block in blocks)]
    together = np.concatenate(within)
    left = wanted - int(running[last - 1] if last else 0)
    is_taken = np.zeros(len(together), dtype=bool)
    is_taken[np.argsort(together, kind="stable")[:left]] = True
    start = 0
    for block, values in zip(blocks, within):
        place = bin_of(blocks.get(block, name)[0])
        mark = place < last
        mark[place == last] = is_taken[start : start + len(values)]
        start += len(values)
        blocks.put(block, **{marked: mark})
