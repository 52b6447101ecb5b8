"""The nominal pipeline and its levels, run on one table or on many: the engine's view of an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from thangdo.composite import uncertainty_batches as batches
from thangdo.composite.aggregating import power_of, threshold_of
from thangdo.composite.aggregation import AGGREGATIONS
from thangdo.composite.imputation import NO_GROUP
from thangdo.composite.index_data import IndexData
from thangdo.composite.pipeline import check_steps, method_of, node_weights
from thangdo.composite.steps import step_kind
from thangdo.composite.uncertainty_aggregation import NodeMethod, Tree
from thangdo.composite.uncertainty_spec import Step
from thangdo.composite.uncertainty_treatment import WinsoriseRule, log_coefficient_of_variation, winsorise_many

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BatchedStep:
    """A row: a step's method that runs on many tables at once, and the keys it understands."""

    step: str
    method: str
    keys: tuple[str, ...]
    run: Callable[[Array, IndexData, Step], Array]


def _denominate(tables: Array, index: IndexData, step: Step) -> Array:
    return batches.denominated(tables, index.denominators)


def _impute(tables: Array, index: IndexData, step: Step) -> Array:
    statistic, _, grouped = str(step["method"]).removeprefix("i_").partition("_")
    groups = None
    if grouped:
        name = str(step.get("use_group"))
        if name not in index.columns:
            raise ValueError(f"use_group: {name} is no column of iData")
        groups = index.columns[name]
    return batches.imputed(tables, statistic, groups)


def _treat(tables: Array, index: IndexData, step: Step) -> Array:
    rule = WinsoriseRule(
        int(step.get("winmax", 5)), float(step.get("skew_thresh", 2.0)), float(step.get("kurt_thresh", 3.5))
    )
    found, fails = winsorise_many(tables, rule)
    then = step.get("then", "log_CT")
    if then not in (None, "none"):
        rows, columns = np.nonzero(fails)
        found[rows, :, columns] = log_coefficient_of_variation(tables[rows, :, columns])
    return found


def _turned(tables: Array, index: IndexData) -> Array:
    if (index.directions < 0).any():
        tables *= index.directions
    return tables


def _minmax(tables: Array, index: IndexData, step: Step) -> Array:
    low, high = step.get("l_u", (0, 100))
    return batches.minmax(_turned(tables, index), float(low), float(high))


def _zscore(tables: Array, index: IndexData, step: Step) -> Array:
    mean, sd = step.get("m_sd", (0, 1))
    return batches.zscore(_turned(tables, index), float(mean), float(sd))


def _same(tables: Array, index: IndexData, step: Step) -> Array:
    return tables


BATCHED = (
    BatchedStep("denominate", "", (), _denominate),
    *(BatchedStep("impute", m, ("use_group",), _impute) for m in ("mean", "median", "mean_grp", "median_grp")),
    BatchedStep("impute", "none", (), _same),
    BatchedStep("treat", "winsorise", ("winmax", "then", "skew_thresh", "kurt_thresh"), _treat),
    BatchedStep("treat", "none", (), _same),
    BatchedStep("normalise", "minmax", ("l_u",), _minmax),
    BatchedStep("normalise", "zscore", ("m_sd",), _zscore),
)
_BY_KEY = {(row.step, row.method): row for row in BATCHED}
# Bytes of data before the normalisation that are kept.
PREPARED_BYTES = 50_000_000
# Powers of the quasi-arithmetic means; that of `genmean` is its parameter `p`.
MEANS: Mapping[str, float] = {"amean": 1.0, "gmean": 0.0, "hmean": -1.0}


