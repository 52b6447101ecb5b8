"""Draws folded in arrays give what folding each draw by itself gives."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from thangdo.evaluation.intervals import _folded_sums
from thangdo.evaluation.library import shipped_set
from thangdo.scoring import compile_set
from thangdo.scoring.fold import fold_node, fold_tree


@pytest.mark.parametrize("penalty", [Decimal(0), Decimal(3)])
def test_sums_with_bonus_penalty_and_cap_fold_as_one_by_one(penalty: Decimal) -> None:
    compiled = compile_set(shipped_set("hcm-par-2023-so-nganh"))
    points: list[Decimal | None] = [None] * len(compiled.nodes)
    maxima: list[Decimal | None] = [None] * len(compiled.nodes)
    for leaf in compiled.leaves:
        maxima[leaf] = compiled.limits[leaf]
        points[leaf] = penalty if compiled.nodes[leaf].role == "penalty" else compiled.limits[leaf]
    fold_tree(compiled, points, maxima)
    leaf = compiled.positions["8.1"]
    draws = np.array([2.5, 9.75, 12.0])
    expected = []
    for draw in draws:
        one = list(points)
        one[leaf] = Decimal(float(draw))
        for inner in compiled.folds:
            fold_node(compiled, inner, one, maxima)
        expected.append(float(one[0] or 0))
    found = _folded_sums(compiled.folds, {leaf: draws}, points, maxima)
    assert found == pytest.approx(expected, abs=1e-9)
    assert len(set(expected)) > 1
