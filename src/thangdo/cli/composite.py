"""`thangdo composite …`: one file per command, loaded only when it is called."""

from __future__ import annotations

import click

from thangdo.cli.commands import Command
from thangdo.cli.groups import LazyGroup

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
ABOUT = (
    "Chỉ số tổng hợp: dựng, bất định, kiểm toán.",
    "Composite indices: build, uncertainty, audit.",
)


@click.command(cls=LazyGroup, rows=ROWS, about=ABOUT)
def command() -> None:
    """The group: `groups.LazyGroup` says in the reader's language what it is for."""
