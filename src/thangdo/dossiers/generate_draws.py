"""Draws of a block of rows that are those which one draw for all rows would have given.

A generated year is defined by draws for a whole chunk, one column after the other. To make it block by block, the
generator's state is noted where each block's part of each draw begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

# A method of Draws and what it is given before the number of rows.
Draw = tuple[Any, ...]
_PIECE = 1 << 18


class Draws(Protocol):
    """What rows are drawn with: NumPy's generator, or one block's part of it."""

    def random(self, size: int, /) -> Any: ...
    def integers(self, low: int, high: int, size: int, /) -> Any: ...
    def geometric(self, p: float, size: int, /) -> Any: ...
    def normal(self, loc: float, scale: float, size: int, /) -> Any: ...


def draws_of_blocks(rng: np.random.Generator, draws: Sequence[Draw], sizes: Sequence[int]) -> Sequence[Draws]:
    """For each block what gives its part of `draws`, in this order, each of them made for all blocks' rows.

    With one block it is `rng` itself. Otherwise `rng` is then where all draws are done.
    """
    if len(sizes) == 1:
        return [rng]
    states: list[list[Any]] = [[] for _ in sizes]
    for draw in draws:
        for block, size in enumerate(sizes):
            states[block].append(rng.bit_generator.state)
            _pass_over(rng, draw, size)
    return [_BlockDraws(draws, found) for found in states]


def _pass_over(rng: np.random.Generator, draw: Draw, size: int) -> None:
    method, *arguments = draw
    if method == "random":
        # One step of the generator a number; half a step that was left over stays.
        source: Any = rng.bit_generator
        before = source.state
        source.advance(size)
        source.state = {**source.state, "has_uint32": before["has_uint32"], "uinteger": before["uinteger"]}
        return
    for done in range(0, size, _PIECE):
        getattr(rng, method)(*arguments, min(_PIECE, size - done))


class _BlockDraws:
    def __init__(self, draws: Sequence[Draw], states: Sequence[Any]) -> None:
        self._left = list(zip(draws, states))[::-1]
        self._rng = np.random.Generator(np.random.PCG64(0))

    def random(self, size: int, /) -> Any:
        return self._at("random").random(size)

    def integers(self, low: int, high: int, size: int, /) -> Any:
        return self._at("integers", low, high).integers(low, high, size)

    def geometric(self, p: float, size: int, /) -> Any:
        return self._at("geometric", p).geometric(p, size)

    def normal(self, loc: float, scale: float, size: int, /) -> Any:
        return self._at("normal", loc, scale).normal(loc, scale, size)

    def _at(self, *draw: Any) -> np.random.Generator:
        declared, state = self._left.pop()
        if declared != draw:
            raise AssertionError(f"{draw} is drawn where {declared} is declared")
        self._rng.bit_generator.state = state
        return self._rng
