"""What a file is before its rows are read: form, compression, letters, delimiter, table, columns."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.ingest_compressed import ByteStream
from thangdo.dossiers.schema import BY_NAME, TABLES, Table

Form = Literal["csv", "parquet", "xlsx"]
Compression = Literal["", "gzip", "zstd"]

DELIMITERS = (",", ";", "\t", "|")
_MAGIC: tuple[tuple[bytes, Compression], ...] = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to ingest. `columns` maps the table's columns to the names in the header; `kept` are declared ones.

    `passed_over` are columns that could stand for one of `columns`, which another one does.
    `header` is the header as it stands (empty where the form brings its own); `sheet` is a workbook's sheet,
    `unread_sheets` are further ones with a header of ours.
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


def open_source(path: Path, table: str | None = None, keep: tuple[str, ...] = ()) -> SourceFile:
    """Look at the file's first bytes and header.

    `table` says what it holds where the header alone would not; `keep` declares further columns to keep.
    Raises DossiersFailure: DOS204 unreadable, DOS205 no table has such a header, DOS206 a required column missing,
    DOS211 a column that is kept stands twice in the header, DOS212 an empty file, DOS213 a compressed file whose first
    line cannot be had.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise DossiersFailure("DOS204", path=path, found=error.strerror) from error
    if start[:4] == b"PAR1":
        return _described(path, "parquet", _parquet_header(path), table, keep)
    if start[:4] == b"PK\x03\x04":
        sheet, header, unread = _sheet_with_header(path, table)
        return replace(_described(path, "xlsx", header, table, keep, sheet=sheet), unread_sheets=unread)
    compression: Compression = next((name for magic, name in _MAGIC if start.startswith(magic)), "")
    encoding, line = _first_line(path, compression)
    delimiter = max(DELIMITERS, key=line.count)
    try:
        header = tuple(name.strip() for name in next(csv.reader(io.StringIO(line), delimiter=delimiter), []))
    except csv.Error as error:
        # Neither a table nor text: random bytes, or lines that end with a carriage return alone.
        raise DossiersFailure("DOS205", path=path, found=repr(line[:80])) from error
    return _described(path, "csv", header, table, keep, compression, encoding, delimiter)


def _first_line(path: Path, compression: Compression) -> tuple[str, str]:
    """The encoding of a CSV and its first line."""
    stream = ByteStream(path, compression)
    start = next(stream.chunks(1 << 16), b"")
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise DossiersFailure("DOS213" if stream.truncated else "DOS212", path=path)
    encoding = _encoding(start)
    if encoding == "utf-8":
        start = start.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
        try:
            return encoding, start.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError:
            return encoding, unicodedata.normalize("NFC", start.decode("cp1258", "replace")).rstrip("\r")
    return encoding, start.decode(encoding, "replace").lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")


def _encoding(start: bytes) -> str:
    """UTF-16 by its mark, or by the zero beside the first letter of a header; everything else is UTF-8."""
    if start.startswith(b"\xff\xfe") or (start[1:2] == b"\0" and start[:1] != b"\0"):
        return "utf-16-le"
    if start.startswith(b"\xfe\xff") or (start[:1] == b"\0" and start[1:2] != b"\0"):
        return "utf-16-be"
    return "utf-8"


def _parquet_header(path: Path) -> tuple[str, ...]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except (OSError, pa.ArrowInvalid) as error:
        raise DossiersFailure("DOS204", path=path, found=error) from error


def _sheet_with_header(path: Path, table: str | None) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The first sheet whose first row is a header of ours, its header, and further sheets that have such a header.

    Where there is none, the first sheet, to be refused with its header.
    """
    import python_calamine as calamine

    try:
        workbook = calamine.CalamineWorkbook.from_path(str(path))
        headers = [
            (
                name,
                tuple(
                    str(cell).strip() for cell in next(iter(workbook.get_sheet_by_name(name).to_python(nrows=1)), [])
                ),
            )
            for name in workbook.sheet_names
        ]
    except (calamine.CalamineError, OSError) as error:
        raise DossiersFailure("DOS204", path=path, found=error) from error
    ours = [
        (name, header)
        for name, header in headers
        if guess_table(header) is not None
        or (table and set(_columns(BY_NAME[table], header)) >= set(BY_NAME[table].marks))
    ]
    name, header = (*ours, *headers, ("", ()))[0]
    return name, header, tuple(name for name, _ in ours[1:])


def guess_table(header: tuple[str, ...]) -> Table | None:
    """The first table all of whose `marks` the header has."""
    return next((table for table in TABLES if set(_columns(table, header)) >= set(table.marks)), None)


def _described(
    path: Path,
    form: Form,
    header: tuple[str, ...],
    table: str | None,
    keep: tuple[str, ...],
    compression: Compression = "",
    encoding: str = "utf-8",
    delimiter: str = ",",
    sheet: str = "",
) -> SourceFile:
    chosen = BY_NAME[table] if table else guess_table(header)
    if chosen is None:
        raise DossiersFailure("DOS205", path=path, found=", ".join(header)[:200])
    columns = _columns(chosen, header)
    missing = [column.name for column in chosen.columns if column.required and column.name not in columns]
    if missing:
        raise DossiersFailure("DOS206", path=path, table=chosen.name, found=", ".join(missing))
    used = set(columns.values())
    # Of two columns of one name neither is known to be the right one; those that are dropped may repeat.
    counts = Counter(_folded(name) for name in header)
    twice = [name for name in dict.fromkeys(header) if counts[_folded(name)] > 1 and (name in used or name in keep)]
    if twice:
        raise DossiersFailure("DOS211", path=path, found=", ".join(twice))
    kept = tuple(name for name in header if name in keep and name not in used)
    other = {name for candidates in _candidates(chosen, header).values() for name in candidates[1:]} - used - {*kept}
    passed_over = tuple(name for name in dict.fromkeys(header) if name in other)
    ignored = tuple(name for name in header if name and name not in {*used, *kept, *other})
    return SourceFile(
        path, form, chosen, columns, compression, encoding, delimiter, header, kept, sheet, ignored, passed_over
    )


def _columns(table: Table, header: tuple[str, ...]) -> dict[str, str]:
    """Which header name stands for which column: its name, its Vietnamese name or an alias, letters' case aside."""
    return {column: names[0] for column, names in _candidates(table, header).items()}


def _candidates(table: Table, header: tuple[str, ...]) -> dict[str, list[str]]:
    """All header names that may stand for each column, the best first."""
    by_folded: dict[str, str] = {}
    for name in header:
        by_folded.setdefault(_folded(name), name)
    found = {}
    for column in table.columns:
        wanted = dict.fromkeys(_folded(name) for name in (column.name, column.name_vi, *column.aliases))
        names = [by_folded[name] for name in wanted if name in by_folded]
        if names:
            found[column.name] = names
    return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold().replace(" ", "_").replace("-", "_")
