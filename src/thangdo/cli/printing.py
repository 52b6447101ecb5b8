"""How the command line shows findings and tables: for people, or with `--json` for machines."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from thangdo.findings import Code, CodeTable, Finding, describe

if TYPE_CHECKING:
    from thangdo.evaluation import Results
    from thangdo.methodology import CriteriaSet

PRINTED_OF_ONE_CODE = 20
# Rooms that declare codes, each in `<room>.codes.CODES`; the prefix leads to the room.
CODE_TABLES = {
    "MET": "thangdo.methodology.codes",
    "SCO": "thangdo.scoring.codes",
    "EVA": "thangdo.evaluation.codes",
    "COM": "thangdo.composite.codes",
    "INF": "thangdo.inference.codes",
    "SUR": "thangdo.survey.codes",
    "DOS": "thangdo.dossiers.codes",
    "WEB": "thangdo.web.codes",
}


def code_row(code: str) -> Code | None:
    """The row that describes `code`, loaded from its room; None where the room declares no such code."""
    module = CODE_TABLES.get(code[:3])
    if module is None:
        return None
    table: CodeTable = importlib.import_module(module).CODES
    return table[code] if code in table else None


def finding_texts(finding: Finding, language: str) -> tuple[str, str]:
    """Title and remedy of a finding in `language`."""
    row = code_row(finding.code)
    if row is None:
        return finding.found, finding.expected
    return describe(finding, row, "en" if language == "en" else "vi")


def print_findings(
    findings: Iterable[Finding], counts: Mapping[str, int] | None, language: str, *, as_json: bool
) -> None:
    """Every finding with place, sentence and remedy; then how many there were.

    `counts` by code where more were found than kept; None: these are all.
    """
    kept = list(findings)
    counts = Counter(finding.code for finding in kept) if counts is None else counts
    if as_json:
        click.echo(
            json.dumps(
                {"findings": [_with_texts(f, language) for f in kept], "counts": dict(counts)},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    shown = _first_of_each_code(kept)
    for finding in shown:
        title, remedy = finding_texts(finding, language)
        where = str(finding.where)
        # Some sentences name their file themselves, and some findings have no place.
        place = f" {where}:" if where and not title.startswith(f"{where}:") else "" if where else ":"
        click.echo(f"{finding.code}{place} {title}", err=True)
        if remedy:
            click.echo(f"    → {remedy}", err=True)
    hidden = sum(counts.values()) - len(shown)
    total = "Tổng cộng {n} điểm cần xem"
    if language != "vi":
        total = "{n} finding in all" if sum(counts.values()) == 1 else "{n} findings in all"
    if hidden > 0:
        total += (
            " ({hidden} không in ra; xem đủ bằng --json)"
            if language == "vi"
            else " ({hidden} not printed; --json has more)"
        )
    click.echo(total.format(n=sum(counts.values()), hidden=hidden), err=True)


def sets_of(results: Results, index: str) -> list[CriteriaSet]:
    """The sets an index of a round was computed by."""
    return [entry.criteria_set for entry in results.entries(index)]


def class_name(sets: Iterable[CriteriaSet], code: str | None, language: str) -> str:
    """A class as people call it, by the first of `sets` that has its code; a dash for no class."""
    if code is None:
        return "–"
    names = (criteria_set.classes.name(code, language) for criteria_set in sets if criteria_set.classes)
    return next((name for name in names if name), code)


def _first_of_each_code(findings: Iterable[Finding]) -> list[Finding]:
    """What a person can read: of one code so many, that the other codes are not buried."""
    seen: dict[str, int] = {}
    shown = []
    for finding in findings:
        seen[finding.code] = seen.get(finding.code, 0) + 1
        if seen[finding.code] <= PRINTED_OF_ONE_CODE:
            shown.append(finding)
    return shown


def _with_texts(finding: Finding, language: str) -> dict[str, Any]:
    title, remedy = finding_texts(finding, language)
    return {**finding.as_json(), "title": title, "remedy": remedy}
