"""Random numbers of a replication belong to its block, not to the thread or chunk that happens to draw them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

# Numbers one array of a block holds, 8 bytes each: small where every value of a table is redrawn and a block passes
# through many steps, larger where only weights and scores are held and the cost is in the number of blocks.
VALUES_PER_NOISY_BLOCK = 500_000
VALUES_PER_BLOCK = 1_000_000
MOST_REPLICATIONS_PER_BLOCK = 16_384


@dataclass(frozen=True, slots=True)
class Block:
    """Replications `start` up to (not including) `stop`; `number` counts blocks from 0."""

    number: int
    start: int
    stop: int

    @property
    def size(self) -> int:
        return self.stop - self.start


def block_size(values_per_replication: int, is_noisy: bool) -> int:
    """Replications per block: a power of two that depends on the size of one replication and on nothing else.

    is_noisy: whether every replication has a data set of its own.
    """
    room = VALUES_PER_NOISY_BLOCK if is_noisy else VALUES_PER_BLOCK
    most = max(1, room // max(1, values_per_replication))
    return int(min(MOST_REPLICATIONS_PER_BLOCK, 2 ** int(np.log2(most))))


def blocks(replications: int, size: int) -> Iterator[Block]:
    """The blocks of `replications`, the last one shorter."""
    for number, start in enumerate(range(0, replications, size)):
        yield Block(number, start, min(start + size, replications))


def stream(seed: int, item: int, block: int) -> np.random.Generator:
    """The stream of one uncertain item in one block (NumPy's SeedSequence spreads the three numbers).

    SFC64 is the fastest of NumPy's generators for normal draws; independent streams come from SeedSequence, so no
    counter has to be jumped.
    """
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(item, block))))
