"""A frame: the list that is drawn from, as text, in the order in which it was published."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.proof import table_hash


@dataclass(frozen=True)
class Frame:
    """Columns and rows of text. The position of a row (from 1, header not counted) is part of the frame."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    file: str = field(default="", compare=False)
    # A draw asks for the same columns once per cluster; they are read from the rows once.
    _read: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = field(default_factory=dict, compare=False, repr=False)
    _measured: dict[str, tuple[float, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def sha256(self) -> str:
        """Hash of positions, columns and cells: any change of the list or of its order changes it."""
        width = len(str(len(self.rows)))
        numbered = [(str(position).zfill(width), *row) for position, row in enumerate(self.rows, start=1)]
        return table_hash(("#", *self.columns), numbered)

    def place(self, column: str) -> int:
        """Where a column stands; Refused (SUR002) where the frame has none of that name."""
        if column not in self.columns:
            raise Refused([Finding("SUR002", Where(self.file, 1, column), column, ", ".join(self.columns))])
        return self.columns.index(column)

    def column(self, name: str) -> tuple[str, ...]:
        place = self.place(name)
        return tuple(row[place] for row in self.rows)

    def labels(self, columns: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """The cells of several columns, row by row (empty tuples where no column is named)."""
        names = tuple(columns)
        if names not in self._read:
            places = [self.place(column) for column in names]
            self._read[names] = tuple(tuple(row[place] for place in places) for row in self.rows)
        return self._read[names]

    def numbers(self, name: str) -> tuple[float, ...]:
        """A measure of size: above zero in every row; everything else is gathered (SUR005)."""
        if name in self._measured:
            return self._measured[name]
        gathered = Gathered()
        values = []
        for position, cell in enumerate(self.column(name), start=1):
            try:
                value = float(cell)
            except ValueError:
                value = float("nan")
            if not 0 < value < float("inf"):
                gathered.add(Finding("SUR005", Where(self.file, position + 1, name), cell))
            values.append(value)
        gathered.refuse_errors()
        self._measured[name] = tuple(values)
        return self._measured[name]


def frame_of(columns: Sequence[str], rows: Iterable[Sequence[object]], file: str = "") -> Frame:
    """A frame from any table in memory (a query of the dossier store, a register); None becomes blank."""
    names = tuple(str(name).strip() for name in columns)
    cells = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in rows)
    gathered = Gathered()
    for name in sorted({name for name in names if names.count(name) > 1}):
        gathered.add(Finding("SUR003", Where(file, 1, name), name))
    for position, row in enumerate(cells, start=1):
        if len(row) != len(names):
            gathered.add(Finding("SUR001", Where(file, position + 1), str(len(row)), str(len(names))))
    if not cells:
        gathered.add(Finding("SUR004", Where(file)))
    gathered.refuse_errors()
    return Frame(names, cells, file)


def read_frame(path: Path, sheet: str | None = None) -> Frame:
    """A frame from a CSV (comma, semicolon or tab; UTF-8, BOM allowed) or Excel file.

    Raises Refused: SUR001 for a row of another width or an unreadable file, SUR003 for a column named
    twice, SUR004 for a file without rows.
    """
    name = path.name
    if path.suffix.lower() in {".xlsx", ".xls", ".xlsb", ".ods"}:
        table = _sheet(path, sheet)
    else:
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as failure:
            raise Refused([Finding("SUR001", Where(name), type(failure).__name__, "UTF-8")]) from failure
        first = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=first.count)
        table = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    if not table:
        raise Refused([Finding("SUR004", Where(name))])
    return frame_of(table[0], table[1:], name)


def _sheet(path: Path, sheet: str | None) -> list[list[str]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError) as failure:
        raise Refused([Finding("SUR001", Where(path.name), str(failure), "Excel")]) from failure
    return [[_cell(value) for value in row] for row in found.to_python(skip_empty_area=True)]


def _cell(value: object) -> str:
    """A cell as a reader sees it: whole numbers without the point that Excel stores."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