@dataclass(frozen=True, slots=True)
class PipelineModel:
    """An index with the pipeline's steps; the `Model` that the engine asks.

    `kept`: rows of units that are scored. `prepared`: data before the normalisation, by the steps that made them.
    """

    index: IndexData
    kept: NDArray[np.int64]
    prepared: dict[str, Array] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, index: IndexData, steps: Sequence[Step]) -> PipelineModel:
        """The model of `index`: the units that the screening step of `steps` keeps, the weights its aggregation uses.

        Raises `Refused` for steps, methods and keys that do not exist (`pipeline.check_steps`).
        """
        check_steps(steps)
        aggregation = next((step for step in steps if step["step"] == "aggregate"), {})
        weights = node_weights(index.tree, aggregation.get("weights"))
        kept = np.arange(len(index.units))
        if any(step["step"] == "screen" for step in steps):
            kept = _screened(index, steps)
        return cls(replace(index, tree=replace(index.tree, weights=weights)), kept)

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(self.index.units[row] for row in self.kept)

    @property
    def raw(self) -> Array:
        return self.index.values

    @property
    def tree(self) -> Tree:
        return self.index.tree

    def normalised(self, steps: Sequence[Step]) -> Array:
        """What precedes the normalisation is kept: levels of a treatment return with every normalisation."""
        place = next((at for at, step in enumerate(steps) if step["step"] == "normalise"), len(steps))
        before, key = steps[:place], repr([dict(step) for step in steps[:place]])
        if key not in self.prepared:
            while self.prepared and (len(self.prepared) + 1) * self.index.values.nbytes > PREPARED_BYTES:
                self.prepared.pop(next(iter(self.prepared)))
            self.prepared[key] = _run(self.index.values[None].copy(), self.index, before, self.kept)
        is_screened = any(step["step"] == "screen" for step in before)
        index = _rows(self.index, self.kept) if is_screened else self.index
        found: Array = _run(self.prepared[key].copy(), index, steps[place:], self.kept)[0]
        return found

    def normalised_many(self, tables: Array, steps: Sequence[Step]) -> Array:
        return _run(tables, self.index, steps, self.kept)

    def methods(self, step: Step) -> Mapping[int, NodeMethod]:
        found = {}
        for node in self.tree.aggregates.tolist():
            name = method_of(step, self.tree, node)
            if name not in AGGREGATIONS:
                raise ValueError(f"aggregation {name} ({', '.join(AGGREGATIONS)})")
            found[node] = _node_method(name, step, self.tree, node)
        return found

    def without(self, code: str) -> PipelineModel:
        """The same index with the element `code` and everything under it left out, nodes without children too."""
        tree, index = self.tree, self.index
        gone = set(tree.leaves[tree.codes.index(code)].tolist()) | {tree.codes.index(code)}
        gone |= {node for generation in tree.generations[tree.codes.index(code)] for node in generation.tolist()}
        for node in tree.aggregates.tolist():
            if all(child in gone for child in tree.children[node]):
                gone.add(node)
        stay = [node for node in range(len(tree.codes)) if node not in gone]
        place = {node: new for new, node in enumerate(stay)}
        smaller = Tree(
            tuple(tree.codes[node] for node in stay),
            tuple(place.get(tree.parents[node], -1) for node in stay),
            tuple(tree.levels[node] for node in stay),
            tree.weights[stay],
        )
        columns = [node for node in stay if node < tree.indicators]
        return replace(
            self,
            prepared={},
            index=replace(
                index,
                tree=smaller,
                values=index.values[:, columns],
                directions=index.directions[columns],
                denominators=index.denominators[:, columns],
            ),
        )


def _screened(index: IndexData, steps: Sequence[Step]) -> NDArray[np.int64]:
    """Rows of the units that are left after the nominal steps up to the last screening."""
    rows = {unit: row for row, unit in enumerate(index.units)}
    last = max(place for place, step in enumerate(steps) if step["step"] == "screen")
    reached = index
    for step in steps[: last + 1]:
        kind = step_kind(step)
        assert kind is not None
        reached = kind.run(reached, step).index
    return np.array([rows[unit] for unit in reached.units], dtype=np.int64)


def _run(tables: Array, index: IndexData, steps: Sequence[Step], kept: NDArray[np.int64]) -> Array:
    for step in steps:
        if step["step"] == "aggregate":
            break
        if step["step"] == "screen":
            if kept.size < tables.shape[1]:
                tables, index = tables[:, kept], _rows(index, kept)
            continue
        row = _BY_KEY.get(_key(step))
        if row is not None and _is_understood(step, row, index):
            tables = row.run(tables, index, step)
        else:
            tables = _table_by_table(tables, index, step)
    return tables


def _is_understood(step: Step, row: BatchedStep, index: IndexData) -> bool:
    """Whether the batched row does all that the step asks. A log other than log_CT, a parameter of one indicator alone
    (in the step or in iMeta), a limit that is none, a unit without a group: these run table by table.
    """
    is_plain = all(key in ("step", "method", *row.keys) for key in step)
    is_plain &= not any(isinstance(value, Mapping) for value in step.values())
    if row.step == "treat":
        is_plain &= step.get("winmax", 5) is not None
    for key, column in (("l_u", "minmax_lower"), ("m_sd", "zscore_mean")):
        if key in row.keys and step.get(key) is None:
            is_plain &= not any(record.get(column) for record in index.parameters.values())
    if row.step == "impute" and step.get("use_group") is not None:
        is_plain &= NO_GROUP.isdisjoint(index.columns.get(str(step["use_group"]), ()))
    return bool(is_plain) and step.get("then", "log_CT") in ("log_CT", None, "none")


def _table_by_table(tables: Array, index: IndexData, step: Step) -> Array:
    """Any step of the pipeline, by its own function. Raises `ValueError` where it cannot be done."""
    kind = step_kind(step)
    if kind is None:
        raise ValueError(" ".join(_key(step)))
    return np.stack([kind.run(replace(index, values=table), step).index.values for table in tables])


def _rows(index: IndexData, kept: NDArray[np.int64]) -> IndexData:
    columns = {name: tuple(texts[row] for row in kept) for name, texts in index.columns.items()}
    units = tuple(index.units[row] for row in kept)
    return replace(index, units=units, denominators=index.denominators[kept], columns=columns)


def _key(step: Step) -> tuple[str, str]:
    method = str(step.get("method", "")) if step["step"] not in ("denominate", "screen") else ""
    for prefix in ("n_", "i_"):
        method = method.removeprefix(prefix)
    return str(step["step"]), method


def _node_method(name: str, step: Step, tree: Tree, node: int) -> NodeMethod:
    power = power_of(step, tree, node) if name == "genmean" else MEANS.get(name)
    return NodeMethod(name, power, threshold_of(step, tree, node), AGGREGATIONS[name])
