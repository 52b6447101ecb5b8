"""The files a declaration may name: standard errors, covariances, weight sets."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thangdo.findings import Finding, Gathered, Where

Array = NDArray[np.float64]


def read_standard_errors(path: Path, units: Sequence[str], indicators: Sequence[str], gathered: Gathered) -> Array:
    """Standard errors (units, indicators) from a table with `uCode` and a column per indicator; blank = 0 = exact."""
    found = np.zeros((len(units), len(indicators)))
    rows = {code: place for place, code in enumerate(units)}
    columns = {code: place for place, code in enumerate(indicators)}
    for line, record in _records(path, ("uCode",), gathered):
        if record["uCode"] not in rows:
            _unknown(gathered, path, line, "uCode", record["uCode"])
            continue
        for code, text in record.items():
            if code == "uCode":
                continue
            if code not in columns:
                if line == 2:
                    _unknown(gathered, path, 1, code, code)
                continue
            number = _number(text, blank=0.0)
            if number is None or number < 0:
                facts = {"unit": record["uCode"], "indicator": code}
                gathered.add(Finding("COM510", Where(path.name, line, code), found=text, facts=facts))
            else:
                found[rows[record["uCode"]], columns[code]] = number
    return found


def read_covariance(
    path: Path,
    units: Sequence[str],
    indicators: Sequence[str],
    errors: Array,
    places: NDArray[np.int64],
    gathered: Gathered,
) -> Array:
    """The covariance of the values at `places` (positions in the flattened table): (places, places).

    The file has off-diagonal pairs only (`unit_a,indicator_a,unit_b,indicator_b,cov`); the diagonal is the square of
    `errors`, absent pairs are 0.
    """
    at = {place: position for position, place in enumerate(places.tolist())}
    rows = {code: place for place, code in enumerate(units)}
    columns = {code: place for place, code in enumerate(indicators)}
    matrix = np.diag(np.square(errors[places]))
    keys = ("unit_a", "indicator_a", "unit_b", "indicator_b", "cov")
    for line, record in _records(path, keys, gathered):
        pair = []
        for side in ("a", "b"):
            row, column = rows.get(record[f"unit_{side}"]), columns.get(record[f"indicator_{side}"])
            place = None if row is None or column is None else at.get(row * len(indicators) + column)
            if place is None:
                code = f"{record[f'unit_{side}']}, {record[f'indicator_{side}']}"
                _unknown(gathered, path, line, f"unit_{side}", code)
            else:
                pair.append(place)
        number = _number(record["cov"])
        if number is None:
            facts = {"item": path.name, "key": "cov"}
            place_of = Where(path.name, line, "cov")
            gathered.add(Finding("COM502", place_of, found=record["cov"], expected="a number", facts=facts))
        elif len(pair) == 2:
            matrix[pair[0], pair[1]] = matrix[pair[1], pair[0]] = number
    return matrix


def read_weight_sets(path: Path, gathered: Gathered) -> tuple[Mapping[str, float], ...]:
    """Weight sets from a table with `iCode` and one column per set."""
    sets: dict[str, dict[str, float]] = {}
    for line, record in _records(path, ("iCode",), gathered):
        for name, text in record.items():
            if name == "iCode":
                continue
            number = _number(text)
            if number is None or number < 0:
                facts = {"item": path.name, "key": name}
                place = Where(path.name, line, name)
                gathered.add(Finding("COM502", place, found=text, expected="a number >= 0", facts=facts))
            else:
                sets.setdefault(name, {})[record["iCode"]] = number
    return tuple(sets.values())


def _records(path: Path, required: Sequence[str], gathered: Gathered) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in required if name not in (reader.fieldnames or ())]
            if missing:
                gathered.add(Finding("COM500", Where(path.name, 1), found=f"no column {', '.join(missing)}"))
                return
            for line, record in enumerate(reader, start=2):
                yield line, {key: (text or "").strip() for key, text in record.items() if key is not None}
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        gathered.add(Finding("COM500", Where(path.name), found=str(problem)))


def _number(text: str, blank: float | None = None) -> float | None:
    if not text or text == "NA":
        return blank
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _unknown(gathered: Gathered, path: Path, line: int, column: str, code: str) -> None:
    gathered.add(Finding("COM511", Where(path.name, line, column), found=code, facts={"file": path.name}))
