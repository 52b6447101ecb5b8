"""`thangdo import-xlsx WORKBOOK`."""

from __future__ import annotations

from pathlib import Path

import click

from thangdo.cli.options import in_language, said


@click.command(
    "import-xlsx",
    help=said(
        "Đọc bộ tiêu chí từ sổ Excel và ghi ra YAML.", "Read a criteria set from a workbook and write it as YAML."
    ),
)
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=said("Tệp YAML; mặc định in ra màn hình.", "YAML file; printed by default."),
)
@in_language
def command(workbook: Path, out: Path | None) -> int:
    """Nothing is written when anything cannot be read."""
    from thangdo.methodology import to_yaml
    from thangdo.methodology.workbook_reading import read_set_workbook

    text = to_yaml(read_set_workbook(workbook))
    if out is None:
        click.echo(text, nl=False)
        return 0
    part = out.with_name(out.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(out)
    click.echo(said("Đã ghi {out}", "Written: {out}").format(out=out))
    return 0
