"""The step that treats outliers: the rule column by column, per-indicator parameters, a report of what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite import treatment
from thangdo.composite.index_data import IndexData
from thangdo.composite.step_keys import FLAG, NUMBER, PER_INDICATOR, POSITIVE, WINMAX, Key, choice
from thangdo.composite.step_kinds import Problem, Step, StepKind, StepOutcome, indicator_codes, method_name, refuse
from thangdo.composite.treatment import NoTransform, Treatment

Array = NDArray[np.float64]
Columns = NDArray[np.int64]
FUNCTIONS = (*treatment.TRANSFORMS, "boxcox")


def _treat(index: IndexData, step: Step) -> StepOutcome:
    """What passes is left; the first function; `then` on the original (or the first's result) where it still fails."""
    codes = indicator_codes(index)
    values = index.values.copy()
    report: list[Treatment] = []
    problems: list[Problem] = []
    for own, columns in _groups(step, codes):
        if method_name(own) != "none":
            values[:, columns], entries = _treated(index, own, columns, codes, problems)
            report += entries
    refuse(problems)
    order = {code: place for place, code in enumerate(codes)}
    report.sort(key=lambda entry: order[entry.code])
    return StepOutcome(replace(index, values=values), {"indicators": [_entry(entry) for entry in report]})


def _groups(step: Step, codes: tuple[str, ...]) -> list[tuple[dict[str, Any], Columns]]:
    """Parameters and the columns that have them: the indicators' own, and one group of all others."""
    special: Mapping[Any, Mapping[str, Any]] = {str(code): own for code, own in (step.get("indicators") or {}).items()}
    common = {key: value for key, value in step.items() if key != "indicators"}
    found = [({**common, **special[code]}, np.array([place])) for place, code in enumerate(codes) if code in special]
    rest = np.array([place for place, code in enumerate(codes) if code not in special], dtype=np.int64)
    return [*found, (common, rest)] if rest.size else found


def _treated(
    index: IndexData, step: Step, columns: Columns, codes: tuple[str, ...], problems: list[Problem]
) -> tuple[Array, list[Treatment]]:
    original = index.values[:, columns]
    limits = (_or(step, "skew_thresh", 2.0), _or(step, "kurt_thresh", 3.5))
    skew, kurtosis = treatment.shapes(original)
    method, force = method_name(step), bool(step.get("force_win"))
    failing = np.flatnonzero(treatment.fails(skew, kurtosis, *limits))
    values = original.copy()
    if failing.size == 0:
        return values, []
    part = original[:, failing]
    high = low = np.zeros(failing.size, np.int64)
    if method == "winsorise":
        winmax = step.get("winmax", 5)
        pulled = treatment.winsorise_columns(part, None if winmax is None else int(winmax), *limits, force_win=force)
        first, high, low, passed = pulled.values, pulled.high, pulled.low, pulled.passed
        functions = ["winsorise" if count else "" for count in pulled.count.tolist()]
    else:
        first = _transformed(method, part, step, [codes[columns[place]] for place in failing], problems)
        functions = [method] * failing.size
        passed = treatment.all_pass(first, *limits)
    then = str(step.get("then", "log_CT" if method == "winsorise" else "none") or "none")
    still = np.flatnonzero(~passed)
    second = first.copy()
    if then != "none" and still.size:
        base = first if step.get("combine_treat") else part
        names = [codes[columns[failing[place]]] for place in still]
        if then == "winsorise":
            winmax = step.get("winmax", 5)
            again = treatment.winsorise_columns(base[:, still], None if winmax is None else int(winmax), *limits)
            second[:, still] = again.values
            high, low = high.copy(), low.copy()
            high[still], low[still] = again.high, again.low
        else:
            second[:, still] = _transformed(then, base[:, still], step, names, problems)
        for place in still.tolist():
            is_added = bool(step.get("combine_treat")) and functions[place] not in ("", then)
            functions[place] = f"{functions[place]}+{then}" if is_added else then
    values[:, failing] = second
    skew_after, kurtosis_after = treatment.shapes(second)
    passed_after = ~treatment.fails(skew_after, kurtosis_after, *limits)
    entries = []
    for place, column in enumerate(failing.tolist()):
        is_kept = "winsorise" in functions[place]
        changed = first[:, place] if is_kept else part[:, place]
        entries.append(
            Treatment(
                codes[columns[column]],
                float(skew[column]),
                float(kurtosis[column]),
                False,
                int(high[place] + low[place]),
                functions[place],
                float(skew_after[place]),
                float(kurtosis_after[place]),
                bool(passed_after[place]),
                _units(index, changed < part[:, place]),
                _units(index, changed > part[:, place]),
            )
        )
    return values, entries


def _units(index: IndexData, flags: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(index.units[row] for row in np.flatnonzero(flags))


def _or(step: Step, key: str, default: float) -> float:
    value = step.get(key)
    return default if value is None else float(value)


def _transformed(name: str, values: Array, step: Step, codes: list[str], problems: list[Problem]) -> Array:
    found = values.copy()
    for column, code in enumerate(codes):
        try:
            found[:, column] = (
                treatment.boxcox(values[:, column], _or(step, "lambda", 0.0), makepos=step.get("makepos", True))
                if name == "boxcox"
                else treatment.TRANSFORMS[name](values[:, column])
            )
        except NoTransform as problem:
            reason = str(problem)
            rows = np.flatnonzero(values[:, column] <= 0) if reason == "x ≤ 0" else np.array([], dtype=np.int64)
            if rows.size == 0:
                problems.append(Problem("COM012", code, found=name, expected=reason))
            problems += [Problem("COM012", code, int(row), f"{name}({values[row, column]:g})", "x > 0") for row in rows]
    return found


def _entry(entry: Treatment) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Treatment.__slots__}


def _same(index: IndexData, step: Step) -> StepOutcome:
    """Nothing for all, but an indicator may have its own treatment."""
    return _treat(index, step) if step.get("indicators") else StepOutcome(index, {"indicators": []})


_SHAPE = (
    Key("skew_thresh", POSITIVE, 2.0, "ngưỡng độ lệch", "limit of |skewness|"),
    Key("kurt_thresh", NUMBER, 3.5, "ngưỡng độ nhọn", "limit of kurtosis"),
    Key("lambda", NUMBER, 0.0, "lũy thừa của `boxcox`", "power of `boxcox`"),
    Key("makepos", FLAG, True, "`boxcox` của x − min + 1", "`boxcox` of x − min + 1, not of x"),
    Key(
        "combine_treat",
        FLAG,
        False,
        "`then` áp dụng lên kết quả của bước đầu, không phải số gốc",
        "`then` is taken of the first function's result, not of the original",
    ),
    Key(
        "indicators",
        PER_INDICATOR,
        None,
        "tham số riêng của từng chỉ tiêu",
        "an indicator's own `method` and keys",
    ),
)
_WIN = (
    Key("winmax", WINMAX, 5, "số điểm kéo vào tối đa; null: không giới hạn", "most points pulled in; null: no limit"),
    Key(
        "force_win",
        FLAG,
        False,
        "kéo đủ `winmax` điểm dù đã đạt",
        "of what fails, pull in `winmax` points even where fewer are enough",
    ),
)


def _then() -> Key:
    return Key(
        "then",
        choice(*FUNCTIONS, "winsorise", "none"),
        "log_CT after winsorise, else none",
        "hàm tiếp theo cho chỉ tiêu vẫn chưa đạt",
        "what follows for an indicator that still fails",
    )


TREATING = (
    StepKind(
        "treat",
        "winsorise",
        "kéo giá trị ngoại lai",
        "winsorise",
        (*_WIN, _then(), *_SHAPE),
        _treat,
        "while |skew| ≥ 2 and kurt ≥ 3.5: extreme → next value",
    ),
    *(
        StepKind(
            "treat",
            name,
            f"hàm {name}",
            f"function {name}",
            (_then(), *_WIN, *_SHAPE),
            _treat,
            treatment.FORMULAS[name],
        )
        for name in FUNCTIONS
    ),
    StepKind("treat", "none", "không xử lý", "none", (_SHAPE[-1],), _same),
)
