"""Estimates from files to a file: data, design and analyses in, a CSV of estimates out."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.design_building import build_design
from thangdo.survey.design_document import design_document
from thangdo.survey.design_values import DesignDocument
from thangdo.survey.disclosure import suppress
from thangdo.survey.estimation import COLUMNS, Estimate, estimate
from thangdo.survey.estimation_analysis import Analysis, SmallAreas, analyses
from thangdo.survey.estimation_areas import area_estimates
from thangdo.survey.estimation_columns import Columns, read_columns
from thangdo.survey.weights_steps import LoggedStep, numeric


@dataclass(frozen=True)
class Estimated:
    """Estimates, how the weights came about, and the findings that stopped nothing."""

    estimates: tuple[Estimate, ...]
    log: tuple[LoggedStep, ...]
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]


class _Declared(yaml.SafeLoader):
    """YAML in which only true and false are truths: `No` stays the word a questionnaire prints."""


_Declared.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Declared.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def read_yaml(path: Path, gathered: Gathered) -> Any:
    """The document of a YAML file; what is not YAML is a finding (SUR318)."""
    try:
        # _Declared is a SafeLoader that knows fewer words.
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Declared)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as failure:
        mark = getattr(failure, "problem_mark", None)
        row = mark.line + 1 if mark is not None else 0
        gathered.add(Finding("SUR318", Where(path.name, row), str(failure).splitlines()[0][:200]))
        return None


def read_design(path: Path, gathered: Gathered) -> DesignDocument:
    """The declared design of a file."""
    given = read_yaml(path, gathered)
    if given is not None and not isinstance(given, Mapping):
        gathered.add(Finding("SUR311", Where(path.name), str(given)[:60], "key: value"))
    return design_document(given if isinstance(given, Mapping) else {}, path.name, gathered)


def estimate_files(data: Path, design: Path, analysis: Path, min_n: int | None = None) -> Estimated:
    """Estimate what `analysis` asks. Raises `findings.Refused` with everything that must be mended."""
    gathered = Gathered()
    columns = read_columns(data, gathered)
    document = read_design(design, gathered)
    asked = list(analyses(read_yaml(analysis, gathered), analysis.name, gathered))
    name_columns(columns, [name for one in asked for name in (one.variable, one.denominator, *one.by)], gathered)
    asked = [with_covariates(one, analysis.parent, gathered) for one in asked]
    weighted = build_design(document, columns, gathered)
    found: list[Estimate] = []
    for one in asked:
        direct = estimate(weighted.design, columns, [one], gathered)
        found += direct
        if one.small_areas is not None and not gathered.has_errors:
            found += _modelled(one, direct, document.level, gathered)
    gathered.refuse_errors()
    if min_n is not None:
        found = suppress(found, min_n)
    return Estimated(tuple(found), weighted.log, tuple(gathered), gathered.counts)


def with_covariates(one: Analysis, folder: Path, gathered: Gathered) -> Analysis:
    """The numbers that explain the areas, read from the table beside the analysis."""
    areas = one.small_areas
    if areas is None or not areas.table or len(one.by) != 1:
        return one
    table = read_columns(folder / areas.table, gathered)
    labels = table.filled(one.by[0], gathered)
    numbers = [numeric(table, name, gathered, filled=True) for name in areas.covariates]
    known = [column for column in numbers if column is not None]
    if labels is None or len(known) < len(numbers):
        return one
    values = {
        labels.labels[code]: tuple(float(column[row]) for column in known)
        for row, code in enumerate(labels.codes.tolist())
    }
    return replace(one, small_areas=replace(areas, values=values))


def _modelled(one: Analysis, direct: Sequence[Estimate], level: float, gathered: Gathered) -> list[Estimate]:
    areas = one.small_areas or SmallAreas()
    if areas.values is not None:
        unknown = [name for name in dict.fromkeys(row.domain for row in direct) if name not in areas.values]
        for name in unknown:
            gathered.add(Finding("SUR325", Where(areas.table, 0, one.by[0]), name, facts={"column": one.by[0]}))
        if unknown:
            return []
    return area_estimates(direct, areas.values, areas.method, level)


def name_columns(columns: Columns, names: Iterable[str], gathered: Gathered) -> None:
    """Unknown columns of the analyses are found together with what is wrong in the design."""
    for name in dict.fromkeys(names):
        if name and name not in columns.columns:
            columns.get(name, gathered)


def write_estimates(path: Path, estimates: Iterable[Estimate]) -> None:
    """Write the CSV beside and rename it; an estimate that is none stays empty."""
    write_rows(path, COLUMNS, map(astuple, estimates))


def write_rows(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV written beside and renamed: numbers in full, those that are none empty."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_cell(value) for value in row] for row in rows)
    part.replace(path)


def write_weighted(path: Path, columns: Columns, weights: npt.NDArray[np.float64]) -> None:
    """The table as it was read with `weight_final` as its last column (replacing one that was there)."""
    names = [name for name in columns.columns if name != "weight_final"]
    texts = [columns.columns[name].text for name in names]
    rows = zip(*texts, map(repr, weights.tolist()), strict=True)
    write_rows(path, [*names, "weight_final"], rows)


def read_estimates(path: Path) -> list[Estimate]:
    """The estimates of a file written by `write_estimates`."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [_estimate_of(row) for row in csv.DictReader(stream)]


def _estimate_of(row: Mapping[str, str]) -> Estimate:
    names = (row["statistic"], row["variable"], row["level"], row["domain"])
    value, se, low, high, deff = (float(row[name]) if row[name] else math.nan for name in COLUMNS[4:9])
    return Estimate(*names, value, se, low, high, deff, int(row["df"]), int(row["n"]), int(row["missing"]))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return str(value)
