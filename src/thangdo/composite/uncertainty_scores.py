"""Scores of drawn replications: every distinct data set is built once, weights and aggregation run as array work."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.uncertainty_aggregation import NodeMethod, Tree, target_scores
from thangdo.composite.uncertainty_factors import DataFactor, Factor, InclusionFactor, LevelFactor, NoiseFactor
from thangdo.composite.uncertainty_spec import Step
from thangdo.composite.uncertainty_streams import block_size
from thangdo.findings import Refused

Array = NDArray[np.float64]
Draws = Mapping[str, NDArray[Any]]
# Bytes of distinct normalised data sets kept at a time.
KEPT_BYTES = 200_000_000


class Model(Protocol):
    """The pipeline as the engine sees it."""

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of the units that have scores, in the order of the score arrays."""

    @property
    def raw(self) -> Array:
        """The data before the first step: (all units, indicators)."""

    @property
    def tree(self) -> Tree: ...

    def normalised(self, steps: Sequence[Step]) -> Array:
        """The data before aggregation after `steps`: (units, indicators)."""

    def normalised_many(self, tables: Array, steps: Sequence[Step]) -> Array:
        """The same for many raw tables (replications, all units, indicators): (replications, units, indicators)."""

    def methods(self, step: Step) -> Mapping[int, NodeMethod]:
        """How each aggregate node is made under the aggregation `step`."""


@dataclass(frozen=True, slots=True)
class StepLevels:
    """The nominal `steps`, and for each varied step its position and what it is at every level of its factor."""

    steps: tuple[Step, ...]
    varied: Mapping[str, tuple[int, tuple[Step, ...]]]

    def at(self, levels: Mapping[str, int]) -> tuple[Step, ...]:
        """The steps where factor `name` stands at `levels[name]`."""
        found = list(self.steps)
        for name, (position, choices) in self.varied.items():
            if name in levels:
                found[position] = choices[levels[name]]
        return tuple(found)


