"""A battery of Likert items: its index, factors, answers to each item and units, with their errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.design import Design
from thangdo.survey.estimation import means, ratios
from thangdo.survey.estimation_columns import Columns
from thangdo.survey.estimation_indicators import Indicator, IndicatorEstimates, estimate_indicators, indicator_parts
from thangdo.survey.estimation_intervals import logit_interval
from thangdo.survey.index_rules import RULES
from thangdo.survey.weights_steps import numeric

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_NUMBERED = re.compile(r"^(.*?)_(\d+)$")
_KEYS = ("title", "year", "rule", "points", "combine", "factors", "names", "unit", "groups", "illustrative")


@dataclass(frozen=True)
class Battery:
    """What the report is about; `factors` maps a factor to its items, `names` any code to its words."""

    factors: Mapping[str, tuple[str, ...]]
    rule: str = "satisfied_share"
    points: int = 5
    combine: str = "pooled"
    unit: str = "unit"
    groups: str = ""
    title: str = "SIPAS"
    year: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    is_illustrative: bool = False

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(item for items in self.factors.values() for item in items)

    def name(self, code: str) -> str:
        return self.names.get(code, code)


@dataclass(frozen=True)
class Figure:
    """A share with its error and interval (logit on the design's degrees of freedom)."""

    value: float
    se: float
    low: float
    high: float
    deff: float
    n: int


@dataclass(frozen=True)
class Answers:
    """Of one item: the weighted share of each answer, of the satisfied, and how many answered."""

    shares: tuple[float, ...]
    satisfied: float
    n: int


def battery_of(given: object, columns: Columns, file: str, gathered: Gathered, language: str) -> Battery:
    """The battery of a YAML document; without factors, items named factor_1, factor_2 … are taken as such."""
    document: Mapping[Any, Any] = given if isinstance(given, Mapping) else {}
    for key in document:
        if key not in _KEYS:
            gathered.add(Finding("SUR311", Where(file), str(key), ", ".join(_KEYS)))
    factors = {str(f): tuple(map(str, items)) for f, items in (document.get("factors") or {}).items()}
    points = int(document.get("points", 5))
    if not factors:
        factors = _numbered(columns, points)
    if not factors:
        gathered.add(Finding("SUR311", Where(file), "factors", "factors: {tiep_can: [tiep_can_1, tiep_can_2]}"))
    rule = str(document.get("rule", "satisfied_share"))
    if rule not in RULES or not RULES[rule].shares:
        allowed = ", ".join(code for code, row in RULES.items() if row.shares)
        gathered.add(Finding("SUR311", Where(file), f"rule: {rule}", allowed))
    names = {
        str(code): str(words.get(language, code) if isinstance(words, Mapping) else words)
        for code, words in (document.get("names") or {}).items()
    }
    return Battery(
        factors, rule, points, str(document.get("combine", "pooled")), str(document.get("unit", "unit")),
        str(document.get("groups", "")), str(document.get("title", "SIPAS")), int(document.get("year", 0)), names,
        bool(document.get("illustrative", False)),
    )  # fmt: skip


def _numbered(columns: Columns, points: int) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, column in columns.columns.items():
        match = _NUMBERED.match(name)
        labels = column.factorised[1]
        if match and column.is_numeric and set(labels) <= {str(k) for k in range(1, points + 1)}:
            found.setdefault(match.group(1), []).append(name)
    return {factor: tuple(items) for factor, items in found.items()}


def factor_indicators(battery: Battery) -> dict[str, Indicator]:
    """The index (under the empty name) and each factor as indicators."""
    place = {item: number for number, items in enumerate(battery.factors.values()) for item in items}
    whole = Indicator(
        "", battery.items, battery.rule, battery.points, battery.combine, tuple(place[item] for item in battery.items)
    )
    made = {"": whole}
    for factor, items in battery.factors.items():
        made[factor] = Indicator(factor, items, battery.rule, battery.points)
    return made


def figures(design: Design, battery: Battery, columns: Columns, gathered: Gathered) -> dict[str, Figure]:
    """The index and the factors over all respondents."""
    found = {}
    for name, one in factor_indicators(battery).items():
        parts = indicator_parts(one, columns, gathered)
        if parts is None:
            continue
        above, below = parts
        rows = np.flatnonzero((below > 0) & (design.weights > 0))
        made = ratios(design, rows, above[rows][:, None], below[rows], "without_replacement")
        value, se = float(made.estimates[0]), float(made.errors[0])
        low, high = logit_interval(value, se, int(rows.size), design.degrees(), design.level)
        found[name] = Figure(value, se, low, high, float(made.deff[0]), int(rows.size))
    return found


def answers(design: Design, battery: Battery, columns: Columns, gathered: Gathered) -> dict[str, Answers]:
    """The distribution of answers to every item."""
    found = {}
    for item in battery.items:
        values = numeric(columns, item, gathered)
        if values is None:
            continue
        rows = np.flatnonzero(np.isfinite(values) & (design.weights > 0))
        weights = design.weights[rows]
        counts = np.bincount(values[rows].astype(np.int64), weights, battery.points + 1)[1 : battery.points + 1]
        shares = counts / max(counts.sum(), 1e-300)
        found[item] = Answers(tuple(map(float, shares)), float(shares[-2:].sum()), int(rows.size))
    return found


def units(design: Design, battery: Battery, columns: Columns, gathered: Gathered) -> IndicatorEstimates | None:
    """The index of every unit with the covariances between units."""
    categories = columns.filled(battery.unit, gathered)
    parts = indicator_parts(factor_indicators(battery)[""], columns, gathered)
    if categories is None or parts is None:
        return None
    rows = {
        label: np.flatnonzero((categories.codes == code) & (design.weights > 0))
        for code, label in enumerate(categories.labels)
    }
    return estimate_indicators(design, rows, {"index": parts})


def difference(
    one: Figure, other_value: float, other_se: float, df: int, level: float
) -> tuple[float, float, float, float]:
    """Difference of two independent estimates, its interval and two-sided p by t on `df`."""
    gap, se = one.value - other_value, float(np.hypot(one.se, other_se))
    if se == 0:
        return gap, gap, gap, 1.0 if gap == 0 else 0.0
    point = float(stats.t.ppf((1 + level) / 2, df))
    return gap, gap - point * se, gap + point * se, float(2 * stats.t.sf(abs(gap) / se, df))


def domain_difference(design: Design, values: Floats, first: Codes, second: Codes) -> tuple[float, float, float]:
    """Difference of two domain means of the same survey, its error (covariance included) and p by t."""
    rows = np.sort(np.concatenate([first, second]))
    inside = np.isin(rows, first)
    weights = design.weights[rows]
    sizes = np.array([weights[inside].sum(), weights[~inside].sum()])
    # One column that is the linearised difference: each half on its own scale.
    parts = np.array([weights[inside] @ values[rows][inside], weights[~inside] @ values[rows][~inside]]) / sizes
    scores = np.where(inside, (values[rows] - parts[0]) / sizes[0], -(values[rows] - parts[1]) / sizes[1])
    scale = float(weights.sum())
    spread = means(design, rows, (scores * scale)[:, None]).covariance[0, 0]
    gap, se, df = float(parts[0] - parts[1]), float(np.sqrt(spread)), design.degrees()
    return gap, se, float(2 * stats.t.sf(abs(gap) / se, df)) if se > 0 else float(gap == 0)
