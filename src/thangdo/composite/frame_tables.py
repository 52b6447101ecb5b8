"""Data frames (pandas, Polars, whatever narwhals knows) to and from the tables of an index."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from thangdo.composite.coin_tables import Table
from thangdo.findings import Finding, Gathered, Where

Frame = Any


def table_of_frame(frame: Frame, name: str, required: Sequence[str], gathered: Gathered) -> Table | None:
    """A frame as a table of text, every digit kept; lines count as in a file with a header. None with a finding
    (COM520) where a column is missing or there is no row.
    """
    import narwhals as nw

    table = nw.from_native(frame, eager_only=True)
    header = tuple(str(column).strip() for column in table.columns)
    missing = [column for column in required if column not in header]
    if missing or len(table) == 0:
        gathered.add(Finding("COM520", Where(name, 1), found=f"no {', '.join(missing) or 'rows'}"))
        return None
    rows = tuple(tuple(_text(cell) for cell in row) for row in table.iter_rows())
    return Table(name, header, rows, tuple(range(2, len(rows) + 2)))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return "" if math.isnan(cell) else repr(float(cell))
    text = str(cell).strip()
    # What pandas calls a gap in a column that is not of floats.
    return "" if text in ("<NA>", "NaT") else text


def frame_of(columns: Mapping[str, Any], backend: Any) -> Frame:
    """A frame of the backend's kind; pandas where there is none."""
    import narwhals as nw

    if backend is None:
        import pandas

        backend = pandas
    return nw.from_dict(dict(columns), backend=backend).to_native()


def backend_of(given: Frame | str | Path) -> Any:
    """What made a frame; None for a file."""
    if isinstance(given, str | Path):
        return None
    import narwhals as nw

    return nw.from_native(given, eager_only=True).implementation
