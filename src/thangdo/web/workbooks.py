"""Lists as Excel: text stays text, so nothing a unit typed can become a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_bytes(
    sheet: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    hidden: Sequence[int] = (),
    widths: Sequence[int] = (),
) -> bytes:
    """One sheet with a frozen header. Decimals are numbers; everything else is written as text."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    page = book.add_worksheet(sheet[:31])
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.freeze_panes(1, 0)
    for column, words in enumerate(header):
        page.write_string(0, column, words, bold)
        page.set_column(
            column,
            column,
            widths[column] if column < len(widths) else 18,
            None,
            {"hidden": column in hidden},
        )
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal | int | float) and not isinstance(cell, bool):
                page.write_number(number, column, float(cell))
            else:
                page.write_string(number, column, "" if cell is None else str(cell), wrap)
    book.close()
    return stream.getvalue()


def workbook_response(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
