"""The files of an uncertainty run: tables for people, and every replication for whoever wants to recompute."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.sensitivity import RemovedElement
from thangdo.composite.uncertainty import UncertaintyResult
from thangdo.composite.uncertainty_run import BlockResult

REPLICATIONS = "replications.parquet"


@contextmanager
def folder_built_beside(out: Path) -> Iterator[Path]:
    """A fresh folder beside `out`; its files replace those of `out` one rename each when the block ends well.

    Files of `out` that this run does not write are left alone. Nothing of `out` changes if the block fails.
    """
    beside = out.with_name(f".{out.name}.{os.getpid()}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        out.mkdir(parents=True, exist_ok=True)
        for path in sorted(beside.iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_tables(result: UncertaintyResult, folder: Path, classes: Sequence[float] = ()) -> None:
    """Write rank_intervals.csv, top_k.csv, items.csv, one_at_a_time.csv, rank_sets.csv, sobol.csv; classes.csv if asked."""
    spread = result.distribution
    columns = (result.nominal_ranks, spread.median, spread.q05, spread.q95, spread.mean, spread.sd)
    _write(
        folder / "rank_intervals.csv",
        ("uCode", "nominal", "median", "q05", "q95", "mean", "sd"),
        zip(result.units, *(column.tolist() for column in columns)),
    )
    _write(
        folder / "top_k.csv",
        ("uCode", "k", "p"),
        ((unit, k, share) for k, shares in result.top_k.items() for unit, share in zip(result.units, shares.tolist())),
    )
    _write(
        folder / "items.csv",
        ("item", "declared", "used", "distinct"),
        ((item.name, item.declared, item.used, item.distinct) for item in result.items),
    )
    _write(
        folder / "one_at_a_time.csv",
        ("item", "level", "mean_shift", "largest_shift"),
        ((row.item, row.level, row.mean_shift, row.largest_shift) for row in result.one_at_a_time),
    )
    _write(folder / "rank_sets.csv", RANK_SETS, _rank_set_rows(result))
    _write(folder / "sobol.csv", SOBOL, _sobol_rows(result))
    if result.class_shares is not None:
        bounds = [*(repr(bound) for bound in classes), ""]
        _write(
            folder / "classes.csv",
            ("uCode", "lower_bound", "p"),
            (
                (unit, bound, share)
                for unit, row in zip(result.units, result.class_shares.tolist())
                for bound, share in zip(bounds, row)
            ),
        )


def write_removed(removed: Sequence[RemovedElement], folder: Path) -> None:
    """Write remove_elements.csv: the rank changes where one element is left out."""
    _write(
        folder / "remove_elements.csv",
        ("code", "mean_shift", "largest_shift"),
        ((row.code, row.mean_shift, row.largest_shift) for row in removed),
    )


RANK_SETS = ("uCode", "marginal_low", "marginal_high", "simultaneous_low", "simultaneous_high", "tier")
SOBOL = ("outcome", "parameter", "first", "first_low", "first_high", "total", "total_low", "total_high")


def _rank_set_rows(result: UncertaintyResult) -> Iterable[tuple[Any, ...]]:
    sets = result.rank_sets
    if sets is None:
        return []
    arrays = (sets.marginal.low, sets.marginal.high, sets.simultaneous.low, sets.simultaneous.high, sets.tiers)
    return zip(result.units, *(array.tolist() for array in arrays))


def _sobol_rows(result: UncertaintyResult) -> Iterator[tuple[Any, ...]]:
    if result.sensitivity is None:
        return
    found = result.sensitivity.indices
    tables = (found.first, found.first_low, found.first_high, found.total, found.total_low, found.total_high)
    for row, outcome in enumerate(result.sensitivity.outcomes):
        for column, parameter in enumerate(result.sensitivity.parameters):
            numbers = [float(table[row, column]) for table in tables]
            yield (outcome, parameter, *(None if np.isnan(number) else number for number in numbers))


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


class ReplicationWriter:
    """Writes blocks of replications to a Parquet file as they come; a context manager.

    One row a replication and unit: `replication` (from 0), `uCode`, `score`, `rank`, and for every item that has levels
    a column `item:NAME` with the level drawn (from 1).
    """

    def __init__(self, path: Path, units: Sequence[str], items: Sequence[str]) -> None:
        import pyarrow
        import pyarrow.parquet

        self._arrow = pyarrow
        self.units, self.items = tuple(units), tuple(items)
        word = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
        fields = [
            ("replication", pyarrow.int32()),
            ("uCode", word),
            ("score", pyarrow.float64()),
            ("rank", pyarrow.int32()),
            *((f"item:{item}", pyarrow.int32()) for item in self.items),
        ]
        self._schema = pyarrow.schema(fields)
        self._writer = pyarrow.parquet.ParquetWriter(
            path, self._schema, compression="zstd", use_dictionary=["uCode", *(f"item:{item}" for item in self.items)]
        )

    def __enter__(self) -> ReplicationWriter:
        return self

    def __exit__(self, *failure: object) -> None:
        self._writer.close()

    def __call__(self, result: BlockResult) -> None:
        arrow, units = self._arrow, len(self.units)
        count = result.block.size
        codes = np.tile(np.arange(units, dtype=np.int32), count)
        columns = [
            np.repeat(np.arange(result.block.start, result.block.stop, dtype=np.int32), units),
            arrow.DictionaryArray.from_arrays(codes, arrow.array(self.units)),
            result.scores.ravel(),
            result.ranks.astype(np.int32).ravel(),
            *(np.repeat(result.levels[item].astype(np.int32) + 1, units) for item in self.items),
        ]
        self._writer.write_table(arrow.table([arrow.array(each) for each in columns], schema=self._schema))


@dataclass(frozen=True, slots=True)
class Replications:
    """What `ReplicationWriter` wrote: scores and ranks (replications, units), levels (replications,) from 0."""

    units: tuple[str, ...]
    scores: NDArray[np.float64]
    ranks: NDArray[np.int64]
    levels: dict[str, NDArray[np.int64]]


def read_replications(path: Path) -> Replications:
    """The replications in the Parquet file `path`."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    place = table.column("replication").to_numpy()
    count = int(place[-1]) + 1 if len(place) else 0
    codes = table.column("uCode").to_pylist()
    units = tuple(codes[: len(codes) // count]) if count else ()
    shape = (count, len(units))
    return Replications(
        units,
        table.column("score").to_numpy().reshape(shape),
        table.column("rank").to_numpy().astype(np.int64).reshape(shape),
        {
            name[5:]: table.column(name).to_numpy().astype(np.int64).reshape(shape)[:, 0] - 1
            for name in table.column_names
            if name.startswith("item:")
        },
    )
