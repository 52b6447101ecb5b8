"""What a key of a pipeline step may hold: kinds of value as rows, and the check that names key, value and bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from thangdo.findings import Finding, Gathered, Where


@dataclass(frozen=True, slots=True)
class ValueKind:
    """A row: `bounds` in signs that need no translation, `accepts` says whether a value from the file is one."""

    code: str
    bounds: str
    accepts: Callable[[Any], bool]


def is_number(value: Any) -> bool:
    """A finite number; `true` is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _pair(value: Any, accepts: Callable[[float, float], bool]) -> bool:
    is_two = isinstance(value, list | tuple) and len(value) == 2 and all(is_number(end) for end in value)
    return is_two and accepts(float(value[0]), float(value[1]))


def _by_code(accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """One value for all, or one for each code."""
    return lambda value: (
        (bool(value) and all(accepts(each) for each in value.values()))
        if isinstance(value, Mapping)
        else accepts(value)
    )


def _levelled(accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """One value for all, a list from level 2 up, or one for each level or code."""
    each = _by_code(accepts)
    return lambda value: (
        (bool(value) and all(accepts(own) for own in value)) if isinstance(value, list | tuple) else each(value)
    )


def _is_share(value: Any) -> bool:
    return is_number(value) and 0 <= value <= 1


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_code(value: Any) -> bool:
    """A code as YAML may read it: 101 is one too."""
    return _is_name(value) or (isinstance(value, int) and not isinstance(value, bool))


def _is_whole(least: int) -> Callable[[Any], bool]:
    return lambda value: is_number(value) and float(value).is_integer() and value >= least


NUMBER = ValueKind("number", "x", is_number)
POSITIVE = ValueKind("positive", "x > 0", lambda value: is_number(value) and value > 0)
SHARE = ValueKind("share", "0 ≤ x ≤ 1", _is_share)
SHARES = ValueKind("shares", "0 ≤ x ≤ 1, [x, …], {level | code: x}", _levelled(_is_share))
COUNT = ValueKind("count", "1, 2, 3 …", _is_whole(1))
WINMAX = ValueKind("winmax", "0, 1, 2 … | null", lambda value: value is None or _is_whole(0)(value))
LEVEL = ValueKind("level", "2, 3, 4 …", _is_whole(2))
FLAG = ValueKind("flag", "true | false", lambda value: isinstance(value, bool))
NAME = ValueKind("name", "text", _is_name)
UNIT = ValueKind("unit", "uCode | 1, 2, 3 …", _is_code)
INTERVAL = ValueKind("interval", "[l, u], l < u", _by_code(lambda value: _pair(value, lambda low, high: low < high)))
DIFFERENT = ValueKind("different", "[a, b], a ≠ b", _by_code(lambda value: _pair(value, lambda low, high: low != high)))
MEAN_SD = ValueKind("mean_sd", "[m, sd], sd > 0", _by_code(lambda value: _pair(value, lambda mean, sd: sd > 0)))
NUMBER_BY_CODE = ValueKind("number_by_code", "x | {code: x}", _by_code(is_number))
POSITIVE_BY_CODE = ValueKind(
    "positive_by_code", "x > 0 | {code: x}", _by_code(lambda value: is_number(value) and value > 0)
)
FLAG_BY_CODE = ValueKind("flag_by_code", "true | false | {code: …}", _by_code(lambda value: isinstance(value, bool)))
CODES = ValueKind(
    "codes",
    "[code, …]",
    lambda value: isinstance(value, list | tuple) and bool(value) and all(_is_code(each) for each in value),
)
LEVELS = ValueKind(
    "levels",
    "[1, 2, …]",
    lambda value: isinstance(value, list | tuple) and bool(value) and all(_is_whole(1)(each) for each in value),
)
FLAGS_OF_UNITS = ValueKind(
    "flags_of_units",
    "{uCode: true | false}",
    lambda value: isinstance(value, Mapping) and all(isinstance(each, bool) for each in value.values()),
)
COLUMNS_OF_CODES = ValueKind(
    "columns_of_codes",
    "{iCode: column}",
    lambda value: isinstance(value, Mapping) and all(_is_name(each) for each in value.values()),
)
PER_INDICATOR = ValueKind(
    "per_indicator",
    "{iCode: {method: …, key: …}}",
    lambda value: isinstance(value, Mapping) and all(isinstance(each, Mapping) for each in value.values()),
)
GOALPOSTS = ValueKind(
    "goalposts",
    "[l, u, a] | {code: [l, u, a]}, l ≠ u",
    _by_code(
        lambda value: (
            isinstance(value, list | tuple)
            and len(value) in (2, 3)
            and all(is_number(each) for each in value)
            and value[0] != value[1]
        )
    ),
)
WEIGHTS = ValueKind(
    "weights",
    "original | equal | {code: w ≥ 0} | {method: …} | [{method: …}, …]",
    lambda value: (
        value in ("original", "equal", "none", None) if not isinstance(value, Mapping | list | tuple) else bool(value)
    ),
)


def choice(*names: str) -> ValueKind:
    """One of some words."""
    return ValueKind("choice", " | ".join(names), lambda value: isinstance(value, str) and value in names)


@dataclass(frozen=True, slots=True)
class Key:
    """A key: what it may hold, its default (None: none), and what it means."""

    name: str
    values: ValueKind
    default: Any
    meaning_vi: str
    meaning_en: str
    is_required: bool = False


def check_keys(
    given: Mapping[Any, Any], keys: Iterable[Key], always: Iterable[str], where: Where, gathered: Gathered
) -> None:
    """Unknown keys (COM003), values out of their bounds (COM007), and required keys that are absent (COM008).

    always: names that need no check here. An absent key and one that is `null` are the same.
    """
    rows = {key.name: key for key in keys}
    known = (*always, *rows)
    for name, value in given.items():
        place = Where(where.file, where.row, str(name), where.node)
        if str(name) not in known:
            gathered.add(Finding("COM003", place, str(name), ", ".join(known)))
        elif str(name) in rows and value is not None and not rows[str(name)].values.accepts(value):
            facts = {"key": str(name)}
            gathered.add(Finding("COM007", place, str(value), rows[str(name)].values.bounds, facts=facts))
    for key in rows.values():
        if key.is_required and given.get(key.name) is None:
            place = Where(where.file, where.row, key.name, where.node)
            gathered.add(Finding("COM008", place, key.name, key.values.bounds))
