"""A group of commands: names and lines for help from a table, a command's module only when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import click

from thangdo.cli.commands import Command
from thangdo.cli.options import said

_OPTIONS = ("[TÙY CHỌN]", "[OPTIONS]")
# What help shows in the place of a value, by the name of its type: the library has these in English alone.
_PLACES = {
    "text": ("CHỮ", "TEXT"),
    "integer": ("SỐ", "INTEGER"),
    "integer range": ("SỐ", "INTEGER RANGE"),
    "float": ("SỐ", "FLOAT"),
    "float range": ("SỐ", "FLOAT RANGE"),
}


def _name_places(command: click.Command) -> None:
    """Options and the places of their values in the reader's language; a program may call twice, in two languages."""
    command.options_metavar = said(*_OPTIONS)
    for param in command.params:
        words = _PLACES.get(param.type.name)
        if words and isinstance(param, click.Option) and (param.metavar is None or param.metavar in words):
            param.metavar = said(*words)


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
        _name_places(loaded)
        return loaded

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The words of the usage line after the command's name, said when they are asked for."""
        self.options_metavar = said(*_OPTIONS)
        self.subcommand_metavar = said("LỆNH [THAM SỐ]...", "COMMAND [ARGS]...")
        return super().collect_usage_pieces(ctx)

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
