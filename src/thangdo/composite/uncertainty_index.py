"""The index as the uncertainty engine needs it: COINr's `iData` and `iMeta` as arrays and a tree."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.uncertainty_aggregation import Tree
from thangdo.findings import Finding, Gathered, Where

Array = NDArray[np.float64]
Record = Mapping[str, str]
MISSING = frozenset({"", "NA", "NaN", "n/a"})


@dataclass(frozen=True, slots=True)
class IndexData:
    """Raw data of an index. `values`: (units, indicators), NaN where missing; indicators in the order of `tree`.

    `directions`: (indicators,), +1 or -1. `denominators`: (units, indicators), 1 where an indicator has none.
    `columns`: every other column of iData as text (groups, names), by name.
    `parameters`: the other columns of iMeta by indicator (targets, goalposts).
    """

    units: tuple[str, ...]
    tree: Tree
    values: Array
    directions: Array
    denominators: Array
    columns: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, Record] = field(default_factory=dict)


def read_index(idata: Path, imeta: Path) -> IndexData:
    """The index in two CSV or Excel files. Raises `Refused` with COM520 to COM526, every fault with file, row, column."""
    gathered = Gathered()
    data = _table(idata, ("uCode",), gathered)
    meta = _table(imeta, ("iCode", "Level", "Parent", "Direction", "Weight", "Type"), gathered)
    gathered.refuse_errors()
    tree, indicators = _tree(meta, imeta.name, gathered)
    gathered.refuse_errors()
    units = tuple(record["uCode"] for record in data)
    for line, unit in enumerate(units, start=2):
        if not unit or units.index(unit) != line - 2:
            gathered.add(Finding("COM521", Where(idata.name, line, "uCode"), found=unit))
    needed = {record["iCode"] for record in indicators}
    needed |= {record["Denominator"] for record in indicators if record.get("Denominator", "") not in MISSING}
    for code in sorted(needed - set(data[0])):
        gathered.add(Finding("COM522", Where(idata.name, 1, code), found=code))
    gathered.refuse_errors()
    numbers = {code: _numbers(data, code, idata.name, gathered) for code in sorted(needed)}
    values = np.stack([numbers[record["iCode"]] for record in indicators], axis=1)
    _gather_constant(values, indicators, idata.name, gathered)
    gathered.refuse_errors()
    denominators = np.ones(values.shape)
    for column, record in enumerate(indicators):
        if record.get("Denominator", "") not in MISSING:
            denominators[:, column] = numbers[record["Denominator"]]
    directions = np.array([float(record["Direction"] or 1) for record in indicators])
    columns = {name: tuple(row[name] for row in data) for name in data[0] if name not in needed}
    parameters = {record["iCode"]: record for record in indicators}
    return IndexData(units, tree, values, directions, denominators, columns, parameters)


def _tree(meta: Sequence[Record], file: str, gathered: Gathered) -> tuple[Tree, list[Record]]:
    lines = {id(record): line for line, record in enumerate(meta, start=2)}
    rows = [record for record in meta if record["Type"] in ("Indicator", "Aggregate")]
    seen: set[str] = set()
    for record in rows:
        if record["iCode"] in seen:
            gathered.add(Finding("COM521", Where(file, lines[id(record)], "iCode"), found=record["iCode"]))
        seen.add(record["iCode"])
        for column in ("Level", "Direction", "Weight"):
            text = record[column]
            is_blank_allowed = column != "Level"
            if not (text in MISSING and is_blank_allowed) and _number(text) is None:
                gathered.add(Finding("COM523", Where(file, lines[id(record)], column), found=text))
    gathered.refuse_errors()
    rows.sort(key=lambda record: int(float(record["Level"])))
    positions = {record["iCode"]: place for place, record in enumerate(rows)}
    tops = [record for record in rows if record["Parent"] in MISSING]
    for record in rows:
        parent = record["Parent"]
        if parent not in MISSING and parent not in positions:
            near = ", ".join(difflib.get_close_matches(parent, positions)) or "-"
            gathered.add(Finding("COM524", Where(file, lines[id(record)], "Parent"), found=parent, expected=near))
        elif parent not in MISSING and float(rows[positions[parent]]["Level"]) <= float(record["Level"]):
            gathered.add(Finding("COM525", Where(file, lines[id(record)], "Level"), found=record["iCode"]))
    if len(tops) != 1:
        found = ", ".join(record["iCode"] for record in tops)
        gathered.add(Finding("COM526", Where(file, column="Parent"), found=found))
    gathered.refuse_errors()
    tree = Tree(
        codes=tuple(record["iCode"] for record in rows),
        parents=tuple(positions.get(record["Parent"], -1) for record in rows),
        levels=tuple(int(float(record["Level"])) for record in rows),
        weights=np.array([1.0 if record["Weight"] in MISSING else float(record["Weight"]) for record in rows]),
    )
    return tree, [record for record in rows if record["Type"] == "Indicator"]


def _gather_constant(values: Array, indicators: Sequence[Record], file: str, gathered: Gathered) -> None:
    for column, record in enumerate(indicators):
        there = values[~np.isnan(values[:, column]), column]
        if there.size == 0 or (there == there[0]).all():
            found = "NA" if there.size == 0 else repr(float(there[0]))
            gathered.add(Finding("COM527", Where(file, column=record["iCode"]), found=found))


def _numbers(data: Sequence[Record], column: str, file: str, gathered: Gathered) -> Array:
    found = np.full(len(data), np.nan)
    for place, record in enumerate(data):
        if record[column] in MISSING:
            continue
        number = _number(record[column])
        if number is None:
            gathered.add(Finding("COM523", Where(file, place + 2, column), found=record[column]))
        else:
            found[place] = number
    return found


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _table(path: Path, required: Sequence[str], gathered: Gathered) -> list[Record]:
    try:
        rows = _sheet(path) if path.suffix.lower() in (".xlsx", ".xls", ".ods") else _delimited(path)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as problem:
        gathered.add(Finding("COM520", Where(path.name), found=str(problem)))
        return []
    header = [name.strip() for name in rows[0]] if rows else []
    missing = [name for name in required if name not in header]
    if missing or len(rows) < 2:
        gathered.add(Finding("COM520", Where(path.name, 1), found=f"no {', '.join(missing) or 'rows'}"))
        return []
    width = len(header)
    return [dict(zip(header, [*(text.strip() for text in row), *[""] * (width - len(row))])) for row in rows[1:]]


def _delimited(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
        stream.seek(0)
        comma = ";" if first.count(";") > first.count(",") else ","
        return [row for row in csv.reader(stream, delimiter=comma) if any(row)]


def _sheet(path: Path) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return [[repr(cell) if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
