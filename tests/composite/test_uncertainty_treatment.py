"""Winsorising many tables at once is winsorising each of them point by point."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from thangdo.composite.uncertainty_treatment import (
    WinsoriseRule,
    log_coefficient_of_variation,
    shape_of,
    winsorise_many,
)


def fails(series):
    skew, kurtosis = stats.skew(series, bias=False), stats.kurtosis(series, bias=False)
    return abs(skew) >= 2 and kurtosis >= 3.5


def point_by_point(column, winmax):
    """The rule as its definition is read, with no thought for speed."""
    is_there = ~np.isnan(column)
    series = column[is_there].copy()
    pulled = {"high": 0, "low": 0}
    while fails(series) and sum(pulled.values()) < winmax:
        if stats.skew(series, bias=False) >= 0:
            at_end = series == series.max()
            series[at_end] = series[~at_end].max()
            pulled["high"] = at_end.sum()
        else:
            at_end = series == series.min()
            series[at_end] = series[~at_end].min()
            pulled["low"] = at_end.sum()
    result = column.copy()
    result[is_there] = series
    return result, fails(series)


@pytest.mark.parametrize("winmax", [1, 3, 5])
def test_every_column_of_every_table(winmax):
    random = np.random.default_rng(7)
    tables = random.lognormal(0.0, 1.6, size=(30, 40, 6)) * np.array([1, 1, -1, 1, -1, 0.001])
    tables[:, :5, 1] = np.nan
    tables[:, :, 3] = np.round(tables[:, :, 3])
    found, needs_more = winsorise_many(tables, WinsoriseRule(winmax=winmax))
    for row in range(30):
        for column in range(6):
            expected, still = point_by_point(tables[row, :, column], winmax)
            assert np.array_equal(found[row, :, column], expected, equal_nan=True)
            assert needs_more[row, column] == still
    assert not np.array_equal(found, tables, equal_nan=True)
    assert needs_more.any() == (winmax < 5)


def test_skewness_and_kurtosis_are_scipys_unbiased_ones():
    series = np.random.default_rng(0).gamma(1.0, size=(5, 30))
    skew, kurtosis = shape_of(series, axis=1)
    assert np.allclose(skew, stats.skew(series, axis=1, bias=False))
    assert np.allclose(kurtosis, stats.kurtosis(series, axis=1, bias=False))


def test_a_constant_indicator_is_left_alone():
    tables = np.ones((2, 10, 3))
    found, needs_more = winsorise_many(tables, WinsoriseRule())
    assert np.array_equal(found, tables) and not needs_more.any()


@pytest.mark.shared
def test_asem_baseline_of_coinr(shared):
    folder = shared / "reference" / "coinr_asem"
    meta = pd.read_csv(folder / "data" / "iMeta.csv")
    codes = meta.loc[meta["Type"] == "Indicator", "iCode"]
    before = pd.read_csv(folder / "baseline" / "Screened.csv")[codes].to_numpy(dtype=float)
    after = pd.read_csv(folder / "baseline" / "Treated.csv")[codes].to_numpy(dtype=float)
    found, needs_more = winsorise_many(before[None], WinsoriseRule(winmax=5))
    found[0][:, needs_more[0]] = log_coefficient_of_variation(before[:, needs_more[0]].T).T
    assert np.allclose(found[0], after, rtol=1e-12, atol=0)
