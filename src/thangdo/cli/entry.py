"""The entry point: language, lazy loading, and how findings and failures become exit codes."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from typing import Any

import click

from thangdo import __version__
from thangdo.cli.commands import COMMANDS, Command
from thangdo.findings import Refused

_BY_NAME = {row.name: row for row in COMMANDS}
_ROOMS = {"vi", "en"}


def language_of(arguments: Sequence[str]) -> str:
    """`--lang` wins over THANGDO_LANG; Vietnamese otherwise. Needed before click builds its help."""
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1] if arguments[position + 1] in _ROOMS else "vi"
        if argument.startswith("--lang="):
            return argument[7:] if argument[7:] in _ROOMS else "vi"
    chosen = os.environ.get("THANGDO_LANG", "vi")
    return chosen if chosen in _ROOMS else "vi"


class LazyGroup(click.Group):
    """A group that knows its commands' names and summaries, and imports a command only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [row.name for row in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        row = _BY_NAME.get(cmd_name)
        if row is None:
            return None
        loaded: click.Command = importlib.import_module(f"thangdo.cli.{row.module}").command
        return loaded

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Lệnh" if _language(ctx) == "vi" else "Commands"):
            formatter.write_dl([(row.name, _summary(row, _language(ctx))) for row in COMMANDS])


def _language(ctx: click.Context) -> str:
    found: dict[str, Any] = ctx.find_root().obj or {}
    return str(found.get("language", "vi"))


def _summary(row: Command, language: str) -> str:
    return row.summary_vi if language == "vi" else row.summary_en


@click.command(cls=LazyGroup, invoke_without_command=False)
@click.option("--lang", type=click.Choice(["vi", "en"]), default=None, help="Ngôn ngữ / language.")
@click.version_option(__version__, prog_name="thangdo")
@click.pass_context
def thangdo(ctx: click.Context, lang: str | None) -> None:
    """Thang Đo: đánh giá, xếp hạng, công bố — ai cũng tính lại được."""
    ctx.ensure_object(dict)
    if lang:
        ctx.obj["language"] = lang


def run(arguments: Sequence[str]) -> int:
    """Run the command line; return its exit code (see `thangdo.cli.main`)."""
    language = language_of(arguments)
    before = os.environ.get("THANGDO_LANG")
    os.environ["THANGDO_LANG"] = language
    try:
        return _run(arguments, language)
    finally:
        # A program that calls this twice must not find the first call's language in the second.
        if before is None:
            del os.environ["THANGDO_LANG"]
        else:
            os.environ["THANGDO_LANG"] = before


def _run(arguments: Sequence[str], language: str) -> int:
    try:
        outcome = thangdo.main(
            args=list(arguments), prog_name="thangdo", standalone_mode=False, obj={"language": language}
        )
    except click.exceptions.Exit as leaving:
        return int(leaving.exit_code)
    except click.ClickException as failure:
        failure.show()
        return failure.exit_code
    except click.Abort:
        return 130
    except Refused as refused:
        from thangdo.cli.printing import print_findings

        print_findings(refused.findings, refused.counts, language, as_json="--json" in arguments)
        return 1
    return outcome if isinstance(outcome, int) else 0
