"""A file's rows as blocks of text columns, each row with its place in the block.

Every form (CSV, Parquet, XLSX) becomes the same block, so that one set of checks serves all. Here the lines of a
CSV, as `ingest_lines` cut them, become cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from thangdo.dossiers.ingest_cells import NO, READERS, YES
from thangdo.dossiers.ingest_lines import RawBlock, blank_lines, recoded_lines
from thangdo.dossiers.ingest_quotes import are_rows_drawn_together, rows_apart
from thangdo.dossiers.ingest_repeated import REPEATED
from thangdo.dossiers.ingest_source import SourceFile

NULLS = ["", "NULL", "null", "NaN", "None"]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be cut into cells: its offset in the block, why (a finding's code), how many cells it has.

    Nothing of what it says: which of it is a code or a person's name cannot be told, and neither may stay in the store.
    """

    offset: int
    code: str
    found: str


@dataclass(frozen=True, slots=True)
class Block:
    """Text columns (by the table's names, and kept ones), without row numbers yet: `offsets` count from 0.

    `lines` is how many rows the block spans, broken and blank ones included; `recoded` of them were not UTF-8.
    """

    columns: pa.Table
    offsets: Any
    lines: int
    broken: tuple[BrokenRow, ...]
    recoded: int = 0


class ColumnTypes:
    """As what the parser reads a file's columns: what they are, until a cell is met that only text can hold.

    A column that was given up once is read as text from then on, in all blocks of the file.
    """

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._given_up: set[str] = set()

    def of(self, column: str, has_hexadecimal: bool) -> pa.DataType:
        """The type of one of the table's columns; the parser takes 0x1F for a count, the readers of cells do not."""
        described = {known.name: known for known in self._source.table.columns}[column]
        if described.kind == "code" and column not in self._source.table.key:
            return REPEATED
        kind = _TYPED.get(described.kind)
        if kind is None or column in self._given_up or (described.kind == "count" and has_hexadecimal):
            return _text_type(self._source, column)
        return kind

    def gives_up(self, error: pa.ArrowInvalid) -> bool:
        """Whether `error` is about a cell that is not what its column is; it is then read as text."""
        found = _NOT_OF_TYPE.search(str(error))
        if found is None:
            return False
        name = self._source.header[int(found[1])]
        self._given_up.update(column for column, header in self._source.columns.items() if header == name)
        return True


_TYPED: dict[str, pa.DataType] = {"moment": pa.timestamp("us"), "yes_no": pa.bool_(), "count": pa.int32()}
_NOT_OF_TYPE = re.compile(r"^In CSV column #(\d+): (?:Row #\d+: )?CSV conversion error to (?:timestamp|bool|int32)")
# So many letters in a block are looked at one by one.
_MANY = 20_000
_YES, _NO = (
    sorted({form for word in words for form in (word, word.upper(), word.capitalize())}) for words in (YES, NO)
)


def _has_hexadecimal(data: bytes) -> bool:
    """Whether a zero with an x behind it stands anywhere."""
    return any(_stands_behind_zero(data, letter) for letter in (b"x", b"X"))


def _stands_behind_zero(data: bytes, letter: bytes) -> bool:
    # Few codes have the letter: going from one to the next costs less than comparing every byte.
    place = 0
    for _ in range(_MANY):
        place = data.find(letter, place + 1)
        if place < 0:
            return False
        if data[place - 1] == ord("0"):
            return True
    letters = np.frombuffer(data, dtype=np.uint8)
    return bool(((letters[:-1] == ord("0")) & (letters[1:] == ord(letter))).any())


def parse(source: SourceFile, raw: RawBlock, only: tuple[str, ...] = (), types: ColumnTypes | None = None) -> Block:
    """Cut lines into cells: text ones, or as `types` says. Lines that are not UTF-8 are read as Windows-1258.

    `only` narrows the columns.
    """
    data, recoded, is_recoded = raw.data, 0, False
    while True:
        try:
            return _parsed(source, raw, data, recoded, only, types)
        except pa.ArrowInvalid as error:
            if types is not None and types.gives_up(error):
                continue
            if is_recoded:
                raise
            data, recoded = recoded_lines(raw.data)
            is_recoded = True


