"""Spreadsheets from plain values: sheets of rows, text never taken for a formula."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from thangdo.reporting.numbers import telling_digits

# The date every workbook carries: a fixed one keeps equal results equal files. Excel knows no time zone.
EPOCH = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
# Columns whose numbers need four decimals.
_FINE = frozenset({"p"})
# Letters of a number as it is shown.
_NUMBER = 10
Cell = str | int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a title line, a quiet line, the header, the rows; `widths` in characters.

    `percentages` are columns of which nothing that is not 0 or 100 is shown as one of them.
    """

    name: str
    title: str
    note: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int] = ()
    percentages: frozenset[int] = frozenset()


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
        head_of_numbers = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#F5F7F8", "align": "right"}
        )
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        number = book.add_format({"valign": "top", "num_format": "#,##0.00"})
        finer = {2: number}
        whole = book.add_format({"valign": "top", "num_format": "0"})
        small = book.add_format({"valign": "top", "num_format": "0.0000"})
        for given in sheets:
            item = given if isinstance(given, Sheet) else Sheet(*given)
            sheet = book.add_worksheet(item.name[:31])
            sheet.write_string(0, 0, item.title, title)
            sheet.write_string(1, 0, item.note, quiet)
            widths = _widths(item)
            for column, (text, width) in enumerate(zip(item.header, widths, strict=True)):
                sheet.write_string(3, column, text, head_of_numbers if _holds_numbers(item, column) else head)
                sheet.set_column(column, column, width)
            sheet.freeze_panes(4, 0)
            # On paper every column stands on one page's width, under the header on every page.
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(3)
            for row, cells in enumerate(item.rows, start=4):
                lines = max((math.ceil(len(c) / w) for c, w in zip(cells, widths) if isinstance(c, str)), default=1)
                if lines > 1:  # not every program makes room for wrapped text by itself
                    sheet.set_row(row, 15 * lines)
                for column, cell in enumerate(cells):
                    if cell is None or cell == "":
                        continue
                    if isinstance(cell, int):
                        sheet.write_number(row, column, cell, whole)
                    elif isinstance(cell, float | Decimal):
                        # A p-value of 0.0003 is not 0.00.
                        shown = small if item.header[column] in _FINE else number
                        if column in item.percentages:
                            digits = telling_digits(cell, 2)
                            if digits not in finer:
                                style = {"valign": "top", "num_format": "#,##0." + "0" * digits}
                                finer[digits] = book.add_format(style)
                            shown = finer[digits]
                        sheet.write_number(row, column, float(cell), shown)
                    else:
                        sheet.write_string(row, column, cell, wrap)
    return stream.getvalue()


def _holds_numbers(sheet: Sheet, column: int) -> bool:
    """Whether a column's cells are numbers, which stand at the right: so does their head then."""
    cells = [row[column] for row in sheet.rows if column < len(row) and row[column] not in (None, "")]
    return bool(cells) and all(isinstance(cell, int | float | Decimal) for cell in cells)


def _widths(sheet: Sheet) -> list[int]:
    """Letters across each column: as given, else what the header and the first rows need, at most 60."""
    found = []
    for column, text in enumerate(sheet.header):
        if column < len(sheet.widths):
            found.append(sheet.widths[column])
            continue
        cells = [row[column] for row in sheet.rows[:200] if column < len(row)]
        lengths = [_NUMBER if isinstance(cell, float | Decimal) else len(str(cell)) for cell in cells]
        found.append(min(60, max([len(text), *lengths]) + 2))
    return found
