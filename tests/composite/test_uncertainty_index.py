"""Reading COINr's files, and the pipeline that the engine varies, against COINr's own tables."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thangdo.composite.coin_files import read_index
from thangdo.composite.pipeline import run_pipeline
from thangdo.composite.sensitivity import remove_elements
from thangdo.composite.uncertainty_aggregation import target_scores
from thangdo.composite.uncertainty_steps import PipelineModel
from thangdo.findings import Refused
from thangdo.inference import competition_rank

META = """Level,iCode,Direction,Weight,Parent,Type,Denominator
1,a,1,1,P,Indicator,area
1,b,-1,1,P,Indicator,
1,c,1,2,Q,Indicator,
2,P,1,1,Top,Aggregate,
2,Q,1,1,Top,Aggregate,
3,Top,1,1,,Aggregate,
,area,,,,Denominator,
"""
DATA = """uCode,group,area,a,b,c
U1,x,2,1.5,3,10
U2,x,1,2.5,2,
U3,y,4,3.5,1,30
"""


def files(folder: Path, data: str = DATA, meta: str = META) -> tuple[Path, Path]:
    (folder / "iData.csv").write_text(data, encoding="utf-8")
    (folder / "iMeta.csv").write_text(meta, encoding="utf-8")
    return folder / "iData.csv", folder / "iMeta.csv"


def refused(*paths: Path) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        read_index(*paths)
    return [(finding.code, str(finding.where)) for finding in caught.value.findings]


def test_files_become_arrays_and_a_tree(tmp_path):
    index = read_index(*files(tmp_path))
    assert index.units == ("U1", "U2", "U3")
    assert index.tree.codes == ("a", "b", "c", "P", "Q", "Top")
    assert index.tree.parents == (3, 3, 4, 5, 5, -1)
    assert index.denominators[:, 0].tolist() == [2.0, 1.0, 4.0]
    assert np.isnan(index.values[1, 2])
    assert index.columns["group"] == ("x", "x", "y")


def test_semicolons_and_a_byte_order_mark_are_read_too(tmp_path):
    paths = files(tmp_path)
    paths[0].write_text(DATA.replace(",", ";"), encoding="utf-8-sig")
    assert np.array_equal(read_index(*paths).values, read_index(*files(tmp_path)).values, equal_nan=True)


@pytest.mark.parametrize(
    ("data", "meta", "expected"),
    [
        (DATA.replace("U2", "U1"), META, ("COM521", "iData.csv:3:uCode")),
        (DATA.replace("2.5", "two"), META, ("COM523", "iData.csv:3:a")),
        (DATA.replace(",a,", ",A,"), META, ("COM522", "iData.csv:1:a")),
        (DATA.replace("uCode", "unit"), META, ("COM520", "iData.csv:1")),
        (DATA, META.replace("1,b,-1,1,P", "1,b,-1,1,PP"), ("COM524", "iMeta.csv:3:Parent")),
        (DATA, META.replace("2,Q,1,1,Top", "2,Q,1,1,"), ("COM526", "iMeta.csv:7:Parent")),
        (DATA, META.replace("2,P,1,1,Top", "3,P,1,1,Top"), ("COM525", "iMeta.csv:5:Level")),
        (DATA.replace("2.5", "1.5").replace("3.5", "1.5"), META, ("COM527", "iData.csv:a")),
    ],
)
def test_each_fault_names_file_row_and_column(tmp_path, data, meta, expected):
    assert expected in refused(*files(tmp_path, data, meta))


def test_an_unknown_method_or_parameter_is_named(tmp_path):
    index = read_index(*files(tmp_path))
    with pytest.raises(Refused) as caught:
        PipelineModel.of(
            index, [{"step": "normalise", "method": "minmx"}, {"step": "treat", "method": "winsorise", "winmx": 3}]
        )
    assert [(f.code, f.found) for f in caught.value.findings] == [("COM002", "normalise minmx"), ("COM003", "winmx")]


def test_screening_leaves_units_without_data_out(tmp_path):
    index = read_index(*files(tmp_path))
    model = PipelineModel.of(index, [{"step": "screen", "unit_screen": "byNA", "dat_thresh": 0.9}])
    assert model.units == ("U1", "U3")
    assert model.normalised([{"step": "screen"}, {"step": "normalise", "method": "minmax"}]).shape == (2, 3)


def scores_of(tmp_path, method, values, weights):
    index = read_index(*files(tmp_path))
    node = PipelineModel.of(index, []).methods({"step": "aggregate", "method": method})[5]
    return node.one_by_one(np.array(values, dtype=float), np.array(weights, dtype=float)).tolist()


def test_copeland_counts_comparisons_won_less_lost_and_keeps_ties(tmp_path):
    """U0 leads both others on two of three equal weights, U1 leads U2 on all; half the weight is a tie."""
    assert scores_of(tmp_path, "copeland", [[3, 3, 0], [1, 1, 9], [0, 0, 1]], [1, 1, 1]) == [2.0, 0.0, -2.0]
    assert scores_of(tmp_path, "copeland", [[3, 0], [1, 9]], [0.3, 0.3]) == [0.0, 0.0]
    assert scores_of(tmp_path, "copeland", [[3, 3, 0], [1, 1, 9]], [0.1, 0.2, 0.3 + 1e-16]) == [0.0, 0.0]
    assert scores_of(tmp_path, "copeland", [[3, 0], [1, 9]], [2, 1]) == [1.0, -1.0]


def test_minimum_and_median_look_at_what_is_there(tmp_path):
    assert scores_of(tmp_path, "minimum", [[3, 1, np.nan]], [1, 1, 1]) == [1.0]
    assert scores_of(tmp_path, "median", [[3, 1, np.nan, 5]], [1, 1, 1, 1]) == [3.0]


@pytest.mark.parametrize(
    "step",
    [
        {"step": "normalise", "method": "rank"},
        {"step": "normalise", "method": "scaled", "npara": [0, 10]},
        {"step": "treat", "method": "winsorise", "winmax": 1, "then": "log_CT_orig"},
        {"step": "impute", "method": "mean", "impute_by": "row"},
        {"step": "normalise", "method": "minmax", "range": [0, 40]},
    ],
)
def test_any_step_of_the_pipeline_runs_on_many_tables(tmp_path, step):
    """The pipeline's own function, table by table, where there is none for many."""
    index = read_index(*files(tmp_path))
    tables = np.stack([index.values, index.values * 1.5])
    many = PipelineModel.of(index, [step]).normalised_many(tables.copy(), [step])
    for place in range(2):
        alone = run_pipeline(replace(index, values=tables[place]), [step, {"step": "aggregate", "method": "amean"}])
        assert np.allclose(many[place], alone.normalised, equal_nan=True)


