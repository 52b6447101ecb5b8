"""The steps of a pipeline as rows: what each method is called, which keys it takes, what it does to an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite import imputation, normalise, treatment
from thangdo.composite.treatment import Treatment
from thangdo.composite.uncertainty_index import IndexData

Array = NDArray[np.float64]
Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """The index after a step and what the log says of it."""

    index: IndexData
    log: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepKind:
    """A row: step and method, its keys with their defaults, the function, where the definition stands."""

    step: str
    method: str
    name_vi: str
    name_en: str
    keys: Mapping[str, Any]
    run: Callable[[IndexData, Step], StepOutcome]
    source: str = "OECD/JRC Handbook (2008); COINr 1.1.14"


class StepProblem(ValueError):
    """A step that cannot be done: the indicator (or '') and why."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


def _codes(index: IndexData) -> tuple[str, ...]:
    return index.tree.codes[: index.values.shape[1]]


def _denominate(index: IndexData, step: Step) -> StepOutcome:
    changed = [code for code, column in zip(_codes(index), index.denominators.T, strict=True) if (column != 1).any()]
    if (index.denominators == 0).any():
        column = int(np.nonzero((index.denominators == 0).any(axis=0))[0][0])
        raise StepProblem(_codes(index)[column], "denominator = 0")
    return StepOutcome(replace(index, values=index.values / index.denominators), {"indicators": changed})


def _groups(index: IndexData, step: Step) -> Sequence[str]:
    name = str(step.get("use_group"))
    if name not in index.columns:
        raise StepProblem("", f"use_group: {name}")
    return index.columns[name]


def _impute(index: IndexData, step: Step) -> StepOutcome:
    statistic, _, grouped = _method(step).partition("_")
    before = int(np.isnan(index.values).sum())
    if str(step.get("impute_by", "column")) == "row":
        level = step.get("group_level")
        pillars = None if level is None else _pillars(index, int(level))
        values = imputation.by_row(index.values, statistic, index.directions, pillars)
    else:
        values = imputation.by_indicator(index.values, statistic, _groups(index, step) if grouped else None)
    return StepOutcome(
        replace(index, values=values), {"gaps_before": before, "gaps_after": int(np.isnan(values).sum())}
    )


def _pillars(index: IndexData, level: int) -> list[list[int]]:
    """Columns under each node of a level."""
    tree = index.tree
    return [tree.leaves[node].tolist() for node, own in enumerate(tree.levels) if own == level]


def _panel(index: IndexData, step: Step) -> StepOutcome:
    if "Time" not in index.columns:
        raise StepProblem("", "Time")
    times = [float(text) for text in index.columns["Time"]]
    values = imputation.panel(index.values, times, index.units, _method(step))
    return StepOutcome(replace(index, values=values), {"gaps_after": int(np.isnan(values).sum())})


def _screen(index: IndexData, step: Step) -> StepOutcome:
    """Keep units by availability (byNA), by non-zero shares (byzeros), or both (byNAandzeros)."""
    available = (~np.isnan(index.values)).mean(axis=1)
    non_zero = ((index.values != 0) & ~np.isnan(index.values)).sum(axis=1) / np.maximum(
        (~np.isnan(index.values)).sum(axis=1), 1
    )
    wanted = str(step.get("unit_screen", "byNA"))
    threshold, zeros = float(step.get("dat_thresh", 0.9)), float(step.get("nonzero_thresh", 0.05))
    keep = {
        "byNA": available >= threshold,
        "byzeros": non_zero >= zeros,
        "byNAandzeros": (available >= threshold) & (non_zero >= zeros),
    }[wanted]
    removed = [unit for unit, is_kept in zip(index.units, keep, strict=True) if not is_kept]
    rows = np.flatnonzero(keep)
    columns = {name: tuple(texts[row] for row in rows) for name, texts in index.columns.items()}
    kept = replace(
        index,
        units=tuple(index.units[row] for row in rows),
        values=index.values[rows],
        denominators=index.denominators[rows],
        columns=columns,
    )
    return StepOutcome(kept, {"removed": removed})


