"""`thangdo survey generate`: an illustrative survey with known population values."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from thangdo.cli.printing import print_findings
from thangdo.cli.survey import language_of
from thangdo.findings import Finding
from thangdo.survey.failure import SurveyFailure

_SHARE = click.FloatRange(0, 0.9)


@click.command("generate")
@click.option(
    "--rows", "--responses", "rows", type=click.IntRange(min=4), required=True, help="Số phiếu / people drawn."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Hạt giống / seed.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Thư mục / folder.")
@click.option("--strata", type=click.IntRange(min=1), help="Số tầng / strata.")
@click.option("--clusters", type=click.IntRange(min=2), help="Số cụm được chọn / clusters drawn.")
@click.option("--units", type=click.IntRange(min=1), default=20, show_default=True, help="Số đơn vị / units rated.")
@click.option("--items", type=click.IntRange(min=1), default=22, show_default=True, help="Số câu hỏi / items.")
@click.option("--population", type=click.IntRange(min=4), help="Số người của tổng thể / people in the population.")
@click.option("--non-response", type=_SHARE, default=0.2, show_default=True, help="Tỷ lệ không trả lời / share.")
@click.option("--missing", type=_SHARE, default=0.02, show_default=True, help="Tỷ lệ bỏ trống / blank answers.")
@click.option("--json", "as_json", is_flag=True, help="In JSON / print JSON.")
@click.pass_context
def command(
    ctx: click.Context,
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
    """Tạo một cuộc khảo sát minh họa. / Make an illustrative survey.

    Ghi responses.csv, frame.csv, truth.json, design.yaml, analysis.yaml; dùng ngay được với `survey estimate`.
    Writes responses.csv, frame.csv, truth.json, design.yaml, analysis.yaml, ready for `survey estimate`.
    """
    from thangdo.survey.generate import Size, generate

    size = Size(rows, strata, clusters, units, items, population, non_response, missing)
    language = language_of(ctx)
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
