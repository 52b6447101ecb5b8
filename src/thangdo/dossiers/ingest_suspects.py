"""Keys that may occur more than once in the files of a call, nominated by their hashes."""

from __future__ import annotations

from typing import Any

import numpy as np

# Bits of the filter in front of the sorted hashes, for each hash: a row that is none of them passes once in 64 times.
_BITS_EACH = 64


class Suspects:
    """Hashes that occur more than once, and which of other hashes are among them."""

    def __init__(self, hashes: list[Any]) -> None:
        """`hashes` are those of every row, one array a file; they may be sorted in place."""
        together = np.concatenate(hashes) if len(hashes) != 1 else hashes[0]
        together.sort()
        self.hashes = np.unique(together[1:][together[1:] == together[:-1]])
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
