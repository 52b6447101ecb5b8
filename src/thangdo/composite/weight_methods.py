"""Methods of weights as rows: each makes the weights of one node's children, and says how they came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.principal_components import NoComponents
from thangdo.composite.step_keys import (
    CODES,
    COUNT,
    LEVELS,
    POSITIVE,
    SHARE,
    Key,
    ValueKind,
    choice,
    is_number,
)
from thangdo.composite.weights_ahp import ACCEPTED_RATIO, NotReciprocal, ahp_weights
from thangdo.composite.weights_bod import NoFreeWeights, benefit_of_the_doubt
from thangdo.composite.weights_factor import factor_weights
from thangdo.composite.weights_optimised import optimised_weights
from thangdo.composite.weights_pca import pca_weights

Array = NDArray[np.float64]
Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """What a method sees of a node: `values` (units, children), their codes, the weights so far, and how the node's
    score comes from weights.
    """

    node: str
    codes: tuple[str, ...]
    values: Array
    weights: Array
    score: Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Made:
    """`weights` (children,); `scores` (units,) where every unit has weights of its own; `log`: how they came about.

    `remark`: a finding (code, found, expected) that does not stop the work.
    """

    weights: Array
    log: Mapping[str, Any]
    scores: Array | None = None
    remark: tuple[str, str, str] | None = None


class NoWeights(ValueError):
    """Weights that a method cannot make of a node's children."""


@dataclass(frozen=True, slots=True)
class WeightKind:
    """A row: a method, its keys, its function; `needs_data` where weights come from the scores themselves."""

    code: str
    name_vi: str
    name_en: str
    keys: tuple[Key, ...]
    make: Callable[[Group, Spec], Made]
    source: str
    needs_data: bool = True


def _equal(group: Group, spec: Spec) -> Made:
    return Made(np.ones(len(group.codes)), {})


def _given(group: Group, spec: Spec) -> Made:
    values = {str(code): float(weight) for code, weight in spec["values"].items()}
    own = [values.get(code, float(before)) for code, before in zip(group.codes, group.weights, strict=True)]
    return Made(np.array(own), {})


def _pca(group: Group, spec: Spec) -> Made:
    found = pca_weights(group.values)
    weights, log = found.weights, {"explained": found.explained}
    if found.negative:
        names = ", ".join(group.codes[place] for place in found.negative)
        what = spec.get("negative") or "refuse"
        if what == "refuse":
            raise NoWeights(f"< 0: {names}")
        if what == "zero":
            weights = np.maximum(weights, 0.0)
        return Made(weights, {**log, "negative": names}, remark=("COM027", names, what))
    return Made(weights, log)


def _factor(group: Group, spec: Spec) -> Made:
    factors = spec.get("factors")
    found = factor_weights(group.values, None if factors is None else int(factors))
    factor = {code: int(place) + 1 for code, place in zip(group.codes, found.factor.tolist(), strict=True)}
    return Made(
        found.weights, {"factors": int(found.explained.size), "factor": factor, "explained": found.explained.tolist()}
    )


def _bod(group: Group, spec: Spec) -> Made:
    low, high = spec.get("lowest_share"), spec.get("highest_share")
    found = benefit_of_the_doubt(group.values, 0.0 if low is None else float(low), 1.0 if high is None else float(high))
    scale = 100.0 if spec.get("scale") is None else float(spec["scale"])
    shares = found.shares.mean(axis=0)
    best = int((found.scores >= 1 - 1e-9).sum())
    return Made(shares, {"weights_are": "mean shares", "units_at_the_top": best}, scores=found.scores * scale)


def _ahp(group: Group, spec: Spec) -> Made:
    judged = {str(node): matrix for node, matrix in spec["judgements"].items()}.get(group.node)
    if judged is None:
        raise NoWeights(f"judgements: {group.node}")
    order = {str(node): codes for node, codes in (spec.get("order") or {}).items()}.get(group.node, group.codes)
    codes = [str(code) for code in order]
    if sorted(codes) != sorted(group.codes) or len(judged) != len(codes):
        raise NoWeights(f"{len(judged)} ≠ {len(group.codes)}: {', '.join(group.codes)}")
    found = ahp_weights(np.array([[float(Fraction(str(cell))) for cell in row] for row in judged]))
    weights = np.array([found.weights[codes.index(code)] for code in group.codes])
    log = {"consistency_ratio": found.ratio, "is_consistent": found.is_consistent, "eigenvalue": found.eigenvalue}
    remark = None if found.is_consistent else ("COM025", f"{found.ratio:.3f}", f"{ACCEPTED_RATIO:g}")
    return Made(weights, log, remark=remark)


def _optimised(group: Group, spec: Spec) -> Made:
    target = spec.get("target") or "equal"
    wanted = np.ones(len(group.codes))
    if isinstance(target, Mapping):
        by_code = {str(code): float(share) for code, share in target.items()}
        absent = [code for code in group.codes if code not in by_code]
        if absent:
            raise NoWeights(f"target: {', '.join(absent)}")
        wanted = np.array([by_code[code] for code in group.codes])
    found = optimised_weights(group.values, wanted, group.score, spec.get("measure") or "corr")
    pairs = zip(group.codes, found.importance.tolist(), strict=True)
    log = {"importance": dict(pairs), "distance": found.distance, "reached": found.reached}
    remark = None if found.reached else ("COM026", f"{found.distance:.3g}", "1e-06")
    return Made(found.weights, log, remark=remark)


