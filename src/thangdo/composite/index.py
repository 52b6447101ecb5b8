"""The Python face: `Index.from_coin(idata, imeta).pipeline(…).scores`, tables in and out, arrays inside."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thangdo.composite.pipeline import DEFAULT_STEPS, Built, read_pipeline, run_pipeline
from thangdo.composite.steps import Step
from thangdo.composite.uncertainty_index import IndexData, read_index

if TYPE_CHECKING:
    from thangdo.composite.uncertainty import UncertaintyResult

Frame = Any


@dataclass(frozen=True)
class Index:
    """A composite index: its data, its pipeline, and what the pipeline makes of them.

    `scores` and `ranks` are tables of the kind that was given (pandas, Polars, …): `uCode` and a column for
    every code of every level. The pipeline runs once, when it is first asked for.
    """

    data: IndexData
    steps: tuple[Step, ...] = DEFAULT_STEPS
    backend: Any = None

    @classmethod
    def from_coin(cls, idata: Frame | str | Path, imeta: Frame | str | Path) -> Index:
        """From COINr's `iData` and `iMeta`: data frames (pandas or Polars) or files (CSV, Excel).

        Raises Refused with every fault, each with file (or frame), row and column.
        """
        with tempfile.TemporaryDirectory() as folder:
            data = _as_file(idata, Path(folder) / "iData.csv")
            meta = _as_file(imeta, Path(folder) / "iMeta.csv")
            return cls(read_index(data, meta), backend=_backend(idata))

    def pipeline(self, steps: Sequence[Step] | str | Path) -> Index:
        """The same data under other steps: a list of mappings, or a YAML file."""
        read = read_pipeline(Path(steps)) if isinstance(steps, str | Path) else tuple(dict(step) for step in steps)
        return replace(self, steps=tuple(read))

    @property
    def built(self) -> Built:
        """Everything the pipeline made."""
        found: Built | None = self.__dict__.get("_built")
        if found is None:
            found = run_pipeline(self.data, self.steps)
            object.__setattr__(self, "_built", found)
        return found

    @property
    def scores(self) -> Frame:
        """Scores of every code of every level."""
        return self._frame(self.built.scores)

    @property
    def ranks(self) -> Frame:
        """Competition ranks, 1 the best, from unrounded scores."""
        return self._frame(self.built.ranks())

    @property
    def log(self) -> tuple[Mapping[str, Any], ...]:
        """What every step did."""
        return self.built.log

    def uncertainty(
        self, spec: Path | str, replications: int = 10_000, seed: int = 1, **options: Any
    ) -> UncertaintyResult:
        """Ranks with their uncertainty under a declaration file (see docs/reference/uncertainty.md)."""
        from thangdo.composite.uncertainty import analyse
        from thangdo.composite.uncertainty_spec import read_declaration
        from thangdo.composite.uncertainty_steps import PipelineModel

        declaration = read_declaration(Path(spec))
        model = PipelineModel.of(self.data, self.steps)
        return analyse(model, self.steps, self.data.units, declaration, replications, seed, **options)

    def _frame(self, values: Any) -> Frame:
        import narwhals as nw

        columns: dict[str, Any] = {"uCode": list(self.built.units)}
        columns |= {code: values[:, place] for place, code in enumerate(self.built.tree.codes)}
        backend = self.backend
        if backend is None:
            import pandas

            backend = pandas
        return nw.from_dict(columns, backend=backend).to_native()


def _backend(frame: Any) -> Any:
    if isinstance(frame, str | Path):
        return None
    import narwhals as nw

    return nw.from_native(frame).implementation


def _as_file(frame: Any, path: Path) -> Path:
    """A frame as a CSV with every digit; a file as it is."""
    if isinstance(frame, str | Path):
        return Path(frame)
    import csv
    import math

    import narwhals as nw

    table = nw.from_native(frame)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.columns)
        for row in table.iter_rows():
            writer.writerow(
                ""
                if cell is None or (isinstance(cell, float) and math.isnan(cell))
                else repr(cell)
                if isinstance(cell, float)
                else cell
                for cell in row
            )
    return path
