"""A composite index under joint draws of its values: the whole method redone in each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thangdo.evaluation.composite_index import applicable_leaves, indicator_data, scale_top
from thangdo.evaluation.composite_method import score_block
from thangdo.evaluation.marks import TypedMarks, typed_marks
from thangdo.evaluation.membership import members, members_of
from thangdo.evaluation.results import IndexResults
from thangdo.evaluation.round import Round
from thangdo.evaluation.uncertain_values import UncertainValues
from thangdo.evaluation.values import typed_values
from thangdo.findings import Gathered


def composite_draws(
    round_: Round, results: IndexResults, units: Sequence[str], uncertain: UncertainValues, draws: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Percents of a block in every joint draw of its values, the whole method redone: (draws, units)."""
    quiet = Gathered()
    everyone = members(round_, quiet)
    marks = typed_marks(round_, everyone, quiet).get(results.id, TypedMarks())
    values = typed_values(round_, everyone, quiet).get(results.id, {})
    block = next(row.block for row in results.rows if row.unit == units[0])
    taking_part = [m for m in members_of(results.entry, everyone) if m.block == block and m.unit in set(units)]
    leaves = applicable_leaves(results.criteria_set, block)
    data = indicator_data(taking_part, leaves, marks, values)
    rows = {member.unit: position for position, member in enumerate(taking_part)}
    columns = {leaf.code: position for position, leaf in enumerate(leaves)}
    repeated = np.repeat(data[None, :, :], draws.shape[0], axis=0)
    for place, (unit, code) in enumerate(uncertain.cells):
        repeated[:, rows[unit], columns[code]] = draws[:, place]
    scores = score_block(results.criteria_set, block, leaves, repeated, [m.unit for m in taking_part], quiet)
    quiet.refuse_errors()
    assert scores is not None
    order = [rows[unit] for unit in units]
    percents: NDArray[np.float64] = scores[""][:, order] * 100.0 / float(scale_top(results.criteria_set))
    return percents
