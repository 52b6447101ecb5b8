"""Write a report as files for machines: CSV tables and `summary.json`, all or nothing."""

from __future__ import annotations

import csv
import json
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.report import Report


def write_tables(report: Report, folder: Path) -> tuple[str, ...]:
    """Write every table and the summary into `folder` (made if need be); returns the names written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in report.tables.items():
        write_csv(frame, folder / f"{name}.csv")
        written.append(f"{name}.csv")
    (folder / "summary.json").write_text(summary_text(report), encoding="utf-8")
    return (*written, "summary.json")


def summary_text(report: Report) -> str:
    """The summary as `summary.json` holds it."""
    return json.dumps(dict(report.summary), ensure_ascii=False, indent=1, default=float) + "\n"


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """A table as CSV: UTF-8, comma, LF, decimal point, full precision."""
    columns = [[_cell(value) for value in frame[name].tolist()] for name in frame.columns]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(frame.columns)
        writer.writerows(zip(*columns))


@contextmanager
def in_new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place when the block ends well; files of other reports in `out` stay.

    Each file appears whole; what the block does not write is left as it was. DossiersFailure DOS311 where nothing can
    be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
            yield Path(scratch)
            out.mkdir(exist_ok=True)
            for path in sorted(Path(scratch).iterdir()):
                path.replace(out / path.name)
    except OSError as error:
        raise DossiersFailure("DOS311", path=out, found=error.strerror or error) from error


def _cell(value: Any) -> str:
    """A cell with full precision: integers without a point, shares as the shortest text that reads back the same."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
