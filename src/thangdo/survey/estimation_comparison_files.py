"""Tests from files to a file: one survey or two, with the analyses that say what is compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.design_building import build_design
from thangdo.survey.estimation_analysis import analyses
from thangdo.survey.estimation_columns import read_columns
from thangdo.survey.estimation_comparisons import COLUMNS, Comparison, compare_domains, compare_years
from thangdo.survey.estimation_files import name_columns, read_design, read_yaml, write_rows


@dataclass(frozen=True)
class Compared:
    """The tests, and the findings that stopped nothing."""

    comparisons: tuple[Comparison, ...]
    findings: tuple[Finding, ...]
    counts: dict[str, int]


def compare_files(
    data: Path, design: Path, analysis: Path, last: tuple[Path, Path] | None = None, min_n: int | None = None
) -> Compared:
    """Domains with each other, and where `last` (data and design) is given every estimate with last time's.

    Raises `findings.Refused` with everything that must be mended.
    """
    gathered = Gathered()
    columns, document = read_columns(data, gathered), read_design(design, gathered)
    asked = analyses(read_yaml(analysis, gathered), analysis.name, gathered)
    names = [name for one in asked for name in (one.variable, one.denominator, *one.by)]
    name_columns(columns, names, gathered)
    for one in asked:
        if last is None and not (one.by and one.compare):
            gathered.add(Finding("SUR328", Where(analysis.name, 0, "by"), one.variable))
    made = build_design(document, columns, gathered).design
    found: list[Comparison] = []
    for one in asked:
        found += compare_domains(made, columns, one, gathered, min_n)
    if last is not None:
        earlier = read_columns(last[0], gathered)
        name_columns(earlier, names, gathered)
        before = build_design(read_design(last[1], gathered), earlier, gathered).design
        for one in asked:
            found += compare_years((made, columns), (before, earlier), one, gathered, min_n)
    gathered.refuse_errors()
    return Compared(tuple(found), tuple(gathered), dict(gathered.counts))


def write_comparisons(path: Path, comparisons: Iterable[Comparison]) -> None:
    """Write the CSV beside and rename it; a number that is none stays empty."""
    write_rows(path, COLUMNS, map(astuple, comparisons))
