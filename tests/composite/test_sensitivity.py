"""Which choice moves the ranking, and which moves one unit."""

import numpy as np
import pytest

from tests.composite.plain_index import STEPS, PlainIndex, plain_index
from thangdo.composite.sensitivity import one_at_a_time, sobol_sensitivity
from thangdo.composite.uncertainty_resolve import resolve
from thangdo.composite.uncertainty_spec import SobolSettings, declaration_from
from thangdo.findings import Refused

ITEMS = [
    {"item": "normalisation", "values": [{"method": "minmax", "l_u": [1, 100]}, {"method": "zscore", "m_sd": [10, 2]}]},
    {"item": "weights", "noise": "dirichlet", "levels": [2], "concentration": 5},
    {"item": "data", "relative": 0.05},
]


def resolved(items, model):
    return resolve(declaration_from({"uncertain": items}), model, STEPS, model.units, 1)


def test_every_unit_and_the_mean_shift_have_indices_of_every_item():
    model = plain_index(units=8)
    found = sobol_sensitivity(resolved(ITEMS, model), SobolSettings(), 1)
    assert found.outcomes == ("mean_shift", *model.units)
    assert found.parameters == ("normalisation", "weights", "data")
    assert found.indices.runs == 64 * 5 * 16
    varied = found.indices.variance > 0
    assert np.all(found.indices.total[varied].sum(axis=1) > 0.9)


@pytest.mark.parametrize("design", ["sobol", "random"])
def test_the_choice_that_alone_can_move_a_unit_has_all_its_variance(design):
    """U0 leads the first pillar only, U1 the second only: their order is decided by the pillars' weights alone."""
    raw = np.array([[9.0, 9, 9, 1, 1, 1], [1, 1, 1, 9, 9, 9], [0, 0, 0, 0, 0, 0]])
    raw = np.vstack([raw, np.full(6, 10.0)])
    items = [
        {"item": "weights", "name": "pillars", "noise": "uniform", "nodes": ["P0", "P1"], "factor": 0.9},
        {"item": "weights", "name": "indicators", "noise": "uniform", "nodes": ["i0", "i1", "i2"], "factor": 0.9},
    ]
    found = sobol_sensitivity(resolved(items, PlainIndex(raw)), SobolSettings(256, 16, design), 2)
    row = found.outcomes.index("U0")
    assert found.indices.first[row, 0] == pytest.approx(1.0, abs=0.05)
    assert found.indices.total[row] == pytest.approx([1.0, 0.0], abs=0.05)
    assert np.isnan(found.indices.total[found.outcomes.index("U2")]).all()


def test_replicates_worked_on_together_or_apart_give_the_same(monkeypatch):
    model = plain_index(units=8)
    together = sobol_sensitivity(resolved(ITEMS, model), SobolSettings(), 1)
    monkeypatch.setattr("thangdo.composite.sensitivity.HELD", 1)
    apart = sobol_sensitivity(resolved(ITEMS, model), SobolSettings(), 1)
    assert np.allclose(together.indices.first, apart.indices.first, equal_nan=True)


def test_a_run_of_the_design_without_a_finite_score_is_refused_with_its_levels():
    items = [
        {
            "item": "normalisation",
            "values": [{"method": "minmax", "l_u": [1, 100]}, {"method": "zscore", "m_sd": [0, 1]}],
        },
        {"item": "aggregation", "values": [{"method": "amean"}, {"method": "gmean"}]},
    ]
    with pytest.raises(Refused) as caught:
        sobol_sensitivity(resolved(items, plain_index()), SobolSettings(), 1)
    assert caught.value.counts == {"COM506": 1}
    assert "normalisation = 2, aggregation = 2" in caught.value.findings[0].found


def test_one_at_a_time_moves_one_item_and_leaves_the_rest():
    model = plain_index(units=8)
    found = one_at_a_time(resolved(ITEMS, model))
    assert [(row.item, row.level) for row in found] == [
        ("normalisation", "1"),
        ("normalisation", "2"),
        ("weights", "200 draws"),
        ("data", "200 draws"),
    ]
    assert found[0].mean_shift == 0.0 and found[0].shifts.tolist() == [0] * 8
    assert found[2].mean_shift > 0
