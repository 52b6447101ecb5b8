"""The step that treats: what passes is left alone, what follows what, and what the log says was changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.composite.made_index import MINMAX, data, index
from thangdo.composite.treatment import boxcox, log_ct, shape, winsorise, winsorise_columns

OUTLIER = [1.0, 2, 3, 4, 5, 6, 7, 500]
# So far away that its logarithm is still an outlier's.
MANY = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 9e5]


def treated(step: dict[str, Any], values: list[float] = OUTLIER) -> tuple[np.ndarray, dict[str, Any]]:
    frame = data()
    for code in "abcd":
        frame[code] = np.arange(8.0) + 1
    frame["a"] = values
    built = index({"step": "treat", **step}, MINMAX, frame=frame).built
    entries = built.log[0]["indicators"]
    return built.stages["treat"].values[:, 0], entries[0] if entries else {}


def test_what_passes_is_left_alone() -> None:
    values, entry = treated({"method": "winsorise"}, list(np.arange(8.0)))
    np.testing.assert_array_equal(values, np.arange(8.0))
    assert entry == {}


def test_a_point_is_pulled_in_to_the_next_and_named() -> None:
    values, entry = treated({"method": "winsorise", "winmax": 5})
    np.testing.assert_array_equal(values, [1, 2, 3, 4, 5, 6, 7, 7])
    assert (entry["winsorised"], entry["function"], entry["high"], entry["low"]) == (1, "winsorise", ("u7",), ())
    assert not entry["passed_before"] and entry["passed_after"]
    np.testing.assert_allclose([entry["skew_before"], entry["kurtosis_before"]], shape(np.array(OUTLIER)))


def test_low_outliers_are_pulled_up() -> None:
    _, entry = treated({"method": "winsorise"}, [-500.0, 1, 2, 3, 4, 5, 6, 7])
    assert (entry["high"], entry["low"]) == ((), ("u0",))


def test_no_point_allowed_the_function_follows_on_the_original() -> None:
    values, entry = treated({"method": "winsorise", "winmax": 0, "then": "log_CT"})
    np.testing.assert_allclose(values, log_ct(np.array(OUTLIER)))
    assert (entry["winsorised"], entry["function"], entry["high"]) == (0, "log_CT", ())


@pytest.mark.parametrize("then", ["none", None])
def test_nothing_need_follow(then: str | None) -> None:
    values, entry = treated({"method": "winsorise", "winmax": 0, "then": then})
    np.testing.assert_array_equal(values, OUTLIER)
    assert entry["passed_after"] is False


def test_the_count_stays_where_a_logarithm_follows() -> None:
    rule = {"method": "winsorise", "winmax": 1, "skew_thresh": 0.01, "kurt_thresh": -9, "then": "log_CT"}
    values, entry = treated(rule)
    np.testing.assert_allclose(values, log_ct(np.array(OUTLIER)))
    assert (entry["winsorised"], entry["function"], entry["high"]) == (1, "log_CT", ())


def test_both_may_be_combined() -> None:
    rule = {"method": "winsorise", "winmax": 1, "skew_thresh": 0.01, "kurt_thresh": -9, "combine_treat": True}
    values, entry = treated({**rule, "then": "boxcox", "lambda": 0.5})
    np.testing.assert_allclose(values, boxcox(winsorise(np.array(OUTLIER), 1)[0], 0.5))
    assert (entry["function"], entry["high"]) == ("winsorise+boxcox", ("u7",))


def test_a_function_first_and_winsorising_of_the_original_after_it() -> None:
    values, entry = treated({"method": "log_CT", "then": "winsorise", "winmax": 2}, MANY)
    np.testing.assert_array_equal(values, [*MANY[:7], 1.6])
    assert (entry["function"], entry["winsorised"], entry["high"]) == ("winsorise", 1, ("u7",))


def test_an_indicator_of_its_own() -> None:
    frame = data()
    frame["a"], frame["b"] = OUTLIER, OUTLIER
    own = {"step": "treat", "method": "winsorise", "indicators": {"b": {"method": "none"}}}
    values = index(own, MINMAX, frame=frame).built.stages["treat"].values
    assert values[7, 0] == 7 and values[7, 1] == 500
    turned = {"step": "treat", "method": "none", "indicators": {"b": {"method": "winsorise"}}}
    values = index(turned, MINMAX, frame=frame).built.stages["treat"].values
    assert values[7, 0] == 500 and values[7, 1] == 7


def test_forced_and_without_limit() -> None:
    table = np.array([OUTLIER]).T
    assert winsorise_columns(table, 3, force_win=True).count[0] >= 3
    unlimited = winsorise_columns(table, None, force_win=True)
    # Ends where nothing varies any more.
    assert np.ptp(unlimited.values) == 0


def test_gaps_stay_and_move_nothing() -> None:
    column = np.array(OUTLIER)
    with_gaps = np.insert(column, [0, 3, 8], np.nan)
    found = winsorise_columns(np.stack([with_gaps, np.full(11, np.nan)], axis=1))
    np.testing.assert_array_equal(found.values[~np.isnan(with_gaps), 0], winsorise(column)[0])
    assert np.isnan(found.values[:, 1]).all()