def _treat(index: IndexData, step: Step) -> StepOutcome:
    """Column by column: what passes is left; winsorise or a function; `then` on the original where it still fails."""
    limits = (float(step.get("skew_thresh", 2.0)), float(step.get("kurt_thresh", 3.5)))
    values = index.values.copy()
    report: list[Treatment] = []
    for column, code in enumerate(_codes(index)):
        original = index.values[:, column]
        try:
            treated, entry = _treated(code, original, step, limits)
        except ValueError as problem:
            raise StepProblem(code, str(problem)) from problem
        values[:, column] = treated
        report.append(entry)
    return StepOutcome(
        replace(index, values=values), {"indicators": [_entry(entry) for entry in report if not entry.passed_before]}
    )


def _treated(code: str, original: Array, step: Step, limits: tuple[float, float]) -> tuple[Array, Treatment]:
    before = treatment.shape(original)
    if treatment.passes(original, *limits):
        return original, Treatment(code, *before, True, 0, "", *before, True)
    method = _method(step)
    pulled, function = 0, method
    if method == "winsorise":
        treated, pulled = treatment.winsorise(original, int(step.get("winmax", 5)), *limits)
        if not treatment.passes(treated, *limits) and step.get("then", "log_CT") not in (None, "none"):
            function = str(step.get("then", "log_CT"))
            treated = _transform(function, treated if step.get("combine_treat") else original, step)
            pulled = pulled if step.get("combine_treat") else 0
    else:
        treated = _transform(method, original, step)
    after = treatment.shape(treated)
    return treated, Treatment(code, *before, False, pulled, function, *after, treatment.passes(treated, *limits))


def _transform(name: str, values: Array, step: Step) -> Array:
    if name == "boxcox":
        return treatment.boxcox(values, float(step.get("lambda", 0.0)))
    if name not in treatment.TRANSFORMS:
        raise ValueError(f"then: {name}")
    return treatment.TRANSFORMS[name](values)


def _entry(entry: Treatment) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Treatment.__slots__}


def _parameter(index: IndexData, step: Step, key: str, code: str, column: str, default: Any = None) -> Any:
    """A parameter of one indicator: from `indicators: {CODE: {key: …}}`, from the key itself, or from iMeta."""
    own = (step.get("indicators") or {}).get(code) or {}
    if key in own:
        return own[key]
    given = step.get(key)
    if isinstance(given, Mapping):
        return given.get(code, default)
    if given is not None:
        return given
    text = index.parameters.get(code, {}).get(column, "") if column else ""
    return default if text in ("", "NA") else text


def _normalise(index: IndexData, step: Step) -> StepOutcome:
    columns = []
    for column, code in enumerate(_codes(index)):
        own = {**step, **((step.get("indicators") or {}).get(code) or {})}
        direction = float(index.directions[column])
        try:
            columns.append(_one(index, own, code, normalise.directed(index.values[:, column], direction), direction))
        except ValueError as problem:
            raise StepProblem(code, str(problem)) from problem
    return StepOutcome(replace(index, values=np.stack(columns, axis=1), directions=np.ones(len(columns))), {})


def _one(index: IndexData, step: Step, code: str, values: Array, direction: float) -> Array:
    method = _method(step)
    match method:
        case "minmax":
            low, high = _parameter(index, step, "l_u", code, "", (0, 100))
            bounds = step.get("range")
            if bounds is None:
                return normalise.minmax(values, (float(low), float(high)))
            ends = sorted(float(end) * direction for end in bounds)
            return normalise.fixed_range(
                values, ends[0], ends[1], (float(low), float(high)), clip=bool(step.get("clip", False))
            )
        case "zscore":
            mean, sd = _parameter(index, step, "m_sd", code, "", (0, 1))
            return normalise.zscore(values, (float(mean), float(sd)))
        case "scaled":
            shift, top = _parameter(index, step, "npara", code, "", (0, 100))
            return normalise.scaled(values, (float(shift), float(top)), float(step.get("factor", 100)))
        case "rank":
            return normalise.rank(values)
        case "borda":
            return normalise.borda(values)
        case "prank":
            return normalise.prank(values)
        case "fracmax":
            return normalise.fracmax(values)
        case "dist2max":
            return normalise.dist2max(values)
        case "dist2ref":
            reference = str(step.get("ref", step.get("iref", "")))
            row = index.units.index(reference) if reference in index.units else int(float(reference)) - 1
            return normalise.dist2ref(values, row, cap_max=bool(step.get("cap_max", False)))
        case "dist2targ":
            target = _parameter(index, step, "targ", code, "Target")
            if target is None:
                raise ValueError("Target")
            return normalise.dist2targ(values, float(target) * direction, cap_max=bool(step.get("cap_max", False)))
        case "goalposts":
            low = _parameter(index, step, "lower", code, "goalpost_lower")
            high = _parameter(index, step, "upper", code, "goalpost_upper")
            scale = _parameter(index, step, "scale", code, "goalpost_scale", 1)
            if low is None or high is None:
                raise ValueError("goalposts")
            cut: bool = str(_parameter(index, step, "trunc2posts", code, "goalpost_trunc2posts", True)).upper() in (
                "TRUE",
                "1",
            )
            lower, upper = (float(low), float(high)) if direction > 0 else (-float(high), -float(low))
            return normalise.goalposts(values, lower, upper, float(scale), trunc2posts=cut)
        case _:
            return values


