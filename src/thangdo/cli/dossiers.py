"""`thangdo dossiers …`: one file per command, loaded only when it is called."""

from __future__ import annotations

import click

from thangdo.cli.commands import Command
from thangdo.cli.groups import LazyGroup

ROWS = (
    Command(
        "ingest",
        "dossiers_ingest",
        "Nạp hồ sơ, sự kiện, danh mục, lịch vào kho Parquet",
        "Take dossiers, events, catalogues and calendars into a Parquet store",
    ),
    Command(
        "report",
        "dossiers_report",
        "Tính biểu 06, đúng hạn, dịch vụ công, chỉ số theo năm",
        "Compute form 06, on-time, online services and indicators of a year",
    ),
    Command(
        "values",
        "dossiers_values",
        "Ghi số liệu hồ sơ của từng đơn vị vào một đợt đánh giá",
        "Write each unit's dossier figures into a round",
    ),
    Command(
        "generate",
        "dossiers_generate",
        "Tạo dữ liệu minh họa của một năm",
        "Make a year of illustrative data",
    ),
)
ABOUT = (
    "Hồ sơ thủ tục hành chính: nạp, đồng hồ pháp lý, báo cáo.",
    "Dossiers: ingest, legal clock, report.",
)


@click.command(cls=LazyGroup, rows=ROWS, about=ABOUT)
def command() -> None:
    """The group: `groups.LazyGroup` says in the reader's language what it is for."""
