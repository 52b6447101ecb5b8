"""Methods of normalisation as rows: each on the columns that use it, with every indicator's own parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite import normalise
from thangdo.composite.coin_tables import MISSING, number_of
from thangdo.composite.index_data import IndexData
from thangdo.composite.step_keys import (
    DIFFERENT,
    FLAG_BY_CODE,
    GOALPOSTS,
    INTERVAL,
    MEAN_SD,
    NUMBER,
    NUMBER_BY_CODE,
    UNIT,
    Key,
)
from thangdo.composite.step_kinds import Problem, Step

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one method: `values` (indicators, units), directed; each with its own parameters."""

    index: IndexData
    codes: tuple[str, ...]
    values: Array
    directions: Array
    steps: tuple[Step, ...]
    problems: list[Problem]

    def given(self, place: int, key: str, *columns: str) -> Any:
        """A parameter of one indicator, None where nobody gives it. columns: of iMeta, all of them or none."""
        value = self.steps[place].get(key)
        if isinstance(value, Mapping):
            value = value.get(self.codes[place])
        if value is not None or not columns:
            return value
        record = self.index.parameters.get(self.codes[place], {})
        texts = [record.get(column, "") for column in columns]
        if any(text in MISSING for text in texts):
            return None
        numbers = [number_of(text) for text in texts]
        for column, text, number in zip(columns, texts, numbers, strict=True):
            if number is None:
                self.problems.append(Problem("COM015", self.codes[place], found=text, expected=column))
                return None
        return numbers if len(numbers) > 1 else numbers[0]

    def flag(self, place: int, key: str, column: str, default: bool) -> bool:
        value = self.steps[place].get(key)
        if isinstance(value, Mapping):
            value = value.get(self.codes[place])
        if value is None:
            text = self.index.parameters.get(self.codes[place], {}).get(column, "").upper()
            value = default if text in ("", "NA") else text in ("TRUE", "T", "1")
        return bool(value)

    def pairs(self, key: str, default: tuple[float, float], *columns: str) -> tuple[Array, Array]:
        """A pair of parameters for each column, as two (indicators, 1)."""
        found = [self.given(place, key, *columns) or default for place in range(len(self.codes))]
        table = np.array([[float(end) for end in pair] for pair in found])
        return table[:, [0]], table[:, [1]]

    def flags(self, key: str, column: str, default: bool) -> NDArray[np.bool_]:
        return np.array([[self.flag(place, key, column, default)] for place in range(len(self.codes))])

    def once(self, problem: Problem) -> None:
        """What is wrong with the step and not with one indicator is said once."""
        if problem not in self.problems:
            self.problems.append(problem)

    def bad(self, flags: Sequence[bool] | NDArray[np.bool_], code: str, found: str = "", expected: str = "") -> None:
        for place in np.flatnonzero(np.asarray(flags)):
            self.problems.append(Problem(code, self.codes[place], found=found, expected=expected))


def is_flat(values: Array) -> NDArray[np.bool_]:
    flat: NDArray[np.bool_] = (normalise.lowest(values) == normalise.highest(values))[:, 0]
    return flat


def _minmax(part: Columns, remarks: list[str]) -> Array:
    low, high = part.pairs("l_u", (0.0, 100.0), "minmax_lower", "minmax_upper")
    ranges = [part.given(place, "range") for place in range(len(part.codes))]
    is_fixed = np.array([ends is not None for ends in ranges])
    part.bad(~is_fixed & is_flat(part.values), "COM011", "minmax")
    if part.problems:
        return part.values
    found = np.empty(part.values.shape)
    if not is_fixed.all():
        free = ~is_fixed
        found[free] = normalise.minmax(part.values[free], (low[free], high[free]))
    for place in np.flatnonzero(is_fixed).tolist():
        ends = sorted(float(end) * part.directions[place] for end in ranges[place])
        found[place] = normalise.fixed_range(
            part.values[place],
            ends[0],
            ends[1],
            (float(low[place, 0]), float(high[place, 0])),
            clip=part.flag(place, "clip", "", False),
        )
    return found


def _zscore(part: Columns, remarks: list[str]) -> Array:
    return normalise.zscore(part.values, part.pairs("m_sd", (0.0, 1.0), "zscore_mean", "zscore_sd"))


def _scaled(part: Columns, remarks: list[str]) -> Array:
    factor = float(part.steps[0].get("factor") or 100.0)
    pair = part.pairs("npara", (0.0, 100.0), "scaled_lower", "scaled_upper")
    part.bad((pair[0] == pair[1])[:, 0], "COM013", "a = b", "npara")
    return part.values if part.problems else normalise.scaled(part.values, pair, factor)