def _method(step: Step) -> str:
    name = str(step.get("method", ""))
    return name[2:] if name[:2] in ("n_", "a_", "i_", "t_") else name


def _rows() -> tuple[StepKind, ...]:
    names: dict[str, tuple[str, str, dict[str, Any]]] = {
        "minmax": ("tối thiểu – tối đa", "min–max", {"l_u": (0, 100), "range": None, "clip": False}),
        "zscore": ("chuẩn hóa z", "z-score", {"m_sd": (0, 1)}),
        "scaled": ("co giãn", "scaled", {"npara": (0, 100), "factor": 100}),
        "rank": ("thứ hạng", "rank", {}),
        "borda": ("Borda", "Borda", {}),
        "prank": ("hạng phần trăm", "percentile rank", {}),
        "fracmax": ("phần của giá trị cao nhất", "fraction of the maximum", {}),
        "dist2max": ("khoảng cách tới cao nhất", "distance to the maximum", {}),
        "dist2ref": (
            "khoảng cách tới đơn vị mốc",
            "distance to a reference unit",
            {"ref": None, "iref": None, "cap_max": False},
        ),
        "dist2targ": ("khoảng cách tới mục tiêu", "distance to a target", {"targ": None, "cap_max": False}),
        "goalposts": (
            "mốc dưới – mốc trên",
            "goalposts",
            {"lower": None, "upper": None, "scale": 1, "trunc2posts": True},
        ),
        "none": ("giữ nguyên", "none", {}),
    }
    shape_keys: dict[str, Any] = {"skew_thresh": 2.0, "kurt_thresh": 3.5, "lambda": 0.0}
    win_keys: dict[str, Any] = {"winmax": 5, "then": "log_CT", "combine_treat": False, **shape_keys}
    same = lambda index, step: StepOutcome(index, {})  # noqa: E731
    return (
        StepKind("denominate", "", "chia cho mẫu số", "denominate", {}, _denominate),
        *(
            StepKind("impute", name, vi, en, {"use_group": None, "impute_by": "column", "group_level": None}, _impute)
            for name, vi, en in (
                ("mean", "trung bình", "mean"),
                ("median", "trung vị", "median"),
                ("mean_grp", "trung bình nhóm", "group mean"),
                ("median_grp", "trung vị nhóm", "group median"),
            )
        ),
        StepKind("impute", "none", "không bù", "none", {}, same),
        StepKind("impute_panel", "latest", "giá trị gần nhất trước đó", "carried forward", {}, _panel),
        StepKind("impute_panel", "linear", "nội suy tuyến tính", "linear", {}, _panel),
        StepKind(
            "screen",
            "",
            "lọc đơn vị",
            "screen units",
            {"unit_screen": "byNA", "dat_thresh": 0.9, "nonzero_thresh": 0.05},
            _screen,
        ),
        StepKind("treat", "winsorise", "kéo giá trị ngoại lai", "winsorise", win_keys, _treat),
        *(StepKind("treat", name, name, name, shape_keys, _treat) for name in (*treatment.TRANSFORMS, "boxcox")),
        StepKind("treat", "none", "không xử lý", "none", {}, same),
        *(
            StepKind("normalise", name, vi, en, {**keys, "indicators": None}, _normalise)
            for name, (vi, en, keys) in names.items()
        ),
    )


STEP_KINDS = _rows()
BY_KEY = {(kind.step, kind.method): kind for kind in STEP_KINDS}


def step_kind(step: Step) -> StepKind | None:
    """The row of a step, or None."""
    name = str(step.get("step", ""))
    return BY_KEY.get((name, "" if name in ("denominate", "screen") else _method(step)))