class Scorer:
    """Scores of the target node for any draws of the factors; may be asked from several threads at once."""

    def __init__(
        self,
        model: Model,
        steps: StepLevels,
        factors: Sequence[Factor],
        weight_sets: Mapping[str, Array],
        target: int,
    ) -> None:
        self.model, self.steps, self.factors, self.weight_sets = model, steps, tuple(factors), weight_sets
        self.target = target
        self._aggregations = [name for name in steps.varied if self._step_of(name) == "aggregate"]
        self._data_steps = [name for name in steps.varied if self._step_of(name) != "aggregate"]
        self._data = next((factor for factor in factors if isinstance(factor, DataFactor)), None)
        self._kept: dict[tuple[int, ...], Array] = {}
        self._methods: dict[tuple[int, ...], Mapping[int, NodeMethod]] = {}
        self._lock = threading.Lock()

    @property
    def values_per_replication(self) -> int:
        """How many numbers one replication draws or scores."""
        if self._data is not None:
            return int(self.model.raw.size)
        return max([len(self.model.units), *(factor.coordinates for factor in self.factors)])

    @property
    def block_size(self) -> int:
        """Replications of one block: a fixed number for this declaration and this index."""
        return block_size(self.values_per_replication, self._data is not None)

    @property
    def is_discrete(self) -> bool:
        return all(isinstance(factor, LevelFactor) for factor in self.factors)

    def nominal(self) -> Array:
        """Scores with every item at its nominal value: (units,)."""
        found: Array = self.scores({}, 1)[0]
        return found

    def scores(self, draws: Draws, replications: int) -> Array:
        """(replications, units). A factor without draws stands at its nominal value."""
        weights, left_out = self._weights(draws, replications)
        found = np.empty((replications, len(self.model.units)))
        groups = self._groups(draws, replications)
        rows_at_once = self.block_size
        normals = draws.get(self._data.name) if self._data is not None else None
        for levels, members in groups:
            # Long groups are cut at fixed places, so that memory stays bounded and bits do not depend on the caller.
            for start in range(0, members.size, rows_at_once):
                some = members[start : start + rows_at_once]
                is_all = some.size == replications
                values = self._values(levels, None if normals is None else normals if is_all else normals[some])
                scores = target_scores(
                    self.model.tree,
                    self._methods_at(levels),
                    values,
                    weights if weights.ndim == 1 else weights[some],
                    self.target,
                    None if left_out is None else left_out[some],
                )
                found[some] = scores
        return found

    def build_all(
        self, draws: Draws, replications: int, *, keep: bool = True
    ) -> list[tuple[dict[str, int], Exception]]:
        """Build every data set the draws ask for; what could not be built, with its levels.

        With `keep` the data sets stay for the replications; noisy data are built anew in each of them.
        """
        failed: list[tuple[dict[str, int], Exception]] = []
        for levels, _ in self._groups(draws, replications):
            try:
                self._methods_at(levels)
                self._values(levels, None)
            except (Refused, ValueError, ArithmeticError) as problem:
                failed.append((levels, problem))
            if not keep:
                self._kept.clear()
        return failed

    def _step_of(self, name: str) -> str:
        return str(self.steps.steps[self.steps.varied[name][0]]["step"])

    def _groups(self, draws: Draws, replications: int) -> list[tuple[dict[str, int], NDArray[np.int64]]]:
        """Replications that share every step, with the levels they share."""
        names = [name for name in (*self._data_steps, *self._aggregations) if name in draws]
        if not names:
            return [({}, np.arange(replications))]
        code = np.zeros(replications, dtype=np.int64)
        for name in names:
            code = code * len(self.steps.varied[name][1]) + draws[name]
        order = np.argsort(code, kind="stable")
        starts = np.flatnonzero(np.diff(code[order], prepend=code[order[0]] - 1))
        return [
            ({name: int(draws[name][members[0]]) for name in names}, members) for members in np.split(order, starts[1:])
        ]

    def _values(self, levels: Mapping[str, int], normals: Array | None) -> Array:
        steps = self.steps.at({name: level for name, level in levels.items() if name in self._data_steps})
        if normals is not None and self._data is not None:
            return self.model.normalised_many(self._data.tables(self.model.raw, normals), steps)
        key = tuple(levels.get(name, -1) for name in self._data_steps)
        with self._lock:
            if key not in self._kept:
                found = self.model.normalised(steps)
                while self._kept and (len(self._kept) + 1) * found.nbytes > KEPT_BYTES:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = found
            return self._kept[key]

    def _methods_at(self, levels: Mapping[str, int]) -> Mapping[int, NodeMethod]:
        key = tuple(levels.get(name, -1) for name in self._aggregations)
        with self._lock:
            if key not in self._methods:
                steps = self.steps.at({name: level for name, level in levels.items() if name in self._aggregations})
                self._methods[key] = self.model.methods(next(step for step in steps if step["step"] == "aggregate"))
            return self._methods[key]

    def _weights(self, draws: Draws, replications: int) -> tuple[Array, NDArray[np.bool_] | None]:
        """(nodes,) where no weight varies, else (replications, nodes); and what is left out."""
        tree = self.model.tree
        weights = tree.weights
        left_out: NDArray[np.bool_] | None = None
        for factor in self.factors:
            drawn = draws.get(factor.name)
            if drawn is None or isinstance(factor, DataFactor):
                continue
            if isinstance(factor, LevelFactor):
                if factor.name in self.weight_sets:
                    weights = _laid_over(weights, self.weight_sets[factor.name][drawn])
                continue
            weights = np.broadcast_to(weights, (replications, tree.weights.size)).copy()
            if isinstance(factor, NoiseFactor):
                if factor.noise == "dirichlet":
                    weights[:, factor.nodes] = drawn
                else:
                    weights[:, factor.nodes] *= drawn
            elif isinstance(factor, InclusionFactor):
                left_out = np.zeros(weights.shape, dtype=np.bool_)
                left_out[:, factor.nodes] = drawn
                for node, children in enumerate(tree.children):
                    if children:
                        left_out[:, node] = left_out[:, list(children)].all(axis=1)
        if left_out is not None:
            weights[left_out] = 0.0
        return weights, left_out


def _laid_over(weights: Array, sets: Array) -> Array:
    """Given sets (replications, nodes) replace what they name; NaN keeps the weight there was."""
    return np.where(np.isnan(sets), weights, sets)
