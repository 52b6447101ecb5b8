"""The first sheet of an uploaded workbook as rows of text."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

LIMIT_BYTES = 5 << 20
ROW_LIMIT = 10_000


class BadSheet(Exception):
    """Not a workbook, or one too large; `why` is one of `missing`, `large`, `unreadable`, `rows`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def sheet_rows(file: Any) -> list[list[str]]:
    """Every row of the first sheet, cells as text: whole numbers without a point, days as yyyy-mm-dd."""
    from python_calamine import CalamineError, CalamineWorkbook

    if file is None:
        raise BadSheet("missing")
    if file.size > LIMIT_BYTES:
        raise BadSheet("large")
    try:
        rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError, ValueError) as failure:
        raise BadSheet("unreadable") from failure
    if len(rows) > ROW_LIMIT:
        raise BadSheet("rows")
    return [[cell_text(cell) for cell in row] for row in rows]


def cell_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell).replace("\t", " ").replace("\r", " ").replace("\n", " ").strip()


def as_csv(rows: list[list[str]]) -> str:
    """The rows that hold anything, as CSV text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(row for row in rows if any(row))
    return stream.getvalue()