def _prank(part: Columns, remarks: list[str]) -> Array:
    part.bad((~np.isnan(part.values)).sum(axis=1) == 1, "COM011", "prank")
    return part.values if part.problems else normalise.prank(part.values)


def _fracmax(part: Columns, remarks: list[str]) -> Array:
    most = normalise.highest(part.values)[:, 0]
    part.bad(most == 0, "COM013", "max = 0", "max ≠ 0")
    remarks += [f"fracmax {code}: max < 0, x / max" for code in np.array(part.codes)[most < 0].tolist()]
    return part.values if part.problems else normalise.fracmax(part.values)


def _dist2ref(part: Columns, remarks: list[str]) -> Array:
    found = np.empty(part.values.shape)
    for place in range(len(part.codes)):
        row = _reference(part, place)
        values = part.values[place]
        if row < 0:
            continue
        if np.isnan(values[row]) or values[row] == np.nanmin(values):
            text = "NA" if np.isnan(values[row]) else f"{values[row]:g} = min"
            part.problems.append(Problem("COM016", part.codes[place], row, text))
            continue
        cap = part.flag(place, "cap_max", "", False)
        found[place] = normalise.dist2ref(values, row, cap_max=cap)
    return found


def _reference(part: Columns, place: int) -> int:
    """Row of the reference unit: by its code, or (COINr's `iref`) by its place among the codes in order."""
    units = part.index.units
    if part.index.times and len(set(part.index.times)) > 1:
        part.once(Problem("COM022", key="global"))
        return -1
    given = part.steps[place].get("ref")
    if given is not None and str(given) in units:
        return units.index(str(given))
    number = part.steps[place].get("iref") if given is None else None
    if isinstance(number, int) and 1 <= number <= len(units):
        return units.index(sorted(units)[number - 1])
    if isinstance(number, str) and number in units:
        return units.index(number)
    key, found = ("ref", given) if given is not None else ("iref", number)
    part.once(Problem("COM020", found=str(found), key=key))
    return -1


def _dist2targ(part: Columns, remarks: list[str]) -> Array:
    targets = [part.given(place, "targ", "Target") for place in range(len(part.codes))]
    part.bad([target is None for target in targets], "COM014", "targ", "Target")
    if part.problems:
        return part.values
    directed = np.array([float(target) for target in targets])[:, None] * part.directions[:, None]
    low = normalise.lowest(part.values)
    part.bad((directed == low)[:, 0], "COM013", "target = min", "targ")
    if part.problems:
        return part.values
    below = (directed < low)[:, 0]
    remarks += [f"dist2targ {code}: target < min, x ≤ 0" for code in np.array(part.codes)[below].tolist()]
    return normalise.dist2targ(part.values, directed, cap_max=part.flags("cap_max", "dist2targ_cap_max", False))


def _goalposts(part: Columns, remarks: list[str]) -> Array:
    bounds = np.full((len(part.codes), 3), np.nan)
    for place in range(len(part.codes)):
        posts = part.given(place, "gposts")
        low = part.given(place, "lower", "goalpost_lower") if posts is None else posts[0]
        high = part.given(place, "upper", "goalpost_upper") if posts is None else posts[1]
        own = posts[2] if posts is not None and len(posts) > 2 else part.given(place, "scale", "goalpost_scale")
        if low is None or high is None:
            part.bad([each == place for each in range(len(part.codes))], "COM014", "lower, upper", "goalpost_lower, …")
            continue
        turned = (low, high) if part.directions[place] > 0 else (-float(high), -float(low))
        bounds[place] = (*turned, 1.0 if own is None else own)
    part.bad(bounds[:, 0] == bounds[:, 1], "COM013", "lower = upper", "lower < upper")
    if part.problems:
        return part.values
    cut = part.flags("trunc2posts", "goalpost_trunc2posts", True)
    return normalise.goalposts(part.values, bounds[:, [0]], bounds[:, [1]], bounds[:, [2]], trunc2posts=cut)


def _plain(function: Callable[[Array], Array]) -> Callable[[Columns, list[str]], Array]:
    return lambda part, remarks: function(part.values)


@dataclass(frozen=True, slots=True)
class Method:
    """A row: a method's names, keys and function; `needs_variance` where a constant indicator has no score."""

    code: str
    name_vi: str
    name_en: str
    keys: tuple[Key, ...]
    run: Callable[[Columns, list[str]], Array]
    formula: str
    needs_variance: bool = False