def _parsed(
    source: SourceFile, raw: RawBlock, data: bytes, recoded: int, only: tuple[str, ...], types: ColumnTypes | None
) -> Block:
    broken: list[BrokenRow] = []

    def invalid(row: Any) -> str:
        broken.append(BrokenRow(row.number - 1, "DOS018", f"{row.actual_columns} ≠ {row.expected_columns}"))
        return "skip"

    names = [f"{position}" for position in range(len(source.header))]
    wanted = {
        source.header.index(name): column for column, name in source.columns.items() if not only or column in only
    }
    has_hexadecimal = types is not None and _has_hexadecimal(data)
    column_types = {
        names[position]: types.of(column, has_hexadecimal) if types is not None else _text_type(source, column)
        for position, column in wanted.items()
    }
    if not only:
        kept = {source.header.index(name): name for name in source.kept}
        column_types.update({names[position]: pa.string() for position in kept})
        wanted.update(kept)
    has_quotes = b'"' in data
    text = pa_csv.read_csv(
        pa.BufferReader(data),
        read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=max(len(data) + 1, 1 << 16)),
        parse_options=pa_csv.ParseOptions(
            delimiter=source.delimiter,
            quote_char='"' if has_quotes else False,
            newlines_in_values=has_quotes,
            ignore_empty_lines=False,
            invalid_row_handler=invalid,
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=column_types,
            include_columns=[names[position] for position in wanted],
            strings_can_be_null=True,
            null_values=NULLS,
            true_values=_YES,
            false_values=_NO,
        ),
    ).rename_columns(list(wanted.values()))
    # Only where rows are fewer than lines can one have drawn others into a cell.
    is_spread = has_quotes and text.num_rows + len(broken) < data.count(b"\n") + (data[-1:] != b"\n")
    if is_spread and are_rows_drawn_together(data, source.delimiter, len(names)):
        text, broken = _apart(data, source.delimiter, wanted, len(names))
    lines = text.num_rows + len(broken)
    offsets = np.delete(np.arange(lines), [row.offset for row in broken]) if broken else np.arange(lines)
    # A blank line has no key, and most blocks have no row without one.
    is_whole = not broken and text.num_columns and text.column(0).null_count == 0
    blank = np.zeros(0, dtype=np.int64) if is_whole else blank_lines(data, lines, source.delimiter, len(names))
    if len(blank):
        is_filled = ~np.isin(offsets, blank)
        text, offsets = text.filter(pa.array(is_filled)), offsets[is_filled]
        broken = [row for row in broken if row.offset not in blank]
    if raw.is_last_cut and lines:
        # The stream broke off here: the last line may look whole and is not known to be.
        broken = [row for row in broken if row.offset != lines - 1] + [BrokenRow(lines - 1, "DOS019", "")]
        is_whole = offsets != lines - 1
        text, offsets = text.filter(pa.array(is_whole)), offsets[is_whole]
    return Block(text, offsets, lines, tuple(broken), recoded)


def _apart(data: bytes, delimiter: str, wanted: dict[int, str], width: int) -> tuple[pa.Table, list[BrokenRow]]:
    cells: dict[str, list[str | None]] = {column: [] for column in wanted.values()}
    broken = []
    for offset, (count, row) in enumerate(rows_apart(data, delimiter, width)):
        if row is None:
            broken.append(BrokenRow(offset, "DOS018", f"{count} ≠ {width}" if count else ""))
            continue
        for position, column in wanted.items():
            cells[column].append(None if row[position] in NULLS else row[position])
    return pa.table({name: pa.array(values, pa.string()) for name, values in cells.items()}), broken


def _text_type(source: SourceFile, column: str) -> pa.DataType:
    """Text; where few different values repeat, each of them once."""
    kind = next((described.kind for described in source.table.columns if described.name == column), "text")
    return REPEATED if kind in READERS else pa.string()
