"""The nominal pipeline and its levels, run on one table or on many: the engine's view of an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite import uncertainty_batches as batches
from thangdo.composite.uncertainty_aggregation import NodeMethod, OneByOne, Tree
from thangdo.composite.uncertainty_index import IndexData
from thangdo.composite.uncertainty_spec import Step
from thangdo.composite.uncertainty_treatment import WinsoriseRule, log_coefficient_of_variation, winsorise_many
from thangdo.findings import Finding, Refused, Where

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StepMethod:
    """A row: a step's method, its parameters with defaults, and what it does to tables of an index, in place."""

    step: str
    method: str
    parameters: Mapping[str, Any]
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
    if then not in ("log_CT", None, "none"):
        raise ValueError(f"then: {then} (log_CT, none)")
    if then == "log_CT":
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


def _scaled(tables: Array, index: IndexData, step: Step) -> Array:
    shift, scale = step.get("npara", (0, 100))
    turned = _turned(tables, index)
    turned -= float(shift)
    turned *= float(step.get("factor", 100.0)) / (float(scale) - float(shift))
    return turned


def _ranked(tables: Array, index: IndexData, step: Step) -> Array:
    found = batches.ranked(_turned(tables, index))
    method = step["method"]
    if method == "borda":
        return found - 1.0
    if method == "prank":
        share: Array = (found - 1.0) / (np.count_nonzero(~np.isnan(tables[0]), axis=0) - 1.0)
        return share
    return found


def _dist2max(tables: Array, index: IndexData, step: Step) -> Array:
    # 1 - (max - x) / (max - min) is the min-max on 0..1.
    return batches.minmax(_turned(tables, index), 0.0, 1.0)


def _fracmax(tables: Array, index: IndexData, step: Step) -> Array:
    turned = _turned(tables, index)
    found: Array = turned / np.fmax.reduce(turned, axis=1)[:, None, :]
    return found


def _same(tables: Array, index: IndexData, step: Step) -> Array:
    return tables


STEP_METHODS = (
    StepMethod("denominate", "", {}, _denominate),
    *(
        StepMethod("impute", method, {"use_group": None}, _impute)
        for method in ("mean", "median", "mean_grp", "median_grp")
    ),
    StepMethod("impute", "none", {}, _same),
    StepMethod("screen", "", {"unit_screen": "byNA", "dat_thresh": 0.9}, _same),
    StepMethod("treat", "winsorise", {"winmax": 5, "then": "log_CT", "skew_thresh": 2.0, "kurt_thresh": 3.5}, _treat),
    StepMethod("treat", "none", {}, _same),
    StepMethod("normalise", "minmax", {"l_u": (0, 100)}, _minmax),
    StepMethod("normalise", "zscore", {"m_sd": (0, 1)}, _zscore),
    StepMethod("normalise", "scaled", {"npara": (0, 100), "factor": 100.0}, _scaled),
    *(StepMethod("normalise", method, {}, _ranked) for method in ("rank", "borda", "prank")),
    StepMethod("normalise", "dist2max", {}, _dist2max),
    StepMethod("normalise", "fracmax", {}, _fracmax),
    StepMethod("normalise", "none", {}, lambda tables, index, step: _turned(tables, index)),
)
_BY_KEY = {(row.step, row.method): row for row in STEP_METHODS}
# Powers of the quasi-arithmetic means; None for `genmean`, whose power is its parameter `p`.
MEANS: Mapping[str, float | None] = {"amean": 1.0, "gmean": 0.0, "hmean": -1.0, "genmean": None}


