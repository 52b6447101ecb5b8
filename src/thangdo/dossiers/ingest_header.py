"""Which of a file's first rows names the columns, and whether the row beneath it only numbers them.

Exports of offices carry rows above their header (who reports, the title, the period, blank ones), and forms a row of
column numbers beneath it. Both are recognised by what they hold alone; where that is not certain, a row is data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from thangdo.dossiers.schema import TABLES, Kind, Table

# So many rows are looked at; below them nothing is a header.
HEADER_WITHIN = 30
LEAST_NUMBERED = 3

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names a table's columns, or, where none does, the one that comes nearest.

    `row` is its number in the file (first = 1), `named` how many of the table's columns it names. `table` is None
    where no row is a header; then `named` is the most that it names of any. `is_numbered`: the row beneath only
    numbers the columns.
    """

    cells: Row
    row: int
    named: int
    table: Table | None
    is_numbered: bool = False

    @property
    def strength(self) -> int:
        """2: a header that names several columns, 1: one that names a single column, 0: no header."""
        return min(self.named, 2) if self.table else 0


def find_header(rows: Sequence[Row], table: Table | None = None) -> Header:
    """The header among a file's first rows, HEADER_WITHIN of them and the one beneath.

    With `table` it is the first row that has all its required columns; else the first row with content, where that
    names two columns or more of a table it has the marks of; else the row that names most.
    One name alone makes a header only of the first row: "Mã đơn vị | 760" also stands among titles.
    """
    looked = rows[:HEADER_WITHIN]
    if table is not None:
        required = {column.name for column in table.columns if column.required}
        place = next((place for place, row in enumerate(looked) if required <= set(columns_of(table, row))), None)
    else:
        place = _place(looked)
    if place is None:
        return _nearest(looked, table)
    chosen = table or guess_table(rows[place])
    assert chosen is not None
    beneath = rows[place + 1] if place + 1 < len(rows) else ()
    return Header(
        rows[place],
        place + 1,
        len(columns_of(chosen, rows[place])),
        chosen,
        only_numbers_columns(beneath, rows[place], chosen),
    )


def guess_table(header: Row) -> Table | None:
    """The first table all of whose `marks` the header has."""
    return next((table for table in TABLES if set(columns_of(table, header)) >= set(table.marks)), None)


def named(row: Row) -> int:
    """How many columns the row names of the table that it is the header of; 0 where it is none."""
    table = guess_table(row)
    return len(columns_of(table, row)) if table else 0


def _place(rows: Sequence[Row]) -> int | None:
    first = next((place for place, row in enumerate(rows) if any(row)), None)
    if first is None:
        return None
    counts = [named(row) for row in rows]
    if counts[first] < 2 <= max(counts):
        return counts.index(max(counts))
    return first if counts[first] else None


def _nearest(rows: Sequence[Row], table: Table | None) -> Header:
    """What a person is shown: the row with most names of columns, of these the one with most cells."""
    tables = (table,) if table else TABLES
    found = [
        Header(row, place + 1, max(len(columns_of(each, row)) for each in tables), None)
        for place, row in enumerate(rows)
    ]
    return max(found, key=lambda header: (header.named, sum(map(bool, header.cells))), default=Header((), 1, 0, None))


_NUMBER = re.compile(r"\(([0-9]{1,3}|[a-z])\)|\[([0-9]{1,3}|[a-z])\]|([0-9]{1,3}|[a-z])")
# What no bare number can be, or (names) is not in earnest: with such a cell a row of running numbers is no data.
_NEVER_A_NUMBER: tuple[Kind, ...] = ("moment", "day", "word", "text")


def only_numbers_columns(row: Row, header: Row, table: Table) -> bool:
    """Whether the row beneath a header only numbers its columns: (1) (2) (3), 1 2 3, A B 1 2.

    All cells that are not blank are running numbers (letters may stand before them), LEAST_NUMBERED at least. Where
    all are bare, one must stand where data cannot be a number: units 1, 2, 3 are not told apart otherwise.
    """
    found = [_NUMBER.fullmatch(cell.casefold()) for cell in row if cell]
    marks = [match[match.lastindex or 0] for match in found if match is not None]
    if len(marks) < max(LEAST_NUMBERED, len(found)):
        return False
    letters = next((place for place, mark in enumerate(marks) if mark.isdigit()), len(marks))
    running = [chr(ord("a") + place) for place in range(letters)]
    running += [str(place + 1) for place in range(len(marks) - letters)]
    if marks != running:
        return False
    if any(match is not None and match.lastindex != 3 for match in found):
        return True
    return any(
        row[header.index(name)].isdigit()
        for column, name in columns_of(table, header).items()
        if table[column].kind in _NEVER_A_NUMBER and header.index(name) < len(row)
    )


def columns_of(table: Table, header: Row) -> dict[str, str]:
    """Which header name stands for which column: its name, its Vietnamese name or an alias, letters' case aside."""
    return {column: names[0] for column, names in candidates(table, header).items()}


def candidates(table: Table, header: Row) -> dict[str, list[str]]:
    """All header names that may stand for each column, the best first."""
    by_folded: dict[str, str] = {}
    for name in header:
        by_folded.setdefault(folded(name), name)
    found = {}
    for column in table.columns:
        wanted = dict.fromkeys(folded(name) for name in (column.name, column.name_vi, *column.aliases))
        names = [by_folded[name] for name in wanted if name in by_folded]
        if names:
            found[column.name] = names
    return found


def folded(name: str) -> str:
    """A column's name as names are compared: case, hyphens and the kind and number of blanks (line ends too) aside."""
    return "_".join(unicodedata.normalize("NFC", name).casefold().replace("-", " ").split())
