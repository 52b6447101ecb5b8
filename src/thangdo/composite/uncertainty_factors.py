"""Uncertain items as factors: what one replication draws of each, from a stream or from coordinates in [0, 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from thangdo.composite.uncertainty_products import product
from thangdo.composite.uncertainty_spec import Noise

Array = NDArray[np.float64]
Payload = NDArray[Any]


@dataclass(frozen=True, slots=True)
class LevelFactor:
    """One of `count` levels with equal probability; a draw is (replications,) positions."""

    name: str
    count: int
    step: str = ""

    @property
    def coordinates(self) -> int:
        return 1

    def draw(self, generator: np.random.Generator, replications: int) -> Payload:
        return generator.integers(self.count, size=replications)

    def from_coordinates(self, uniforms: Array) -> Payload:
        return np.minimum((uniforms[:, 0] * self.count).astype(np.int64), self.count - 1)


@dataclass(frozen=True, slots=True)
class NoiseFactor:
    """Noisy weights of `nodes`; a draw is (replications, nodes): factors of the weights, or Dirichlet shares.

    `families`: for Dirichlet, the positions within `nodes` of each group of siblings; `shapes`: (nodes,), the
    concentration of each share.
    """

    name: str
    nodes: NDArray[np.int64]
    noise: Noise
    factor: float
    shapes: Array
    families: tuple[tuple[int, ...], ...]

    @property
    def coordinates(self) -> int:
        return int(self.nodes.size)

    def draw(self, generator: np.random.Generator, replications: int) -> Payload:
        shape = (replications, self.nodes.size)
        if self.noise == "uniform":
            return 1.0 + self.factor * (2.0 * generator.random(shape) - 1.0)
        if self.noise == "normal":
            return np.maximum(0.0, 1.0 + self.factor * generator.standard_normal(shape))
        return self._shares(generator.standard_gamma(np.broadcast_to(self.shapes, shape)))

    def from_coordinates(self, uniforms: Array) -> Payload:
        if self.noise == "uniform":
            return 1.0 + self.factor * (2.0 * uniforms - 1.0)
        if self.noise == "normal":
            return np.maximum(0.0, 1.0 + self.factor * ndtri(_inside(uniforms)))
        return self._shares(gammaincinv(self.shapes, _inside(uniforms)))

    def _shares(self, gammas: Array) -> Payload:
        shares = np.empty_like(gammas)
        for family in self.families:
            places = list(family)
            part = gammas[:, places]
            shares[:, places] = part / part.sum(axis=1, keepdims=True)
        return shares


@dataclass(frozen=True, slots=True)
class InclusionFactor:
    """Each of `nodes` is left out with `probability`; a draw is (replications, nodes), True where left out."""

    name: str
    nodes: NDArray[np.int64]
    probability: float

    @property
    def coordinates(self) -> int:
        return int(self.nodes.size)

    def draw(self, generator: np.random.Generator, replications: int) -> Payload:
        return self.from_coordinates(generator.random((replications, self.nodes.size)))

    def from_coordinates(self, uniforms: Array) -> Payload:
        return uniforms < self.probability


@dataclass(frozen=True, slots=True)
class DataFactor:
    """Errors of the data; a draw is (replications, errors) of independent standard normal numbers.

    The errors move the values at `places` (positions in the flattened table of units by indicators), by `spread`
    (errors,) or, where they are correlated, by the triangular factor `mixing` (errors, errors).
    """

    name: str
    places: NDArray[np.int64]
    spread: Array
    mixing: Array | None = None

    @property
    def coordinates(self) -> int:
        return int(self.places.size)

    def draw(self, generator: np.random.Generator, replications: int, room: Array | None = None) -> Payload:
        """`room` (at least replications, errors) is written into where it is given: large fresh arrays are slow."""
        if room is None:
            return generator.standard_normal((replications, self.places.size))
        return generator.standard_normal(out=room[:replications])

    def from_coordinates(self, uniforms: Array) -> Payload:
        found: Payload = ndtri(_inside(uniforms))
        return found

    def tables(self, raw: Array, normals: Array) -> Array:
        """`raw` (units, indicators) with errors: (replications, units, indicators). `normals` are spent."""
        moves = np.multiply(normals, self.spread, out=normals) if self.mixing is None else _mixed(normals, self.mixing)
        if self.places.size == raw.size:
            moved = moves.reshape(-1, *raw.shape)
            return np.add(moved, raw, out=moved)
        found = np.broadcast_to(raw, (normals.shape[0], *raw.shape)).copy()
        found.reshape(normals.shape[0], -1)[:, self.places] += moves
        return found


Factor = LevelFactor | NoiseFactor | InclusionFactor | DataFactor


def _mixed(normals: Array, mixing: Array) -> Array:
    return product(normals, np.ascontiguousarray(mixing.T))


def _inside(uniforms: Array) -> Array:
    """Scrambled sequences may hit 0 exactly, where a normal quantile is infinite."""
    return np.clip(uniforms, 2.0**-54, 1.0 - 2.0**-53)
