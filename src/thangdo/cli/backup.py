"""`thangdo backup FOLDER`: database and evidence, while the platform runs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click


@click.command(help="Sao lưu cơ sở dữ liệu và minh chứng vào FOLDER / back up database and evidence into FOLDER.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def command(shared: dict[str, str], folder: Path) -> int:
    """0 done · 3 stopped."""
    from thangdo.web.backup import BackupError, backup
    from thangdo.web.configuration import read

    try:
        manifest = backup(read(), folder.resolve(), datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")))
    except BackupError as failure:
        click.echo(str(failure), err=True)
        return 3
    files = manifest["files"]
    assert isinstance(files, dict)
    words = "Đã sao lưu {n} tệp vào {folder}" if shared.get("language") == "vi" else "Backed up {n} files into {folder}"
    click.echo(words.format(n=len(files), folder=folder))
    return 0
