"""A battery of Likert items: its index, factors, answers to each item and units, with their errors."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.declared_shapes import BY_NAME, LIST, LISTS_BY_NAME, SCALE, YEAR, well_shaped
from thangdo.survey.design import Design
from thangdo.survey.estimation import Estimate, ratios
from thangdo.survey.estimation_analysis import Analysis, analyses
from thangdo.survey.estimation_columns import Columns
from thangdo.survey.estimation_indicators import Indicator, IndicatorEstimates, estimate_indicators, indicator_parts
from thangdo.survey.estimation_intervals import logit_interval
from thangdo.survey.index_rules import RULES
from thangdo.survey.weights_steps import numeric

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_NUMBERED = re.compile(r"^(.*?)_(\d+)$")
_KEYS = (
    "title", "year", "rule", "points", "combine", "factors", "names", "unit", "groups", "illustrative", "areas",
    "questionnaire", "last_questionnaire", "changed",
)  # fmt: skip


@dataclass(frozen=True)
class Battery:
    """What the report is about; `factors` maps a factor to its items, `names` any code to its words.

    `areas` asks for small areas; `changed` names items that do not compare with the last survey, as do the marks
    of `questionnaire` against `last_questionnaire`.
    """

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
    areas: Analysis | None = None
    questionnaire: str = ""
    last_questionnaire: str = ""
    changed: tuple[str, ...] = ()

    def without(self, items: Collection[str]) -> Battery:
        """The battery over the other items only; a factor that loses all is gone."""
        kept = {factor: tuple(one for one in own if one not in items) for factor, own in self.factors.items()}
        return replace(self, factors={factor: own for factor, own in kept.items() if own})

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


_SHAPES = {"factors": LISTS_BY_NAME, "names": BY_NAME, "changed": LIST, "points": SCALE, "year": YEAR}


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
    document = well_shaped(document, _SHAPES, file, "", gathered)
    factors = {str(f): tuple(map(str, items)) for f, items in document.get("factors", {}).items()}
    points = document.get("points", 5)
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
        for code, words in document.get("names", {}).items()
    }
    return Battery(
        factors, rule, points, str(document.get("combine", "pooled")), str(document.get("unit", "unit")),
        str(document.get("groups", "")), str(document.get("title", "SIPAS")), document.get("year", 0), names,
        bool(document.get("illustrative", False)), _areas(document.get("areas"), file, gathered),
        str(document.get("questionnaire", "")), str(document.get("last_questionnaire", "")),
        tuple(map(str, document.get("changed", ()))),
    )  # fmt: skip


def _areas(given: object, file: str, gathered: Gathered) -> Analysis | None:
    """`areas: {by: ward, table: wards.csv, covariates: [...], method: reml}` as an analysis of small areas."""
    if given is None:
        return None
    if not isinstance(given, Mapping) or not given.get("by"):
        gathered.add(Finding("SUR311", Where(file, 0, "areas"), str(given)[:60], "areas: {by: column}"))
        return None
    model = {key: value for key, value in given.items() if key != "by"}
    asked = {"statistic": "share", "variable": "index", "by": given["by"], "small_areas": model}
    return next(iter(analyses([asked], file, gathered)), None)


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


def area_rows(design: Design, battery: Battery, columns: Columns, by: str, gathered: Gathered) -> list[Estimate]:
    """The index of every area of column `by` as direct estimates, ready for a model."""
    made = units(design, replace(battery, unit=by), columns, gathered)
    if made is None:
        return []
    found = []
    for (area, _), value, se, df, n in zip(made.pairs, made.estimates, made.errors, made.df, made.n, strict=True):
        low, high = logit_interval(float(value), float(se), int(n), max(int(df), 1), design.level)
        found.append(Estimate("share", "index", "", area, float(value), float(se), low, high, nan, int(df), int(n), 0))
    return found
