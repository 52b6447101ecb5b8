"""The step that aggregates: every node from its children, by the method, weights and threshold said for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite import weighting
from thangdo.composite.aggregation import AGGREGATIONS, METHODS, NotPositive, genmean, mpi, with_threshold
from thangdo.composite.coin_structure import sum_of_shares
from thangdo.composite.outranking import condorcet
from thangdo.composite.step_keys import SHARES, WEIGHTS, Key, ValueKind, check_keys, is_number
from thangdo.composite.step_kinds import Problem, Step, StepProblem
from thangdo.composite.uncertainty_aggregation import Tree
from thangdo.composite.weight_methods import Group, NoWeights, make_weights
from thangdo.findings import Finding, Gathered, Where

Array = NDArray[np.float64]
Rows = tuple[NDArray[np.int64], ...]


def _is_method(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and all(isinstance(name, str) for name in value.values())
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(name, str) for name in value)
    return isinstance(value, str)


_METHOD = ValueKind("method", "name | [name, …] from level 2 | {level | code: name}", _is_method)
_POWER = ValueKind(
    "power",
    "p | {level | code: p}",
    lambda value: all(is_number(each) for each in value.values()) if isinstance(value, Mapping) else is_number(value),
)
_SIGN = ValueKind("sign", "-1 | 1", lambda value: is_number(value) and value in (-1, 1))
AGGREGATE_KEYS = (
    Key(
        "method",
        _METHOD,
        "amean",
        "một phương pháp, hoặc theo cấp, hoặc theo nút",
        "one method, or one for each level, or for each node",
    ),
    Key("weights", WEIGHTS, "original", "trọng số; mặc định như iMeta", "weights; as in iMeta where absent"),
    Key("p", _POWER, None, "lũy thừa của `genmean`", "the power of `genmean`, required there"),
    Key("sign", _SIGN, -1, "dấu phạt của `mpi`", "the sign of `mpi`'s penalty"),
    Key(
        "dat_thresh",
        SHARES,
        None,
        "tỷ lệ phần tử con có dữ liệu tối thiểu; thiếu hơn thì nút không có điểm",
        "least share of available children; below it the node has no score",
    ),
)


@dataclass(frozen=True, slots=True)
class Aggregated:
    """`scores` (units, nodes), indicators first; `weights` (nodes,) as used; `log`; `remarks` are findings that do not
    stop the work."""

    scores: Array
    weights: Array
    log: Mapping[str, Any]
    remarks: tuple[Finding, ...]


def check_aggregate(step: Step, where: Where, gathered: Gathered) -> None:
    """Findings for what the step cannot mean (COM002, COM003, COM007, COM008), tree aside."""
    check_keys(step, AGGREGATE_KEYS, ("step",), where, gathered)
    chosen = step.get("method") or "amean"
    names = list(chosen.values()) if isinstance(chosen, Mapping) else chosen
    names = [str(name).removeprefix("a_") for name in (names if isinstance(names, list | tuple) else [names])]
    for name in names:
        if name not in AGGREGATIONS:
            place = Where(where.file, where.row, "method", where.node)
            gathered.add(Finding("COM002", place, f"aggregate {name}", ", ".join(AGGREGATIONS)))
    if "genmean" in names and step.get("p") is None:
        gathered.add(Finding("COM008", Where(where.file, where.row, "p", where.node), "p", _POWER.bounds))
    if WEIGHTS.accepts(step.get("weights")):
        weighting.check_weights(step.get("weights"), Where(where.file, where.row, "weights", where.node), gathered)


def check_aggregate_codes(step: Step, tree: Tree, where: Where, gathered: Gathered) -> None:
    """Findings for codes and levels that the index does not have (COM006, COM017, COM007)."""
    levels = max(tree.levels) - 1
    for key in ("method", "p", "dat_thresh"):
        value = step.get(key)
        place = Where(where.file, where.row, key, where.node)
        if isinstance(value, list | tuple) and len(value) not in (1, levels):
            gathered.add(Finding("COM007", place, str(list(value)), f"{levels}", facts={"key": key}))
        for name in value if isinstance(value, Mapping) else ():
            is_level = str(name).isdigit() and 2 <= int(name) <= levels + 1
            is_node = str(name) in tree.codes and bool(tree.children[tree.codes.index(str(name))])
            if not is_level and not is_node:
                nodes = [tree.codes[node] for node in tree.aggregates.tolist()]
                gathered.add(Finding("COM017", place, str(name), ", ".join(nodes[:10])))
    weighting.check_codes(step.get("weights"), tree, Where(where.file, where.row, "weights", where.node), gathered)


def of_node(value: Any, tree: Tree, node: int, default: Any = None) -> Any:
    """What a key says of a node: one value for all, a list from level 2 up, or values by level or code."""
    level, code = tree.levels[node], tree.codes[node]
    if isinstance(value, Mapping):
        by_text = {str(key): each for key, each in value.items()}
        value = by_text.get(code, by_text.get(str(level)))
    elif isinstance(value, list | tuple):
        value = value[min(level - 2, len(value) - 1)]
    return default if value is None else value


def method_of(step: Step, tree: Tree, node: int) -> str:
    """One name for all, names by level (a list starts at level 2), or by code of a node."""
    return str(of_node(step.get("method"), tree, node, "amean")).removeprefix("a_")


def power_of(step: Step, tree: Tree, node: int) -> float:
    """The power of a node's generalised mean."""
    return float(of_node(step.get("p"), tree, node, 1.0))


