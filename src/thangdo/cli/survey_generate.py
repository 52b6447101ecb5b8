"""`thangdo survey generate`: an illustrative survey with known population values."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from thangdo.cli.options import language as language_now
from thangdo.cli.options import said
from thangdo.cli.printing import print_findings
from thangdo.findings import Finding
from thangdo.survey.failure import SurveyFailure

_SHARE = click.FloatRange(0, 0.9)


@click.command(
    "generate",
    help=said(
        "Tạo một cuộc khảo sát minh họa.\n\n"
        "Ghi responses.csv, frame.csv, truth.json, design.yaml, analysis.yaml; dùng ngay được với `survey estimate`.",
        "Make an illustrative survey.\n\n"
        "Writes responses.csv, frame.csv, truth.json, design.yaml, analysis.yaml, ready for `survey estimate`.",
    ),
)
@click.option(
    "--rows", "--responses", "rows", type=click.IntRange(min=4), required=True, help=said("Số phiếu.", "People drawn.")
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help=said("Hạt giống.", "Seed."))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help=said("Thư mục.", "Folder.")
)
@click.option("--strata", type=click.IntRange(min=1), help=said("Số tầng.", "Strata."))
@click.option("--clusters", type=click.IntRange(min=2), help=said("Số cụm được chọn.", "Clusters drawn."))
@click.option(
    "--units", type=click.IntRange(min=1), default=20, show_default=True, help=said("Số đơn vị.", "Units rated.")
)
@click.option("--items", type=click.IntRange(min=1), default=22, show_default=True, help=said("Số câu hỏi.", "Items."))
@click.option(
    "--population", type=click.IntRange(min=4), help=said("Số người của tổng thể.", "People in the population.")
)
@click.option(
    "--non-response",
    type=_SHARE,
    default=0.2,
    show_default=True,
    help=said("Tỷ lệ không trả lời.", "Share that does not answer."),
)
@click.option("--missing", type=_SHARE, default=0.02, show_default=True, help=said("Tỷ lệ bỏ trống.", "Blank answers."))
@click.option("--json", "as_json", is_flag=True, help=said("In JSON.", "Print JSON."))
def command(
    rows: int,
    seed: int,
    out: Path,
    strata: int | None,
    clusters: int | None,
    units: int,
    items: int,
    population: int | None,
    non_response: float,
    missing: float,
    as_json: bool,
) -> int:
    """Write the survey and say what it holds."""
    from thangdo.survey.generate import Size, generate

    size = Size(rows, strata, clusters, units, items, population, non_response, missing)
    language = language_now()
    try:
        with click.progressbar(length=rows, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            truth = generate(size, seed, out, progress=lambda done, _total: bar.update(done - bar.pos))
    except SurveyFailure as failure:
        finding = Finding(failure.code, facts=failure.facts)
        print_findings([finding], {failure.code: 1}, language, as_json=as_json)
        return 1
    if as_json:
        click.echo(json.dumps({key: truth[key] for key in ("seed", "rows", "persons", "strata", "margins")}, indent=1))
        return 0
    line = (
        "Khảo sát minh họa: {rows} người được chọn trong {persons} người → {out}"
        if language == "vi"
        else "Illustrative survey: {rows} people drawn out of {persons} → {out}"
    )
    click.echo(line.format(rows=truth["rows"], persons=truth["persons"], out=out))
    return 0
