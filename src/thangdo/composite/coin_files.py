"""An index out of COINr's two tables, `iData` and `iMeta`, as CSV or Excel; one year, or a panel of years."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.coin_structure import COLUMNS, read_structure
from thangdo.composite.coin_tables import MISSING, Table, read_table
from thangdo.composite.index_data import IndexData
from thangdo.findings import Finding, Gathered, Refused, Where

Array = NDArray[np.float64]
TIME = "Time"


def read_coin(idata: Path, imeta: Path, *, is_panel_allowed: bool = True) -> IndexData:
    """The index in two files (or two sheets `iData`, `iMeta` of one workbook).

    A table whose units come back under another `Time` is a panel: `IndexData.times` then gives each row's time.
    Raises `Refused` with everything that is wrong in either file, each with file, row and column: COM030 to COM039,
    COM520 to COM527.
    """
    gathered = Gathered()
    data = read_table(idata, ("uCode",), gathered, "iData")
    meta = read_table(imeta, COLUMNS, gathered, "iMeta")
    if data is None or meta is None:
        # What can be seen in the other one is said too.
        if meta is not None:
            read_structure(meta, gathered)
        raise Refused(gathered, gathered.counts)
    return index_of_tables(data, meta, gathered, is_panel_allowed=is_panel_allowed)


def read_index(idata: Path, imeta: Path) -> IndexData:
    """The index of one time, as uncertainty and audit take it; a panel is refused. Raises as `read_coin` does."""
    return read_coin(idata, imeta, is_panel_allowed=False)


def index_of_tables(data: Table, meta: Table, gathered: Gathered, *, is_panel_allowed: bool = True) -> IndexData:
    """The index in two tables that have the columns required. Raises `Refused` as `read_coin` does."""
    structure = read_structure(meta, gathered)
    times = _times(data, gathered, is_panel_allowed=is_panel_allowed)
    _check_units(data, times, gathered)
    numbers = _numbers(data, meta, gathered)
    if structure is None or gathered.has_errors:
        raise Refused(gathered, gathered.counts)
    tree, indicators, directions = structure
    named = {record["iCode"]: record.get("Denominator", "") for record in indicators}
    named = {code: "" if text in MISSING else text for code, text in named.items()}
    values = np.stack([numbers[code] for code in named], axis=1)
    _check_variance(values, list(named), data.name, gathered)
    denominators = np.ones(values.shape)
    for column, text in enumerate(named.values()):
        if text:
            denominators[:, column] = numbers[text]
    gathered.refuse_errors()
    columns = {name: data.column(name) for name in data.header if name and name not in named}
    return IndexData(
        units=data.column("uCode"),
        tree=tree,
        values=values,
        directions=np.array(directions),
        denominators=denominators,
        columns=columns,
        parameters=_by_code(indicators),
        times=times,
        source=data.name,
        lines=data.lines,
        denominated_by={code: text for code, text in named.items() if text},
        notes=(*data.notes, *meta.notes, *gathered),
    )


def _numbers(data: Table, meta: Table, gathered: Gathered) -> dict[str, Array]:
    """Every column that iMeta's indicators name, whatever else is wrong with iMeta."""
    kinds = [text.lower() for text in meta.column("Type")]
    pairs = zip(kinds, meta.column("iCode"), meta.column("Denominator"), strict=True)
    wanted = [name for kind, *names in pairs if kind == "indicator" for name in names if name not in MISSING]
    found: dict[str, Array] = {}
    for name in dict.fromkeys(wanted):
        if name in data.header:
            found[name] = data.numbers(name, gathered)
        else:
            gathered.add(Finding("COM522", Where(data.name, 1, name), found=name))
    return found


def _by_code(indicators: list[Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    return {record["iCode"]: record for record in indicators}


def _times(data: Table, gathered: Gathered, *, is_panel_allowed: bool) -> tuple[float, ...]:
    """Each row's time, or nothing where no unit comes twice or all rows are of one time."""
    units, texts = data.column("uCode"), data.column(TIME)
    if len(set(units)) == len(units) or len(set(texts)) < 2:
        return ()
    if not is_panel_allowed:
        found = ", ".join(sorted(set(texts)))
        gathered.add(Finding("COM039", Where(data.name, 1, TIME), found))
        return ()
    found_times = data.numbers(TIME, gathered)
    for place in np.flatnonzero(np.isnan(found_times)):
        if texts[place] in MISSING:
            gathered.add(Finding("COM523", Where(data.name, data.lines[place], TIME), found=texts[place]))
    return tuple(found_times.tolist())


def _check_units(data: Table, times: tuple[float, ...], gathered: Gathered) -> None:
    seen: set[tuple[str, float]] = set()
    is_panel_refused = "COM039" in gathered.counts
    for place, unit in enumerate(data.column("uCode")):
        key = (unit, times[place] if times else 0.0)
        if not unit or (key in seen and not is_panel_refused):
            found = f"{unit}, {data.column(TIME)[place]}" if times else unit
            gathered.add(Finding("COM521", Where(data.name, data.lines[place], "uCode"), found=found))
        seen.add(key)


def _check_variance(values: Array, codes: list[str], file: str, gathered: Gathered) -> None:
    for column, code in enumerate(codes):
        there = values[~np.isnan(values[:, column]), column]
        if there.size == 0 or (there == there[0]).all():
            found = "NA" if there.size == 0 else repr(float(there[0]))
            gathered.add(Finding("COM527", Where(file, column=code), found=found))
