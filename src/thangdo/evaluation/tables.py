"""Reading and writing CSV tables: forgiving of dialect, never of content; every finding has a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from thangdo.evaluation.round import Table, TableSpec
from thangdo.findings import Finding, Gathered, Where

LARGEST_CELL = 1_000_000


def read_table(path: Path, spec: TableSpec, gathered: Gathered) -> Table:
    """Read one CSV of a round. Anything wrong is gathered; the rows that could be read are returned."""
    file = path.name
    try:
        raw = path.read_bytes()
    except OSError as failure:
        gathered.add(Finding("EVA001", Where(file), str(failure.strerror)))
        return Table(spec.columns, (), file)
    text = _decoded(raw, file, gathered)
    if text is None:
        return Table(spec.columns, (), file)
    delimiter = _delimiter(text)
    if delimiter != ",":
        gathered.add(Finding("EVA004", Where(file, 1), delimiter, ",", "note"))
    rows: list[list[str]] = []
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows.extend(reader)
    except csv.Error as failure:
        code = "EVA005" if "field larger" in str(failure) else "EVA006"
        gathered.add(Finding(code, Where(file, reader.line_num), str(failure), str(LARGEST_CELL)))
    return _table(rows, spec, file, delimiter == ";", gathered)


def _decoded(raw: bytes, file: str, gathered: Gathered) -> str | None:
    if raw.startswith(b"\xef\xbb\xbf"):
        gathered.add(Finding("EVA002", Where(file, 1), "BOM", severity="note"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        row = raw[: failure.start].count(b"\n") + 1
        found = f"0x{raw[failure.start]:02X}"
        gathered.add(Finding("EVA003", Where(file, row), found, "UTF-8", facts={"guess": _guess(raw)}))
        return None


def _guess(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        raw.decode("cp1258")
    except UnicodeDecodeError:
        return "?"
    return "Windows-1258"


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else "," if "\t" not in header or "," in header else "\t"


def _table(rows: list[list[str]], spec: TableSpec, file: str, decimal_comma: bool, gathered: Gathered) -> Table:
    if not rows:
        gathered.add(Finding("EVA007", Where(file, 1), "", ", ".join(spec.columns)))
        return Table(spec.columns, (), file)
    header = [name.strip() for name in rows[0]]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        gathered.add(Finding("EVA009", Where(file, 1, repeated[0]), ", ".join(repeated)))
        return Table(spec.columns, (), file)
    needed = set(spec.key) or set(spec.columns[:3])
    missing = [name for name in spec.columns if name not in header and name in needed]
    if missing:
        gathered.add(Finding("EVA008", Where(file, 1), ", ".join(header), ", ".join(missing)))
        return Table(spec.columns, (), file)
    extra = [name for name in header if name not in spec.columns]
    columns = (*spec.columns, *extra)
    width = len(header)
    if header == list(columns):
        ordered = rows[1:]
    else:
        places = [header.index(name) if name in header else -1 for name in columns]
        ordered = [
            [row[place] if 0 <= place < len(row) else "" for place in places] if len(row) == width else row
            for row in rows[1:]
        ]
        width = len(columns)
    if set(map(len, ordered)) <= {width}:
        return Table(columns, tuple(map(tuple, ordered)), file, 2, decimal_comma)
    kept: list[tuple[str, ...]] = []
    for number, row in enumerate(ordered, start=2):
        if len(row) == width:
            kept.append(tuple(row))
        elif any(cell.strip() for cell in row):
            gathered.add(Finding("EVA010", Where(file, number), str(len(row)), str(width)))
            kept.append(tuple((row + [""] * width)[:width]))
        else:
            kept.append(("",) * width)
    return Table(columns, tuple(kept), file, 2, decimal_comma)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV: comma, LF, minimal quotes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def csv_line(*cells: str) -> str:
    """Cells as one line of CSV without its end."""
    return csv_text(cells, ()).removesuffix("\n")


def write_table(path: Path, table: Table) -> None:
    """Write a table beside and rename: the file is whole or absent."""
    part = path.with_name(path.name + ".part")
    part.write_text(csv_text(table.columns, table.rows), encoding="utf-8", newline="")
    part.replace(path)
