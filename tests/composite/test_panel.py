"""Panel data: each year by itself is that year's own table; over all years it is one long table; ranks within a year."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.composite.made_index import AMEAN, META, MINMAX, data, index
from thangdo.cli.entry import run
from thangdo.composite import Index
from thangdo.composite.imputation import panel
from thangdo.findings import Refused

YEARS = (2019, 2021, 2022)
COPELAND = {"step": "aggregate", "method": {2: "amean", 3: "copeland"}}


def years() -> pd.DataFrame:
    """Three years of the same units, shuffled: rows of a panel stand in any order."""
    parts = [data(seed=year).assign(Time=year) for year in YEARS]
    return pd.concat(parts).sample(frac=1, random_state=3).reset_index(drop=True)


def of_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    return table[table["Time"] == year].drop(columns="Time").set_index("uCode").sort_index()


@pytest.mark.parametrize(
    "steps",
    [
        [{**MINMAX, "global": False}, AMEAN],
        [{"step": "treat", "winmax": 2}, {**MINMAX, "global": False}, COPELAND],
        [{"step": "normalise", "method": "dist2ref", "ref": "u0", "global": False}, AMEAN],
        [{"step": "normalise", "method": "rank", "global": False}, {"step": "aggregate", "method": "kemeny"}],
        [{"step": "screen", "include_only": ["u1", "u2", "u5", "u7"]}, {**MINMAX, "global": False}, AMEAN],
    ],
)
def test_year_by_year_is_each_years_own_table(steps: list[dict[str, Any]]) -> None:
    whole = Index.from_coin(years(), META).pipeline(steps)
    for year in YEARS:
        alone = index(*steps, frame=years()[years()["Time"] == year].drop(columns="Time"))
        for table, own in ((whole.scores, alone.scores), (whole.ranks, alone.ranks)):
            pd.testing.assert_frame_equal(of_year(table, year), own.set_index("uCode").sort_index(), check_exact=True)


def test_over_all_years_it_is_one_long_table() -> None:
    table = years()
    whole = Index.from_coin(table, META).pipeline([MINMAX, AMEAN])
    renamed = table.assign(uCode=[f"{unit}@{time}" for unit, time in zip(table["uCode"], table["Time"], strict=True)])
    long = index(MINMAX, AMEAN, frame=renamed.drop(columns="Time"))
    np.testing.assert_array_equal(whole.scores["top"], long.scores["top"])
    # Ranks are within a year all the same.
    for _, part in whole.ranks.groupby("Time"):
        assert sorted(part["top"]) == list(range(1, 9))


def test_one_time_alone_is_no_panel() -> None:
    scores = index(MINMAX, AMEAN, frame=data().assign(Time=2018)).scores
    assert list(scores.columns)[:2] == ["uCode", "a"]


def test_units_may_come_and_go() -> None:
    table = years()
    table = table[~((table["uCode"] == "u4") & (table["Time"] == 2021))]
    scores = Index.from_coin(table, META).pipeline([MINMAX, AMEAN]).scores
    assert len(scores) == 23


def test_carried_forward_constant_and_linear_by_hand() -> None:
    gap = np.nan
    values = np.array([[gap, 1.0], [2.0, gap], [gap, gap], [6.0, 4.0], [gap, gap], [gap, 5.0]])
    times, units = [1, 2, 4, 6, 7, 2], ["a"] * 5 + ["b"]
    expected = {
        "latest": [[gap, 1], [2, 1], [2, 1], [6, 4], [6, 4], [gap, 5]],
        "constant": [[2, 1], [2, 1], [2, 1], [6, 4], [6, 4], [gap, 5]],
        "linear": [[2, 1], [2, 1.6], [4, 2.8], [6, 4], [6, 4], [gap, 5]],
    }
    for method, table in expected.items():
        np.testing.assert_allclose(panel(values, times, units, method), table)
    # The panel has the times 1, 2, 4, 6, 7: one back from 6 is 4, whatever the distance in years.
    limited = panel(values, times, units, "latest", max_time=1)
    np.testing.assert_allclose(limited, [[gap, 1], [2, 1], [2, gap], [6, 4], [6, 4], [gap, 5]])


def test_the_order_of_rows_does_not_matter_to_a_panel() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(size=(30, 4))
    values[rng.random((30, 4)) < 0.4] = np.nan
    times, units = np.tile(np.arange(6.0), 5), np.repeat([f"u{n}" for n in range(5)], 6)
    order = rng.permutation(30)
    for method in ("latest", "constant", "linear"):
        found = panel(values, times.tolist(), units.tolist(), method)
        moved = panel(values[order], times[order].tolist(), units[order].tolist(), method)
        np.testing.assert_array_equal(moved, found[order])


@pytest.mark.parametrize(
    "step",
    [
        {"step": "impute", "method": "latest"},
        {"step": "impute_panel", "method": "latest"},
        {"step": "impute_panel"},
        {"step": "impute", "method": "impute_panel", "imp_type": "latest"},
    ],
)
def test_a_gap_is_filled_from_the_years_before_in_any_spelling(step: dict[str, Any]) -> None:
    table = years()
    table.loc[(table["uCode"] == "u2") & (table["Time"] == 2022), "a"] = np.nan
    built = Index.from_coin(table, META).pipeline([step, MINMAX, AMEAN]).built
    row = next(at for at, unit in enumerate(built.units) if (unit, built.times[at]) == ("u2", 2022))
    before = table[(table["uCode"] == "u2") & (table["Time"] == 2021)]["a"].item()
    column = "impute" if step["step"] == "impute" else "impute_panel"
    assert built.stages[column].values[row, 0] == before


def test_the_command_writes_a_row_for_each_unit_and_time(tmp_path: Path) -> None:
    years().to_csv(tmp_path / "iData.csv", index=False)
    META.to_csv(tmp_path / "iMeta.csv", index=False)
    (tmp_path / "p.yaml").write_text("- {step: screen}\n- {step: normalise, method: minmax}\n- {step: aggregate}\n")
    arguments = [str(tmp_path / name) for name in ("iData.csv", "iMeta.csv")]
    out = tmp_path / "out"
    assert run(["composite", "build", *arguments, "--pipeline", str(tmp_path / "p.yaml"), "--out", str(out)]) == 0
    lines = (out / "ranks.csv").read_text().splitlines()
    assert lines[0] == "uCode,Time,a,b,c,d,p,q,top"
    assert len(lines) == 25
    log = json.loads((out / "log.json").read_text())
    assert log["times"] == [2019, 2021, 2022]
    assert set(log["steps"][0]["times"]) == {"2019", "2021", "2022"}


def test_faults_of_a_panel_name_the_row() -> None:
    table = years()
    twice = pd.concat([table, table[table["Time"] == 2021].head(1)])
    with pytest.raises(Refused) as stop:
        Index.from_coin(twice, META)
    assert [(finding.code, str(finding.where)) for finding in stop.value.findings] == [("COM521", "iData:26:uCode")]
    with pytest.raises(Refused) as stop:
        Index.from_coin(table.assign(Time=table["Time"].astype(str).str.replace("2019", "y19")), META)
    assert {finding.code for finding in stop.value.findings} == {"COM523"}
    with pytest.raises(Refused) as stop:
        _ = Index.from_coin(table, META).pipeline([{"step": "normalise", "method": "dist2ref", "ref": "u1"}]).built
    assert {finding.code for finding in stop.value.findings} == {"COM022"}


def test_the_uncertainty_takes_one_time_and_says_so(tmp_path: Path) -> None:
    from thangdo.composite import read_index

    years().to_csv(tmp_path / "iData.csv", index=False)
    META.to_csv(tmp_path / "iMeta.csv", index=False)
    with pytest.raises(Refused) as stop:
        read_index(tmp_path / "iData.csv", tmp_path / "iMeta.csv")
    assert [finding.code for finding in stop.value.findings] == ["COM039"]
