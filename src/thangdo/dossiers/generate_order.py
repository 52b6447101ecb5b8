"""The rows of a chunk in the order of receipt, in parts of consecutive moments.

Of a chunk in several blocks each block's rows are dealt out to the files of the parts; a part is then sorted alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.dossiers.generate_blocks import Blocks
from thangdo.dossiers.generate_draws import Draws
from thangdo.dossiers.generate_gaming import plant_gaming
from thangdo.dossiers.generate_year import DAY, LAID_OUT, YearPlan, columns_of

Columns = dict[str, Any]
MINUTE = 60

# A row in a part's file.
ROW = np.dtype(
    [
        ("standing", np.int8),
        ("unit", np.int32),
        ("procedure", np.int32),
        ("online", np.bool_),
        ("legal_days", np.int16),
        ("received", np.int64),
        ("code_day", np.int32),
        ("returned", np.bool_),
        ("requested", np.int64),
        ("supplemented", np.int64),
        ("due", np.int64),
        ("finished", np.int64),
    ]
)
# What `plant_gaming` changes.
_PLANTED = ("finished", "code_day", "returned")


def number_keys(plan: YearPlan, columns: Columns) -> NDArray[np.int64]:
    """What the numbers of codes run within: day in the code, unit, and whether that day is another than the received."""
    day: NDArray[np.int64] = columns["code_day"].astype(np.int64)
    key: NDArray[np.int64] = ((day * len(plan.units) + columns["unit"]) << 1) | (day != columns["received"] // DAY)
    return key


@dataclass(frozen=True)
class Part:
    """Consecutive rows of a chunk by the moment of receipt; of one moment, in the order in which they were drawn.

    `numbered` says how many rows of earlier parts have each key of `number_keys` (those of this part alone).
    """

    rows: int
    source: Columns | Path
    scalars: Columns
    numbered: tuple[NDArray[np.int64], NDArray[np.int64]]

    def columns(self) -> Columns:
        """The columns, sorted; once, since what they are made from is given up."""
        if isinstance(self.source, Path):
            columns = _columns(np.fromfile(self.source, ROW))
            self.source.unlink()
        else:
            columns = self.source
        order = np.argsort(columns["received"], kind="stable")
        # One by one: both orders of all columns would be the most that is ever held.
        for name in list(columns):
            columns[name] = columns[name][order]
        columns.update(self.scalars, rows=self.rows)
        return columns


_NONE = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def parts_of(
    plan: YearPlan, chunk: int, blocks: Blocks, draws: Sequence[Draws], rng: np.random.Generator
) -> list[Part]:
    """Draw what remains of the blocks that are laid out, plant the gaming, and put the rows in order."""
    is_gamed = 1 <= chunk <= 12
    if len(blocks.sizes) == 1:
        columns = columns_of(plan, chunk, blocks, 0, draws[0])
        blocks.drop(*LAID_OUT)
        if is_gamed:
            plant_gaming(plan, columns, rng)
        arrays = {name: value for name, value in columns.items() if isinstance(value, np.ndarray)}
        scalars = {name: value for name, value in columns.items() if name not in arrays}
        return [Part(columns["rows"], arrays, scalars, _NONE)]
    minutes = _Minutes(blocks)
    codes = {gaming.unit for gaming in plan.gaming} if is_gamed else set()
    gamed = np.array([row.code in codes for row in plan.units])
    where, taken, scalars = [], [], {}
    for block in blocks:
        columns = columns_of(plan, chunk, blocks, block, draws[block])
        scalars = {name: value for name, value in columns.items() if not isinstance(value, np.ndarray)}
        rows = np.empty(blocks.sizes[block], dtype=ROW)
        for name in ROW.names or ():
            rows[name] = columns[name]
        rows.tofile(blocks.new_file(f"{block}.rows"))
        minutes.add(columns["received"])
        where.append(np.flatnonzero(gamed[columns["unit"]]))
        taken.append(rows[where[-1]])
    blocks.drop(*LAID_OUT)
    _plant(plan, taken, scalars, rng)
    return _deal_out(plan, blocks, where, taken, scalars, minutes.edges(max(blocks.sizes)))


def _plant(plan: YearPlan, taken: list[NDArray[Any]], scalars: Columns, rng: np.random.Generator) -> None:
    """Plant in the gamed units' rows of all blocks together, in place."""
    columns = {**_columns(np.concatenate(taken)), **scalars}
    if not len(columns["unit"]):
        return
    plant_gaming(plan, columns, rng)
    start = 0
    for rows in taken:
        for name in _PLANTED:
            rows[name] = columns[name][start : start + len(rows)]
        start += len(rows)


def _deal_out(
    plan: YearPlan,
    blocks: Blocks,
    where: list[NDArray[np.int64]],
    taken: list[NDArray[Any]],
    scalars: Columns,
    edges: NDArray[np.int64],
) -> list[Part]:
    paths = [blocks.new_file(f"{place}.part") for place in range(len(edges) + 1)]
    sizes = [0] * len(paths)
    keys: list[list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = [[] for _ in paths]
    for block in blocks:
        path = blocks.new_file(f"{block}.rows")
        rows = np.fromfile(path, ROW)
        path.unlink()
        rows[where[block]] = taken[block]
        part = np.searchsorted(edges, rows["received"], side="right")
        rows = rows[np.argsort(part, kind="stable")]
        ends = np.cumsum(np.bincount(part, minlength=len(paths)))
        for place, rows_of_part in enumerate(np.split(rows, ends[:-1])):
            with paths[place].open("ab") as stream:
                rows_of_part.tofile(stream)
            sizes[place] += len(rows_of_part)
            keys[place].append(np.unique(number_keys(plan, _columns(rows_of_part)), return_counts=True))
    return [
        Part(size, path, scalars, numbered)
        for size, path, numbered in zip(sizes, paths, _running([_summed(found) for found in keys]))
    ]


def _summed(
    found: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each key once, with its counts added up."""
    keys, places = np.unique(np.concatenate([keys for keys, _ in found]), return_inverse=True)
    counts = np.zeros(len(keys), dtype=np.int64)
    np.add.at(counts, places, np.concatenate([counts for _, counts in found]))
    return keys, counts


def _running(
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For the keys of each part, how many rows of the parts before it have them."""
    found = []
    before = _NONE
    for keys, counts in parts:
        both = _summed([before, (keys, np.zeros_like(counts))])
        found.append((keys, both[1][np.searchsorted(both[0], keys)]))
        before = _summed([before, (keys, counts)])
    return found


def _columns(rows: NDArray[Any]) -> Columns:
    return {
        name: rows[name].astype(np.int64) if rows[name].dtype.kind == "i" else rows[name] for name in ROW.names or ()
    }


class _Minutes:
    """How many rows were received in each minute, to cut a chunk where a part is full."""

    def __init__(self, blocks: Blocks) -> None:
        ends = []
        for block in blocks:
            days = blocks.get(block, "received")[0].astype(np.int64)
            ends += [int(days.min()), int(days.max()) + 1]
        self._first = min(ends) * DAY
        last = max(ends) * DAY
        self._counts = np.zeros((last - self._first) // MINUTE, dtype=np.int64)

    def add(self, received: NDArray[np.int64]) -> None:
        self._counts += np.bincount((received - self._first) // MINUTE, minlength=len(self._counts))

    def edges(self, rows: int) -> NDArray[np.int64]:
        """First seconds of all parts but the first; a part ends with the minute in which it has `rows` rows."""
        running = np.cumsum(self._counts)
        full = np.searchsorted(running, np.arange(rows, int(running[-1]), rows)) + 1
        return self._first + np.unique(full) * MINUTE
