"""Quotes that never close: whether they drew whole rows of a CSV into one cell, and the rows without them.

A cell may hold line ends, so a row may take several lines. But a quote forgotten in one row ends only at the next
quote, however many rows later; what lies between would be lost without a word where its column is not kept.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

QUOTE = '"'
# Characters of the longest cell that is read here; what is longer is no cell of an export.
LONGEST_CELL = 1 << 30


def are_rows_drawn_together(data: bytes, delimiter: str, width: int) -> bool:
    """Whether a row of several lines holds other rows, or its quotes are none (never closed, or followed by text)."""
    return any(is_damaged for _, is_damaged in _rows(_lines(data), delimiter, width))


def rows_apart(data: bytes, delimiter: str, width: int) -> Iterator[tuple[int, list[str] | None]]:
    """How many cells every row has, and the cells where they are `width`.

    A line whose quote never closes has none (0), and costs no other line.
    """
    for cells, is_damaged in _rows(_lines(data), delimiter, width):
        yield len(cells), None if is_damaged or len(cells) != width else cells


def whole_rows_end(data: bytes, delimiter: str) -> int:
    """Just after the last line end outside quoted cells; 0 where there is none. `data` starts with a row.

    Quotes are counted; only where one is left over is it asked whether it opens a cell or stands in one like 5".
    """
    end = data.rfind(b"\n") + 1
    if data.count(b'"', 0, end) % 2 == 0:
        return end
    # One character a byte, so that lengths are offsets; delimiters and quotes are the same in every encoding read here.
    lines = data[:end].decode("latin-1").replace("\r", " ").split("\n")[:-1]
    rows = _reader((f"{line}\n" for line in lines), delimiter)
    first, taken = 0, 0
    try:
        for _ in rows:
            first, taken = taken, rows.line_num
        list(_reader((f"{line}\n" for line in lines[first:]), delimiter, is_strict=True))
    except csv.Error:
        taken = first
    return sum(len(line) + 1 for line in lines[:taken])


def _reader(lines: Iterable[str], delimiter: str, *, is_strict: bool = False) -> Any:
    # The limit belongs to the process, and others set it too.
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(lines, delimiter=delimiter, strict=is_strict)


def _lines(data: bytes) -> list[str]:
    # Not splitlines(): it also ends a line at marks that are part of a cell.
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n")
    return [f"{line}\n" for line in text.split("\n")]


def _rows(lines: list[str], delimiter: str, width: int) -> Iterator[tuple[list[str], bool]]:
    """Cells of every row, and whether it is damaged; after a damaged line, which stands alone, reading begins anew."""
    first = 0
    while first < len(lines):
        start = first
        reader = _reader((lines[place] for place in range(start, len(lines))), delimiter)
        try:
            for cells in reader:
                taken = lines[first : start + reader.line_num]
                if len(taken) > 1 and _are_several_rows(taken, delimiter, width):
                    break
                yield cells, False
                first += len(taken)
            else:
                return
        except csv.Error:  # a cell beyond the reader's limit, or a lone carriage return
            pass
        yield [], True
        first += 1


def _are_several_rows(lines: list[str], delimiter: str, width: int) -> bool:
    try:
        list(_reader(lines, delimiter, is_strict=True))
        cut = [next(_reader([line], delimiter)) for line in lines[1:]]
    except csv.Error:
        return True
    if any(len(cells) == width for cells in cut[:-1]):
        return True
    # The last line holds the end of the cell. Where that is its first cell, the rest belongs to the row that began above.
    return len(cut[-1]) == width and QUOTE not in cut[-1][0]
