"""The structure of an index out of `iMeta`: its nodes, their parents, directions and weights, every fault gathered."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thangdo.composite.coin_tables import MISSING, Table
from thangdo.composite.uncertainty_aggregation import Tree
from thangdo.findings import Finding, Gathered, Where

TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
# Direction and Weight are 1 where they are blank, and where there is no such column at all.
COLUMNS = ("iCode", "Level", "Parent", "Type")
# How far the weights of siblings that look like shares (or percentages) may be from their sum.
SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class _Row:
    """A node of the index as iMeta gives it. `line`: where it stands."""

    line: int
    code: str
    parent: str
    is_indicator: bool
    level: int
    direction: float
    weight: float
    record: Mapping[str, str]


def read_structure(table: Table, gathered: Gathered) -> tuple[Tree, list[Mapping[str, str]], list[float]] | None:
    """The tree, the indicators' records in its order, and their directions; None where something was gathered.

    Blank directions and weights are 1, as in COINr. Findings: COM030 to COM033, COM036, COM521, COM523 to COM526.
    """
    before = len(gathered)
    rows = _rows(table, gathered)
    by_code: dict[str, _Row] = {}
    for row in rows:
        if not row.code or row.code in by_code:
            gathered.add(Finding("COM521", Where(table.name, row.line, "iCode"), found=row.code))
        by_code.setdefault(row.code, row)
    _check_parents(rows, by_code, table.name, gathered)
    _check_weights(rows, table.name, gathered)
    if any(finding.severity == "error" for finding in list(gathered)[before:]):
        return None
    # Indicators first, then aggregates from the bottom up: the order the tree wants.
    ordered = sorted(rows, key=lambda row: (not row.is_indicator, row.level))
    place = {row.code: position for position, row in enumerate(ordered)}
    tree = Tree(
        codes=tuple(row.code for row in ordered),
        parents=tuple(place.get(row.parent, -1) for row in ordered),
        levels=tuple(row.level for row in ordered),
        weights=np.array([row.weight for row in ordered]),
    )
    indicators = [row for row in ordered if row.is_indicator]
    return tree, [row.record for row in indicators], [row.direction for row in indicators]


def _rows(table: Table, gathered: Gathered) -> list[_Row]:
    levels, directions, weights = (_optional(table, name, gathered) for name in ("Level", "Direction", "Weight"))
    found = []
    for position, cells in enumerate(table.rows):
        record = dict(zip(table.header, cells, strict=True))
        line = table.lines[position]
        kind = next((own for own in TYPES if own.lower() == record["Type"].lower()), None)
        if kind is None:
            gathered.add(Finding("COM030", Where(table.name, line, "Type"), record["Type"], ", ".join(TYPES)))
        if kind not in ("Indicator", "Aggregate"):
            continue
        level, direction, weight = levels[position], directions[position], weights[position]
        if np.isnan(level) or level != int(level) or level < 1:
            gathered.add(Finding("COM031", Where(table.name, line, "Level"), record["Level"], "1, 2, 3 …"))
            level = 0.0
        if kind == "Indicator" and not np.isnan(direction) and direction not in (1.0, -1.0):
            gathered.add(Finding("COM031", Where(table.name, line, "Direction"), record.get("Direction", ""), "1, -1"))
        if weight < 0:
            gathered.add(Finding("COM031", Where(table.name, line, "Weight"), record.get("Weight", ""), "≥ 0"))
        parent = "" if record["Parent"] in MISSING else record["Parent"]
        found.append(
            _Row(
                line,
                record["iCode"],
                parent,
                kind == "Indicator",
                int(level),
                1.0 if np.isnan(direction) else float(direction),
                1.0 if np.isnan(weight) else float(weight),
                record,
            )
        )
    return found


def _optional(table: Table, name: str, gathered: Gathered) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Numbers of a column; those of groups and denominators are nobody's business and are not checked."""
    kinds = [text.lower() for text in table.column("Type")]
    own = Table(
        table.name,
        table.header,
        tuple(row for row, kind in zip(table.rows, kinds, strict=True) if kind in ("indicator", "aggregate")),
        tuple(line for line, kind in zip(table.lines, kinds, strict=True) if kind in ("indicator", "aggregate")),
        table.decimal_comma,
    )
    found = np.full(len(table.rows), np.nan)
    found[[kind in ("indicator", "aggregate") for kind in kinds]] = own.numbers(name, gathered)
    return found


def _check_parents(rows: list[_Row], by_code: Mapping[str, _Row], file: str, gathered: Gathered) -> None:
    with_children = set()
    for row in rows:
        parent = by_code.get(row.parent)
        if not row.parent:
            continue
        with_children.add(row.parent)
        if parent is None:
            near = ", ".join(difflib.get_close_matches(row.parent, by_code)) or "-"
            gathered.add(Finding("COM524", Where(file, row.line, "Parent"), found=row.parent, expected=near))
        elif parent.is_indicator:
            gathered.add(Finding("COM036", Where(file, row.line, "Parent"), found=row.parent))
        elif parent.level and row.level and parent.level <= row.level:
            gathered.add(Finding("COM525", Where(file, row.line, "Level"), found=row.code))
    for row in rows:
        if not row.is_indicator and row.code not in with_children:
            gathered.add(Finding("COM032", Where(file, row.line, "iCode"), found=row.code))
    tops = [row for row in rows if not row.parent]
    if len(tops) != 1:
        line = tops[1].line if tops else 0
        found = ", ".join(row.code for row in tops) or "-"
        gathered.add(Finding("COM526", Where(file, line, "Parent"), found=found))


def _check_weights(rows: list[_Row], file: str, gathered: Gathered) -> None:
    """Weights count by their shares among siblings; what looks like shares and does not add up is said, not refused."""
    families: dict[str, list[_Row]] = {}
    for row in rows:
        if row.parent:
            families.setdefault(row.parent, []).append(row)
    for parent, siblings in families.items():
        weights = [row.weight for row in siblings]
        where = Where(file, siblings[0].line, "Weight", parent)
        if sum(weights) == 0:
            gathered.add(Finding("COM033", where, "0", "> 0"))
        elif (wanted := sum_of_shares(weights)) is not None:
            text = f"{sum(weights):.12g}"
            gathered.add(Finding("COM038", where, text, f"{wanted:g}", severity="warning"))


def sum_of_shares(weights: list[float]) -> float | None:
    """1 (or 100) where the weights look like shares (or percentages) that do not add up to it; None where all is well.

    Unequal weights between 0 and 1, at least two of them, are taken for shares; weights that come within a tenth of
    100 for percentages.
    """
    total = sum(weights)
    if len(weights) < 2 or max(weights) == min(weights):
        return None
    for whole in (1.0, 100.0):
        looks_like = max(weights) < 1 if whole == 1.0 else max(weights) > 1 and abs(total - whole) <= 10
        if looks_like and abs(total - whole) > SUM_TOLERANCE * whole:
            return whole
    return None
