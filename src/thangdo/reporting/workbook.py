"""Spreadsheets from plain values: sheets of rows, text never taken for a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

# The date every workbook carries: a fixed one keeps equal results equal files. Excel knows no time zone.
EPOCH = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
Cell = str | int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a title line, a quiet line, the header, the rows; `widths` in characters."""

    name: str
    title: str
    note: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int] = ()


GivenSheet = Sheet | tuple[str, str, str, Sequence[str], Sequence[Sequence[Cell]]]


def write_workbook(path: Path, sheets: Sequence[GivenSheet]) -> None:
    """Write the sheets to `path`, built beside and renamed."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(workbook_bytes(sheets))
    part.replace(path)


def workbook_bytes(sheets: Sequence[GivenSheet]) -> bytes:
    """The sheets as the bytes of one workbook. Text is written as text, also where it starts like a formula."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": "Thang Đo", "created": EPOCH})
        title = book.add_format({"bold": True, "font_size": 14})
        quiet = book.add_format({"font_color": "#5A6672", "text_wrap": False})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#F5F7F8"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        number = book.add_format({"valign": "top", "num_format": "#,##0.00"})
        whole = book.add_format({"valign": "top", "num_format": "0"})
        for given in sheets:
            item = given if isinstance(given, Sheet) else Sheet(*given)
            sheet = book.add_worksheet(item.name[:31])
            sheet.write_string(0, 0, item.title, title)
            sheet.write_string(1, 0, item.note, quiet)
            for column, text in enumerate(item.header):
                sheet.write_string(3, column, text, head)
                lengths = [len(text), *(len(str(row[column])) for row in item.rows[:200] if column < len(row))]
                sheet.set_column(
                    column, column, item.widths[column] if column < len(item.widths) else min(60, max(lengths) + 2)
                )
            sheet.freeze_panes(4, 0)
            for row, cells in enumerate(item.rows, start=4):
                for column, cell in enumerate(cells):
                    if cell is None or cell == "":
                        continue
                    if isinstance(cell, int):
                        sheet.write_number(row, column, cell, whole)
                    elif isinstance(cell, float | Decimal):
                        sheet.write_number(row, column, float(cell), number)
                    else:
                        sheet.write_string(row, column, cell, wrap)
    return stream.getvalue()
