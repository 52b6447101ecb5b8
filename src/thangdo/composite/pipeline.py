"""A pipeline: steps in order, run on an index, each with its entry in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.aggregating import aggregate, check_aggregate, check_aggregate_codes, method_of
from thangdo.composite.index_data import IndexData
from thangdo.composite.step_keys import check_keys
from thangdo.composite.steps import STEP_KINDS, UNNAMED, Step, StepKind, StepOutcome, StepProblem, step_kind, take
from thangdo.composite.uncertainty_aggregation import Tree
from thangdo.composite.weighting import effective_weights, node_weights
from thangdo.findings import Finding, Gathered, Refused, Where

__all__ = [
    "DEFAULT_STEPS",
    "Built",
    "check_steps",
    "effective_weights",
    "method_of",
    "node_weights",
    "read_pipeline",
    "run_pipeline",
    "with_weights",
]

Array = NDArray[np.float64]

# Without a pipeline file: what needs no choice of groups or thresholds. Nothing is imputed and nobody is screened out.
DEFAULT_STEPS: tuple[Step, ...] = (
    {"step": "denominate"},
    {"step": "treat", "method": "winsorise", "winmax": 5, "then": "log_CT"},
    {"step": "normalise", "method": "minmax", "l_u": (0, 100)},
    {"step": "aggregate", "method": "amean"},
)


@dataclass(frozen=True, slots=True)
class Built:
    """What a pipeline made: units kept, normalised values, scores of every node (units, nodes), the log.

    `weights`: (nodes,), as the aggregation used them. `times`: of a panel's rows. `findings`: remarks, no errors.
    """

    units: tuple[str, ...]
    tree: Tree
    normalised: Array
    scores: Array
    log: tuple[Mapping[str, Any], ...]
    stages: Mapping[str, IndexData] = field(default_factory=dict)
    weights: Array = field(default_factory=lambda: np.empty(0))
    times: tuple[float, ...] = ()
    findings: tuple[Finding, ...] = ()

    def score(self, code: str) -> Array:
        """Scores of one node by its code: (units,)."""
        found: Array = self.scores[:, self.tree.codes.index(code)]
        return found

    def at(self, time: float) -> Built:
        """The rows of one time of a panel, scores and ranks as they are. Raises ValueError for a time it has not."""
        rows = [row for row, own in enumerate(self.times) if own == time]
        if not rows:
            raise ValueError(f"no such time: {time:g}")
        return replace(
            self,
            units=tuple(self.units[row] for row in rows),
            normalised=self.normalised[rows],
            scores=self.scores[rows],
            times=tuple(self.times[row] for row in rows),
        )

    def ranks(self) -> Array:
        """Competition ranks (1 best) of every node, from unrounded scores; missing stay missing. Of a panel, within
        each time.
        """
        from scipy.stats import rankdata

        gaps = np.isnan(self.scores)
        # Gaps stand behind everything, so that they move nobody's rank.
        turned = np.where(gaps, np.inf, -self.scores)
        found = np.empty(turned.shape)
        clock = np.array(self.times) if self.times else np.zeros(len(self.units))
        for time in np.unique(clock):
            rows = clock == time
            found[rows] = rankdata(turned[rows], method="min", axis=0)
        found[gaps] = np.nan
        return found


def read_pipeline(path: Path) -> tuple[Step, ...]:
    """Steps from a YAML file. Raises Refused with everything that is wrong in it: COM001 to COM003, COM007, COM008."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as problem:
        raise Refused([Finding("COM001", Where(path.name), " ".join(str(problem).split())[:200])]) from problem
    if isinstance(data, Mapping):
        data = data.get("pipeline", data.get("steps"))
    if not isinstance(data, list) or not data or not all(isinstance(step, Mapping) for step in data):
        raise Refused([Finding("COM001", Where(path.name), type(data).__name__, "- {step: …}")])
    steps = tuple(dict(step) for step in data)
    check_steps(steps, path.name)
    return steps


def check_steps(steps: Sequence[Step], file: str = "pipeline") -> None:
    """Refuse unknown steps, methods and keys, values out of bounds, and what would have no effect; all at once.

    Findings name the file, the step's number as row, and the key as column.
    """
    gathered = Gathered()
    for place, step in enumerate(steps, start=1):
        where = Where(file, place, "", str(step.get("step", "")))
        if step.get("step") == "aggregate":
            check_aggregate(step, where, gathered)
            if place < len(steps):
                gathered.add(Finding("COM045", where, str(steps[place].get("step")), "aggregate"))
            continue
        kind = step_kind(step)
        if kind is None:
            gathered.add(Finding("COM002", where, _said(step), ", ".join(_known(step))))
            continue
        check_keys(step, kind.keys, ("step",) if kind.step in UNNAMED else ("step", "method"), where, gathered)
        _check_own(step, kind, where, gathered)
    gathered.refuse_errors()


def _said(step: Step) -> str:
    return f"{step.get('step')} {step.get('method', '')}".strip()


def _known(step: Step) -> list[str]:
    same = [row.method or row.step for row in STEP_KINDS if row.step == step.get("step")]
    return same or sorted({row.step for row in STEP_KINDS} | {"aggregate"})


def _check_own(step: Step, kind: StepKind, where: Where, gathered: Gathered) -> None:
    """The entries under `indicators`: each a method of the same step with that method's keys."""
    own = step.get("indicators")
    if not isinstance(own, Mapping):
        return
    for code, entry in own.items():
        if not isinstance(entry, Mapping):
            continue
        place = Where(where.file, where.row, "indicators", str(code))
        whole = {**step, **entry, "step": kind.step}
        of_it = step_kind(whole)
        if of_it is None:
            gathered.add(Finding("COM002", place, _said(whole), ", ".join(_known(whole))))
        else:
            keys = [key for key in of_it.keys if key.name not in ("indicators", "global")]
            check_keys(entry, keys, ("method",), place, gathered)


