"""`thangdo administrator LOGIN`: the first account of an installation, or a way back in for its administrator."""

from __future__ import annotations

from importlib import import_module

import click

from thangdo.cli.check import report
from thangdo.cli.options import said


@click.command(
    help=said(
        "Tạo quản trị hệ thống LOGIN, hoặc cấp lại mật khẩu cho người đó; mật khẩu chỉ in ra một lần.",
        "Make LOGIN a system administrator, or give them a new password; it is printed once.",
    )
)
@click.argument("login")
@click.option("--name", default="", help=said("Họ và tên (bắt buộc với người mới).", "Full name (of somebody new)."))
@click.pass_obj
def command(shared: dict[str, str], login: str, name: str) -> int:
    """0 done · 1 the settings are unsafe or the database is not ready · 2 no name for somebody new."""
    # The command line and the web are faces beside each other: one names the other, neither is built on it.
    serving = import_module("thangdo.web.serving")
    language = shared.get("language", "vi")
    configuration, findings = serving.configuration_findings()
    if configuration is None:
        return report(findings, language)
    serving.ensure_development_key(configuration)
    if unreachable := serving.unreachable():
        return report(unreachable, language)
    serving.migrate()
    try:
        password = serving.appoint_administrator(login, name)
    except ValueError:
        words = "Cần họ và tên: --name" if language == "vi" else "A full name is needed: --name"
        raise click.UsageError(words) from None
    click.echo(f"Mật khẩu của {login}: {password}" if language == "vi" else f"Password of {login}: {password}")
    return 0
