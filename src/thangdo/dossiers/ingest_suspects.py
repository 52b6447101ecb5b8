"""Keys that may occur more than once in the files of a call, nominated by their hashes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Bits of the filter in front of the sorted hashes, for each hash: a row that is none of them passes once in 64 times.
_BITS_EACH = 64
# Hashes in memory, eight bytes each: a year of a big city. What comes after them waits on the disk.
MOST_HELD = 1 << 25
_EDGES = np.arange(1, 256, dtype=np.uint64) << np.uint64(56)

Hashes = NDArray[np.uint64]


class KeyHashes:
    """The hashes of all keys of a call, in memory that does not grow with the rows.

    Full memory is written to `folder` as a sorted run. Runs are compared by their highest byte, a 256th at a time.
    """

    def __init__(self, folder: Path, most_held: int = MOST_HELD) -> None:
        self._folder = folder
        # The kernel gives pages when they are written to.
        self._held = np.empty(most_held, dtype=np.uint64)
        self._count = 0
        self._runs: list[tuple[Path, NDArray[np.int64]]] = []

    @property
    def place(self) -> tuple[int, int]:
        """Where the next hashes stand; `forget` goes back to it."""
        return len(self._runs), self._count

    def add(self, hashes: Hashes) -> None:
        """Take the hashes of some rows."""
        while len(hashes):
            taken = hashes[: len(self._held) - self._count]
            self._held[self._count : self._count + len(taken)] = taken
            self._count += len(taken)
            hashes = hashes[len(taken) :]
            if self._count == len(self._held):
                self._write()

    def forget(self, place: tuple[int, int]) -> None:
        """Forget what came since `place`, unless some of it was written: then it only nominates more than it must."""
        if place[0] == len(self._runs):
            self._count = place[1]

    def repeated(self) -> Hashes:
        """Hashes that occur more than once, in their order. Nothing is to be added afterwards."""
        if not self._runs:
            return _repeated(self._held[: self._count])
        self._write()
        self._held = np.empty(0, dtype=np.uint64)
        found = []
        for part in range(256):
            slices = [
                np.fromfile(path, np.uint64, count=int(ends[part + 1] - ends[part]), offset=int(ends[part]) * 8)
                for path, ends in self._runs
            ]
            found.append(_repeated(np.concatenate(slices)))
        for path, _ in self._runs:
            path.unlink()
        return np.concatenate(found)

    def _write(self) -> None:
        run = self._held[: self._count]
        run.sort()
        path = self._folder / f"keys-{len(self._runs)}.bin"
        run.tofile(path)
        self._runs.append((path, np.array([0, *np.searchsorted(run, _EDGES), len(run)])))
        self._count = 0


def _repeated(hashes: Hashes) -> Hashes:
    """Which occur more than once; `hashes` are sorted in place."""
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


class Suspects:
    """Hashes that occur more than once, and which of other hashes are among them."""

    def __init__(self, repeated: Hashes) -> None:
        """`repeated` are sorted (see `KeyHashes.repeated`)."""
        self.hashes = repeated
        bits = max(10, (len(self.hashes) * _BITS_EACH).bit_length())
        self._shift = np.uint64(64 - bits)
        self._filter = np.zeros(1 << bits, dtype=bool)
        self._filter[self.hashes >> self._shift] = True

    def among(self, hashes: Any) -> Any:
        """Which of `hashes` are suspect."""
        found = self._filter[hashes >> self._shift]
        places = np.flatnonzero(found)
        if len(places):
            chosen = hashes[places]
            nearest = np.minimum(np.searchsorted(self.hashes, chosen), len(self.hashes) - 1)
            found[places] = self.hashes[nearest] == chosen
        return found
