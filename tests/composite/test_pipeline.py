"""The pipeline's laws and faults, and the Python face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.composite.made_index import META
from thangdo.composite import Index
from thangdo.composite.aggregation import amean, genmean, gmean, hmean
from thangdo.composite.codes import CODES
from thangdo.composite.imputation import panel
from thangdo.composite.normalise import NoRange, borda, dist2targ, fixed_range, goalposts, minmax, prank, rank, zscore
from thangdo.composite.outranking import condorcet, copeland
from thangdo.composite.pipeline import read_pipeline
from thangdo.composite.treatment import boxcox, log_ct_orig, log_ct_plus
from thangdo.findings import Refused

columns = arrays(np.float64, st.integers(3, 12), elements=st.floats(-1000, 1000, allow_nan=False)).filter(
    lambda x: np.ptp(x) > 1e-3
)


def frames(rng: np.random.Generator, units: int = 8) -> tuple[pd.DataFrame, pd.DataFrame]:
    data = pd.DataFrame({"uCode": [f"u{n}" for n in range(units)], "uName": [f"Unit {n}" for n in range(units)]})
    for code in ("a", "b", "c", "d"):
        data[code] = rng.lognormal(size=units)
    return data, META.copy()


STEPS = [{"step": "normalise", "method": "minmax", "l_u": [1, 100]}, {"step": "aggregate", "method": "amean"}]


@settings(deadline=None)
@given(columns, st.floats(0.1, 50), st.floats(-100, 100))
def test_minmax_does_not_know_units_of_measurement(values: np.ndarray, factor: float, shift: float) -> None:
    np.testing.assert_allclose(minmax(values * factor + shift), minmax(values), atol=1e-6)


@settings(deadline=None)
@given(columns)
def test_turning_the_direction_turns_the_scale(values: np.ndarray) -> None:
    np.testing.assert_allclose(minmax(-values, (1, 10)), 11 - minmax(values, (1, 10)), atol=1e-9)


@settings(deadline=None)
@given(columns, st.floats(0.1, 50))
def test_weights_count_by_their_shares(values: np.ndarray, factor: float) -> None:
    rows = np.abs(np.stack([values, values[::-1]])) + 1
    weights = np.arange(1.0, values.size + 1)
    for mean in (amean, gmean, hmean, lambda x, w: genmean(x, w, 3.0)):
        np.testing.assert_allclose(mean(rows, weights * factor), mean(rows, weights), rtol=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_the_order_of_units_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data, meta = frames(rng)
    shuffled = data.sample(frac=1, random_state=seed % 1000)
    one = Index.from_coin(data, meta).pipeline(STEPS).scores.set_index("uCode")
    other = Index.from_coin(shuffled, meta).pipeline(STEPS).scores.set_index("uCode").loc[one.index]
    pd.testing.assert_frame_equal(one, other)


def test_means_are_ordered() -> None:
    rows, weights = np.array([[1.0, 2.0, 9.0]]), np.ones(3)
    assert hmean(rows, weights) < gmean(rows, weights) < amean(rows, weights) < genmean(rows, weights, 2.0)
    np.testing.assert_allclose(genmean(rows, weights, 0.0), gmean(rows, weights))


def test_ranks_share_ties_and_keep_gaps() -> None:
    values = np.array([3.0, 1.0, 3.0, np.nan, 2.0])
    np.testing.assert_array_equal(rank(values), [3, 1, 3, np.nan, 2])
    np.testing.assert_array_equal(borda(values), [2, 0, 2, np.nan, 1])
    np.testing.assert_allclose(prank(values), [2 / 3, 0, 2 / 3, np.nan, 1 / 3])


def test_worked_normalisations() -> None:
    values = np.array([2.0, 4.0, 10.0])
    np.testing.assert_allclose(dist2targ(values, 6.0, cap_max=True), [0, 0.5, 1])
    np.testing.assert_allclose(goalposts(values, 3.0, 8.0, 100.0), [0, 20, 100])
    np.testing.assert_allclose(fixed_range(values, 0.0, 8.0, (1, 10)), [3.25, 5.5, 12.25])
    np.testing.assert_allclose(fixed_range(values, 0.0, 8.0, (1, 10), clip=True), [3.25, 5.5, 10])
    np.testing.assert_allclose(zscore(values, (10, 2)).mean(), 10)


@pytest.mark.parametrize("values", [[1.0, 1.0, 1.0], [np.nan, np.nan, np.nan]])
def test_no_variance_is_an_error_not_a_nan(values: list[float]) -> None:
    with pytest.raises(NoRange):
        minmax(np.array(values))


def test_worked_treatments() -> None:
    values = np.array([0.0, 1.0, 3.0])
    np.testing.assert_allclose(log_ct_orig(values), np.log([1, 2, 4]))
    np.testing.assert_allclose(boxcox(values, 2.0), [0, 1.5, 7.5])
    np.testing.assert_allclose(log_ct_plus(-values), -np.log(0.0 + 0.03 + values))


def test_a_panel_carries_forward_and_interpolates() -> None:
    values = np.array([[1.0], [np.nan], [3.0], [np.nan]])
    times, units = [2019, 2020, 2021, 2022], ["a"] * 4
    np.testing.assert_array_equal(panel(values, times, units, "latest")[:, 0], [1, 1, 3, 3])
    np.testing.assert_array_equal(panel(values, times, units, "linear")[:, 0], [1, 2, 3, 3])


def test_copeland_counts_wins_less_losses_and_ties_exact_halves() -> None:
    # Criteria of equal weight: a beats b and c; b and c split the two criteria: a tie.
    values = np.array([[3.0, 3.0], [2.0, 1.0], [1.0, 2.0]])
    np.testing.assert_array_equal(copeland(values, np.ones(2)), [2, -1, -1])


def test_kemeny_is_exact_and_names_cycles_and_ties() -> None:
    # Condorcet's paradox: three criteria, three units, each majority contradicts the others.
    cycle = np.array([[3.0, 1.0, 2.0], [2.0, 3.0, 1.0], [1.0, 2.0, 3.0]])
    found = condorcet(cycle, np.ones(3))
    assert (found.is_exact, found.has_cycle, found.is_unique) == (True, True, False)
    clear = condorcet(np.array([[3.0, 3.0], [2.0, 2.0], [1.0, 1.0]]), np.ones(2))
    assert (clear.order, clear.is_unique, clear.has_cycle) == ((0, 1, 2), True, False)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6))
def test_above_the_exact_size_the_best_found_says_its_gap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, weights = rng.integers(0, 4, (7, 5)).astype(float), rng.uniform(0.5, 2, 5)
    exact, searched = condorcet(values, weights), condorcet(values, weights, exact_units=3)
    assert searched.agreement <= exact.agreement + 1e-9
    assert searched.agreement + searched.gap >= exact.agreement - 1e-9


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_of_the_callers_kind_come_back(library: str) -> None:
    data, meta = frames(np.random.default_rng(1))
    given_data, given_meta = (data, meta) if library == "pandas" else (pl.from_pandas(data), pl.from_pandas(meta))
    index = Index.from_coin(given_data, given_meta).pipeline(STEPS)
    assert type(index.scores) is type(given_data)
    assert list(index.scores.columns) == ["uCode", "a", "b", "c", "d", "p", "q", "top"]
    assert sorted(np.asarray(index.ranks["top"]).astype(int).tolist()) == list(range(1, 9))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- {step: normalise, method: minmx}", "COM002"),
        ("- {step: normalize}", "COM002"),
        ("- {step: treat, method: winsorise, winmx: 3}", "COM003"),
        ("- {step: aggregate, method: {2: mean}}", "COM002"),
        ("just words", "COM001"),
        ("- [", "COM001"),
    ],
)
def test_a_wrong_pipeline_is_named(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "p.yaml").write_text(text)
    with pytest.raises(Refused) as refused:
        read_pipeline(tmp_path / "p.yaml")
    assert [finding.code for finding in refused.value.findings] == [code]
    assert code in CODES


def test_a_geometric_mean_of_zeros_names_the_children() -> None:
    data, meta = frames(np.random.default_rng(2))
    steps = [{"step": "normalise", "method": "minmax", "l_u": [0, 100]}, {"step": "aggregate", "method": "gmean"}]
    with pytest.raises(Refused) as refused:
        _ = Index.from_coin(data, meta).pipeline(steps).scores
    assert refused.value.findings[0].code == "COM005"


def test_build_writes_full_precision_and_nothing_on_a_fault(tmp_path: Path) -> None:
    from thangdo.cli.entry import run

    data, meta = frames(np.random.default_rng(3))
    data.to_csv(tmp_path / "iData.csv", index=False)
    meta.to_csv(tmp_path / "iMeta.csv", index=False)
    (tmp_path / "p.yaml").write_text(
        "- {step: normalise, method: minmax, l_u: [1, 100]}\n- {step: aggregate, method: amean}\n"
    )
    files = [str(tmp_path / "iData.csv"), str(tmp_path / "iMeta.csv")]
    assert (
        run(["composite", "build", *files, "--pipeline", str(tmp_path / "p.yaml"), "--out", str(tmp_path / "out")]) == 0
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "log.json",
        "normalised.csv",
        "ranks.csv",
        "scores.csv",
    ]
    written = pl.read_csv(tmp_path / "out" / "scores.csv").to_pandas().set_index("uCode")
    expected = Index.from_coin(data, meta).pipeline(STEPS).scores.set_index("uCode")
    pd.testing.assert_frame_equal(written, expected, check_exact=True)
    (tmp_path / "bad.yaml").write_text("- {step: normalise, method: nothing}\n")
    assert (
        run(["composite", "build", *files, "--pipeline", str(tmp_path / "bad.yaml"), "--out", str(tmp_path / "bad")])
        == 1
    )
    assert not (tmp_path / "bad").exists()
