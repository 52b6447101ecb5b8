"""Lists as files: a workbook with a sheet a list, and a sheet of paper with the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from thangdo.reporting import typeset
from thangdo.reporting.language import Language, translator
from thangdo.reporting.listing import Column, Linked, Listing, Value, cell_text
from thangdo.reporting.numbers import Absent, absent
from thangdo.reporting.workbook import Cell, Sheet, workbook_bytes

# More columns than this lie across the sheet.
_MOST_UPRIGHT = 5
# Letters of a code, a login or a moment that stand on one line.
_WHOLE = 22
_FORBIDDEN_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def listing_workbook(listings: Sequence[Listing], language: Language) -> bytes:
    """One sheet a list. Numbers are numbers; text is text, also where it starts like a formula."""
    names: list[str] = []
    sheets = []
    for place, listing in enumerate(listings, start=1):
        name = listing.name.translate(_FORBIDDEN_IN_SHEET_NAMES)[:28] or str(place)
        names.append(name if name not in names else f"{name[:25]} {place}")
        rows = [[_workbook_cell(value, language) for value in row] for row in listing.rows]
        header = [column.words for column in listing.columns]
        sheets.append(Sheet(names[-1], listing.title, listing.note, header, rows))
    return workbook_bytes(sheets)


def _workbook_cell(value: Value, language: Language) -> Cell:
    if isinstance(value, Linked):
        return value.words
    if isinstance(value, Absent):
        return absent(value, language)
    return value


def listing_pdf(listings: Sequence[Listing], language: Language, title: str, made: str) -> bytes:
    """The lists one under the other on A4, across where a list is wide; `made` says who took it and when."""
    _ = translator("reporting", language)
    widest = max((len(listing.columns) for listing in listings), default=1)
    lines = typeset.opening(title, made, language, is_landscape=widest > _MOST_UPRIGHT, size="9pt")
    for listing in listings:
        if listing.title != title:
            lines.append(f"== #text({typeset.quoted(listing.title)})")
        if listing.note:
            lines.append(f"#text(fill: {typeset.SOFT}, {typeset.quoted(listing.note)})")
        if not listing.rows:
            lines.append(f"#text({typeset.quoted(listing.empty or _('none'))})")
            continue
        rows = [
            [cell_text(value, column, language) for value, column in zip(row, listing.columns, strict=True)]
            for row in listing.rows
        ]
        columns = "(" + ", ".join(_width(column, place, rows) for place, column in enumerate(listing.columns)) + ",)"
        align = "(" + ", ".join("right" if column.is_number else "left" for column in listing.columns) + ",)"
        lines.append(typeset.table(columns, align, [column.words for column in listing.columns], rows))
    return typeset.compiled(lines)


def _width(column: Column, place: int, rows: Sequence[Sequence[str]]) -> str:
    """Numbers, short words and what cannot be broken (a code, a moment) take what they need, long text shares the rest.

    A long header does not push it out.
    """
    longest = max(len(row[place]) for row in rows)
    is_whole = longest <= _WHOLE and all(row[place].count(" ") <= 1 for row in rows)
    if column.is_number or longest <= 12 or is_whole:
        return "auto" if len(column.words) <= 14 else "1.6fr"
    return f"{max(column.share, min(6, longest // 14))}fr"


def decimal_or(text: str, otherwise: Value = Absent.NOT_GIVEN) -> Value:
    """Stored decimal text as a number, or what stands for its absence."""
    return Decimal(text) if text else otherwise
