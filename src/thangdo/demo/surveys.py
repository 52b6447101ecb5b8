"""The demo city's surveys: answers drawn for given shares, then estimated as any survey is.

Nothing is typed into values: an index takes what the answers give, with the errors of their design.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np

from thangdo.demo.counted import Counted
from thangdo.findings import Gathered
from thangdo.survey.design_building import build_design
from thangdo.survey.design_document import design_document
from thangdo.survey.estimation_columns import Columns, columns_of
from thangdo.survey.estimation_indicators import estimate_indicators, indicator_parts, indicators
from thangdo.survey.generate_population import FACTORS, item_names
from thangdo.survey.generate_targets import answers_for

# Factor → its items' columns, as in the shipped questionnaire sipas-2023.
ITEMS = {
    factor: [name for name in item_names(sum(count for _, count in FACTORS)) if name.startswith(f"{factor}_")]
    for factor, _ in FACTORS
}
# One item a field of the reform programme, as in the shipped questionnaire noi-bo-2023.
INTERNAL_ITEMS = [f"cai_cach_{number}" for number in range(1, 8)]
CLUSTERS = 16
# The article: 15,000 firms were asked; 48 units share them.
FIRMS_OF_UNIT = 312
DESIGN: Mapping[str, Any] = {"weights": "weight", "strata": "unit", "clusters": ["cluster", "respondent"]}
Shares = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class DemoSurvey:
    """One survey: its answers by column, how they become indicators, what they give by (unit, indicator)."""

    id: str
    year: int
    columns: Columns
    indicators: tuple[Mapping[str, Any], ...]
    values: Mapping[tuple[str, str], Counted]


def sipas_survey(year: int, satisfied: Mapping[str, Mapping[str, float]], seed: int) -> DemoSurvey:
    """The satisfaction survey; `satisfied` maps unit → factor → share of answers 4–5 aimed at (0–1)."""
    items: dict[str, dict[str, float]] = {}
    for unit, factors in satisfied.items():
        rng = Random(f"{seed}/sipas-items/{year}/{unit}")
        items[unit] = {
            item: min(max(factors[factor] + rng.uniform(-0.03, 0.03), 0.02), 0.995)
            for factor, names in ITEMS.items()
            for item in names
        }
    whole = {"indicator": "sipas", "factors": ITEMS, "rule": "satisfied_share"}
    parts = [
        {"indicator": f"satisfied_{factor}", "items": names, "rule": "satisfied_share"}
        for factor, names in ITEMS.items()
    ]
    sizes = {unit: Random(f"{seed}/sipas-n/{year}/{unit}").randrange(320, 624, CLUSTERS) for unit in satisfied}
    return _survey(f"sipas-{year}", year, items, sizes, (whole, *parts), seed)


def internal_survey(year: int, satisfied: Mapping[str, float], seed: int) -> DemoSurvey:
    """Officials and deputies on a unit's reform; `satisfied` maps unit → share of answers 4–5 aimed at (0–1)."""
    items: dict[str, dict[str, float]] = {}
    for unit, share in satisfied.items():
        rng = Random(f"{seed}/internal-items/{year}/{unit}")
        items[unit] = {item: min(max(share + rng.uniform(-0.03, 0.03), 0.02), 0.995) for item in INTERNAL_ITEMS}
    rule = {"indicator": "internal_survey", "items": INTERNAL_ITEMS, "rule": "satisfied_share"}
    sizes = {unit: Random(f"{seed}/internal-n/{year}/{unit}").randrange(160, 320, CLUSTERS) for unit in satisfied}
    # A seed of its own: other people answer here than in the survey of citizens.
    return _survey(f"noi-bo-{year}", year, items, sizes, (rule,), seed + 1)


def ddci_survey(survey_id: str, year: int, agreeing: Shares, seed: int) -> DemoSurvey:
    """The survey of firms about a block; `agreeing` maps unit → item → share that agrees (answers 4–5)."""
    items = next(iter(agreeing.values()))
    rules = tuple({"indicator": item, "items": [item], "rule": "satisfied_share"} for item in items)
    return _survey(survey_id, year, agreeing, dict.fromkeys(agreeing, FIRMS_OF_UNIT), rules, seed)


def _survey(
    survey_id: str, year: int, targets: Shares, sizes: Mapping[str, int], rules: Sequence[Mapping[str, Any]], seed: int
) -> DemoSurvey:
    columns = _columns(survey_id, year, targets, sizes, seed)
    gathered = Gathered()
    design = build_design(design_document(DESIGN, "design.yaml", gathered), columns, gathered).design
    units = columns.columns["unit"].categories
    rows = {unit: np.flatnonzero(units.codes == code) for code, unit in enumerate(units.labels)}
    parts = {}
    for one in indicators(list(rules), "indicators.yaml", gathered):
        made = indicator_parts(one, columns, gathered)
        if made is not None:
            parts[one.indicator] = made
    gathered.refuse_errors()
    found = estimate_indicators(design, rows, parts)
    values = {
        pair: Counted(Decimal(repr(float(value))), None, None, float(error), int(n), int(df))
        for pair, value, error, n, df in zip(found.pairs, found.estimates, found.errors, found.n, found.df, strict=True)
    }
    return DemoSurvey(survey_id, year, columns, tuple(rules), values)


def _columns(survey_id: str, year: int, targets: Shares, sizes: Mapping[str, int], seed: int) -> Columns:
    """One row a respondent. A unit's weight is how many it served for each of those asked."""
    items = list(next(iter(targets.values())))
    table: dict[str, list[object]] = {name: [] for name in ("respondent", "unit", "cluster", "weight", *items)}
    for unit, shares in targets.items():
        served = Random(f"{seed}/served/{survey_id}/{unit}").randint(4_000, 90_000)
        weight = round(served / sizes[unit], 6)
        for answered in answers_for({unit: shares}, sizes[unit], seed * 10_000 + year, clusters=CLUSTERS):
            table["respondent"].append(len(table["respondent"]) + 1)
            table["unit"].append(unit)
            table["cluster"].append(answered.cluster)
            table["weight"].append(repr(weight))
            for item in items:
                table[item].append(answered.answers[item])
    return columns_of(table, "responses.csv")