def threshold_of(step: Step, tree: Tree, node: int) -> float | None:
    """The least share of available children of a node, None where there is no such limit."""
    found = of_node(step.get("dat_thresh"), tree, node)
    return None if found is None else float(found)


def aggregate(values: Array, tree: Tree, step: Step, times: tuple[float, ...] = ()) -> Aggregated:
    """Scores of every node, bottom-up. values: (units, indicators). times: of a panel's rows; units are compared with
    each other within a time, weights are one set for all times.

    Raises StepProblem with every cell and node that stands in the way: COM005, COM023, COM028, COM029.
    """
    scores = np.full((values.shape[0], len(tree.codes)), np.nan)
    scores[:, : values.shape[1]] = values
    weights = tree.weights.astype(np.float64).copy()
    plan = weighting.plan(step.get("weights"), tree)
    slices = tuple(np.flatnonzero(np.array(times) == time) for time in sorted(set(times))) or (
        np.arange(values.shape[0]),
    )
    nodes: dict[str, Any] = {}
    remarks: list[Finding] = []
    for node in tree.aggregates.tolist():
        children = list(tree.children[node])
        part, code, name = scores[:, children], tree.codes[node], method_of(step, tree, node)
        codes = tuple(tree.codes[child] for child in children)
        _check_children(part, codes, name)
        entry: dict[str, Any] = {"method": name}
        function = _function(name, step, tree, node)
        own_scores = None
        if node in plan:
            kind, spec = plan[node]
            if kind.code == "bod":
                _check_complete(part, codes, "bod")
            score = _by_slices(function, part, slices if METHODS[name].is_pairwise else (slice(None),))
            group = Group(code, codes, part, weights[children], score)
            try:
                made = make_weights(kind, group, spec)
            except NoWeights as problem:
                raise StepProblem([Problem("COM023", found=f"{code}: {problem}", expected=kind.code)]) from problem
            weights[children], own_scores = made.weights, made.scores
            entry |= {"weights_by": kind.code, **made.log}
            if made.remark:
                remark, found, expected = made.remark
                place = Where("pipeline", column="weights", node=code)
                remarks.append(Finding(remark, place, found, expected, severity="warning"))
        total = float(weights[children].sum())
        if total <= 0:
            raise StepProblem([Problem("COM023", found=f"{code}: Σw = {total:g}", expected=", ".join(codes))])
        if name == "kemeny" and own_scores is None:
            own_scores, entry["orders"] = _kemeny(part, weights[children], slices, times, code, remarks)
        if own_scores is None:
            pieces = slices if METHODS[name].is_pairwise else (slice(None),)
            own_scores = _scored(function, part, weights[children], pieces, codes, name)
        scores[:, node] = with_threshold(own_scores, part, threshold_of(step, tree, node))
        _check_finite(scores[:, node], code, name)
        if METHODS[name].is_pairwise:
            entry["ties"] = [int(_ties(scores[rows, node])) for rows in slices]
        if missing := int(np.isnan(scores[:, node]).sum()):
            entry["missing_scores"] = missing
        if not METHODS[name].uses_weights and np.ptp(weights[children]) > 0:
            entry["weights_are_not_used"] = True
        nodes[code] = entry
    return Aggregated(scores, weights, _log(tree, weights, nodes), (*remarks, *_sums(step, tree)))


