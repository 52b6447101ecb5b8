"""The first line of a CSV of answers: its columns and what separates them."""

from __future__ import annotations

import csv
from pathlib import Path

from thangdo.findings import Finding, Gathered, Refused, Where


def csv_header(path: Path) -> tuple[list[str], str]:
    """Names of the columns, blanks around them cut off, and the separator (comma, semicolon or tab).

    Raises `Refused`: SUR001 unreadable, SUR003 a column named twice, SUR004 an empty file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            delimiter = max(",;\t", key=first.count)
            names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    except (OSError, UnicodeDecodeError) as failure:
        raise Refused([Finding("SUR001", Where(path.name), type(failure).__name__, "CSV, UTF-8")]) from failure
    gathered = Gathered()
    for name in sorted({name for name in names if names.count(name) > 1}):
        gathered.add(Finding("SUR003", Where(path.name, 1, name), name))
    if not names:
        gathered.add(Finding("SUR004", Where(path.name)))
    gathered.refuse_errors()
    return names, delimiter
