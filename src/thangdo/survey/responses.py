"""Answers as columns: read from CSV or Excel, every column encoded once, so that checks ask each answer once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from thangdo.findings import Finding, Refused, Where
from thangdo.survey.csv_header import csv_header
from thangdo.survey.questionnaire_expressions import Answers


@dataclass(frozen=True, eq=False)
class Responses:
    """A table of answers. `rows` are row numbers in the file (header = 1); `broken` rows had another width."""

    file: str
    columns: Mapping[str, Answers]
    rows: np.ndarray[Any, np.dtype[np.int64]]
    broken: tuple[tuple[int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.rows)


def read_responses(path: Path, sheet: str | None = None) -> Responses:
    """Answers from a CSV (comma, semicolon, tab; UTF-8, BOM allowed) or Excel file.

    Cells are trimmed; a blank cell is no answer. Rows of another width are listed in `broken`, not read.
    Raises Refused: SUR001 unreadable, SUR003 a column twice, SUR004 no rows.
    """
    if path.suffix.lower() in {".xlsx", ".xls", ".xlsb", ".ods"}:
        from thangdo.survey.frame import read_frame

        frame = read_frame(path, sheet)
        columns = {name: _encoded(np.array(frame.column(name), dtype=object)) for name in frame.columns}
        return Responses(path.name, columns, np.arange(2, 2 + len(frame.rows)))
    return _read_csv(path)


def _encoded(values: np.ndarray[Any, Any]) -> Answers:
    import pandas as pd

    codes, categories = pd.factorize(values)
    return _cleaned(np.asarray(categories, dtype=object), codes)


def _cleaned(categories: np.ndarray[Any, Any], codes: np.ndarray[Any, Any]) -> Answers:
    """Trimmed answers; those that become equal or blank share a code."""
    trimmed = [str(value).strip() for value in categories]
    names = list(dict.fromkeys(word for word in trimmed if word))
    if names == trimmed:
        return Answers(categories, np.asarray(codes))
    place = {name: number for number, name in enumerate(names)}
    table = np.array([place.get(word, -1) for word in trimmed] + [-1])
    return Answers(np.array(names, dtype=object), table[codes])


def _read_csv(path: Path) -> Responses:
    import pyarrow as pa
    from pyarrow import csv as arrow

    header, delimiter = csv_header(path)
    broken: list[tuple[int, int]] = []

    def skip(row: Any) -> str:
        broken.append((int(row.number), int(row.actual_columns)))
        return "skip"

    kind = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow.read_csv(
            path,
            # One thread: only then does a skipped row know its number.
            read_options=arrow.ReadOptions(use_threads=False, skip_rows=1, column_names=header),
            parse_options=arrow.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(header, kind), strings_can_be_null=True, null_values=[""],
                quoted_strings_can_be_null=True,
            ),
        )  # fmt: skip
    except (pa.ArrowInvalid, OSError) as failure:
        raise Refused([Finding("SUR001", Where(path.name), str(failure)[:200], "CSV, UTF-8")]) from failure
    if not table.num_rows:
        raise Refused([Finding("SUR004", Where(path.name))])
    columns = {}
    for name in header:
        chunk = table.column(name).combine_chunks()
        whole = chunk.chunk(0) if hasattr(chunk, "num_chunks") else chunk
        codes = np.asarray(whole.indices.fill_null(-1).to_numpy(zero_copy_only=False))
        columns[name] = _cleaned(np.asarray(whole.dictionary.to_pylist(), dtype=object), codes)
    return Responses(path.name, columns, _row_numbers(table.num_rows, broken), tuple(broken))


def _row_numbers(count: int, broken: Sequence[tuple[int, int]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Numbers of the rows that were read: every number from 2 on that is not a broken row's."""
    numbers = np.arange(2, 2 + count + len(broken))
    return numbers[~np.isin(numbers, [row for row, _ in broken])][:count]
