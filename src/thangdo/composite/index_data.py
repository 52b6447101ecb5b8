"""The data of an index as arrays and a tree: what the reader makes, the steps change and the engine redraws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.uncertainty_aggregation import Tree
from thangdo.findings import Finding

Array = NDArray[np.float64]
Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IndexData:
    """Raw data of an index. `values`: (units, indicators), NaN where missing; indicators in the order of `tree`.

    `directions`: (indicators,), +1 or -1. `denominators`: (units, indicators), 1 where an indicator has none.
    `columns`: every other column of iData as text (groups, names), by name.
    `parameters`: the other columns of iMeta by indicator (targets, goalposts). `times`: each row's time in a panel,
    nothing in a table of one time. `source`, `lines`: the file and where each row stands in it. `denominated_by`: the
    column each indicator is divided by, where it is. `notes`: what the reader assumed or remarked.
    """

    units: tuple[str, ...]
    tree: Tree
    values: Array
    directions: Array
    denominators: Array
    columns: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, Record] = field(default_factory=dict)
    times: tuple[float, ...] = ()
    source: str = "iData"
    lines: tuple[int, ...] = ()
    denominated_by: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()
