"""`thangdo check`: every unsafe setting of the platform, with what to do about it."""

from __future__ import annotations

from importlib import import_module

import click

from thangdo.cli.options import said
from thangdo.cli.printing import print_findings
from thangdo.findings import Finding


@click.command(help=said("Nêu các thiết lập không an toàn của nền tảng.", "List unsafe settings of the platform."))
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_obj
def command(shared: dict[str, str], as_json: bool) -> int:
    """0: nothing unsafe · 1: something to mend."""
    # The command line and the web are faces beside each other: one names the other, neither is built on it.
    serving = import_module("thangdo.web.serving")
    configuration, findings = serving.configuration_findings()
    # The database is asked only where the settings could be read at all.
    if configuration is not None and not any(finding.code == "WEB004" for finding in findings):
        findings += serving.database_findings(configuration)
    return report(findings, shared.get("language", "vi"), as_json=as_json)


def report(findings: list[Finding], language: str, *, as_json: bool = False) -> int:
    if findings or as_json:
        print_findings(findings, None, language, as_json=as_json)
    else:
        click.echo("Không có thiết lập nào không an toàn." if language == "vi" else "No unsafe setting.")
    return 1 if any(finding.severity == "error" for finding in findings) else 0
