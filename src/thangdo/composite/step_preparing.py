"""Steps before the normalisation that are about the table itself: denominate, impute, screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite import imputation
from thangdo.composite.coin_tables import MISSING, number_of
from thangdo.composite.index_data import IndexData
from thangdo.composite.step_keys import (
    CODES,
    COLUMNS_OF_CODES,
    COUNT,
    FLAG,
    FLAGS_OF_UNITS,
    LEVEL,
    NAME,
    POSITIVE_BY_CODE,
    SHARE,
    Key,
    choice,
)
from thangdo.composite.step_kinds import (
    Problem,
    Step,
    StepKind,
    StepOutcome,
    StepProblem,
    indicator_codes,
    method_name,
    refuse,
    take,
)

Array = NDArray[np.float64]


def _denominate(index: IndexData, step: Step) -> StepOutcome:
    codes, denominators = indicator_codes(index), index.denominators
    by = dict(index.denominated_by)
    problems: list[Problem] = []
    if step.get("denomby"):
        by = {str(code): str(name) for code, name in step["denomby"].items()}
        denominators = np.ones(index.values.shape)
        for code, name in by.items():
            if code not in codes or name not in index.columns:
                found = code if code not in codes else name
                problems.append(Problem("COM017" if code not in codes else "COM522", found=found))
                continue
            denominators[:, codes.index(code)] = _column_of_numbers(index, name, problems)
    factors = np.ones(len(codes))
    for column, code in enumerate(codes):
        given = step.get("scale_factor", index.parameters.get(code, {}).get("ScaleFactor", ""))
        given = given.get(code, 1) if isinstance(given, Mapping) else given
        number = None if given in MISSING or given is None else number_of(str(given))
        factors[column] = 1.0 if number is None or not (denominators[:, column] != 1).any() else number
    rows, columns = np.nonzero(denominators == 0)
    problems += [
        Problem("COM009", codes[column], int(row), f"{by.get(codes[column], '')} = 0")
        for row, column in zip(rows, columns, strict=True)
    ]
    refuse(problems)
    with np.errstate(over="ignore"):
        values = index.values / (denominators / factors)
    changed = [code for code, column in zip(codes, denominators.T, strict=True) if (column != 1).any()]
    lost = int((np.isnan(values) & ~np.isnan(index.values)).sum())
    log = {"indicators": {code: by.get(code, "") for code in changed}, "made_missing_without_denominator": lost}
    return StepOutcome(replace(index, values=values), log)


def _column_of_numbers(index: IndexData, name: str, problems: list[Problem]) -> Array:
    found = np.full(len(index.units), np.nan)
    for row, text in enumerate(index.columns[name]):
        if text in MISSING:
            continue
        number = number_of(text)
        if number is None:
            problems.append(Problem("COM523", name, row, text))
        else:
            found[row] = number
    return found


def _groups(index: IndexData, step: Step) -> Sequence[str]:
    name = str(step["use_group"])
    if name not in index.columns:
        raise StepProblem([Problem("COM018", key="use_group", found=name, expected=", ".join(sorted(index.columns)))])
    return index.columns[name]


def _impute(index: IndexData, step: Step) -> StepOutcome:
    statistic, _, grouped = method_name(step).partition("_")
    if step.get("impute_by", "column") == "row":
        level = step.get("group_level")
        pillars = None if level is None else _pillars(index, int(level))
        values = imputation.by_row(
            index.values, statistic, index.directions, pillars, normalise_first=step.get("normalise_first", True)
        )
    else:
        values = imputation.by_indicator(index.values, statistic, _groups(index, step) if grouped else None)
    return StepOutcome(replace(index, values=values), _gaps(index, values))


def _gaps(index: IndexData, values: Array) -> dict[str, Any]:
    """How many gaps there were, how many are left and where."""
    left = np.isnan(values)
    codes = indicator_codes(index)
    still = {codes[column]: int(left[:, column].sum()) for column in np.flatnonzero(left.any(axis=0)).tolist()}
    return {"gaps_before": int(np.isnan(index.values).sum()), "gaps_after": int(left.sum()), "still_missing": still}


def _pillars(index: IndexData, level: int) -> list[list[int]]:
    """Columns under each node of a level."""
    tree = index.tree
    found = [tree.leaves[node].tolist() for node, own in enumerate(tree.levels) if own == level and tree.children[node]]
    if not found:
        raise StepProblem([Problem("COM007", found=str(level), expected=f"2 … {max(tree.levels)}", key="group_level")])
    return found


def _panel(index: IndexData, step: Step) -> StepOutcome:
    if not index.times:
        raise StepProblem([Problem("COM019")])
    name = method_name(step)
    method = str(step.get("imp_type") or "latest") if name == "impute_panel" else name
    most = step.get("max_time")
    values = imputation.panel(index.values, index.times, index.units, method, None if most is None else int(most))
    return StepOutcome(replace(index, values=values), _gaps(index, values))


def _screen(index: IndexData, step: Step) -> StepOutcome:
    """Keep units by availability (byNA), by non-zero shares (byzeros), or both (byNAandzeros); exceptions by name."""
    wanted = str(step.get("unit_screen") or "byNA")
    threshold = _or(step.get("dat_thresh"), 2 / 3)
    zeros = _or(step.get("nonzero_thresh"), 0.05)
    there = ~np.isnan(index.values)
    available = there.sum(axis=1) / there.shape[1]
    non_zero = ((index.values != 0) & there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    keep = np.ones(len(index.units), dtype=np.bool_)
    if wanted in ("byNA", "byNAandzeros"):
        keep &= available >= threshold
    if wanted in ("byzeros", "byNAandzeros"):
        keep &= non_zero >= zeros
    only = None if step.get("include_only") is None else {str(unit) for unit in step["include_only"]}
    forced = {str(unit): bool(flag) for unit, flag in (step.get("Force") or {}).items()}
    unknown = sorted(({*forced} | (only or set())) - set(index.units))
    if unknown:
        raise StepProblem(
            [Problem("COM020", found=", ".join(unknown), key="Force" if {*forced} & {*unknown} else "include_only")]
        )
    for row, unit in enumerate(index.units):
        keep[row] = forced.get(unit, bool(keep[row])) and (only is None or unit in only)
    if not keep.any():
        raise StepProblem([Problem("COM021")])
    rows = np.flatnonzero(keep)
    log = {
        "removed": [index.units[row] for row in np.flatnonzero(~keep)],
        "availability": {index.units[row]: float(available[row]) for row in np.flatnonzero(available < 1)},
        "forced": forced,
    }
    return StepOutcome(index if rows.size == len(index.units) else take(index, rows), log)


def _or(value: Any, default: float) -> float:
    return default if value is None else float(value)


def _same(index: IndexData, step: Step) -> StepOutcome:
    return StepOutcome(index, {})


_IMPUTE_KEYS = (
    Key("impute_by", choice("column", "row"), "column", "theo cột hay theo hàng", "from the column or from the row"),
    Key(
        "group_level",
        LEVEL,
        None,
        "theo hàng: chỉ dùng chỉ tiêu cùng nút ở cấp này",
        "from the row: only indicators under the same node of this level",
    ),
    Key(
        "normalise_first",
        FLAG,
        True,
        "theo hàng: đưa về 0–1 trước rồi đổi ngược lại",
        "from the row: brought to 0–1 first and back afterwards",
    ),
)
_GROUP_KEYS = (
    Key("use_group", NAME, None, "cột nhóm trong iData", "the column of iData that names the groups", True),
    Key("impute_by", choice("column"), "column", "theo cột", "from the column"),
)
_PANEL_KEYS = (
    Key(
        "max_time",
        COUNT,
        None,
        "lùi tối đa bao nhiêu kỳ của bảng (`latest`)",
        "how many of the panel's times to look back at most (`latest`)",
    ),
)
_always = lambda step: True  # noqa: E731

PREPARING = (
    StepKind(
        "denominate",
        "",
        "chia cho mẫu số",
        "denominate",
        (
            Key(
                "denomby",
                COLUMNS_OF_CODES,
                None,
                "chỉ tiêu nào chia cho cột nào (thay cho iMeta)",
                "which indicator by which column (instead of iMeta's `Denominator`)",
            ),
            Key(
                "scale_factor",
                POSITIVE_BY_CODE,
                1,
                "nhân kết quả với số này (hoặc cột `ScaleFactor` của iMeta)",
                "the result times this (or iMeta's column `ScaleFactor`)",
            ),
        ),
        _denominate,
        "x / d · s",
    ),
    *(
        StepKind("impute", name, vi, en, _IMPUTE_KEYS, _impute, formula)
        for name, vi, en, formula in (
            ("mean", "trung bình", "mean", "mean of the indicator, or of the unit's row"),
            ("median", "trung vị", "median", "median of the indicator, or of the unit's row"),
        )
    ),
    *(
        StepKind("impute", name, vi, en, _GROUP_KEYS, _impute, formula)
        for name, vi, en, formula in (
            ("mean_grp", "trung bình nhóm", "group mean", "mean of the units of the same group"),
            ("median_grp", "trung vị nhóm", "group median", "median of the units of the same group"),
        )
    ),
    StepKind("impute", "none", "không bù", "none", (), _same),
    *(
        StepKind(step, name, vi, en, keys, _panel, formula, is_pooled=_always)
        for step in ("impute", "impute_panel")
        for name, vi, en, keys, formula in (
            ("latest", "giá trị gần nhất trước đó", "carried forward", _PANEL_KEYS, "last earlier value of the unit"),
            ("constant", "bậc thang", "steps", (), "last earlier value; before the first one, the first"),
            ("linear", "nội suy tuyến tính", "linear", (), "on the line between neighbours; beyond them, the nearest"),
        )
    ),
    StepKind(
        "impute",
        "impute_panel",
        "theo thời gian",
        "from other times",
        (
            Key(
                "imp_type",
                choice("latest", "constant", "linear"),
                "latest",
                "cách bù theo thời gian",
                "one of the three methods above",
            ),
            *_PANEL_KEYS,
        ),
        _panel,
        is_pooled=_always,
    ),
    StepKind(
        "screen",
        "",
        "lọc đơn vị",
        "screen units",
        (
            Key(
                "unit_screen",
                choice("byNA", "byzeros", "byNAandzeros", "none"),
                "byNA",
                "lọc theo dữ liệu có, theo giá trị khác 0, hoặc cả hai",
                "by available data, by values other than 0, by both",
            ),
            Key(
                "dat_thresh",
                SHARE,
                "2/3",
                "tỷ lệ chỉ tiêu có dữ liệu tối thiểu",
                "least share of indicators that a unit has",
            ),
            Key(
                "nonzero_thresh",
                SHARE,
                0.05,
                "tỷ lệ giá trị khác 0 tối thiểu",
                "least share of values other than 0 among those it has",
            ),
            Key(
                "Force",
                FLAGS_OF_UNITS,
                None,
                "đơn vị luôn giữ (true) hoặc luôn bỏ (false)",
                "units kept (true) or left out (false) whatever the rule says",
            ),
            Key("include_only", CODES, None, "chỉ xét các đơn vị này", "only these units are looked at at all"),
        ),
        _screen,
        "available / indicators ≥ dat_thresh",
    ),
)
