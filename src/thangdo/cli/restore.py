"""`thangdo restore FOLDER`: a backup put back, after every hash was checked."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(help="Khôi phục từ bản sao lưu FOLDER, sau khi kiểm mọi mã băm / restore a backup, hashes checked.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Ghi đè dữ liệu đang có / overwrite present data.")
@click.option("--verify-only", is_flag=True, help="Chỉ kiểm mã băm / check the hashes only.")
@click.pass_obj
def command(shared: dict[str, str], folder: Path, replace: bool, verify_only: bool) -> int:
    """0 done · 3 stopped, nothing changed."""
    from thangdo.web.backup import BackupError, restore, verify
    from thangdo.web.configuration import read

    try:
        manifest = verify(folder) if verify_only else restore(read(), folder, replace=replace)
    except BackupError as failure:
        click.echo(str(failure), err=True)
        return 3
    vi = shared.get("language") == "vi"
    words = ("Mã băm khớp" if vi else "Hashes agree") if verify_only else ("Đã khôi phục" if vi else "Restored")
    click.echo(f"{words}: {manifest['made_at']}")
    return 0