def _log(tree: Tree, weights: Array, nodes: Mapping[str, Any]) -> dict[str, Any]:
    below = [node for node, parent in enumerate(tree.parents) if parent >= 0]
    effective = weighting.effective_weights(tree, weights)
    return {
        "nodes": nodes,
        "weights": {tree.codes[node]: float(weights[node]) for node in below},
        "effective_weights": {tree.codes[node]: float(effective[node]) for node in below},
    }


def _sums(step: Step, tree: Tree) -> list[Finding]:
    """Given weights that look like shares and do not add up: said, not refused, since only proportions count."""
    found = []
    for spec in weighting.specs_of(step.get("weights")):
        if spec["method"] != "given":
            continue
        by_code = {str(code): float(weight) for code, weight in spec["values"].items()}
        for node in tree.aggregates.tolist():
            own = [by_code[tree.codes[child]] for child in tree.children[node] if tree.codes[child] in by_code]
            if len(own) == len(tree.children[node]) and (whole := sum_of_shares(own)) is not None:
                place = Where("pipeline", column="weights", node=tree.codes[node])
                found.append(Finding("COM038", place, f"{sum(own):.12g}", f"{whole:g}", severity="warning"))
    return found


def _function(name: str, step: Step, tree: Tree, node: int) -> Callable[[Array, Array], Array]:
    if name == "genmean":
        power = power_of(step, tree, node)
        return lambda values, weights: genmean(values, weights, power)
    if name == "mpi":
        sign = int(step.get("sign") or -1)
        return lambda values, weights: mpi(values, weights, sign)
    return AGGREGATIONS[name]


def _by_slices(
    function: Callable[[Array, Array], Array], part: Array, pieces: tuple[Any, ...]
) -> Callable[[Array], Array]:
    def score(weights: Array) -> Array:
        found = np.full(part.shape[0], np.nan)
        for rows in pieces:
            found[rows] = function(part[rows], weights)
        return found

    return score


def _scored(
    function: Callable[[Array, Array], Array],
    part: Array,
    weights: Array,
    pieces: tuple[Any, ...],
    codes: tuple[str, ...],
    name: str,
) -> Array:
    try:
        return _by_slices(function, part, pieces)(weights)
    except NotPositive as problem:
        rows, columns = np.nonzero(part < 0 if name == "genmean" and "<" in str(problem) else part <= 0)
        if "mean" in str(problem) or rows.size == 0:
            raise StepProblem([Problem("COM005", codes[0], found=str(problem), expected=name)]) from problem
        raise StepProblem(
            Problem("COM005", codes[column], int(row), f"{part[row, column]:g}", name)
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ) from problem


def _check_children(part: Array, codes: tuple[str, ...], name: str) -> None:
    if METHODS[name].is_pairwise:
        _check_complete(part, codes, name)


def _check_complete(part: Array, codes: tuple[str, ...], name: str) -> None:
    rows, columns = np.nonzero(np.isnan(part))
    if rows.size:
        raise StepProblem(
            Problem("COM029", codes[column], int(row), "NA", name)
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        )


def _check_finite(scores: Array, code: str, name: str) -> None:
    rows = np.flatnonzero(np.isinf(scores))
    if rows.size:
        raise StepProblem(Problem("COM028", code, int(row), f"{scores[row]:g}", name) for row in rows.tolist())


def _ties(scores: Array) -> int:
    """Units that share their score with another."""
    given = scores[~np.isnan(scores)]
    _, counts = np.unique(given, return_counts=True)
    return int(counts[counts > 1].sum())


def _kemeny(
    part: Array, weights: Array, slices: Rows, times: tuple[float, ...], code: str, remarks: list[Finding]
) -> tuple[Array, list[dict[str, Any]]]:
    """Scores, and of each time whether the order is proven, its gap, its ties and circles: never broken silently."""
    scores = np.full(part.shape[0], np.nan)
    entries = []
    for rows in slices:
        found = condorcet(part[rows], weights)
        scores[rows] = found.scores
        entry: dict[str, Any] = {"time": times[rows[0]]} if times else {}
        entry |= {
            "agreement": found.agreement,
            "is_exact": found.is_exact,
            "gap": found.gap,
            "is_unique": found.is_unique,
            "has_cycle": found.has_cycle,
            "ties": _ties(found.scores),
        }
        entries.append(entry)
        place = Where("pipeline", column="method", node=code)
        if not found.is_exact:
            remarks.append(Finding("COM043", place, f"{found.gap:.6g}", severity="warning"))
        if found.has_cycle:
            remarks.append(Finding("COM044", place, str(_ties(found.scores)), severity="warning"))
    return scores, entries
