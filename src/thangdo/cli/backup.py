"""`thangdo backup FOLDER`: database and evidence, while the platform runs."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from thangdo.cli.options import said


@click.command(
    help=said("Sao lưu cơ sở dữ liệu và minh chứng vào FOLDER.", "Back up database and evidence into FOLDER.")
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def command(shared: dict[str, str], folder: Path) -> int:
    """0 done · 3 stopped."""
    # The command line and the web are faces beside each other: one names the other, neither is built on it.
    web = import_module("thangdo.web.backup")
    configuration = import_module("thangdo.web.configuration").read()
    try:
        manifest = web.backup(configuration, folder.resolve(), datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")))
    except web.BackupError as failure:
        click.echo(str(failure), err=True)
        return 3
    files = manifest["files"]
    assert isinstance(files, dict)
    words = "Đã sao lưu {n} tệp vào {folder}" if shared.get("language") == "vi" else "Backed up {n} files into {folder}"
    click.echo(words.format(n=len(files), folder=folder))
    return 0
