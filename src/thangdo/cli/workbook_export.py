"""`thangdo export-xlsx SET --out WORKBOOK`."""

from __future__ import annotations

from pathlib import Path

import click

from thangdo.cli.diff import read_named_set
from thangdo.cli.options import in_language, said


@click.command(
    "export-xlsx",
    help=said(
        "Xuất bộ tiêu chí ra sổ Excel như phụ lục của quyết định.",
        "Write a criteria set as a workbook like a decision's annex.",
    ),
)
@click.argument("set_name", metavar="SET")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=said("Tệp .xlsx.", "The .xlsx file.")
)
@in_language
def command(set_name: str, out: Path) -> int:
    """SET is a file or the id of a shipped set."""
    from thangdo.methodology.workbook import write_set_workbook

    write_set_workbook(read_named_set(set_name), out)
    click.echo(said("Đã ghi {out}", "Written: {out}").format(out=out))
    return 0
