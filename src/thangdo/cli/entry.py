"""The entry point: language, lazy loading, and how findings and failures become exit codes."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from thangdo import __version__
from thangdo.cli.commands import COMMANDS
from thangdo.cli.environment import environment
from thangdo.cli.groups import LazyGroup
from thangdo.cli.library_words import library_words
from thangdo.findings import Refused, system_words

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


ABOUT = (
    "Thang Đo: đánh giá, xếp hạng, công bố — ai cũng tính lại được.",
    "Thang Đo: evaluate, rank, publish — and anyone can recompute it.",
)


_UNWRITABLE = (
    "Không đọc hoặc ghi được{name}: {reason}\n    → Kiểm tra đường dẫn, quyền và chỗ trống trên đĩa rồi chạy lại.",
    "Cannot read or write{name}: {reason}\n    → Check the path, the rights and the free space, and run it again.",
)


@click.command(cls=LazyGroup, rows=COMMANDS, about=ABOUT, invoke_without_command=False)
@click.option("--lang", type=click.Choice(["vi", "en"]), default=None, help="Ngôn ngữ / language.")
@click.version_option(__version__, prog_name="thangdo", message="%(prog)s %(version)s", help="Phiên bản / version.")
@click.pass_context
def thangdo(ctx: click.Context, lang: str | None) -> None:
    """The command line: `groups.LazyGroup` says in the reader's language what it is for."""
    ctx.ensure_object(dict)
    if lang:
        ctx.obj["language"] = lang


def run(arguments: Sequence[str]) -> int:
    """Run the command line; return its exit code (see `thangdo.cli.main`)."""
    language = language_of(arguments)
    # A program that calls this twice must not find the first call's language in the second.
    with environment("THANGDO_LANG", language), library_words(language):
        return _run(arguments, language)


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
    except BrokenPipeError:
        raise  # whoever read the output has gone; nothing is to be said to them
    except OSError as failure:
        name = f" {failure.filename}" if failure.filename else ""
        reason = system_words(failure.strerror or str(failure), "en" if language == "en" else "vi")
        click.echo(_UNWRITABLE[language == "en"].format(name=name, reason=reason), err=True)
        return 3
    except Refused as refused:
        from thangdo.cli.printing import print_findings

        print_findings(refused.findings, refused.counts, language, as_json="--json" in arguments)
        return 1
    return outcome if isinstance(outcome, int) else 0
