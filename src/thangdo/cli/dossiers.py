"""`thangdo dossiers …`: one file per command, loaded only when it is called."""

from __future__ import annotations

import importlib

import click

from thangdo.cli.commands import Command

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
_BY_NAME = {row.name: row for row in ROWS}


class DossierGroup(click.Group):
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
        language = language_of(ctx)
        with formatter.section("Lệnh" if language == "vi" else "Commands"):
            formatter.write_dl([(row.name, row.summary_vi if language == "vi" else row.summary_en) for row in ROWS])


def language_of(ctx: click.Context) -> str:
    """The reader's language, as the entry point decided it."""
    found: dict[str, object] = ctx.find_root().obj or {}
    return "en" if found.get("language") == "en" else "vi"


@click.command(cls=DossierGroup)
def command() -> None:
    """Hồ sơ thủ tục hành chính: nạp, đồng hồ pháp lý, báo cáo. / Dossiers: ingest, legal clock, report."""
