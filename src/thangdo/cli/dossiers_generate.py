"""`thangdo dossiers generate`: a year of illustrative dossiers at any scale."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, cast

import click

from thangdo.cli.options import language as language_now
from thangdo.cli.options import said


@click.command(
    "generate",
    help=said(
        "Tạo dữ liệu minh họa của một năm.\n\n22.600.000 dòng cho đúng các con số công bố năm 2023.",
        "Make a year of illustrative data.\n\n22,600,000 rows give the published counts of 2023.",
    ),
)
@click.option(
    "--rows", type=click.IntRange(min=1), required=True, help=said("Số hồ sơ của năm.", "Dossiers of the year.")
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help=said("Hạt giống.", "Seed."))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help=said("Thư mục.", "Folder.")
)
@click.option("--year", type=click.IntRange(2000, 2100), default=2023, show_default=True, help=said("Năm.", "Year."))
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help=said("Dạng tệp.", "Form of the files."),
)
@click.option("--year-before/--no-year-before", default=True, help=said("Kèm năm trước.", "With the year before."))
@click.option("--json", "as_json", is_flag=True, help=said("In JSON.", "Print JSON."))
def command(rows: int, seed: int, out: Path, year: int, form: str, year_before: bool, as_json: bool) -> None:
    """Write the files and say what they hold."""
    from thangdo.dossiers.generate import Form, generate

    with click.progressbar(length=100, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        reached = 0

        def progress(done: int, total: int) -> None:
            nonlocal reached
            percent = 100 * done // total
            bar.update(percent - reached)
            reached = percent

        truth = generate(rows, seed, out, year=year, form=cast(Form, form), year_before=year_before, progress=progress)
    _show(truth, out, language_now(), as_json)


def _show(truth: dict[str, Any], out: Path, language: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(truth, ensure_ascii=False, indent=1))
        return
    from thangdo.reporting.numbers import number

    line = (
        "Dữ liệu minh họa: {received} hồ sơ tiếp nhận, {resolved} đã giải quyết, {overdue} quá hạn → {out}"
        if language == "vi"
        else "Illustrative data: {received} received, {resolved} resolved, {overdue} overdue → {out}"
    )
    names = ("received", "resolved", "overdue")
    counts = {name: number(int(truth["counts"][name]), "vi" if language == "vi" else "en") for name in names}
    click.echo(line.format(**counts, out=out))
