"""Ranges of ranks over the choices of method that a composite set declares (`uncertainty.choices`).

The composite library redraws the choices; these ranges say nothing about sampling error and are never pooled with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from thangdo.evaluation.composite_index import applicable_leaves, indicator_data
from thangdo.evaluation.marks import TypedMarks
from thangdo.evaluation.membership import Member, members_of
from thangdo.evaluation.results import IndexResults, Interval
from thangdo.evaluation.values import Value
from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.methodology import CriteriaSet, Node

DEFAULT_REPLICATIONS = 1000
DEFAULT_SEED = 2023
# The 5 and 95 % ranks of the distribution over choices.
LEVEL = 0.90
_TOP = "index"


def method_intervals(
    results: IndexResults,
    everyone: Mapping[tuple[str, str], Member],
    marks: TypedMarks,
    values: Mapping[tuple[str, str], Value],
    gathered: Gathered,
) -> tuple[Interval, ...]:
    """One row a ranked unit of every block; none where the set declares no choices."""
    choices = results.criteria_set.uncertainty.get("choices")
    if not choices:
        return ()
    found: list[Interval] = []
    for block in results.entry.blocks:
        ranked = {row.unit: row.rank for row in results.rows if row.block == block and row.rank is not None}
        members = [m for m in members_of(results.entry, everyone) if m.block == block and m.unit in ranked]
        if len(members) < 2:
            continue
        try:
            found += _block(results, block, members, ranked, marks, values)
        except Refused as refused:
            for finding in refused.findings:
                where = Where(f"sets/{results.criteria_set.id}.yaml", column="uncertainty.choices", node=results.id)
                text = " ".join(part for part in (finding.code, str(finding.where), finding.found) if part)
                gathered.add(Finding("EVA059", where, text.strip(), finding.expected))
    return tuple(found)


def _block(
    results: IndexResults,
    block: str,
    members: Sequence[Member],
    ranked: Mapping[str, int | None],
    marks: TypedMarks,
    values: Mapping[tuple[str, str], Value],
) -> list[Interval]:
    import pandas as pd

    from thangdo.composite import Index

    criteria_set = results.criteria_set
    leaves = applicable_leaves(criteria_set, block)
    data = indicator_data(members, leaves, marks, values)
    units = [member.unit for member in members]
    idata = pd.DataFrame({"uCode": units, "uName": units, **{leaf.code: data[:, n] for n, leaf in enumerate(leaves)}})
    index = Index.from_coin(idata, pd.DataFrame(_structure(criteria_set, leaves))).pipeline(
        *_steps(criteria_set, leaves)
    )
    settings = criteria_set.uncertainty
    analysed = index.uncertainty(
        {"uncertain": _plain(settings["choices"]), "sobol": False},
        replications=int(settings.get("replications", DEFAULT_REPLICATIONS)),
        seed=int(settings.get("seed", DEFAULT_SEED)),
    )
    nominal = dict(zip(analysed.units, analysed.nominal_ranks.tolist(), strict=True))
    differing = [unit for unit in units if nominal[unit] != ranked[unit]]
    if differing:
        # The declared pipeline must be the one the ranking was made by, or the ranges are about something else.
        raise Refused([Finding("EVA059", Where(node=results.id), ", ".join(differing))])
    spread = analysed.distribution
    return [
        Interval(results.id, block, unit, math.floor(spread.q05[n]), math.ceil(spread.q95[n]), "method", LEVEL, None)
        for n, unit in enumerate(analysed.units)
    ]


def _structure(criteria_set: CriteriaSet, leaves: Sequence[Node]) -> list[dict[str, Any]]:
    """The tree as COINr's iMeta: indicators are level 1, a node stands one above its highest child."""
    codes = {leaf.code for leaf in leaves}
    rows: list[dict[str, Any]] = []

    def add(node: Node, parent: str) -> int:
        if node.is_leaf:
            level, weight = 1, node.weight
        else:
            children = [child for child in node.children if _holds(child, codes)]
            level, weight = 1 + max(add(child, node.code) for child in children), node.weight
        direction = node.rule.parameters.get("direction", 1) if node.rule else 1
        rows.append(
            {
                "iCode": node.code,
                "iName": node.text.vi,
                "Level": level,
                "Parent": parent,
                "Direction": int(direction),
                "Weight": float(weight if weight is not None else 1),
                "Type": "Indicator" if node.is_leaf else "Aggregate",
            }
        )
        return level

    top = max(add(node, _TOP) for node in criteria_set.children if _holds(node, codes))
    rows.append(
        {
            "iCode": _TOP,
            "iName": _TOP,
            "Level": top + 1,
            "Parent": None,
            "Direction": 1,
            "Weight": 1.0,
            "Type": "Aggregate",
        }
    )
    return rows


def _holds(node: Node, codes: set[str]) -> bool:
    return any(leaf.code in codes for leaf in node.walk() if leaf.is_leaf)


def _steps(criteria_set: CriteriaSet, leaves: Sequence[Node]) -> list[dict[str, Any]]:
    """The set's own steps as the library runs them; fixed ranges of indicators go to the normalisation."""
    steps = []
    for given in _plain(criteria_set.pipeline):
        if given["step"] == "normalise" and (own := {leaf.code: found for leaf in leaves if (found := _own(leaf))}):
            given = {**given, "indicators": own}
        if given["step"] != "rescale":
            steps.append(given)
    return steps


def _own(leaf: Node) -> dict[str, Any]:
    """What an indicator says of its own normalisation: a fixed range, and whether values outside are cut."""
    parameters = leaf.rule.parameters if leaf.rule else {}
    ends = parameters.get("range")
    if not ends:
        return {}
    return {"range": [float(ends["low"]), float(ends["high"])], "clip": bool(parameters.get("clip", False))}


def _plain(value: Any) -> Any:
    """Frozen mappings, tuples and Decimals of a set as the library takes them."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
