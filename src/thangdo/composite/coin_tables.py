"""A table of text out of a CSV or Excel file, with the line each row stood on and what was assumed on the way."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thangdo.findings import Finding, Gathered, Where

Array = NDArray[np.float64]
MISSING = frozenset({"", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null"})
SHEETS = (".xlsx", ".xls", ".xlsb", ".ods")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: cells as text, trimmed, as many as `header`. `lines`: where each row stands in the file, header included.

    `notes`: what the reader assumed. `decimal_comma`: whether "1,5" may be a number here (columns are not parted by
    commas).
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    decimal_comma: bool = False
    notes: tuple[Finding, ...] = ()
    _columns: tuple[tuple[str, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Columns are asked for one by one, and a table may have hundreds.
        columns = tuple(zip(*self.rows, strict=True)) or ((),) * len(self.header)
        object.__setattr__(self, "_columns", columns)

    def column(self, name: str) -> tuple[str, ...]:
        """Cells of a column; blanks where the table does not have it."""
        if name not in self.header:
            return ("",) * len(self.rows)
        return self._columns[self.header.index(name)]

    def numbers(self, name: str, gathered: Gathered) -> Array:
        """A column as numbers, NaN where missing; what is neither goes to `gathered` (COM523) with row and column."""
        texts = self.column(name)
        plain = _plain_numbers(texts)
        if plain is not None:
            return plain
        found = np.full(len(texts), np.nan)
        has_comma = False
        for place, text in enumerate(texts):
            if text in MISSING:
                continue
            number = number_of(text)
            if number is None and self.decimal_comma and _DECIMAL_COMMA.fullmatch(text):
                number, has_comma = number_of(text.replace(",", ".")), True
            if number is None:
                gathered.add(Finding("COM523", Where(self.name, self.lines[place], name), found=text))
            else:
                found[place] = number
        if has_comma:
            gathered.add(Finding("COM037", Where(self.name, column=name), "1,5 = 1.5", severity="note"))
        return found


def _plain_numbers(texts: Sequence[str]) -> Array | None:
    """A column of nothing but finite numbers and gaps, in one go; None where a closer look is needed."""
    try:
        found = np.array([float(text) if text not in MISSING else np.nan for text in texts])
    except ValueError:
        return None
    is_odd = not np.isfinite(found).all() and sum(text in MISSING for text in texts) != np.count_nonzero(
        ~np.isfinite(found)
    )
    return None if is_odd or any("_" in text for text in texts) else found


def number_of(text: str) -> float | None:
    """A finite number, or None. Python's digit separators are no number here."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def read_table(path: Path, required: Sequence[str], gathered: Gathered, sheet: str = "") -> Table | None:
    """The table in `path`, or None with a finding (COM520, COM034) that says why not.

    An Excel workbook's sheet called `sheet` is read, or its first. CSV may begin with a byte order mark and be parted
    by commas, semicolons or tabs.
    """
    notes: list[Finding] = []
    try:
        is_sheet = path.suffix.lower() in SHEETS
        lined, separator = (_sheet(path, sheet), "") if is_sheet else _delimited(path)
    except Exception as problem:
        # Readers of broken workbooks raise whatever they like; the file is what a person has to mend.
        gathered.add(Finding("COM520", Where(path.name), found=" ".join(str(problem).split())[:200]))
        return None
    if separator not in ("", ","):
        name = {";": "semicolon", "\t": "tab"}[separator]
        notes.append(Finding("COM037", Where(path.name, 1), name, severity="note"))
    header = tuple(name.strip() for name in lined[0][1]) if lined else ()
    missing = [name for name in required if name not in header]
    if missing or len(lined) < 2:
        line = lined[0][0] if lined else 1
        gathered.add(Finding("COM520", Where(path.name, line), found=f"no {', '.join(missing) or 'rows'}"))
        return None
    for place, name in enumerate(header):
        if name and name in header[:place]:
            gathered.add(Finding("COM034", Where(path.name, lined[0][0], name), found=name))
    width = len(header)
    for line, row in lined[1:]:
        if len(row) > width and any(text.strip() for text in row[width:]):
            gathered.add(Finding("COM035", Where(path.name, line), str(len(row)), str(width)))
    rows = tuple(tuple([text.strip() for text in row[:width]] + [""] * (width - len(row))) for _, row in lined[1:])
    return Table(path.name, header, rows, tuple(line for line, _ in lined[1:]), separator in (";", "\t"), tuple(notes))


def _delimited(path: Path) -> tuple[list[tuple[int, list[str]]], str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
        stream.seek(0)
        separator = max((",", ";", "\t"), key=first.count)
        reader = csv.reader(stream, delimiter=separator, strict=True)
        lined, line = [], 1
        for row in reader:
            if any(row) and any(text.strip() for text in row):
                lined.append((line, row))
            line = reader.line_num + 1
    return lined, separator


def _sheet(path: Path, name: str) -> list[tuple[int, list[str]]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    chosen = next((own for own in book.sheet_names if own.strip().lower() == name.lower()), book.sheet_names[0])
    rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    lined = [(line, [_text(cell) for cell in row]) for line, row in enumerate(rows, start=1)]
    return [(line, row) for line, row in lined if any(row)]


def _text(cell: object) -> str:
    """A cell as it would stand in a CSV file: whole numbers without ".0", or a code 101 would be another one."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)
