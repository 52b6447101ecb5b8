"""A CSV's first bytes: in which letters they are written, what parts their cells, and which row is the header."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.ingest_compressed import ByteStream
from thangdo.dossiers.ingest_header import HEADER_WITHIN, Header, Row, find_header, named
from thangdo.dossiers.schema import Table

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 1 << 16  # bytes: far more than the rows that may be a header take


@dataclass(frozen=True, slots=True)
class CsvStart:
    """What the first bytes say. `first_line` is the line where data begin (first = 1): a row may take several."""

    encoding: str
    delimiter: str
    header: Header
    first_line: int


def look_at(path: Path, compression: str, table: Table | None) -> CsvStart:
    """Find encoding, delimiter and header; the delimiter is the one by which a row names most columns.

    Raises DossiersFailure: DOS212 an empty file, DOS213 a compressed one of which nothing can be had.
    """
    stream = ByteStream(path, compression, is_hashed=False)
    pieces = stream.chunks(LOOKED_AT)
    start = next(pieces, b"")
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise DossiersFailure("DOS213" if stream.truncated else "DOS212", path=path)
    is_cut = len(start) > LOOKED_AT or next(pieces, None) is not None
    encoding = encoding_of(start[:LOOKED_AT])
    lines = _lines(start[:LOOKED_AT], encoding, is_cut=is_cut)
    if not lines:  # a mark of the encoding alone
        raise DossiersFailure("DOS212", path=path)
    found = []
    for delimiter in DELIMITERS:
        rows, ends = _rows(lines, delimiter)
        header = find_header(rows, table)
        found.append(CsvStart(encoding, delimiter, header, ends[header.row - 1 + header.is_numbered] + 1))
    return max(found, key=lambda start: (start.header.strength, start.header.named, len(start.header.cells)))


def encoding_of(start: bytes) -> str:
    """UTF-16 by its mark, or by the zeros beside Latin letters, digits and delimiters; everything else is UTF-8."""
    if start.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if start.startswith(b"\xfe\xff"):
        return "utf-16-be"
    even, odd = start[::2].count(0), start[1::2].count(0)
    # Most characters of any table are such; zeros that a damaged file holds stand on both sides.
    if max(even, odd) * 8 > len(start) and max(even, odd) > 4 * min(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def windows_1258(line: bytes) -> str:
    """A line in the older Vietnamese set, which writes tone marks as characters of their own; NFC joins them."""
    return unicodedata.normalize("NFC", line.decode("cp1258", "replace"))


def _lines(start: bytes, encoding: str, *, is_cut: bool) -> list[str]:
    """The lines; of several the last is left out where the cut went through it."""
    if encoding == "utf-8":
        parts = [_text(line) for line in start.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    else:
        parts = start.decode(encoding, "replace").replace("\ufeff", "").split("\n")
    if not parts[-1] or (is_cut and len(parts) > 1):
        parts.pop()
    return [f"{line}\n" for line in parts]


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return windows_1258(line)


def _rows(lines: Sequence[str], delimiter: str) -> tuple[list[Row], list[int]]:
    """The first rows and, for each, how many lines end with it."""
    rows: list[Row] = []
    ends: list[int] = []
    first = 0
    while first < len(lines) and len(rows) <= HEADER_WITHIN:
        cells, taken = _row(lines, first, delimiter)
        # A title's quote that never closes draws the header into its cell: then the line stands alone.
        if taken > 1 and not named(cells) and _is_header_within(lines[first + 1 : first + taken], delimiter):
            cells, taken = (lines[first].strip(),), 1
        first += taken
        rows.append(cells)
        ends.append(first)
    return rows, ends


def _row(lines: Sequence[str], first: int, delimiter: str) -> tuple[Row, int]:
    """The row that begins with a line, and how many lines it takes."""
    reader = csv.reader(islice(lines, first, None), delimiter=delimiter)
    try:
        return tuple(cell.strip() for cell in next(reader)), reader.line_num
    except csv.Error:
        # Neither a table nor text: random bytes, or lines that end with a carriage return alone.
        return (repr(lines[first][:80]),), 1


def _is_header_within(lines: Sequence[str], delimiter: str) -> bool:
    return any(named(_row([line], 0, delimiter)[0]) > 1 for line in lines[:HEADER_WITHIN])
