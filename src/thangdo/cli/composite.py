"""`thangdo composite …`: one file per command, loaded only when it is called."""

from __future__ import annotations

import importlib

import click

from thangdo.cli.commands import Command
from thangdo.cli.options import said

ROWS = (
    Command("build", "composite_build", "Dựng chỉ số từ iData và iMeta", "Build an index from iData and iMeta"),
    Command(
        "uncertainty",
        "composite_uncertainty",
        "Thứ hạng kèm độ bất định, chỉ số Sobol",
        "Ranks with their uncertainty, Sobol indices",
    ),
    Command("audit", "composite_audit", "Kiểm toán thống kê: trang và PDF", "The statistical audit: page and PDF"),
)
_BY_NAME = {row.name: row for row in ROWS}


class CompositeGroup(click.Group):
    """Knows its commands' names and summaries, and imports a command only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [row.name for row in ROWS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        row = _BY_NAME.get(cmd_name)
        if row is None:
            return None
        loaded: click.Command = importlib.import_module(f"thangdo.cli.{row.module}").command
        return loaded

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(said("Lệnh", "Commands")):
            formatter.write_dl([(row.name, said(row.summary_vi, row.summary_en)) for row in ROWS])


@click.command(cls=CompositeGroup)
def command() -> None:
    """Chỉ số tổng hợp: dựng, bất định, kiểm toán. / Composite indices: build, uncertainty, audit."""
