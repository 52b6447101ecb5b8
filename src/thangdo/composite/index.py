"""The Python face: `Index.from_coin(idata, imeta).pipeline(…).scores`, tables in and out, arrays inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thangdo.composite.frame_tables import Frame, backend_of, frame_of, table_of_frame
from thangdo.composite.index_data import IndexData
from thangdo.composite.pipeline import DEFAULT_STEPS, Built, effective_weights, read_pipeline, run_pipeline
from thangdo.composite.steps import Step

if TYPE_CHECKING:
    from thangdo.composite.uncertainty import UncertaintyResult
    from thangdo.findings import Finding


@dataclass(frozen=True)
class Index:
    """A composite index: its data, its pipeline, and what the pipeline makes of them.

    Tables that come out are of the kind that was given (pandas, Polars, …; pandas for files). The pipeline runs once,
    when something of it is first asked for.
    """

    data: IndexData
    steps: tuple[Step, ...] = DEFAULT_STEPS
    backend: Any = None

    @classmethod
    def from_coin(cls, idata: Frame | str | Path, imeta: Frame | str | Path) -> Index:
        """From COINr's `iData` and `iMeta`: data frames (pandas or Polars) or files (CSV, Excel); one time or a panel.

        Raises Refused with every fault, each with file (or frame), row and column.
        """
        from thangdo.composite.coin_files import index_of_tables
        from thangdo.composite.coin_structure import COLUMNS
        from thangdo.composite.coin_tables import read_table
        from thangdo.findings import Gathered, Refused

        gathered = Gathered()
        tables = [
            read_table(Path(given), required, gathered, name)
            if isinstance(given, str | Path)
            else table_of_frame(given, name, required, gathered)
            for given, name, required in ((idata, "iData", ("uCode",)), (imeta, "iMeta", COLUMNS))
        ]
        data, meta = tables
        if data is None or meta is None:
            raise Refused(gathered, gathered.counts)
        return cls(index_of_tables(data, meta, gathered), backend=backend_of(idata))

    def pipeline(self, *steps: Step | Sequence[Step] | str | Path) -> Index:
        """The same data under other steps: mappings one by one, a list of them, or a YAML file.

        Raises Refused for steps, methods, keys and values that do not exist.
        """
        from thangdo.composite.pipeline import check_steps

        if len(steps) == 1 and isinstance(steps[0], str | Path):
            return replace(self, steps=read_pipeline(Path(steps[0])))
        listed: list[Any] = []
        for each in steps:
            listed += [each] if isinstance(each, Mapping | str | Path) else list(each)
        read = tuple(dict(step) if isinstance(step, Mapping) else {"step": str(step)} for step in listed)
        check_steps(read)
        return replace(self, steps=read)

    @property
    def built(self) -> Built:
        """Everything the pipeline made. Raises Refused where a step cannot be done."""
        found: Built | None = self.__dict__.get("_built")
        if found is None:
            found = run_pipeline(self.data, self.steps)
            object.__setattr__(self, "_built", found)
        return found

    @property
    def scores(self) -> Frame:
        """Scores: `uCode` (and `Time` of a panel), then a column for every code of every level."""
        return self._by_unit(self.built.tree.codes, self.built.scores)

    @property
    def ranks(self) -> Frame:
        """Competition ranks, 1 the best, from unrounded scores; columns as `scores`."""
        return self._by_unit(self.built.tree.codes, self.built.ranks())

    @property
    def normalised(self) -> Frame:
        """Normalised indicators, as they were aggregated."""
        codes = self.built.tree.codes[: self.built.normalised.shape[1]]
        return self._by_unit(codes, self.built.normalised)

    @property
    def log(self) -> tuple[Mapping[str, Any], ...]:
        """What every step did."""
        return self.built.log

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Remarks of reading and building; errors are raised instead."""
        return self.built.findings

    @property
    def effective_weights(self) -> Frame:
        """Of every node: `iCode`, `Level`, `Parent`, `Weight` as used, `EffWeight` its share of the whole."""
        tree, weights = self.built.tree, self.built.weights
        return self._frame(
            {
                "iCode": list(tree.codes),
                "Level": list(tree.levels),
                "Parent": [tree.codes[parent] if parent >= 0 else None for parent in tree.parents],
                "Weight": weights,
                "EffWeight": effective_weights(tree, weights),
            }
        )

    def strengths(self, unit: str, most: int = 5, time: float | None = None) -> Frame:
        """Where a unit stands out and where it lags: `kind` (strength, weakness), `iCode`, `rank`, `of`, `value`,
        `median` of the normalised indicators. time: of a panel, the latest if absent.

        Raises ValueError for an unknown unit or time.
        """
        from thangdo.composite.strengths import profile

        built = self.built
        if built.times:
            built = built.at(max(built.times) if time is None else time)
        found = profile(built, unit, most)
        rows = [("strength", each) for each in found.strengths] + [("weakness", each) for each in found.weaknesses]
        return self._frame(
            {
                "kind": [kind for kind, _ in rows],
                "iCode": [each.code for _, each in rows],
                "rank": [each.rank for _, each in rows],
                "of": [each.of for _, each in rows],
                "value": [each.value for _, each in rows],
                "median": [each.median for _, each in rows],
            }
        )

    def contributions(self, node: str | None = None) -> Frame:
        """What every indicator adds to the score of `node` (the top if absent); each row sums to the score.

        Raises NoContributions where a method has no such parts.
        """
        from thangdo.composite.contributions import contributions

        codes = self.built.tree.codes[: self.built.normalised.shape[1]]
        return self._by_unit(codes, contributions(self.built, node))

    def compare(self, other: Index, node: str | None = None) -> Frame:
        """Another edition (`other`, the earlier) beside this one: `uCode`, scores and ranks of both, the changes.

        A positive `rank_change` is places gained. Units of one edition only have gaps. Raises ValueError where an
        edition lacks the node or they share no unit.
        """
        from thangdo.composite.comparison import compare_editions

        found = compare_editions(other.built, self.built, node)
        gap = [None] * len(found.only_before) + [None] * len(found.only_after)
        alone = [*found.only_before, *found.only_after]
        return self._frame(
            {
                "uCode": [*found.units, *alone],
                "score_before": [*found.score_before.tolist(), *gap],
                "score_after": [*found.score_after.tolist(), *gap],
                "rank_before": [*found.rank_before.tolist(), *gap],
                "rank_after": [*found.rank_after.tolist(), *gap],
                "score_change": [*(found.score_after - found.score_before).tolist(), *gap],
                "rank_change": [*(found.rank_before - found.rank_after).tolist(), *gap],
            }
        )

    def change_split(self, old: Index, revised: Index | None = None) -> Frame:
        """The change since `old` in parts: `uCode`, `change` = `performance` + `revision` + `method`, and the same of
        ranks (places gained). revised: the old year's data as known today; without it nothing was revised.

        Raises ValueError where the trees differ or no unit is in all.
        """
        from thangdo.composite.change_split import Edition, split_change

        known = old if revised is None else revised
        found = split_change(Edition(old.data, old.steps), known.data, Edition(self.data, self.steps))
        names = ("change", "performance", "revision", "method")
        columns: dict[str, Any] = {"uCode": list(found.units)}
        columns |= {name: getattr(found, name) for name in (*names, *(f"rank_{name}" for name in names))}
        return self._frame(columns)

    def uncertainty(
        self, spec: Path | str | Mapping[str, Any], replications: int = 10_000, seed: int = 1, **options: Any
    ) -> UncertaintyResult:
        """Ranks with their uncertainty under a declaration: a file, or the same as a mapping.

        The declaration's own `pipeline` is the nominal one, where it names one; else this index's. options: `threads`,
        `chunk`, `sink` of `thangdo.composite.uncertainty.analyse`. Raises Refused with every finding.
        """
        from thangdo.composite.uncertainty import analyse
        from thangdo.composite.uncertainty_files import nominal_steps
        from thangdo.composite.uncertainty_spec import declaration_from, read_declaration
        from thangdo.composite.uncertainty_steps import PipelineModel

        declaration = declaration_from(spec) if isinstance(spec, Mapping) else read_declaration(Path(spec))
        steps = self.steps if declaration.pipeline is None else nominal_steps(declaration, self.data)
        if not any(step["step"] == "aggregate" for step in steps):
            steps = (*steps, {"step": "aggregate", "method": "amean"})
        model = PipelineModel.of(self.data, steps)
        return analyse(model, steps, self.data.units, declaration, replications, seed, **options)

    def _by_unit(self, codes: Sequence[str], values: Any) -> Frame:
        columns: dict[str, Any] = {"uCode": list(self.built.units)}
        if self.built.times:
            columns["Time"] = [int(time) if time.is_integer() else time for time in self.built.times]
        return self._frame(columns | {code: values[:, place] for place, code in enumerate(codes)})

    def _frame(self, columns: Mapping[str, Any]) -> Frame:
        return frame_of(columns, self.backend)
