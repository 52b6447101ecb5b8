"""A pipeline: steps in order, run on an index, each with its entry in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.aggregation import AGGREGATIONS, NotPositive, genmean, with_threshold
from thangdo.composite.steps import STEP_KINDS, Step, StepProblem, step_kind
from thangdo.composite.uncertainty_aggregation import Tree
from thangdo.composite.uncertainty_index import IndexData
from thangdo.findings import Finding, Gathered, Refused, Where

Array = NDArray[np.float64]

# The pipeline behind COINr's example coin.
DEFAULT_STEPS: tuple[Step, ...] = (
    {"step": "denominate"},
    {"step": "treat", "method": "winsorise", "winmax": 5, "then": "log_CT"},
    {"step": "normalise", "method": "minmax", "l_u": (0, 100)},
    {"step": "aggregate", "method": "amean"},
)
AGGREGATE_KEYS = ("step", "method", "p", "dat_thresh", "weights", "by_level")


@dataclass(frozen=True, slots=True)
class Built:
    """What a pipeline made: units kept, normalised values, scores of every node (units, nodes), the log."""

    units: tuple[str, ...]
    tree: Tree
    normalised: Array
    scores: Array
    log: tuple[Mapping[str, Any], ...]
    stages: Mapping[str, IndexData] = field(default_factory=dict)

    def score(self, code: str) -> Array:
        """Scores of one node by its code: (units,)."""
        found: Array = self.scores[:, self.tree.codes.index(code)]
        return found

    def ranks(self) -> Array:
        """Competition ranks (1 best) of every node, from unrounded scores; missing stay missing."""
        from scipy.stats import rankdata

        found = np.full(self.scores.shape, np.nan)
        for column in range(self.scores.shape[1]):
            there = ~np.isnan(self.scores[:, column])
            found[there, column] = rankdata(-self.scores[there, column], method="min")
        return found


def read_pipeline(path: Path) -> tuple[Step, ...]:
    """Steps from a YAML file. Raises Refused (COM001) with everything that is not a step."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise Refused([Finding("COM001", Where(path.name), str(problem)[:200])]) from problem
    if isinstance(data, Mapping):
        data = data.get("pipeline")
    if not isinstance(data, list) or not all(isinstance(step, Mapping) for step in data):
        raise Refused([Finding("COM001", Where(path.name), type(data).__name__, "- {step: …}")])
    steps = tuple(dict(step) for step in data)
    check_steps(steps, path.name)
    return steps


def check_steps(steps: Sequence[Step], file: str = "pipeline") -> None:
    """Refuse (COM002, COM003) unknown steps, methods and keys, all at once."""
    gathered = Gathered()
    for place, step in enumerate(steps, start=1):
        if step.get("step") == "aggregate":
            _check_aggregate(step, place, file, gathered)
            continue
        kind = step_kind(step)
        if kind is None:
            same = [row.method or row.step for row in STEP_KINDS if row.step == step.get("step")]
            known = same or sorted({row.step for row in STEP_KINDS} | {"aggregate"})
            gathered.add(
                Finding(
                    "COM002",
                    Where(file, place),
                    f"{step.get('step')} {step.get('method', '')}".strip(),
                    ", ".join(known),
                )
            )
            continue
        for key in step:
            if key not in ("step", "method", *kind.keys):
                gathered.add(Finding("COM003", Where(file, place, str(key)), str(key), ", ".join(kind.keys)))
    gathered.refuse_errors()


def _check_aggregate(step: Step, place: int, file: str, gathered: Gathered) -> None:
    chosen = step.get("method", "amean")
    names = (
        list(chosen.values())
        if isinstance(chosen, Mapping)
        else chosen
        if isinstance(chosen, list | tuple)
        else [chosen]
    )
    for name in names:
        if str(name).removeprefix("a_") not in AGGREGATIONS:
            gathered.add(Finding("COM002", Where(file, place), f"aggregate {name}", ", ".join(AGGREGATIONS)))
    for key in step:
        if key not in AGGREGATE_KEYS:
            gathered.add(Finding("COM003", Where(file, place, str(key)), str(key), ", ".join(AGGREGATE_KEYS)))


