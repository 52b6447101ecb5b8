"""What a survey report says, estimated from files: index, factors, questions, units, areas, change, weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from thangdo.cli.options import language, said
from thangdo.findings import Finding, Gathered, Where
from thangdo.inference import rank_confidence_sets, tiers
from thangdo.reporting.numbers import number, share
from thangdo.reporting.survey_report import (
    Area,
    Change,
    Interval,
    Item,
    Response,
    SurveyReport,
    Unit,
    WeightStep,
)
from thangdo.reporting.survey_words import sentence
from thangdo.survey.design import Design
from thangdo.survey.design_building import Weighted, build_design
from thangdo.survey.design_values import DesignDocument
from thangdo.survey.disclosure import hidden_cells
from thangdo.survey.estimation_areas import area_estimates
from thangdo.survey.estimation_battery import (
    Battery,
    Figure,
    answers,
    area_rows,
    battery_of,
    figures,
    units,
)
from thangdo.survey.estimation_changes import difference, holm
from thangdo.survey.estimation_columns import Columns, read_columns
from thangdo.survey.estimation_files import read_design, read_yaml, with_covariates
from thangdo.survey.estimation_intervals import logit_interval
from thangdo.survey.index_rules import RULES
from thangdo.survey.questionnaire_editions import compare_editions
from thangdo.survey.questionnaire_reading import read_questionnaire


@dataclass(frozen=True)
class Minimum:
    """Answers needed to print a number, and to rank a unit."""

    to_print: int = 10
    to_rank: int = 30


def survey_report(
    data: Path, design_path: Path, battery_path: Path | None, last: tuple[Path, Path] | None, minimum: Minimum
) -> tuple[SurveyReport, Figure]:
    """The report of a survey and its index; `last` is data and design of the survey before.

    Raises `findings.Refused` with everything that must be mended.
    """
    tongue, gathered = language(), Gathered()
    columns, document = read_columns(data, gathered), read_design(design_path, gathered)
    given = None if battery_path is None else read_yaml(battery_path, gathered)
    file = "" if battery_path is None else battery_path.name
    battery = battery_of(given, columns, file, gathered, tongue)
    battery = replace(battery, changed=(*battery.changed, *_changed_questions(battery, gathered)))
    weighted = build_design(document, columns, gathered)
    found = figures(weighted.design, battery, columns, gathered)
    items = answers(weighted.design, battery, columns, gathered)
    gathered.refuse_errors()
    index = found[""]
    if index.n < minimum.to_print:
        gathered.add(Finding("SUR324", Where(data.name), str(index.n), str(minimum.to_print)))
    changes = () if last is None else _changes(weighted.design, battery, columns, last, minimum, gathered)
    folder = design_path.parent if battery_path is None else battery_path.parent
    areas = _areas(weighted.design, battery, columns, folder, minimum, gathered)
    listed = _units(weighted.design, battery, columns, minimum, gathered)
    gathered.refuse_errors()
    counts = {code: one.n for code, one in found.items()} | {code: one.n for code, one in items.items()}
    printed = {code for code, n in counts.items() if n >= minimum.to_print}
    factor_of = {item: factor for factor, items_ in battery.factors.items() for item in items_}
    report = SurveyReport(
        battery.title,
        battery.year,
        _interval(battery.title, index),
        tuple(_interval(battery.name(code), one) for code, one in found.items() if code and code in printed),
        tuple(
            Item(battery.name(code), one.shares, one.satisfied, one.n, battery.name(factor_of[code]))
            for code, one in items.items()
            if code in printed
        ),
        listed,
        changes,
        _responses(document, battery, columns, minimum),
        tuple(
            WeightStep(s.name, s.n, s.total, s.smallest, s.median, s.largest, s.deff_weighting, s.misfit)
            for s in weighted.log
        ),
        _method(weighted, battery, index, minimum),
        battery.is_illustrative,
        areas,
        tuple(battery.name(code) for code in counts if code and code not in printed),
        tuple(battery.name(code) for code in battery.items if code in battery.changed) if changes else (),
        minimum.to_rank,
    )
    return report, index


def _interval(name: str, one: Figure) -> Interval:
    return Interval(name, one.value, one.low, one.high, one.n)


def _changed_questions(battery: Battery, gathered: Gathered) -> tuple[str, ...]:
    """Questions that the marks of two editions say do not compare."""
    if not battery.questionnaire or not battery.last_questionnaire:
        return ()
    now, before = read_questionnaire(battery.questionnaire), read_questionnaire(battery.last_questionnaire)
    return tuple(one.question for one in compare_editions(now, before, gathered) if one.status != "same")


def _units(
    design: Design, battery: Battery, columns: Columns, minimum: Minimum, gathered: Gathered
) -> tuple[Unit, ...]:
    if battery.unit not in columns.columns:
        return ()
    made = units(design, battery, columns, gathered)
    if made is None:
        return ()
    names, errors = [unit for unit, _ in made.pairs], made.errors
    hidden = hidden_cells([int(n) for n in made.n], minimum.to_print)
    ranked = [k for k in range(len(names)) if made.n[k] >= minimum.to_rank and k not in hidden]
    ranks: dict[int, tuple[int, int, int]] = {}
    if len(ranked) >= 2:
        block = made.covariance[ranked][:, ranked].toarray()
        sets = rank_confidence_sets(
            made.estimates[ranked], (block + block.T) / 2, level=design.level, kind="simultaneous",
            units=[names[k] for k in ranked],
        )  # fmt: skip
        tier = tiers(sets)
        ranks = {k: (int(sets.low[i]), int(sets.high[i]), int(tier[i])) for i, k in enumerate(ranked)}
    found: list[Unit] = []
    # A tier is read downwards: best first, then those that are not ranked, then those not printed.
    for k in sorted(range(len(names)), key=lambda k: (k in hidden, k not in ranks, -float(made.estimates[k]))):
        value, se, n = float(made.estimates[k]), float(errors[k]), int(made.n[k])
        low, high = logit_interval(value, se, n, max(int(made.df[k]), 1), design.level)
        shown = None if k in hidden else Interval(battery.name(names[k]), value, low, high, n)
        found.append(Unit(battery.name(names[k]), shown, *ranks.get(k, (0, 0, 0))))
    return tuple(found)


def _areas(
    design: Design, battery: Battery, columns: Columns, folder: Path, minimum: Minimum, gathered: Gathered
) -> tuple[Area, ...]:
    """Every area: its direct estimate where enough answered to rank, the model's where not."""
    if battery.areas is None:
        return ()
    asked = with_covariates(battery.areas, folder, gathered)
    direct = area_rows(design, battery, columns, asked.by[0], gathered)
    gathered.refuse_errors()
    values = asked.small_areas.values if asked.small_areas else None
    method = asked.small_areas.method if asked.small_areas else "reml"
    unknown = [row.domain for row in direct if values is not None and row.domain not in values]
    for name in unknown:
        gathered.add(Finding("SUR325", Where(folder.name, 0, asked.by[0]), name, facts={"column": asked.by[0]}))
    gathered.refuse_errors()
    model = area_estimates(direct, values, method, design.level)
    own = {row.domain: row for row in direct}
    found = []
    for row in model:
        kind = "direct" if row.n >= minimum.to_rank else "model" if row.n else "synthetic"
        chosen = own[row.domain] if kind == "direct" else row
        n = row.n if row.n >= minimum.to_print else 0
        interval = Interval(battery.name(row.domain), chosen.estimate, chosen.ci_low, chosen.ci_high, n)
        found.append(Area(interval, chosen.se, kind))
    return tuple(sorted(found, key=lambda area: (area.kind != "direct", -area.estimate.value)))


