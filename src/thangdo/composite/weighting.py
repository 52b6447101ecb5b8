"""The key `weights` of the step `aggregate`: as in iMeta, equal, given, or made by a method from each node's children.

A method is said for some nodes (`nodes`: the parents, or `levels`: of the children it weighs) or for all; several may
stand in a list, and a later one replaces an earlier one where both speak of the same node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.step_keys import check_keys
from thangdo.composite.uncertainty_aggregation import Tree
from thangdo.composite.weight_methods import WEIGHT_KINDS, WHERE_KEYS, Group, NoWeights, Spec, WeightKind, make_weights
from thangdo.findings import Finding, Gathered, Refused, Where

Array = NDArray[np.float64]


def specs_of(given: Any) -> tuple[Spec, ...]:
    """The value of the key `weights` as specifications; nothing for iMeta's own weights."""
    if given is None or given == "original":
        return ()
    if given in ("equal", "none"):
        return ({"method": "equal"},)
    if isinstance(given, list | tuple):
        return tuple(given)
    return (given,) if "method" in given else ({"method": "given", "values": given},)


def check_weights(given: Any, where: Where, gathered: Gathered) -> None:
    """Findings for methods, keys and values that do not exist (COM002, COM003, COM007, COM008)."""
    for spec in specs_of(given):
        if not isinstance(spec, Mapping):
            gathered.add(Finding("COM007", where, str(spec), "{method: …}", facts={"key": "weights"}))
            continue
        kind = WEIGHT_KINDS.get(str(spec.get("method")))
        if kind is None:
            gathered.add(Finding("COM002", where, f"weights {spec.get('method')}", ", ".join(WEIGHT_KINDS)))
        else:
            check_keys(spec, (*kind.keys, *WHERE_KEYS), ("method",), where, gathered)


def check_codes(given: Any, tree: Tree, where: Where, gathered: Gathered) -> None:
    """Findings (COM006, COM047) for codes the index does not have, and for nodes or levels that weigh nothing."""
    for spec in specs_of(given):
        named = [*(spec.get("values") or ()), *(spec["target"] if isinstance(spec.get("target"), Mapping) else ())]
        parents = [*(spec.get("nodes") or ()), *(spec.get("judgements") or ())]
        for code in (*named, *parents):
            if str(code) not in tree.codes:
                gathered.add(Finding("COM006", where, str(code), ", ".join(tree.codes[:10])))
        for code in parents:
            if str(code) in tree.codes and not tree.children[tree.codes.index(str(code))]:
                gathered.add(Finding("COM047", where, str(code), ", ".join(_parents(tree)[:10])))
        for level in spec.get("levels") or ():
            if not any(own == level for own, parent in zip(tree.levels, tree.parents, strict=True) if parent >= 0):
                gathered.add(Finding("COM047", where, str(level), f"1 … {max(tree.levels) - 1}"))


def _parents(tree: Tree) -> list[str]:
    return [tree.codes[node] for node in tree.aggregates.tolist()]


def plan(given: Any, tree: Tree) -> dict[int, tuple[WeightKind, Spec]]:
    """Which node's children are weighed by what; a node that is not here keeps iMeta's weights."""
    found: dict[int, tuple[WeightKind, Spec]] = {}
    for spec in specs_of(given):
        kind = WEIGHT_KINDS[str(spec["method"])]
        if spec.get("nodes"):
            nodes = [tree.codes.index(str(code)) for code in spec["nodes"]]
        elif spec.get("levels"):
            levels = {int(level) for level in spec["levels"]}
            nodes = [
                n for n in tree.aggregates.tolist() if any(tree.levels[child] in levels for child in tree.children[n])
            ]
        elif kind.code == "ahp":
            nodes = [tree.codes.index(str(code)) for code in spec["judgements"]]
        elif kind.code == "given":
            named = {str(code) for code in spec["values"]}
            nodes = [
                n for n in tree.aggregates.tolist() if any(tree.codes[child] in named for child in tree.children[n])
            ]
        else:
            nodes = tree.aggregates.tolist()
        found |= dict.fromkeys(nodes, (kind, spec))
    return found


def node_weights(tree: Tree, given: Any = None) -> Array:
    """Weights by node where no data are needed: as in iMeta, equal, given by code, or from judgements (AHP).

    Raises Refused: COM006 for an unknown code, COM024 for a method that needs the scores (see `Built.weights`).
    """
    gathered = Gathered()
    where = Where("pipeline", column="weights")
    check_codes(given, tree, where, gathered)
    gathered.refuse_errors()
    weights = tree.weights.astype(np.float64).copy()
    for node, (kind, spec) in plan(given, tree).items():
        if kind.needs_data:
            raise Refused([Finding("COM024", where, kind.code, tree.codes[node])])
        children = list(tree.children[node])
        codes = tuple(tree.codes[child] for child in children)
        group = Group(tree.codes[node], codes, np.empty((0, len(codes))), weights[children], lambda own: own)
        try:
            weights[children] = make_weights(kind, group, spec).weights
        except NoWeights as problem:
            raise Refused(
                [Finding("COM023", where, str(problem), kind.code, facts={"node": tree.codes[node]})]
            ) from problem
    return weights


def effective_weights(tree: Tree, given: Any = None) -> Array:
    """Each node's share of the whole: share within its parent times the parent's own effective weight; (nodes,).

    given: the key `weights`, or an array of weights by node.
    """
    weights = given if isinstance(given, np.ndarray) else node_weights(tree, given)
    found = np.ones(len(tree.codes))
    for node in reversed(tree.aggregates.tolist()):
        children = list(tree.children[node])
        found[children] = weights[children] / weights[children].sum() * found[node]
    return found
