"""The files of a run: there and back, and all at once or not at all."""

import csv

import numpy as np
import pytest

from tests.composite.plain_index import STEPS, plain_index
from thangdo.composite.replications import (
    ReplicationWriter,
    folder_built_beside,
    read_replications,
    write_tables,
)
from thangdo.composite.uncertainty import analyse
from thangdo.composite.uncertainty_spec import declaration_from

ITEMS = [
    {"item": "normalisation", "values": [{"method": "minmax", "l_u": [1, 100]}, {"method": "zscore", "m_sd": [10, 2]}]},
    {"item": "weights", "noise": "normal", "factor": 0.4},
    {"item": "data", "relative": 0.05},
]


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_replications_there_and_back(tmp_path):
    model = plain_index()
    blocks = []
    declaration = declaration_from({"uncertain": ITEMS, "sobol": False})
    with ReplicationWriter(tmp_path / "r.parquet", model.units, ("normalisation",)) as writer:

        def sink(block):
            blocks.append(block)
            writer(block)

        analyse(model, STEPS, model.units, declaration, 5000, 1, sink=sink)
    assert len(blocks) > 1
    found = read_replications(tmp_path / "r.parquet")
    assert found.units == model.units
    assert np.array_equal(found.scores, np.concatenate([block.scores for block in blocks]))
    assert np.array_equal(found.ranks, np.concatenate([block.ranks for block in blocks]))
    assert np.array_equal(found.levels["normalisation"], np.concatenate([b.levels["normalisation"] for b in blocks]))


def test_tables_have_the_columns_of_the_contract_and_full_precision(tmp_path):
    model = plain_index()
    declaration = declaration_from({"uncertain": ITEMS, "top_k": [2, 5], "classes": [60, 40], "sobol": {"points": 32}})
    result = analyse(model, STEPS, model.units, declaration, 300, 1)
    write_tables(result, tmp_path, declaration.classes)
    intervals = rows(tmp_path / "rank_intervals.csv")
    assert list(intervals[0]) == ["uCode", "nominal", "median", "q05", "q95", "mean", "sd"]
    assert [float(row["sd"]) for row in intervals] == result.distribution.sd.tolist()
    assert list(rows(tmp_path / "top_k.csv")[0]) == ["uCode", "k", "p"]
    assert len(rows(tmp_path / "top_k.csv")) == 2 * len(model.units)
    sets = rows(tmp_path / "rank_sets.csv")
    assert list(sets[0]) == ["uCode", "marginal_low", "marginal_high", "simultaneous_low", "simultaneous_high", "tier"]
    assert len(sets) == len(model.units)
    sobol = rows(tmp_path / "sobol.csv")
    assert list(sobol[0]) == [
        "outcome",
        "parameter",
        "first",
        "first_low",
        "first_high",
        "total",
        "total_low",
        "total_high",
    ]
    assert {row["outcome"] for row in sobol} == {"mean_shift", *model.units}
    assert sum(float(row["p"]) for row in rows(tmp_path / "classes.csv")) == pytest.approx(len(model.units))
    assert [row["item"] for row in rows(tmp_path / "items.csv")] == ["normalisation", "weights", "data"]


def test_without_errors_of_the_data_there_are_no_rank_sets(tmp_path):
    model = plain_index()
    declaration = declaration_from({"uncertain": ITEMS[:2], "sobol": False})
    write_tables(analyse(model, STEPS, model.units, declaration, 50, 1), tmp_path)
    assert rows(tmp_path / "rank_sets.csv") == [] and rows(tmp_path / "sobol.csv") == []


def test_a_failure_half_way_leaves_the_old_files(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "rank_intervals.csv").write_text("old")
    with pytest.raises(RuntimeError), folder_built_beside(out) as beside:
        (beside / "rank_intervals.csv").write_text("new")
        raise RuntimeError
    assert (out / "rank_intervals.csv").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with folder_built_beside(out) as beside:
        (beside / "rank_intervals.csv").write_text("new")
    assert (out / "rank_intervals.csv").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