def _is_matrix(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(row, list | tuple) and len(row) == len(value) and all(_is_ratio(cell) for cell in row)
        for row in value
    )


def _is_ratio(cell: Any) -> bool:
    try:
        return Fraction(str(cell)) > 0
    except (ValueError, ZeroDivisionError):
        return False


_WEIGHTS_BY_CODE = ValueKind(
    "weights_by_code",
    "{code: w ≥ 0}",
    lambda value: (
        isinstance(value, Mapping) and bool(value) and all(is_number(each) and each >= 0 for each in value.values())
    ),
)
_TARGET = ValueKind(
    "target",
    "equal | {code: x > 0}",
    lambda value: (
        value == "equal"
        or (isinstance(value, Mapping) and all(is_number(each) and each > 0 for each in value.values()))
    ),
)
_JUDGEMENTS = ValueKind(
    "judgements",
    "{node: [[1, 3], [1/3, 1]]}",
    lambda value: isinstance(value, Mapping) and bool(value) and all(_is_matrix(each) for each in value.values()),
)
_ORDER = ValueKind(
    "order",
    "{node: [code, …]}",
    lambda value: isinstance(value, Mapping) and all(isinstance(each, list | tuple) for each in value.values()),
)
WHERE_KEYS = (
    Key("nodes", CODES, None, "các nút (cha) được tính trọng số", "the nodes (parents) whose children are weighed"),
    Key("levels", LEVELS, None, "hoặc các cấp được gán trọng số", "or the levels that are weighed"),
)
HANDBOOK = "OECD/JRC Handbook (2008), 6"
WEIGHT_KINDS = {
    row.code: row
    for row in (
        WeightKind("equal", "bằng nhau", "equal", (), _equal, HANDBOOK, needs_data=False),
        WeightKind(
            "given",
            "cho trước",
            "given",
            (Key("values", _WEIGHTS_BY_CODE, None, "trọng số theo mã", "weights by code", is_required=True),),
            _given,
            HANDBOOK,
            needs_data=False,
        ),
        WeightKind(
            "pca",
            "thành phần chính",
            "principal components",
            (
                Key(
                    "negative",
                    choice("refuse", "keep", "zero"),
                    "refuse",
                    "làm gì với trọng số âm",
                    "what becomes of a weight below 0",
                ),
            ),
            _pca,
            f"{HANDBOOK}.1",
        ),
        WeightKind(
            "fa",
            "phân tích nhân tố",
            "factor analysis",
            (
                Key(
                    "factors",
                    COUNT,
                    None,
                    "số nhân tố; trống: theo quy tắc",
                    "how many factors; else by the Handbook's rule",
                ),
            ),
            _factor,
            "Nicoletti, Scarpetta, Boylaud (2000); Handbook 6.1",
        ),
        WeightKind(
            "bod",
            "lợi ích của sự nghi ngờ",
            "benefit of the doubt",
            (
                Key("lowest_share", SHARE, 0, "tỷ trọng thấp nhất", "least share of a child in the unit's own score"),
                Key("highest_share", SHARE, 1, "tỷ trọng cao nhất", "largest share"),
                Key("scale", POSITIVE, 100, "điểm của đơn vị không bị ai vượt", "the score of a unit that none beats"),
            ),
            _bod,
            "Cherchye and others (2007); Handbook 6.3",
        ),
        WeightKind(
            "ahp",
            "so sánh cặp (AHP)",
            "analytic hierarchy process",
            (
                Key(
                    "judgements",
                    _JUDGEMENTS,
                    None,
                    "ma trận so sánh cặp của từng nút: hàng quan trọng hơn cột bao nhiêu lần",
                    "a node's pairwise matrix: how many times the row matters more than the column",
                    is_required=True,
                ),
                Key("order", _ORDER, None, "thứ tự hàng; trống: như iMeta", "order of the rows; else as in iMeta"),
            ),
            _ahp,
            "Saaty (1980); Handbook 6.6",
            needs_data=False,
        ),
        WeightKind(
            "optimised",
            "tối ưu theo mức quan trọng",
            "optimised to importance",
            (
                Key("target", _TARGET, "equal", "mức quan trọng mong muốn", "the importance wanted of each child"),
                Key(
                    "measure",
                    choice("corr", "r2"),
                    "corr",
                    "tương quan với nút, hay bình phương của nó",
                    "correlation with the node, or its square",
                ),
            ),
            _optimised,
            "Paruolo, Saisana, Saltelli (2013)",
        ),
    )
}


def make_weights(kind: WeightKind, group: Group, spec: Spec) -> Made:
    """The weights of one node's children. Raises NoWeights with the reason."""
    try:
        made = kind.make(group, spec)
    except (NoComponents, NotReciprocal, NoFreeWeights, ValueError) as problem:
        raise NoWeights(str(problem)) from problem
    weights = made.weights
    if not np.isfinite(weights).all() or weights.sum() <= 0:
        raise NoWeights(", ".join(f"{code} = {weight:g}" for code, weight in zip(group.codes, weights, strict=True)))
    return made
