"""`thangdo dossiers generate`: a year of illustrative dossiers at any scale."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, cast

import click

from thangdo.cli.dossiers import language_of


@click.command("generate")
@click.option("--rows", type=click.IntRange(min=1), required=True, help="Số hồ sơ của năm / dossiers of the year.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Hạt giống / seed.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Thư mục / folder.")
@click.option("--year", type=click.IntRange(2000, 2100), default=2023, show_default=True, help="Năm / year.")
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option("--year-before/--no-year-before", default=True, help="Kèm năm trước / with the year before.")
@click.option("--json", "as_json", is_flag=True, help="In JSON / print JSON.")
@click.pass_context
def command(
    ctx: click.Context, rows: int, seed: int, out: Path, year: int, form: str, year_before: bool, as_json: bool
) -> None:
    """Tạo dữ liệu minh họa của một năm. / Make a year of illustrative data.

    22.600.000 dòng cho đúng các con số công bố năm 2023. / 22,600,000 rows give the published counts of 2023.
    """
    from thangdo.dossiers.generate import Form, generate

    with click.progressbar(length=100, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        reached = 0

        def progress(done: int, total: int) -> None:
            nonlocal reached
            percent = 100 * done // total
            bar.update(percent - reached)
            reached = percent

        truth = generate(rows, seed, out, year=year, form=cast(Form, form), year_before=year_before, progress=progress)
    _show(truth, out, language_of(ctx), as_json)


def _show(truth: dict[str, Any], out: Path, language: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(truth, ensure_ascii=False, indent=1))
        return
    line = (
        "Dữ liệu minh họa: {received} hồ sơ tiếp nhận, {resolved} đã giải quyết, {overdue} quá hạn → {out}"
        if language == "vi"
        else "Illustrative data: {received} received, {resolved} resolved, {overdue} overdue → {out}"
    )
    click.echo(line.format(**truth["counts"], out=out))
