"""What a file is before its rows are read: form, compression, letters, delimiter, table, columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal

from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.ingest_csv_start import look_at
from thangdo.dossiers.ingest_header import HEADER_WITHIN, Header, candidates, columns_of, find_header, folded
from thangdo.dossiers.rejects import HEADER as REJECT_HEADER
from thangdo.dossiers.schema import BY_NAME, Table

Form = Literal["csv", "parquet", "xlsx"]
Compression = Literal["", "gzip", "zstd"]

_MAGIC: tuple[tuple[bytes, Compression], ...] = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))

# The compound file in which .xls, old Word files and workbooks with a password are kept ([MS-CFB] 2.2).
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to ingest. `columns` maps the table's columns to the names in the header; `kept` are declared ones.

    `passed_over` are columns that could stand for one of `columns`, which another one does.
    `header` is the header as it stands; `sheet` is a workbook's sheet, `unread_sheets` are further ones with a header
    of ours. `header_row` is the header's number in the file (first = 1); `is_numbered`: the row beneath only numbers
    the columns. `first_line` is the line of a CSV where its data begin (a row may take several lines).
    """

    path: Path
    form: Form
    table: Table
    columns: Mapping[str, str]
    compression: Compression = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    header: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    sheet: str = ""
    ignored: tuple[str, ...] = field(default=())
    passed_over: tuple[str, ...] = field(default=())
    unread_sheets: tuple[str, ...] = field(default=())
    header_row: int = 1
    is_numbered: bool = False
    first_line: int = 2

    @property
    def first_row(self) -> int:
        """The number of the first row of data in the file."""
        return self.header_row + 1 + self.is_numbered


def open_source(path: Path, table: str | None = None, keep: tuple[str, ...] = ()) -> SourceFile:
    """Look at the file's first bytes and its header, which stands among its first HEADER_WITHIN rows.

    `table` says what it holds where the header alone would not; `keep` declares further columns to keep.
    Raises DossiersFailure: DOS204 unreadable, DOS205 no table has such a header, DOS206 a required column missing,
    DOS211 a column that is kept stands twice in the header, DOS212 an empty file, DOS213 a compressed file whose first
    line cannot be had, DOS215 no workbook that opens and no text, DOS216 a reject file.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise DossiersFailure("DOS204", path=path, found=error.strerror) from error
    asked = BY_NAME[table] if table else None
    if start[:4] == b"PAR1":
        return _described(path, "parquet", find_header((_parquet_header(path),), asked), asked, keep)
    if start[:4] == b"PK\x03\x04" or start == _OLD_OFFICE:
        sheet, header, unread = _sheet_with_header(path, asked)
        return replace(_described(path, "xlsx", header, asked, keep), sheet=sheet, unread_sheets=unread)
    if start.startswith(b"%PDF") or start.lstrip().startswith(b"<"):
        raise DossiersFailure("DOS215", path=path)
    compression: Compression = next((name for magic, name in _MAGIC if start.startswith(magic)), "")
    found = look_at(path, compression, asked)
    return replace(
        _described(path, "csv", found.header, asked, keep),
        compression=compression,
        encoding=found.encoding,
        delimiter=found.delimiter,
        first_line=found.first_line,
    )


def _parquet_header(path: Path) -> tuple[str, ...]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except (OSError, pa.ArrowInvalid) as error:
        raise DossiersFailure("DOS204", path=path, found=error) from error


def _sheet_with_header(path: Path, table: Table | None) -> tuple[str, Header, tuple[str, ...]]:
    """The first sheet that has a header of ours (of `table` where given), the header, and further sheets that have one.

    Where there is none, the sheet that comes nearest, to be refused with what was found.
    """
    import python_calamine as calamine

    try:
        workbook = calamine.CalamineWorkbook.from_path(str(path))
        first_rows = {
            name: [
                tuple(map(_cell_text, row))
                for row in islice(workbook.get_sheet_by_name(name).iter_rows(), HEADER_WITHIN + 1)
            ]
            for name in workbook.sheet_names
        }
    except (calamine.CalamineError, OSError) as error:
        raise DossiersFailure("DOS215", path=path) from error
    headers = {name: find_header(rows, table) for name, rows in first_rows.items()}
    if not any(header.strength for header in headers.values()):
        sheet = max(headers, key=lambda name: headers[name].named, default="")
        return sheet, headers.get(sheet, Header((), 1, 0, None)), ()
    # One name alone may stand on a cover sheet, before a sheet whose header names more.
    strength = max(header.strength for header in headers.values())
    sheet = next(name for name, header in headers.items() if header.strength == strength)
    others = {name: find_header(rows) for name, rows in first_rows.items() if name != sheet}
    return sheet, headers[sheet], tuple(name for name, header in others.items() if header.strength >= strength)


def _cell_text(cell: object) -> str:
    """A cell of the first rows as a person sees it: whole numbers without their point."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _on_one_line(name: str) -> str:
    """As a finding tells it; names of columns may hold line ends."""
    return " ".join(name.split())


def _described(path: Path, form: Form, header: Header, asked: Table | None, keep: tuple[str, ...]) -> SourceFile:
    table, cells = header.table or asked, header.cells
    if cells == REJECT_HEADER:
        raise DossiersFailure("DOS216", path=path)
    if table is None:
        raise DossiersFailure("DOS205", path=path, found=", ".join(map(_on_one_line, filter(None, cells)))[:200])
    columns = columns_of(table, cells)
    missing = [
        f"{column.name} ({column.name_vi})"
        for column in table.columns
        if column.required and column.name not in columns
    ]
    if missing:
        raise DossiersFailure("DOS206", path=path, table=table.name, found=", ".join(missing))
    used = set(columns.values())
    # Of two columns of one name neither is known to be the right one; those that are dropped may repeat.
    counts = Counter(map(folded, cells))
    twice = [name for name in dict.fromkeys(cells) if counts[folded(name)] > 1 and (name in used or name in keep)]
    if twice:
        raise DossiersFailure("DOS211", path=path, found=", ".join(twice))
    kept = tuple(name for name in cells if name in keep and name not in used)
    other = {name for names in candidates(table, cells).values() for name in names[1:]} - used - {*kept}
    return SourceFile(
        path,
        form,
        table,
        columns,
        header=cells,
        kept=kept,
        ignored=tuple(_on_one_line(name) for name in cells if name and name not in {*used, *kept, *other}),
        passed_over=tuple(_on_one_line(name) for name in dict.fromkeys(cells) if name in other),
        header_row=header.row,
        is_numbered=header.is_numbered,
    )
