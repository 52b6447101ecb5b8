"""From a declaration to factors: codes are looked up, files read, levels laid over the nominal pipeline."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.uncertainty_aggregation import Tree
from thangdo.composite.uncertainty_errors import read_covariance, read_standard_errors, read_weight_sets
from thangdo.composite.uncertainty_factors import DataFactor, Factor, InclusionFactor, LevelFactor, NoiseFactor
from thangdo.composite.uncertainty_scores import Model, Scorer, StepLevels
from thangdo.composite.uncertainty_spec import DataItem, Declaration, InclusionItem, Step, StepItem, WeightItem
from thangdo.composite.uncertainty_streams import stream
from thangdo.findings import Finding, Gathered, Where
from thangdo.inference.normal_draws import triangular_factor

Array = NDArray[np.float64]
# Streams of weight sets that are drawn once, apart from the streams of the replications' blocks.
SETS_STREAM = 1_000_000
# From this share of noisy cells on, the whole table is drawn: exact cells are then moved by zero.
WHOLE_TABLE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Resolved:
    """A declaration that fits its index: the factors and what scores them."""

    scorer: Scorer
    factors: tuple[Factor, ...]
    target: int


def resolve(
    declaration: Declaration, model: Model, steps: tuple[Step, ...], raw_units: tuple[str, ...], seed: int
) -> Resolved:
    """Factors of `declaration` around the nominal pipeline `steps`.

    raw_units: the rows of `model.raw`, in order. Raises `Refused` with COM500, COM502 to COM504, COM510, COM511.
    """
    look_up = _LookUp(declaration, model, steps, raw_units, seed)
    factors: list[Factor] = []
    for number, item in enumerate(declaration.items):
        if isinstance(item, StepItem):
            factors.extend(look_up.step(item))
        elif isinstance(item, WeightItem):
            factors.extend(look_up.weights(item, number))
        elif isinstance(item, InclusionItem):
            factors.append(look_up.inclusion(item))
        else:
            factors.extend(look_up.data(item))
    target = look_up.target()
    look_up.gathered.refuse_errors()
    levels = StepLevels(steps, look_up.varied)
    return Resolved(Scorer(model, levels, factors, look_up.sets, target), tuple(factors), target)


class _LookUp:
    def __init__(
        self, declaration: Declaration, model: Model, steps: tuple[Step, ...], raw_units: tuple[str, ...], seed: int
    ) -> None:
        self.declaration, self.model, self.steps, self.raw_units = declaration, model, steps, raw_units
        self.seed = seed
        self.tree: Tree = model.tree
        self.positions = {code: place for place, code in enumerate(self.tree.codes)}
        self.varied: dict[str, tuple[int, tuple[Step, ...]]] = {}
        self.sets: dict[str, Array] = {}
        self.gathered = Gathered()

    def bad(self, item: str, key: str, found: object, expected: str) -> None:
        place = Where(self.declaration.file, column=key, node=item)
        self.gathered.add(
            Finding("COM502", place, found=str(found), expected=expected, facts={"item": item, "key": key})
        )

    def node(self, code: str, item: str) -> int | None:
        if code in self.positions:
            return self.positions[code]
        near = ", ".join(difflib.get_close_matches(code, self.positions, n=3)) or "-"
        place = Where(self.declaration.file, node=item)
        self.gathered.add(Finding("COM503", place, found=code, expected=near, facts={"item": item}))
        return None

    def target(self) -> int:
        if not self.declaration.target:
            return len(self.tree.codes) - 1
        found = self.node(self.declaration.target, "target")
        return found if found is not None else len(self.tree.codes) - 1

    def step(self, item: StepItem) -> list[Factor]:
        position = next((at for at, step in enumerate(self.steps) if step["step"] == item.step), None)
        if position is None:
            place = Where(self.declaration.file, node=item.name)
            self.gathered.add(Finding("COM504", place, expected=item.step, facts={"item": item.name}))
            return []
        if any(position == taken for taken, _ in self.varied.values()):
            self.bad(item.name, "item", item.step, "one item for each step")
            return []
        count = len(item.changes)
        self.varied[item.name] = (position, tuple(item.level(at, self.steps[position]) for at in range(count)))
        return [LevelFactor(item.name, count, item.step)]

    def weights(self, item: WeightItem, number: int) -> list[Factor]:
        if item.given or item.file:
            return self._given_weights(item)
        nodes = self._noisy_nodes(item)
        if not nodes:
            self.bad(item.name, "levels", item.levels or item.nodes, "nodes that have siblings")
            return []
        places = np.array(nodes)
        families = [
            tuple(at for at, node in enumerate(nodes) if self.tree.parents[node] == parent)
            for parent in sorted({self.tree.parents[node] for node in nodes})
        ]
        shapes = self.tree.weights[places].astype(np.float64).copy()
        for family in families:
            shapes[list(family)] /= shapes[list(family)].sum()
        if item.noise == "dirichlet":
            if not (shapes > 0).all():
                self.bad(item.name, "noise", "dirichlet", "weights above 0")
                return []
            for parent in {self.tree.parents[node] for node in nodes}:
                if any(child not in nodes for child in self.tree.children[parent]):
                    self.bad(item.name, "nodes", item.nodes, "all siblings: Dirichlet shares are of a whole family")
                    return []
        noise = NoiseFactor(item.name, places, item.noise, item.factor, shapes * item.concentration, tuple(families))
        if item.sets is None:
            return [noise]
        drawn = noise.draw(stream(self.seed, SETS_STREAM + number, 0), item.sets)
        sets = np.full((item.sets, self.tree.weights.size), np.nan)
        sets[:, places] = drawn if item.noise == "dirichlet" else self.tree.weights[places] * drawn
        self.sets[item.name] = sets
        return [LevelFactor(item.name, item.sets)]

    def _noisy_nodes(self, item: WeightItem) -> list[int]:
        """Nodes of the item that have siblings: a single child's weight changes nothing."""
        if item.nodes:
            chosen = [found for code in item.nodes if (found := self.node(code, item.name)) is not None]
        else:
            top = max(self.tree.levels)
            for level in item.levels:
                if level >= top:
                    self.bad(item.name, "levels", level, f"levels 1 to {top - 1}")
            levels = item.levels or tuple(range(1, top))
            chosen = [node for node, level in enumerate(self.tree.levels) if level in levels]
        parents = self.tree.parents
        return sorted(node for node in chosen if parents[node] >= 0 and len(self.tree.children[parents[node]]) > 1)

    def _given_weights(self, item: WeightItem) -> list[Factor]:
        rows: tuple[Mapping[str, float], ...] = item.given
        if item.file:
            rows = read_weight_sets(self.declaration.folder / item.file, self.gathered)
        sets = np.full((len(rows), self.tree.weights.size), np.nan)
        for place, row in enumerate(rows):
            for code, weight in row.items():
                node = self.node(code, item.name)
                if node is not None:
                    sets[place, node] = weight
        if not rows:
            return []
        self.sets[item.name] = sets
        return [LevelFactor(item.name, len(rows))]

    def inclusion(self, item: InclusionItem) -> Factor:
        codes = item.indicators or self.tree.codes[: self.tree.indicators]
        nodes = [found for code in codes if (found := self.node(code, item.name)) is not None]
        return InclusionFactor(item.name, np.array(sorted(nodes), dtype=np.int64), item.probability)

    def data(self, item: DataItem) -> list[Factor]:
        raw = self.model.raw
        indicators = self.tree.codes[: self.tree.indicators]
        if item.relative is not None:
            errors = np.broadcast_to(item.relative * np.nanstd(raw, axis=0, ddof=1), raw.shape).copy()
        else:
            path = self.declaration.folder / item.standard_errors
            errors = read_standard_errors(path, self.raw_units, indicators, self.gathered)
        errors = np.where(np.isnan(raw) | np.isnan(errors), 0.0, errors).ravel()
        if item.covariance:
            path = self.declaration.folder / item.covariance
            places = np.flatnonzero(errors > 0)
            matrix = read_covariance(path, self.raw_units, indicators, errors, places, self.gathered)
            if self.gathered.has_errors:
                return []
            names = [f"{self.raw_units[at // len(indicators)]}.{indicators[at % len(indicators)]}" for at in places]
            return [DataFactor(item.name, places, errors[places], triangular_factor(matrix, units=names))]
        if (errors > 0).mean() >= WHOLE_TABLE_SHARE:
            return [DataFactor(item.name, np.arange(errors.size), errors)]
        places = np.flatnonzero(errors > 0)
        return [DataFactor(item.name, places, errors[places])]