def _check_codes(index: IndexData, steps: Sequence[Step], file: str) -> None:
    """Refuse codes in the steps that the index does not have (COM006, COM017)."""
    gathered = Gathered()
    codes = index.tree.codes[: index.values.shape[1]]
    for place, step in enumerate(steps, start=1):
        where = Where(file, place, "", str(step.get("step", "")))
        if step["step"] == "aggregate":
            check_aggregate_codes(step, index.tree, where, gathered)
            continue
        kind = step_kind(step)
        assert kind is not None
        for key in kind.keys:
            value = step.get(key.name)
            if not isinstance(value, Mapping) or key.name == "Force":
                continue
            for code in value:
                if str(code) not in codes:
                    column = Where(file, place, key.name, where.node)
                    gathered.add(Finding("COM017", column, str(code), ", ".join(codes[:10])))
    gathered.refuse_errors()


def run_pipeline(index: IndexData, steps: Sequence[Step], file: str = "pipeline") -> Built:
    """Run the steps in order; without a step that aggregates, arithmetic means follow (and the log says so).

    file: what findings call the pipeline. Raises Refused with every reason of the first step that cannot be done,
    naming the file, row and column of what is in its way.
    """
    check_steps(steps, file)
    _check_codes(index, steps, file)
    log: list[Mapping[str, Any]] = []
    stages: dict[str, IndexData] = {"raw": index}
    remarks = list(index.notes)
    current = index
    last: Step | None = None
    for place, step in enumerate(steps, start=1):
        if step["step"] == "aggregate":
            last = step
            break
        kind = step_kind(step)
        assert kind is not None
        outcome = _run(kind, current, step, place, file)
        _check_finite(kind, current, outcome.index, place, file)
        current = outcome.index
        stages[str(step["step"])] = current
        log.append({"step": step["step"], "keys": _plain(step), **outcome.log})
    is_normalised = any(step["step"] == "normalise" for step in steps)
    if not is_normalised and (current.directions < 0).any():
        turned = [code for code, sign in zip(current.tree.codes, current.directions, strict=False) if sign < 0]
        where = Where(file, len(steps))
        remarks.append(Finding("COM046", where, ", ".join(turned[:10]), severity="warning"))
    chosen: Step = last or {"step": "aggregate", "method": "amean"}
    place = len(log) + 1
    try:
        made = aggregate(current.values, index.tree, chosen, current.times)
    except StepProblem as problem:
        raise Refused([each.finding(current, place, "aggregate", file) for each in problem.problems]) from problem
    log.append({"step": "aggregate", "keys": _plain(chosen), "is_default": last is None, **made.log})
    remarks += [replace(each, where=replace(each.where, file=file, row=place)) for each in made.remarks]
    return Built(
        current.units,
        index.tree,
        current.values,
        made.scores,
        tuple(log),
        stages,
        made.weights,
        current.times,
        tuple(remarks),
    )


def _run(kind: StepKind, index: IndexData, step: Step, place: int, file: str) -> StepOutcome:
    """One step on the whole table; of a panel, one time after the other unless the step is about all of them."""
    if not index.times or kind.is_pooled(step):
        try:
            return kind.run(index, step)
        except StepProblem as problem:
            raise Refused([each.finding(index, place, kind.step, file) for each in problem.problems]) from problem
    clock = np.array(index.times)
    rows_kept, values, logs = [], [], {}
    directions = index.directions
    gathered = Gathered()
    for time in np.unique(clock):
        rows = np.flatnonzero(clock == time)
        part = take(index, rows)
        try:
            outcome = kind.run(part, step)
        except StepProblem as problem:
            gathered.extend(each.finding(part, place, kind.step, file) for each in problem.problems)
            continue
        by_unit = dict(zip(part.units, rows.tolist(), strict=True))
        rows_kept.append(np.array([by_unit[unit] for unit in outcome.index.units], dtype=np.int64))
        values.append(outcome.index.values)
        directions = outcome.index.directions
        logs[f"{time:g}"] = outcome.log
    gathered.refuse_errors()
    kept = np.concatenate(rows_kept)
    order = np.argsort(kept, kind="stable")
    whole = take(index, kept[order])
    joined = replace(whole, values=np.concatenate(values)[order], directions=directions)
    return StepOutcome(joined, {"times": logs})


def _check_finite(kind: StepKind, before: IndexData, after: IndexData, place: int, file: str) -> None:
    """A step may not make a value infinite or lose it: every such cell is named (COM028)."""
    bad = np.isinf(after.values)
    if kind.step not in ("denominate", "screen"):
        bad |= np.isnan(after.values) & ~np.isnan(before.values)
    if not bad.any():
        return
    gathered = Gathered()
    codes = after.tree.codes
    for row, column in np.argwhere(bad).tolist():
        line = after.lines[row] if len(after.lines) == len(after.units) else 0
        where = Where(after.source, line, codes[column], after.units[row])
        facts = {"step": place, "name": kind.step, "indicator": codes[column]}
        gathered.add(Finding("COM028", where, f"{after.values[row, column]:g}", kind.method or kind.step, facts=facts))
    gathered.refuse_errors()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def with_weights(tree: Tree, given: Mapping[str, float]) -> Tree:
    """The tree with some weights replaced."""
    return replace(tree, weights=node_weights(tree, given))