def test_an_unknown_aggregation_of_a_level_cannot_run(tmp_path):
    model = PipelineModel.of(read_index(*files(tmp_path)), [])
    with pytest.raises(ValueError, match="magic"):
        model.methods({"step": "aggregate", "method": "magic"})


BASELINE = (
    {"step": "denominate"},
    {"step": "impute", "method": "mean_grp", "use_group": "EurAsia_group"},
    {"step": "screen", "unit_screen": "byNA", "dat_thresh": 0.9},
    {"step": "treat", "method": "winsorise", "winmax": 5, "then": "log_CT"},
    {"step": "normalise", "method": "minmax", "l_u": [0, 100]},
    {"step": "aggregate", "method": "amean"},
)


def replaced(step, **changes):
    return tuple({**each, **changes} if each["step"] == step else each for each in BASELINE)


@pytest.fixture(scope="module")
def asem(shared):
    folder = shared / "reference" / "coinr_asem"
    return folder, read_index(folder / "data" / "iData.csv", folder / "data" / "iMeta.csv")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("table", "steps"),
    [
        ("baseline/Normalised.csv", BASELINE),
        ("normalise/minmax_1_100_normalised.csv", replaced("normalise", l_u=[1, 100])),
        ("normalise/prank_normalised.csv", (*BASELINE[:4], {"step": "normalise", "method": "prank"}, BASELINE[5])),
        ("impute/mean.csv", (BASELINE[0], {"step": "impute", "method": "mean"})),
        ("impute/median.csv", (BASELINE[0], {"step": "impute", "method": "median"})),
        ("treat/winmax5_log.csv", BASELINE[:4]),
    ],
)
def test_coinr_tables_one_at_a_time_and_many_at_once(asem, table, steps):
    folder, index = asem
    model = PipelineModel.of(index, steps)
    codes = list(index.tree.codes[: index.tree.indicators])
    expected = pd.read_csv(folder / table).set_index("uCode").loc[list(model.units), codes].to_numpy(dtype=float)
    assert np.allclose(model.normalised(steps), expected, rtol=1e-9, equal_nan=True)
    many = model.normalised_many(np.repeat(index.values[None], 3, axis=0), steps)
    assert np.allclose(many, expected[None], rtol=1e-9, equal_nan=True)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("table", "steps"),
    [
        ("baseline/Aggregated.csv", BASELINE),
        (
            "aggregate/gmean_minmax1_100_scores.csv",
            (*replaced("normalise", l_u=[1, 100])[:5], {"step": "aggregate", "method": "gmean"}),
        ),
        (
            "aggregate/amean_amean_gmean_minmax1_100_scores.csv",
            (
                *replaced("normalise", l_u=[1, 100])[:5],
                {"step": "aggregate", "method": {2: "amean", 3: "amean", 4: "gmean"}},
            ),
        ),
        (
            "aggregate/noimpute_amean_datthresh0.5_scores.csv",
            (BASELINE[0], BASELINE[4], {"step": "aggregate", "method": "amean", "dat_thresh": 0.5}),
        ),
        ("impute/mean_scores.csv", (BASELINE[0], {"step": "impute", "method": "mean"}, *BASELINE[2:])),
    ],
)
def test_coinr_scores_at_every_node(asem, table, steps):
    folder, index = asem
    model = PipelineModel.of(index, steps)
    scores = pd.read_csv(folder / table).set_index("uCode").loc[list(model.units)]
    values, methods = model.normalised(steps), model.methods(steps[-1])
    for node in index.tree.aggregates.tolist():
        found = target_scores(index.tree, methods, values, index.tree.weights, node)
        expected = scores[index.tree.codes[node]].to_numpy(dtype=float)
        assert np.allclose(found, expected, rtol=1e-9, equal_nan=True)