def _changes(
    design: Design, battery: Battery, columns: Columns, last: tuple[Path, Path], minimum: Minimum, gathered: Gathered
) -> tuple[Change, ...]:
    """Index and factors against the survey before, over the questions both asked alike; p after Holm for factors."""
    data, design_path = last
    earlier = read_columns(data, gathered)
    before = build_design(read_design(design_path, gathered), earlier, gathered).design
    compared = battery.without(battery.changed)
    if not compared.items:
        return ()
    now, then = figures(design, compared, columns, gathered), figures(before, compared, earlier, gathered)
    df = design.degrees() + before.degrees()
    both = [name for name in now if name in then and min(now[name].n, then[name].n) >= minimum.to_print]
    made = {
        name: difference(now[name].value, now[name].se, then[name].value, then[name].se, df, design.level)
        for name in both
    }
    factors = [name for name in both if name]
    adjusted = dict(zip(factors, holm([made[name][3] for name in factors]), strict=True))
    return tuple(
        Change(
            battery.name(name) if name else said("Chỉ số chung", "Overall index"), then[name].value, now[name].value, *made[name][:3],
            adjusted.get(name, made[name][3]),
        )
        for name in both
    )  # fmt: skip


def _responses(document: DesignDocument, battery: Battery, columns: Columns, minimum: Minimum) -> tuple[Response, ...]:
    answered = np.zeros(columns.rows, dtype=bool)
    for item in battery.items:
        answered |= columns.columns[item].factorised[0] >= 0
    found: list[Response] = []
    by = battery.groups or (document.strata[0] if document.strata else "")
    if by and by in columns.columns:
        categories = columns.columns[by].categories
        inside = [categories.codes == code for code in range(len(categories.labels))]
        counts = [int((rows & answered).sum()) for rows in inside]
        hidden = hidden_cells(counts, minimum.to_print)
        for place, label in enumerate(categories.labels):
            count = None if place in hidden else counts[place]
            found.append(Response(battery.name(label), int(inside[place].sum()), count))
    found.append(Response(said("Tất cả", "All"), columns.rows, int(answered.sum())))
    return tuple(found)


def _method(weighted: Weighted, battery: Battery, index: Figure, minimum: Minimum) -> tuple[str, ...]:
    tongue, rule, design = language(), RULES[battery.rule], weighted.design
    first = design.stages[0]
    steps: Sequence[str] = [sentence(f"step_{step.name}", tongue) for step in weighted.log]
    facts: Mapping[str, Any] = {
        "strata": number(first.sampled.size, tongue),
        "clusters": number(first.group_of_cluster.size, tongue),
        "deff": number(index.deff, tongue, 2),
    }
    return (
        sentence(
            "method_rule", tongue, rule=said(rule.name_vi, rule.name_en), source=said(rule.source_vi, rule.source_en)
        ),
        sentence(f"method_{battery.combine}", tongue),
        sentence("method_design", tongue, **facts),
        sentence("method_weights", tongue, steps=", ".join(steps)),
        sentence("method_error", tongue, level=share(design.level, tongue, 0), df=number(design.degrees(), tongue)),
        sentence("method_small", tongue, print_n=minimum.to_print, rank_n=minimum.to_rank),
        sentence("method_tiers", tongue, level=share(design.level, tongue, 0)),
    )
