"""The hash of a table of text, whatever the order of its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_CELL, _ROW = "\x1f", "\x1e"


def table_hash(columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    """SHA-256 of a table: header, then the rows in sorted order.

    Cells are parted by U+001F and rows by U+001E (the control characters made for it). A table that holds
    one of them inside a cell is hashed with backslash escapes and another first word, so that no two
    different tables share their bytes. Hundreds of thousands of rows take tenths of a second.
    """
    lines = list(map(_CELL.join, rows))
    text = _ROW.join(sorted(lines))
    kind = "table"
    expected = len(rows) * (len(columns) - 1)
    if rows and (text.count(_CELL) != expected or text.count(_ROW) != len(rows) - 1):
        kind = "escaped table"
        text = _ROW.join(sorted(_CELL.join(map(_escaped, row)) for row in rows))
    header = _CELL.join(map(_escaped, columns))
    return hashlib.sha256(f"{kind}{_ROW}{header}{_ROW}{text}".encode()).hexdigest()


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace(_CELL, "\\u").replace(_ROW, "\\r")
