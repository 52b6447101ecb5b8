"""`thangdo serve`: the platform on one machine. In production unsafe settings refuse to start and say why."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from thangdo.cli.check import report
from thangdo.cli.options import said


@click.command(help=said("Chạy nền tảng trên một máy chủ.", "Run the platform on one machine."))
@click.option("--address", default="127.0.0.1", show_default=True, help=said("Địa chỉ.", "Address."))
@click.option("--port", default=8000, show_default=True, help=said("Cổng.", "Port."))
@click.option(
    "--socket", type=click.Path(path_type=Path), help=said("Ổ cắm Unix thay cho cổng.", "Unix socket, not a port.")
)
@click.option("--workers", type=click.IntRange(1, 64), help=said("Số tiến trình.", "Processes."))
@click.option("--migrate/--no-migrate", default=False, help=said("Nâng cấp cơ sở dữ liệu trước.", "Migrate first."))
@click.option("--work/--no-work", default=True, help=said("Làm luôn các việc nền.", "Do background work as well."))
@click.pass_obj
def command(
    shared: dict[str, str], address: str, port: int, socket: Path | None, workers: int | None, migrate: bool, work: bool
) -> int:
    """Check, migrate where asked, serve until stopped."""
    # The command line and the web are faces beside each other: one names the other, neither is built on it.
    serving = import_module("thangdo.web.serving")
    language = shared.get("language", "vi")
    configuration, findings = serving.configuration_findings()
    if configuration is None:
        return report(findings, language)
    if configuration.is_production:
        if any(finding.severity == "error" for finding in findings):
            return report(findings, language)
    else:
        unusable = import_module("thangdo.web.safety").unusable_settings(configuration)
        if unusable:
            return report(unusable, language)
        serving.ensure_development_key(configuration)
    if migrate or not configuration.is_production:
        unreachable = serving.unreachable()
        if unreachable:
            return report(unreachable, language)
        serving.migrate()
    in_database = serving.database_findings(configuration)
    if any(finding.severity == "error" for finding in in_database):
        return report(in_database, language)
    serving.run_server(address, port, workers or configuration.workers, socket, with_work=work)
    return 0
