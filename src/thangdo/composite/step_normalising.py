"""The step that normalises: each indicator by the step's method or its own, all columns of a method at once.

A parameter comes from the indicator's own entry, else from the step's key, else from iMeta's column, else the default.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite import normalise
from thangdo.composite.index_data import IndexData
from thangdo.composite.normalising_methods import METHODS, Columns, is_flat
from thangdo.composite.step_keys import (
    FLAG,
    PER_INDICATOR,
    Key,
)
from thangdo.composite.step_kinds import Problem, Step, StepKind, StepOutcome, indicator_codes, method_name, refuse

Array = NDArray[np.float64]


def _normalise(index: IndexData, step: Step) -> StepOutcome:
    codes = indicator_codes(index)
    own = {str(code): entry for code, entry in (step.get("indicators") or {}).items()}
    common = {key: value for key, value in step.items() if key != "indicators"}
    steps = [{**common, **own.get(code, {})} for code in codes]
    by_method: dict[str, list[int]] = {}
    for column, each in enumerate(steps):
        by_method.setdefault(method_name(each), []).append(column)
    directed = index.values.T * index.directions[:, None]
    found = np.empty(directed.shape)
    problems: list[Problem] = []
    remarks: list[str] = []
    for method, columns in by_method.items():
        is_all = len(columns) == len(codes)
        part = Columns(
            index,
            codes if is_all else tuple(codes[column] for column in columns),
            directed if is_all else directed[columns],
            index.directions if is_all else index.directions[columns],
            tuple(steps[column] for column in columns),
            problems,
        )
        part.bad(np.isnan(normalise.lowest(part.values))[:, 0], "COM010", method)
        row = METHODS[method]
        if row.needs_variance:
            part.bad(is_flat(part.values), "COM011", method)
        if not problems:
            found[columns] = row.run(part, remarks)
    refuse(problems)
    methods = {name: [codes[column] for column in columns] for name, columns in by_method.items()}
    log: dict[str, Any] = {"methods": methods if len(methods) > 1 else next(iter(methods), "")}
    if remarks:
        log["remarks"] = remarks
    return StepOutcome(
        replace(index, values=np.ascontiguousarray(found.T), directions=np.ones(len(codes))),
        log,
    )


_ALWAYS = (
    Key("indicators", PER_INDICATOR, None, "tham số riêng của từng chỉ tiêu", "an indicator's own `method` and keys"),
    Key(
        "global",
        FLAG,
        True,
        "số liệu nhiều kỳ: chuẩn hóa chung mọi kỳ (true) hay từng kỳ",
        "of a panel: over all times at once (true) or time by time",
    ),
)

NORMALISING = tuple(
    StepKind(
        "normalise",
        row.code,
        row.name_vi,
        row.name_en,
        (*row.keys, *_ALWAYS),
        _normalise,
        row.formula,
        is_pooled=lambda step: step.get("global", True) is not False,
    )
    for row in METHODS.values()
)
