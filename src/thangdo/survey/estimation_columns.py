"""A table of responses as typed columns: text as written, numbers, categories, what is missing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.csv_header import csv_header

MISSING = ("", "NA", "NaN", "nan", "null")
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Categories:
    """Category of each row: `codes` index `labels`, −1 where missing."""

    codes: Codes
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column as text (objects of `str`); numbers and categories are made when asked for."""

    name: str
    text: npt.NDArray[np.object_]
    decimal_comma: bool = False

    @cached_property
    def factorised(self) -> tuple[Codes, list[str]]:
        """Codes of the distinct texts, missing −1, in order of first appearance."""
        import pandas

        codes, labels = pandas.factorize(self.text)
        texts = [str(label) for label in labels]
        gone = np.array([text in MISSING for text in texts] or [False])
        if gone.any():
            kept = np.cumsum(~gone) - 1
            kept[gone] = -1
            codes = kept[codes]
            texts = [text for text, is_gone in zip(texts, gone, strict=True) if not is_gone]
        return codes.astype(np.int64), texts

    @cached_property
    def numbers_of_labels(self) -> list[float | None]:
        return [_number(text, decimal_comma=self.decimal_comma) for text in self.factorised[1]]

    @property
    def is_numeric(self) -> bool:
        """Every answer there is reads as a number (and there is one)."""
        return bool(self.numbers_of_labels) and all(number is not None for number in self.numbers_of_labels)

    @cached_property
    def numbers(self) -> Floats:
        """The column as float64; missing or not a number is NaN."""
        codes, _ = self.factorised
        values = np.array([np.nan if x is None else x for x in self.numbers_of_labels] + [np.nan])
        return np.asarray(values[codes], dtype=np.float64)

    @cached_property
    def categories(self) -> Categories:
        """Labels sorted: by value where all are numbers, by code point otherwise (R's order in the C locale)."""
        codes, texts = self.factorised
        numbers = self.numbers_of_labels
        keys: list[Any] = numbers if self.is_numeric else texts
        order = sorted(range(len(texts)), key=keys.__getitem__)
        place = np.empty(len(order) + 1, dtype=np.int64)
        place[order] = np.arange(len(order))
        place[-1] = -1
        return Categories(place[codes], tuple(texts[i] for i in order))


@dataclass(frozen=True)
class Columns:
    """A table by column; `first_row` is the file's row of the first record, for findings."""

    columns: Mapping[str, Column]
    rows: int
    file: str = ""
    first_row: int = 2

    def get(self, name: str, gathered: Gathered) -> Column | None:
        """The column, or None with a finding that names the nearest ones."""
        if name not in self.columns:
            nearest = difflib.get_close_matches(name, self.columns, 3, 0.5) or list(self.columns)[:8]
            gathered.add(Finding("SUR300", Where(self.file, 1, name), name, ", ".join(nearest)))
            return None
        return self.columns[name]

    def filled(self, name: str, gathered: Gathered) -> Categories | None:
        """The column as categories, every row filled; empty cells are findings."""
        column = self.get(name, gathered)
        if column is None:
            return None
        categories = column.categories
        for row in np.flatnonzero(categories.codes < 0):
            where = Where(self.file, int(row) + self.first_row, name)
            gathered.add(Finding("SUR313", where, "", facts={"column": name}))
        return categories


def columns_of(table: Mapping[str, Iterable[object]], file: str = "") -> Columns:
    """Columns from values in memory (None and NaN are missing)."""
    made: dict[str, Column] = {}
    rows = 0
    for name, values in table.items():
        text = np.array([_text(value) for value in values], dtype=object)
        made[name] = Column(name, text)
        rows = len(text)
    return Columns(made, rows, file)


def read_columns(path: Path, gathered: Gathered) -> Columns:
    """A CSV (comma or semicolon, with or without BOM) or an Excel file; assumptions are noted (SUR319)."""
    try:
        made = (
            _read_workbook(path, gathered)
            if path.suffix.lower() in {".xlsx", ".xlsm", ".ods"}
            else _read_csv(path, gathered)
        )
    except (OSError, UnicodeDecodeError, ValueError) as failure:
        gathered.add(Finding("SUR318", Where(path.name), str(failure)[:200]))
        gathered.refuse_errors()
        raise
    if made.rows == 0:
        gathered.add(Finding("SUR317", Where(path.name)))
    return made


def _read_csv(path: Path, gathered: Gathered) -> Columns:
    import pyarrow as pa
    from pyarrow import csv

    names, delimiter = csv_header(path)
    semicolon = delimiter == ";"
    if semicolon:
        gathered.add(Finding("SUR319", Where(path.name), "; | 0,5", severity="note"))
    broken: list[tuple[int, int]] = []

    def noted(row: Any) -> str:
        broken.append((int(row.number), int(row.actual_columns)))
        return "skip"

    def read(*, all_broken: bool) -> pa.Table:
        return csv.read_csv(
            path,
            # One thread where rows of another width are counted: only then does such a row know its number.
            read_options=csv.ReadOptions(column_names=names, skip_rows=1, use_threads=not all_broken),
            parse_options=csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=noted if all_broken else None
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, null_values=[]
            ),
        )

    try:
        table = read(all_broken=False)
    except pa.ArrowInvalid:
        table = read(all_broken=True)
    for row, cells in broken:
        gathered.add(Finding("SUR131", Where(path.name, row), str(cells), str(len(names))))
    gathered.refuse_errors()
    made = {
        name: Column(name, table.column(name).to_numpy(zero_copy_only=False), decimal_comma=semicolon) for name in names
    }
    return Columns(made, table.num_rows, path.name)


def _read_workbook(path: Path, gathered: Gathered) -> Columns:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    if not rows:
        return Columns({}, 0, path.name)
    names = [str(name).strip() for name in rows[0]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        gathered.add(Finding("SUR003", Where(path.name, 1, name), name))
    gathered.refuse_errors()
    body = rows[1:]
    made = {name: Column(name, np.array([_text(row[i]) for row in body], dtype=object)) for i, name in enumerate(names)}
    return Columns(made, len(body), path.name)


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer() and abs(float(value)) < 1e15:
        return str(int(value))
    return str(value)


def _number(text: str, *, decimal_comma: bool) -> float | None:
    try:
        found = float(text.replace(",", ".") if decimal_comma else text)
    except ValueError:
        return None
    return found if np.isfinite(found) and "_" not in text else None
