"""The step that treats outliers: the rule column by column, per-indicator parameters, a report of what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class _Pass:
    """Columns after a function: `values` (units, columns); points pulled in at either end; whether each passes."""

    values: Array
    high: Columns
    low: Columns
    passed: NDArray[np.bool_]


def _treated(
    index: IndexData, step: Step, columns: Columns, codes: tuple[str, ...], problems: list[Problem]
) -> tuple[Array, list[Treatment]]:
    """All columns of one set of parameters: values (units, columns) and an entry for each that did not pass at first."""
    original = index.values[:, columns]
    limits = _limits(step)
    skew, kurtosis = treatment.shapes(original)
    failing = np.flatnonzero(treatment.fails(skew, kurtosis, *limits))
    values = original.copy()
    if failing.size == 0:
        return values, []
    names = [codes[column] for column in columns[failing].tolist()]
    part = original[:, failing]
    method = method_name(step)
    first = _applied(method, part, step, names, problems)
    is_winsorised = (first.high + first.low) > 0
    functions = [method if method != "winsorise" or has_any else "" for has_any in is_winsorised.tolist()]
    last = _followed(first, part, step, names, functions, problems)
    values[:, failing] = last.values
    skew_after, kurtosis_after = treatment.shapes(last.values)
    passed_after = ~treatment.fails(skew_after, kurtosis_after, *limits)
    # Where a function of the original followed, no value of the result is a pulled-in one.
    pulled = first.values if method == "winsorise" else last.values
    entries = []
    for place, name in enumerate(names):
        changed = pulled[:, place] if "winsorise" in functions[place] else part[:, place]
        entries.append(
            Treatment(
                name,
                float(skew[failing[place]]),
                float(kurtosis[failing[place]]),
                False,
                int(last.high[place] + last.low[place]),
                functions[place],
                float(skew_after[place]),
                float(kurtosis_after[place]),
                bool(passed_after[place]),
                _units(index, changed < part[:, place]),
                _units(index, changed > part[:, place]),
            )
        )
    return values, entries


def _applied(name: str, values: Array, step: Step, codes: list[str], problems: list[Problem]) -> _Pass:
    """One function on columns that fail."""
    limits = _limits(step)
    if name == "winsorise":
        winmax = step.get("winmax", 5)
        force = bool(step.get("force_win"))
        found = treatment.winsorise_columns(values, None if winmax is None else int(winmax), *limits, force_win=force)
        return _Pass(found.values, found.high, found.low, found.passed)
    made = _transformed(name, values, step, codes, problems)
    none = np.zeros(values.shape[1], np.int64)
    return _Pass(made, none, none, treatment.all_pass(made, *limits))


def _followed(
    first: _Pass, original: Array, step: Step, codes: list[str], functions: list[str], problems: list[Problem]
) -> _Pass:
    """What still fails after `first` gets `then`, of the original values or combined; `functions` is brought up to date."""
    usual = "log_CT" if method_name(step) == "winsorise" else "none"
    then = str(step.get("then", usual) or "none")
    still = np.flatnonzero(~first.passed)
    if then == "none" or still.size == 0:
        return first
    is_combined = bool(step.get("combine_treat"))
    base = first.values if is_combined else original
    second = _applied(then, base[:, still], step, [codes[place] for place in still.tolist()], problems)
    values, passed = first.values.copy(), first.passed.copy()
    high, low = first.high.copy(), first.low.copy()
    values[:, still], passed[still] = second.values, second.passed
    if then == "winsorise":
        high[still], low[still] = second.high, second.low
    for place in still.tolist():
        before = functions[place]
        functions[place] = f"{before}+{then}" if is_combined and before not in ("", then) else then
    return _Pass(values, high, low, passed)


def _limits(step: Step) -> tuple[float, float]:
    return _or(step, "skew_thresh", 2.0), _or(step, "kurt_thresh", 3.5)


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