@pytest.mark.shared
def test_removing_an_element_builds_the_whole_index_anew(asem):
    """The slow way: iMeta without the indicator, everything from the start."""
    folder, index = asem
    model = PipelineModel.of(index, BASELINE)
    found = {row.code: row for row in remove_elements(model, BASELINE, ["LPI", "Physical"])}
    scores = pd.read_csv(folder / "baseline" / "Aggregated.csv").set_index("uCode").loc[list(model.units)]
    nominal = competition_rank(scores["Index"].to_numpy(dtype=float))
    without_pillar = (scores[["ConEcFin", "Political", "Instit", "P2P"]].mean(axis=1) + scores["Sust"]) / 2
    expected = np.abs(competition_rank(without_pillar.to_numpy(dtype=float)) - nominal)
    assert found["Physical"].mean_shift == pytest.approx(expected.mean())
    others = [
        code
        for code in index.tree.codes[:49]
        if index.tree.codes[index.tree.parents[index.tree.codes.index(code)]] == "Physical" and code != "LPI"
    ]
    normalised = pd.read_csv(folder / "baseline" / "Normalised.csv").set_index("uCode").loc[list(model.units)]
    pillars = scores[["ConEcFin", "Political", "Instit", "P2P"]].assign(Physical=normalised[others].mean(axis=1))
    expected = np.abs(competition_rank(((pillars.mean(axis=1) + scores["Sust"]) / 2).to_numpy(dtype=float)) - nominal)
    assert found["LPI"].mean_shift == pytest.approx(expected.mean())
    assert found["LPI"].largest_shift == expected.max()
