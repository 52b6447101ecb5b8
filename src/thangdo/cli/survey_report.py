"""`thangdo survey report DATA --design DESIGN.yaml --out DIR`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from thangdo.cli.options import as_json, in_language, language, print_json, said

if TYPE_CHECKING:
    from thangdo.findings import Gathered
    from thangdo.reporting.survey_report import Change, Response, Unit, WeightStep
    from thangdo.survey.design import Design
    from thangdo.survey.design_building import Weighted
    from thangdo.survey.design_document import DesignDocument
    from thangdo.survey.estimation_battery import Battery, Figure
    from thangdo.survey.estimation_columns import Columns

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(
    "report",
    help=said(
        "Lập báo cáo khảo sát: trang HTML, PDF, XLSX với chỉ số, yếu tố, câu hỏi, đơn vị, quyền số, cách tính.",
        "Write the survey report: HTML, PDF and XLSX with index, factors, items, units, weights, method.",
    ),
)
@click.argument("data", type=EXISTING)
@click.option("--design", "design_path", type=EXISTING, required=True, help=said("Thiết kế (YAML).", "Design (YAML)."))
@click.option(
    "--battery",
    "battery_path",
    type=EXISTING,
    help=said("Yếu tố, câu hỏi, tên (YAML).", "Factors, items, names (YAML)."),
)
@click.option("--last-data", type=EXISTING, help=said("Dữ liệu lần trước.", "Data of the last survey."))
@click.option("--last-design", type=EXISTING, help=said("Thiết kế lần trước.", "Design of the last survey."))
@click.option(
    "--min-n", type=click.IntRange(1), default=10, show_default=True, help=said("Tối thiểu để in.", "To print.")
)
@click.option("--rank-n", type=click.IntRange(1), default=30, show_default=True, help=said("Để xếp hạng.", "To rank."))
@click.option("--out", type=FOLDER, required=True, help=said("Thư mục báo cáo.", "Folder of the report."))
@as_json
@in_language
def command(
    data: Path, design_path: Path, battery_path: Path | None, last_data: Path | None, last_design: Path | None,
    min_n: int, rank_n: int, out: Path, json_: bool,
) -> int:  # fmt: skip
    """Exit code 1 where something must be mended first; nothing is written then."""
    last = None if last_data is None else (last_data, last_design or design_path)
    paths, index = write_report(data, design_path, battery_path, out, last, min_n, rank_n)
    if json_:
        print_json({"out": [str(path) for path in paths], "index": index.value, "se": index.se})
    else:
        click.echo(said(f"Đã ghi báo cáo: {paths[0]}", f"Report written: {paths[0]}"))
    return 0


def write_report(
    data: Path, design_path: Path, battery_path: Path | None, out: Path, last: tuple[Path, Path] | None = None,
    min_n: int = 10, rank_n: int = 30,
) -> tuple[list[Path], Figure]:  # fmt: skip
    """The documents of a survey in `out`, and its index; `last` is data and design of the survey before.

    Raises `findings.Refused` with everything that must be mended; nothing is written then.
    """
    from thangdo.findings import Gathered
    from thangdo.reporting.survey_documents import write_documents
    from thangdo.reporting.survey_report import Interval, Item, SurveyReport
    from thangdo.survey.design_building import build_design
    from thangdo.survey.estimation_battery import answers, battery_of, figures
    from thangdo.survey.estimation_columns import read_columns
    from thangdo.survey.estimation_files import read_design, read_yaml

    tongue, gathered = language(), Gathered()
    columns = read_columns(data, gathered)
    document = read_design(design_path, gathered)
    given = None if battery_path is None else read_yaml(battery_path, gathered)
    battery = battery_of(given, columns, "" if battery_path is None else battery_path.name, gathered, tongue)
    weighted = build_design(document, columns, gathered)
    found = figures(weighted.design, battery, columns, gathered)
    items = answers(weighted.design, battery, columns, gathered)
    gathered.refuse_errors()
    units = _units(weighted.design, battery, columns, min_n, rank_n, gathered)
    change = None
    if last is not None:
        change = _change(weighted.design, battery, found[""], *last, gathered)
    gathered.refuse_errors()
    report = SurveyReport(
        battery.title,
        battery.year,
        Interval(battery.title, found[""].value, found[""].low, found[""].high, found[""].n),
        tuple(Interval(battery.name(f), x.value, x.low, x.high, x.n) for f, x in found.items() if f),
        tuple(Item(battery.name(code), one.shares, one.satisfied, one.n) for code, one in items.items()),
        units,
        change,
        _responses(document, battery, columns),
        _steps(weighted),
        _method(weighted.design, battery, found[""], min_n, rank_n),
        battery.is_illustrative,
    )
    return write_documents(report, out, tongue), found[""]


def _units(
    design: Design, battery: Battery, columns: Columns, min_n: int, rank_n: int, gathered: Gathered
) -> tuple[Unit, ...]:
    import numpy as np

    from thangdo.inference import rank_confidence_sets, tiers
    from thangdo.reporting.survey_report import Interval, Unit
    from thangdo.survey.disclosure import hidden_cells
    from thangdo.survey.estimation_battery import units
    from thangdo.survey.estimation_intervals import logit_interval

    if battery.unit not in columns.columns:
        return ()
    made = units(design, battery, columns, gathered)
    if made is None:
        return ()
    names, errors = [unit for unit, _ in made.pairs], made.errors
    hidden = hidden_cells([int(n) for n in made.n], min_n)
    ranked = [k for k in range(len(names)) if made.n[k] >= rank_n and k not in hidden]
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
        low_rank, high_rank, tier_number = ranks.get(k, (0, 0, 0))
        found.append(Unit(battery.name(names[k]), shown, low_rank, high_rank, int(np.int64(tier_number))))
    return tuple(found)


def _change(
    design: Design, battery: Battery, now: Figure, data: Path, design_path: Path, gathered: Gathered
) -> Change | None:
    from thangdo.reporting.survey_report import Change
    from thangdo.survey.design_building import build_design
    from thangdo.survey.estimation_battery import difference, figures
    from thangdo.survey.estimation_columns import read_columns
    from thangdo.survey.estimation_files import read_design

    columns = read_columns(data, gathered)
    before = build_design(read_design(design_path, gathered), columns, gathered).design
    then = figures(before, battery, columns, gathered).get("")
    if then is None:
        return None
    df = design.degrees() + before.degrees()
    return Change(*difference(now, then.value, then.se, df, design.level))


def _responses(document: DesignDocument, battery: Battery, columns: Columns) -> tuple[Response, ...]:
    import numpy as np

    from thangdo.reporting.survey_report import Response

    answered = np.zeros(columns.rows, dtype=bool)
    for item in battery.items:
        answered |= columns.columns[item].factorised[0] >= 0
    found = []
    by = battery.groups or (document.strata[0] if document.strata else "")
    if by and by in columns.columns:
        categories = columns.columns[by].categories
        for code, label in enumerate(categories.labels):
            inside = categories.codes == code
            found.append(Response(battery.name(label), int(inside.sum()), int((inside & answered).sum())))
    found.append(Response(said("Tất cả", "All"), columns.rows, int(answered.sum())))
    return tuple(found)


def _steps(weighted: Weighted) -> tuple[WeightStep, ...]:
    from thangdo.reporting.survey_report import WeightStep

    return tuple(
        WeightStep(step.name, step.n, step.total, step.smallest, step.largest, step.deff_weighting)
        for step in weighted.log
    )


def _method(design: Design, battery: Battery, index: Figure, min_n: int, rank_n: int) -> tuple[str, ...]:
    from thangdo.reporting.numbers import number, share
    from thangdo.reporting.survey_words import sentence
    from thangdo.survey.index_rules import RULES

    tongue, rule, first = language(), RULES[battery.rule], design.stages[0]
    name = rule.name_vi if tongue == "vi" else rule.name_en
    return (
        sentence("method_rule", tongue, rule=name, source=rule.source),
        sentence(
            "method_design", tongue, strata=number(first.sampled.size, tongue),
            clusters=number(first.group_of_cluster.size, tongue), deff=number(index.deff, tongue, 2),
        ),
        sentence("method_error", tongue, level=share(design.level, tongue, 0), df=number(design.degrees(), tongue)),
        sentence("method_small", tongue, print_n=min_n, rank_n=rank_n),
    )  # fmt: skip
