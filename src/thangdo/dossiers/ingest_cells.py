"""Cells read from text to what they mean, column by column.

Words, yes/no and numbers take few different values, so each different text is read once a block by a plain
function. Dates take many: the usual form is read by Arrow at once, others by the SQL of `dates`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from thangdo.dossiers.ingest_write import ARROW_TYPES
from thangdo.dossiers.schema import Column, Kind, Table

YES = frozenset(("1", "true", "t", "yes", "y", "x", "có", "co", "đúng"))
NO = frozenset(("0", "false", "f", "no", "n", "không", "khong", "sai"))

_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*(e[+-]?[0-9]+)?", re.IGNORECASE)


class Unreadable(ValueError):
    """The text is nothing of the column's kind."""


def read_word(text: str, column: Column) -> str:
    """One of the column's words, or what officials call it; case, number of blanks and way of writing accents aside."""
    word = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    word = dict(column.said).get(word, word)
    if word not in column.words:
        raise Unreadable(text)
    return word


def read_yes_no(text: str, _column: Column) -> bool:
    """Yes or no, as 1/0, true/false or có/không."""
    word = text.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unreadable(text)


def read_number(text: str, _column: Column) -> float:
    """A number with decimal point or comma; with both, the later one is the decimal sign."""
    if not _NUMBER.fullmatch(text):
        raise Unreadable(text)
    if "," in text and "." in text:
        text = text.replace(".", "").replace(",", ".") if text.rfind(",") > text.rfind(".") else text.replace(",", "")
    else:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError as error:
        raise Unreadable(text) from error
    if not math.isfinite(number):
        raise Unreadable(text)
    return number


def read_count(text: str, column: Column) -> int:
    """A whole number; 4.0 is one, 4.5 is none."""
    number = read_number(text, column)
    if number != int(number) or abs(number) >= 2**31:
        raise Unreadable(text)
    return int(number)


READERS: dict[Kind, Callable[[str, Column], object]] = {
    "word": read_word,
    "yes_no": read_yes_no,
    "number": read_number,
    "count": read_count,
}


_BLANKS = " \t\u00a0"


def trimmed(cells: Any) -> Any:
    """Codes and names without the blanks around them, as `ingest_checks.cell_sql` has them; null where nothing is left."""
    _, _, data = cells.buffers()
    text = b"" if data is None else memoryview(data).tobytes()
    if b" " not in text and (text.isascii() or b"\xc2\xa0" not in text):
        return cells
    has_blank = pc.match_substring_regex(cells, f"[{_BLANKS[0]}{_BLANKS[2]}]")
    without = pc.utf8_trim(cells, characters=_BLANKS)
    return pc.if_else(has_blank, pc.if_else(pc.equal(without, ""), pa.scalar(None, pa.string()), without), cells)


def read_cells(text: pa.Table, table: Table) -> tuple[pa.Table, frozenset[str]]:
    """The block with its columns as far as they are read here, each named `raw_…`.

    Columns of READERS' kinds come typed, with a column `bad_…` that is true where the text could not be read.
    The names given beside are stamps that are still text. Kept columns keep their names.
    """
    described = {column.name: column for column in table.columns}
    columns: dict[str, Any] = {}
    unread = set()
    for name in text.column_names:
        cells = text.column(name).combine_chunks()
        column = described.get(name)
        if column is None:
            columns[name] = cells
        elif column.kind in READERS:
            columns[f"raw_{name}"], columns[f"bad_{name}"] = _read_once(cells, column)
        elif column.kind in ("moment", "day"):
            columns[f"raw_{name}"], is_read = _read_stamps(cells, column)
            if not is_read:
                unread.add(name)
        else:
            columns[f"raw_{name}"] = cells
    return pa.table(columns), frozenset(unread)


def _read_once(cells: Any, column: Column) -> tuple[Any, Any]:
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    read: list[object] = []
    bad: list[bool] = []
    for text in cells.dictionary.to_pylist():
        value, is_bad = None, False
        if text is not None and text.strip():
            try:
                value = READERS[column.kind](text.strip(), column)
            except Unreadable:
                is_bad = True
        read.append(value)
        bad.append(is_bad)
    values = pa.array(read, ARROW_TYPES[column.duck_type])
    return values.take(cells.indices), pa.array(bad, pa.bool_()).take(cells.indices)


def _read_stamps(cells: Any, column: Column) -> tuple[Any, bool]:
    """ISO stamps without offset, all of them or none."""
    try:
        moments = cells.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return cells, False
    return (moments.cast(pa.date32(), safe=False) if column.kind == "day" else moments), True
