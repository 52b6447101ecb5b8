"""From files to files: an index, a declaration, and a folder of results that appears all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from thangdo.composite.coin_files import read_index
from thangdo.composite.index_data import IndexData
from thangdo.composite.replications import (
    REPLICATIONS,
    ReplicationWriter,
    folder_built_beside,
    write_removed,
    write_tables,
)
from thangdo.composite.sensitivity import remove_elements
from thangdo.composite.uncertainty import UncertaintyResult, analyse
from thangdo.composite.uncertainty_spec import Declaration, Step, StepItem, WeightItem, read_declaration
from thangdo.composite.uncertainty_steps import PipelineModel
from thangdo.findings import Finding, Refused, Where


def analyse_files(
    idata: Path,
    imeta: Path,
    spec: Path,
    replications: int,
    seed: int,
    out: Path,
    *,
    threads: int = 1,
    chunk: int = 0,
) -> UncertaintyResult:
    """Run the declaration `spec` on the index in `idata` and `imeta` and write the folder `out`.

    Raises `Refused` with every finding of the index, of the declaration or of the run; nothing is written then.
    """
    index = read_index(idata, imeta)
    declaration = read_declaration(spec)
    steps = nominal_steps(declaration, index)
    model = PipelineModel.of(index, steps)
    items = [item.name for item in declaration.items if isinstance(item, StepItem) or _has_levels(item)]
    with folder_built_beside(out) as beside:
        with ReplicationWriter(beside / REPLICATIONS, model.units, items) as writer:
            result = analyse(
                model, steps, index.units, declaration, replications, seed, threads=threads, chunk=chunk, sink=writer
            )
        write_tables(result, beside, declaration.classes)
        if declaration.remove:
            tree = model.tree
            codes = [
                code
                for code, level in zip(tree.codes, tree.levels)
                if level in declaration.remove and code != tree.codes[-1]
            ]
            write_removed(remove_elements(model, steps, codes), beside)
    return result


def nominal_steps(declaration: Declaration, index: IndexData) -> tuple[Step, ...]:
    """The pipeline that the declaration varies: its own steps, a file's, or the plainest one.

    Without a pipeline: denominators where iMeta names them, min-max on 0 to 100, arithmetic means.
    Raises `Refused` with COM500 where a pipeline file cannot be read.
    """
    if isinstance(declaration.pipeline, tuple):
        return _with_aggregation(declaration.pipeline)
    if isinstance(declaration.pipeline, str):
        return _with_aggregation(_steps_of_file(declaration.folder / declaration.pipeline))
    steps: list[Step] = [{"step": "normalise", "method": "minmax", "l_u": [0, 100]}]
    if (index.denominators != 1.0).any():
        steps.insert(0, {"step": "denominate"})
    return _with_aggregation(tuple(steps))


def _steps_of_file(path: Path) -> tuple[Step, ...]:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise Refused([Finding("COM500", Where(path.name), found=" ".join(str(problem).split()))]) from problem
    steps = content.get("pipeline", content.get("steps")) if isinstance(content, dict) else content
    if not isinstance(steps, list) or not all(isinstance(step, dict) and "step" in step for step in steps):
        raise Refused([Finding("COM500", Where(path.name), found="no list of steps")])
    return tuple(steps)


def _with_aggregation(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """An index without a step of aggregation would have no score: arithmetic means are the default."""
    if any(step["step"] == "aggregate" for step in steps):
        return steps
    return (*steps, {"step": "aggregate", "method": "amean"})


def _has_levels(item: object) -> bool:
    return isinstance(item, WeightItem) and bool(item.sets or item.given or item.file)
