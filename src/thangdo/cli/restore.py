"""`thangdo restore FOLDER`: a backup put back, after every hash was checked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from thangdo.cli.options import said


@click.command(
    help=said("Khôi phục từ bản sao lưu FOLDER, sau khi kiểm mọi mã băm.", "Restore a backup, hashes checked.")
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help=said("Ghi đè dữ liệu đang có.", "Overwrite present data."))
@click.option("--verify-only", is_flag=True, help=said("Chỉ kiểm mã băm.", "Check the hashes only."))
@click.pass_obj
def command(shared: dict[str, str], folder: Path, replace: bool, verify_only: bool) -> int:
    """0 done · 3 stopped, nothing changed."""
    # The command line and the web are faces beside each other: one names the other, neither is built on it.
    web = import_module("thangdo.web.backup")
    try:
        if verify_only:
            manifest = web.verify(folder)
        else:
            manifest = web.restore(import_module("thangdo.web.configuration").read(), folder, replace=replace)
    except web.BackupError as failure:
        click.echo(str(failure), err=True)
        return 3
    vi = shared.get("language") == "vi"
    words = ("Mã băm khớp" if vi else "Hashes agree") if verify_only else ("Đã khôi phục" if vi else "Restored")
    click.echo(f"{words}: {manifest['made_at']}")
    return 0