_CAP = Key("cap_max", FLAG_BY_CODE, False, "chặn ở 1", "nothing above 1")
METHODS = {
    row.code: row
    for row in (
        Method(
            "minmax",
            "tối thiểu – tối đa",
            "min–max",
            (
                Key(
                    "l_u",
                    INTERVAL,
                    "[0, 100]",
                    "khoảng kết quả; iMeta: `minmax_lower`, `minmax_upper`",
                    "interval of the result; iMeta: `minmax_lower`, `minmax_upper`",
                ),
                Key(
                    "range",
                    DIFFERENT,
                    None,
                    "hai đầu cố định thay cho mẫu",
                    "fixed ends of the raw values instead of the sample's",
                ),
                Key("clip", FLAG_BY_CODE, False, "cắt ngoài `range`", "cut what lies outside `range`"),
            ),
            _minmax,
            "(x − min)/(max − min)(u − l) + l",
        ),
        Method(
            "zscore",
            "chuẩn hóa z",
            "z-score",
            (
                Key(
                    "m_sd",
                    MEAN_SD,
                    "[0, 1]",
                    "trung bình và độ lệch chuẩn; iMeta: `zscore_mean`, `zscore_sd`",
                    "mean and standard deviation; iMeta: `zscore_mean`, `zscore_sd`",
                ),
            ),
            _zscore,
            "(x − mean)/sd(n − 1) · sd + m",
            True,
        ),
        Method(
            "scaled",
            "co giãn",
            "scaled",
            (
                Key(
                    "npara",
                    DIFFERENT,
                    "[0, 100]",
                    "hai mốc a, b; iMeta: `scaled_lower`, `scaled_upper`",
                    "the ends a, b; iMeta: `scaled_lower`, `scaled_upper`",
                ),
                Key("factor", NUMBER, 100, "hệ số f", "factor f"),
            ),
            _scaled,
            "(x − a)/(b − a) · f",
        ),
        Method("rank", "thứ hạng", "rank", (), _plain(normalise.rank), "ascending rank, ties the lowest"),
        Method("borda", "Borda", "Borda", (), _plain(normalise.borda), "rank − 1"),
        Method("prank", "hạng phần trăm", "percentile rank", (), _prank, "(rank − 1)/(n − 1)"),
        Method("fracmax", "phần của giá trị cao nhất", "fraction of the maximum", (), _fracmax, "x/max"),
        Method(
            "dist2max",
            "khoảng cách tới cao nhất",
            "distance to the maximum",
            (),
            _plain(normalise.dist2max),
            "1 − (max − x)/(max − min)",
            True,
        ),
        Method(
            "dist2ref",
            "khoảng cách tới đơn vị mốc",
            "distance to a reference unit",
            (
                Key("ref", UNIT, None, "mã đơn vị mốc", "code of the reference unit"),
                Key(
                    "iref",
                    UNIT,
                    None,
                    "số thứ tự của đơn vị mốc trong các mã xếp theo thứ tự, từ 1 (như COINr)",
                    "place of the reference unit among the sorted codes, from 1 (as COINr)",
                ),
                _CAP,
            ),
            _dist2ref,
            "1 − (x_ref − x)/(x_ref − min)",
            True,
        ),
        Method(
            "dist2targ",
            "khoảng cách tới mục tiêu",
            "distance to a target",
            (
                Key("targ", NUMBER_BY_CODE, None, "mục tiêu; iMeta: `Target`", "the target; iMeta: `Target`"),
                _CAP,
            ),
            _dist2targ,
            "(x − min)/(targ − min)",
        ),
        Method(
            "goalposts",
            "mốc dưới – mốc trên",
            "goalposts",
            (
                Key("gposts", GOALPOSTS, None, "[dưới, trên, hệ số]", "[lower, upper, scale], as COINr"),
                Key(
                    "lower",
                    NUMBER_BY_CODE,
                    None,
                    "mốc dưới; iMeta: `goalpost_lower`",
                    "or apart; iMeta: `goalpost_lower`",
                ),
                Key("upper", NUMBER_BY_CODE, None, "mốc trên; iMeta: `goalpost_upper`", "iMeta: `goalpost_upper`"),
                Key("scale", NUMBER_BY_CODE, 1, "hệ số; iMeta: `goalpost_scale`", "iMeta: `goalpost_scale`"),
                Key(
                    "trunc2posts",
                    FLAG_BY_CODE,
                    True,
                    "cắt ngoài mốc; iMeta: `goalpost_trunc2posts`",
                    "cut what lies outside; iMeta: `goalpost_trunc2posts`",
                ),
            ),
            _goalposts,
            "(x − lower)/(upper − lower), cut to 0–1, · scale",
        ),
        Method("none", "giữ nguyên", "none", (), _plain(lambda values: values), "x · direction"),
    )
}
