"""Options and small words that several commands share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, TypeVar

import click

from thangdo.cli.environment import environment

Function = TypeVar("Function", bound=Callable[..., Any])


def language() -> Literal["vi", "en"]:
    """The language of this call (see `entry.language_of`)."""
    return "en" if os.environ.get("THANGDO_LANG") == "en" else "vi"


@contextmanager
def speaking(tongue: Literal["vi", "en"]) -> Iterator[None]:
    """Within it the language of this call is `tongue`: for what is written in both languages at once."""
    with environment("THANGDO_LANG", tongue):
        yield


def said(vi: str, en: str) -> str:
    """The text in the language of this call; for help texts and short lines."""
    return en if language() == "en" else vi


class Day(click.ParamType[datetime]):
    """A day as people write it: 2023-05-31 or 31/05/2023; what is neither is answered with the two."""

    name = "day"
    _FORMATS = ("%Y-%m-%d", "%d/%m/%Y")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        for form in self._FORMATS:
            try:
                return datetime.strptime(value, form)  # noqa: DTZ007  (a day has no zone)
            except ValueError:
                continue
        return self.fail(
            said(
                f"{value!r} không phải là ngày; viết 2023-05-31 hoặc 31/05/2023.",
                f"{value!r} is no day; write 2023-05-31 or 31/05/2023.",
            ),
            param,
            ctx,
        )

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """What help shows in the place of the value."""
        return said("NGÀY", "DAY")


DAY = Day()


def as_json(function: Function) -> Function:
    """`--json`: output for machines."""
    return click.option(
        "--json", "json_", is_flag=True, help=said("Kết quả dạng JSON cho máy đọc.", "Output for machines.")
    )(function)


def in_language(function: Function) -> Function:
    """`--lang` after the command as well as before it."""
    return click.option(
        "--lang", type=click.Choice(["vi", "en"]), expose_value=False, help=said("Ngôn ngữ.", "Language.")
    )(function)


def steps(label: str, count: int) -> Any:
    """A bar of `count` steps on the error stream; nothing where nobody watches (a file, a pipe, `--json`)."""
    return click.progressbar(length=count, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def print_json(value: Any) -> None:
    """A value as JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Columns aligned for people; `right` are the positions of numbers."""
    lines = [list(header), *(list(map(str, row)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = [
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
