"""A kind of step: its row, what it hands on, and how it says what stops it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.index_data import IndexData
from thangdo.composite.step_keys import Key
from thangdo.findings import Finding, Where

Array = NDArray[np.float64]
Step = Mapping[str, Any]
HANDBOOK = "OECD/JRC Handbook (2008); COINr 1.1.14"


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """The index after a step, what the log says of it, and remarks (warnings and notes, never errors)."""

    index: IndexData
    log: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepKind:
    """A row: step and method, its keys, the function, where the definition stands.

    `is_pooled`: of a panel the whole table is given to the function, else one time after the other.
    """

    step: str
    method: str
    name_vi: str
    name_en: str
    keys: tuple[Key, ...]
    run: Callable[[IndexData, Step], StepOutcome]
    formula: str = ""
    source: str = HANDBOOK
    is_pooled: Callable[[Step], bool] = lambda step: False


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a step cannot be done. `row` is the unit's row in the index it was given, -1 where it is about
    all of them. `found` and `expected` are as in a finding of the same `code`; `key` is the step's key it is about.
    """

    code: str
    indicator: str = ""
    row: int = -1
    found: str = ""
    expected: str = ""
    key: str = ""

    def finding(self, index: IndexData, place: int, step: str, file: str = "pipeline") -> Finding:
        """Where a person has to look: the cell of iData, its column, or the step of the pipeline."""
        facts = {"step": place, "name": step, "indicator": self.indicator, "key": self.key}
        if self.row >= 0:
            line = index.lines[self.row] if len(index.lines) == len(index.units) else 0
            node = index.units[self.row]
            if index.times:
                node = f"{node}, {index.times[self.row]:g}"
            where = Where(index.source, line, self.indicator, node)
        elif self.indicator:
            where = Where(index.source, column=self.indicator)
        else:
            where = Where(file, place, self.key)
        return Finding(self.code, where, self.found, self.expected, facts=facts)


# A person mends a method, not a million cells: more reasons than this are not gathered.
MOST_PROBLEMS = 10_000


class StepProblem(ValueError):
    """A step that cannot be done, with every reason found (the first `MOST_PROBLEMS` of them)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(islice(problems, MOST_PROBLEMS))
        super().__init__(
            "; ".join(
                " ".join(part for part in (each.code, each.indicator, each.found, each.expected) if part)
                for each in self.problems[:5]
            )
        )


def refuse(problems: Sequence[Problem]) -> None:
    """Raise `StepProblem` if there is any."""
    if problems:
        raise StepProblem(problems)


def indicator_codes(index: IndexData) -> tuple[str, ...]:
    """Codes of the columns of `index.values`."""
    return index.tree.codes[: index.values.shape[1]]


def take(index: IndexData, rows: NDArray[np.int64]) -> IndexData:
    """The index with some of its rows, in their order."""
    places = rows.tolist()
    return replace(
        index,
        units=tuple(index.units[row] for row in places),
        values=index.values[rows],
        denominators=index.denominators[rows],
        columns={name: tuple(texts[row] for row in places) for name, texts in index.columns.items()},
        times=tuple(index.times[row] for row in places) if index.times else (),
        lines=tuple(index.lines[row] for row in places) if len(index.lines) == len(index.units) else (),
    )


# What a step does that names no method, as in COINr.
USUAL_METHODS = {"impute": "mean", "treat": "winsorise", "normalise": "minmax", "impute_panel": "latest"}


def method_name(step: Step) -> str:
    """A method without COINr's prefix; the usual one where none is named."""
    name = str(step.get("method") or USUAL_METHODS.get(str(step.get("step", "")), ""))
    return name[2:] if name[:2] in ("n_", "a_", "i_", "t_") else name
