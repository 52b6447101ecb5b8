"""`thangdo work`: background work of the platform – imports, reports, reminders, mail."""

from __future__ import annotations

from importlib import import_module

import click

from thangdo.cli.check import report
from thangdo.cli.options import said


@click.command(
    help=said("Làm các việc nền: nhập, lập báo cáo, nhắc việc, gửi thư.", "Imports, reports, reminders, mail.")
)
@click.option("--once", is_flag=True, help=said("Làm việc đến hạn rồi thoát (cho timer).", "What is due, then leave."))
@click.option(
    "--every",
    default=3.0,
    show_default=True,
    type=click.FloatRange(0.5, 3600),
    help=said("Giây giữa hai lần.", "Seconds."),
)
@click.pass_obj
def command(shared: dict[str, str], once: bool, every: float) -> int:
    """One worker. Several may run beside each other; each piece of work is done by one of them."""
    # The command line and the web are faces beside each other: one names the other, neither is built on it.
    serving = import_module("thangdo.web.serving")
    language = shared.get("language", "vi")
    configuration, findings = serving.configuration_findings()
    if configuration is None or (configuration.is_production and any(row.severity == "error" for row in findings)):
        return report(findings, language)
    count = serving.do_background_work(once=once, every_seconds=every)
    if once:
        click.echo(f"Đã làm {count} việc." if language == "vi" else f"{count} pieces of work done.")
    return 0