def run_pipeline(index: IndexData, steps: Sequence[Step]) -> Built:
    """Run the steps in order. Raises Refused (COM004, COM005) naming the step, the indicator and the reason."""
    check_steps(steps)
    log: list[Mapping[str, Any]] = []
    stages: dict[str, IndexData] = {"raw": index}
    normalised = index
    scores: Array | None = None
    for place, step in enumerate(steps, start=1):
        if step["step"] == "aggregate":
            scores = aggregate(normalised.values, index.tree, step, place)
            log.append({"step": "aggregate", "keys": _plain(step)})
            continue
        kind = step_kind(step)
        assert kind is not None
        try:
            outcome = kind.run(normalised, step)
        except StepProblem as problem:
            raise Refused(
                [Finding("COM004", Where("pipeline", place, problem.code), str(step["step"]), problem.reason)]
            ) from problem
        normalised = outcome.index
        stages[str(step["step"])] = normalised
        log.append({"step": step["step"], "keys": _plain(step), **outcome.log})
    if scores is None:
        scores = aggregate(normalised.values, index.tree, {"step": "aggregate", "method": "amean"}, len(steps) + 1)
    return Built(normalised.units, index.tree, normalised.values, scores, tuple(log), stages)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def aggregate(values: Array, tree: Tree, step: Step, place: int = 1) -> Array:
    """Scores of every node, bottom-up: (units, nodes), indicators first. The method may differ by level or node."""
    scores = np.full((values.shape[0], len(tree.codes)), np.nan)
    scores[:, : values.shape[1]] = values
    weights = node_weights(tree, step.get("weights"))
    for node in tree.aggregates.tolist():
        children = list(tree.children[node])
        name = method_of(step, tree, node)
        part = scores[:, children]
        try:
            made = (
                genmean(part, weights[children], float(step.get("p", 1)))
                if name == "genmean"
                else AGGREGATIONS[name](part, weights[children])
            )
        except NotPositive as problem:
            bad = [tree.codes[child] for child in children if (scores[:, child] <= 0).any()]
            where = Where("pipeline", place, tree.codes[node])
            raise Refused([Finding("COM005", where, ", ".join(bad), name, facts={"reason": str(problem)})]) from problem
        threshold = step.get("dat_thresh")
        scores[:, node] = with_threshold(made, part, None if threshold is None else float(threshold))
    return scores


def method_of(step: Step, tree: Tree, node: int) -> str:
    """One name for all, names by level (a list starts at level 2), or by code of a node."""
    chosen = step.get("method", "amean")
    level, code = tree.levels[node], tree.codes[node]
    if isinstance(chosen, Mapping):
        chosen = chosen.get(code, chosen.get(level, chosen.get(str(level), "amean")))
    elif isinstance(chosen, list | tuple):
        chosen = chosen[min(level - 2, len(chosen) - 1)]
    return str(chosen).removeprefix("a_")


def node_weights(tree: Tree, given: Any = None) -> Array:
    """Weights by node: as in iMeta, all equal (`equal`), or given by code."""
    if given is None or given == "original":
        return tree.weights
    if given == "equal":
        return np.ones(len(tree.codes))
    weights = tree.weights.copy()
    for code, weight in given.items():
        if code not in tree.codes:
            raise Refused(
                [Finding("COM006", Where("pipeline", column="weights"), str(code), ", ".join(tree.codes[:10]))]
            )
        weights[tree.codes.index(code)] = float(weight)
    return weights


def effective_weights(tree: Tree, given: Any = None) -> Array:
    """Each node's share of the whole: share within its parent times the parent's own effective weight."""
    weights = node_weights(tree, given)
    found = np.ones(len(tree.codes))
    for node in reversed(tree.aggregates.tolist()):
        children = list(tree.children[node])
        found[children] = weights[children] / weights[children].sum() * found[node]
    return found


def with_weights(tree: Tree, given: Mapping[str, float]) -> Tree:
    """The tree with some weights replaced."""
    return replace(tree, weights=node_weights(tree, given))
