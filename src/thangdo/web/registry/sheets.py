"""The first sheet of an uploaded workbook as rows of text."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

from thangdo.web import returned_workbook


def sheet_rows(file: Any) -> list[list[str]]:
    """Every row of the first sheet, cells as text: whole numbers without a point, days as yyyy-mm-dd.

    Raises NotAWorkbook.
    """
    return [[cell_text(cell) for cell in row] for row in returned_workbook.sheet_rows(file)]


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
