"""`thangdo diff A B`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thangdo.cli.options import as_json, in_language, language, print_json, said

if TYPE_CHECKING:
    from thangdo.methodology import CriteriaSet


@click.command(
    "diff",
    help=said(
        "Khác nhau giữa hai bộ tiêu chí, từng tiêu chí, bằng lời.",
        "What changed between two editions of a set, in words.",
    ),
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@as_json
@in_language
def command(before: str, after: str, json_: bool) -> int:
    """A and B are files or ids of shipped sets."""
    from thangdo.methodology import describe_difference, diff

    found = diff(read_named_set(before), read_named_set(after), language())
    if json_:
        print_json([{**asdict(item), "text": describe_difference(item, language())} for item in found])
        return 0
    for item in found:
        click.echo(describe_difference(item, language()))
    click.echo(said("{n} điểm khác nhau", "{n} differences").format(n=len(found)))
    return 0


def read_named_set(name: str) -> CriteriaSet:
    """A criteria set from a file, or a shipped one by id. Raises Refused (MET070)."""
    from thangdo.evaluation.library import set_path, shipped_set
    from thangdo.findings import Finding, Refused, Where
    from thangdo.methodology import load

    path = Path(name)
    if path.is_file():
        return load(path)
    if "/" not in name and set_path(name).is_file():
        return shipped_set(name)
    raise Refused([Finding("MET070", Where(name), name)])
