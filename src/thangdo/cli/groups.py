"""A group of commands: names and lines for help from a table, a command's module only when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import click

from thangdo.cli.commands import Command
from thangdo.cli.options import said


class LazyGroup(click.Group):
    """Knows its commands' names and summaries, and imports a command only to run it.

    `about` is what the group is for, in Vietnamese and English.
    """

    def __init__(self, *arguments: Any, rows: Sequence[Command], about: tuple[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.rows = {row.name: row for row in rows}
        self.about = about

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        row = self.rows.get(cmd_name)
        if row is None:
            return None
        loaded: click.Command = importlib.import_module(f"thangdo.cli.{row.module}").command
        return loaded

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as failure:
            # The library looks for near names among commands that are loaded, and none is.
            raise click.exceptions.NoSuchCommand(failure.command_name, possibilities=self.rows, ctx=ctx) from None

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # Said when it is asked for: a program may call twice, in two languages.
        self.help = said(*self.about)
        super().format_help_text(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(said("Lệnh", "Commands")):
            formatter.write_dl([(row.name, said(row.summary_vi, row.summary_en)) for row in self.rows.values()])