@dataclass(frozen=True, slots=True)
class PipelineModel:
    """An index with the pipeline's steps; the `Model` that the engine asks. `kept`: rows of units that are scored."""

    index: IndexData
    kept: NDArray[np.int64]

    @classmethod
    def of(cls, index: IndexData, steps: Sequence[Step]) -> PipelineModel:
        """The model of `index`: units that the screening step of `steps` keeps. Raises `Refused` with COM528."""
        _refuse_unknown(steps)
        screen = next((step for step in steps if step["step"] == "screen"), None)
        is_kept = np.ones(len(index.units), dtype=np.bool_)
        if screen is not None:
            before = [step for step in steps[: list(steps).index(screen)] if step["step"] == "impute"]
            gaps = np.isnan(_run(index.values[None].copy(), index, before)[0])
            is_kept = 1.0 - gaps.mean(axis=1) >= float(screen.get("dat_thresh", 0.9))
        return cls(index, np.flatnonzero(is_kept))

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
        found: Array = self.normalised_many(self.index.values[None].copy(), steps)[0]
        return found

    def normalised_many(self, tables: Array, steps: Sequence[Step]) -> Array:
        _refuse_unknown(steps)
        return _run(tables, self.index, steps, self.kept)

    def methods(self, step: Step) -> Mapping[int, NodeMethod]:
        """`method` is one name, or names by level (of the node that is made) or by code."""
        chosen = step.get("method", "amean")
        by_node = chosen if isinstance(chosen, Mapping) else {}
        found = {}
        for node in self.tree.aggregates.tolist():
            level, code = self.tree.levels[node], self.tree.codes[node]
            name = by_node.get(code, by_node.get(level, by_node.get(str(level)))) if by_node else chosen
            found[node] = _node_method(str(name).removeprefix("a_"), step)
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
            index=replace(
                index,
                tree=smaller,
                values=index.values[:, columns],
                directions=index.directions[columns],
                denominators=index.denominators[:, columns],
            ),
        )


def _run(tables: Array, index: IndexData, steps: Sequence[Step], kept: NDArray[np.int64] | None = None) -> Array:
    for step in steps:
        if step["step"] == "aggregate":
            break
        if step["step"] == "screen":
            if kept is not None and kept.size < tables.shape[1]:
                tables = tables[:, kept]
                index = _rows(index, kept)
            continue
        tables = _BY_KEY[_key(step)].run(tables, index, step)
    return tables


def _rows(index: IndexData, kept: NDArray[np.int64]) -> IndexData:
    columns = {name: tuple(texts[row] for row in kept) for name, texts in index.columns.items()}
    units = tuple(index.units[row] for row in kept)
    return replace(index, units=units, denominators=index.denominators[kept], columns=columns)


def _key(step: Step) -> tuple[str, str]:
    method = str(step.get("method", "")) if step["step"] not in ("denominate", "screen") else ""
    for prefix in ("n_", "i_"):
        method = method.removeprefix(prefix)
    return str(step["step"]), method


def _node_method(name: str, step: Step) -> NodeMethod:
    threshold = step.get("dat_thresh")
    data_threshold = None if threshold is None else float(threshold)
    if name not in MEANS and name not in OTHER_AGGREGATIONS:
        raise ValueError(f"aggregation {name} ({', '.join([*MEANS, *OTHER_AGGREGATIONS])})")
    power = float(step.get("p", 1.0)) if name == "genmean" else MEANS.get(name)
    return NodeMethod(name, power, data_threshold, OTHER_AGGREGATIONS.get(name, _median))


def _minimum(values: Array, weights: Array) -> Array:
    """The least of the children that are there (full non-compensation)."""
    found: Array = np.fmin.reduce(values, axis=1)
    return found


def _copeland(values: Array, weights: Array) -> Array:
    """Comparisons won less comparisons lost, each decided by the weights of the children where a unit is ahead.

    Half the weight is a tie, judged within 1e-12 of the sum. Handbook (2008), section 6.3; units² x children numbers.
    """
    ahead = (np.sign(values[:, None, :] - values[None, :, :]) * 0.5 + 0.5) @ weights
    lead = 2.0 * ahead - weights.sum()
    lead[np.abs(lead) <= 1e-12 * weights.sum()] = 0.0
    found: Array = np.sign(lead).sum(axis=1)
    return found


def _median(values: Array, weights: Array) -> Array:
    found: Array = np.nanmedian(values, axis=1)
    return found


OTHER_AGGREGATIONS: Mapping[str, OneByOne] = {"median": _median, "minimum": _minimum, "copeland": _copeland}


def _refuse_unknown(steps: Sequence[Step]) -> None:
    problems = []
    for position, step in enumerate(steps, start=1):
        if step["step"] == "aggregate":
            continue
        if _key(step) not in _BY_KEY:
            known = ", ".join(row.method or row.step for row in STEP_METHODS if row.step == step["step"])
            known = known or ", ".join(dict.fromkeys(row.step for row in STEP_METHODS))
            problems.append(
                Finding("COM528", Where("pipeline", position), found=" ".join(_key(step)).strip(), expected=known)
            )
            continue
        for key in step:
            if key not in ("step", "method", *_BY_KEY[_key(step)].parameters):
                expected = ", ".join(_BY_KEY[_key(step)].parameters) or "-"
                problems.append(Finding("COM528", Where("pipeline", position, key), found=key, expected=expected))
    if problems:
        raise Refused(problems)
