"""Golden: COINr 1.1.14 on ASEM and the OECD Handbook's TAI, every deterministic table, read in place."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thangdo.composite.coin_files import read_index
from thangdo.composite.pipeline import Built, effective_weights, run_pipeline

BEFORE = (
    {"step": "denominate"},
    {"step": "impute", "method": "mean_grp", "use_group": "EurAsia_group"},
    {"step": "screen", "unit_screen": "byNA", "dat_thresh": 0.9},
)
TREAT = {"step": "treat", "method": "winsorise", "winmax": 5, "then": "log_CT"}
MINMAX = {"step": "normalise", "method": "minmax", "l_u": [0, 100]}
ONE_100 = {"step": "normalise", "method": "minmax", "l_u": [1, 100]}
AMEAN = {"step": "aggregate", "method": "amean"}
BASELINE = (*BEFORE, TREAT, MINMAX, AMEAN)


def read(path: Path) -> tuple[list[str], dict[str, list[float]]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    units = [row["uCode"] for row in rows]
    columns = {}
    for name in rows[0]:
        try:
            columns[name] = [float("nan") if row[name] in ("", "NA") else float(row[name]) for row in rows]
        except ValueError:
            continue
    return units, columns


@pytest.fixture(scope="module")
def asem(shared: Path) -> Path:
    return shared / "reference" / "coinr_asem"


@pytest.fixture(scope="module")
def data(asem: Path):  # type: ignore[no-untyped-def]
    return read_index(asem / "data" / "iData.csv", asem / "data" / "iMeta.csv")


def compare(built: Built, path: Path, values: Any = None) -> None:
    """Every column both have, unit by unit, to 1e-9 relative."""
    units, columns = read(path)
    place = [built.units.index(unit) for unit in units]
    table = built.scores if values is None else values
    compared = 0
    for code, expected in columns.items():
        if code in built.tree.codes and built.tree.codes.index(code) < table.shape[1]:
            found = table[place, built.tree.codes.index(code)]
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=code)
            compared += 1
    assert compared >= 8


@pytest.mark.shared
@pytest.mark.parametrize(
    ("stage", "file"),
    [
        ("denominate", "Denominated"),
        ("impute", "Imputed"),
        ("screen", "Screened"),
        ("treat", "Treated"),
        ("normalise", "Normalised"),
    ],
)
def test_every_step_of_the_baseline(data, asem: Path, stage: str, file: str) -> None:  # type: ignore[no-untyped-def]
    built = run_pipeline(data, BASELINE)
    compare(built, asem / "baseline" / f"{file}.csv", built.stages[stage].values)


@pytest.mark.shared
def test_the_baselines_scores_and_ranks(data, asem: Path) -> None:  # type: ignore[no-untyped-def]
    built = run_pipeline(data, BASELINE)
    compare(built, asem / "baseline" / "Aggregated.csv")
    compare(built, asem / "baseline" / "ranks_all_levels.csv", built.ranks())
    compare(built, asem / "baseline" / "results_aggs.csv")


@pytest.mark.shared
def test_effective_weights(data, asem: Path) -> None:  # type: ignore[no-untyped-def]
    found = dict(zip(data.tree.codes, effective_weights(data.tree), strict=True))
    with (asem / "baseline" / "effective_weights.csv").open() as stream:
        for row in csv.DictReader(stream):
            assert math.isclose(found[row["iCode"]], float(row["EffWeight"]), rel_tol=1e-12)


@pytest.mark.shared
def test_what_was_treated_and_how(data, asem: Path) -> None:  # type: ignore[no-untyped-def]
    built = run_pipeline(data, BASELINE)
    entries = {
        entry["code"]: entry for entry in next(item for item in built.log if item["step"] == "treat")["indicators"]
    }
    with (asem / "baseline" / "treat_details.csv").open() as stream:
        for row in csv.DictReader(stream):
            if row["check_SkewKurt0.Pass"] == "TRUE":
                assert row["iCode"] not in entries
                continue
            entry = entries[row["iCode"]]
            assert math.isclose(entry["skew_before"], float(row["check_SkewKurt0.Skew"]), rel_tol=1e-9)
            assert math.isclose(entry["kurtosis_before"], float(row["check_SkewKurt0.Kurt"]), rel_tol=1e-9)
            if row["winsorise.nwin"] not in ("", "NA"):
                assert entry["winsorised"] == int(row["winsorise.nwin"])
            assert entry["passed_after"] == (row["check_SkewKurt1.Pass"] == "TRUE")
            assert math.isclose(entry["skew_after"], float(row["check_SkewKurt1.Skew"]), rel_tol=1e-9)
            assert math.isclose(entry["kurtosis_after"], float(row["check_SkewKurt1.Kurt"]), rel_tol=1e-9)


@pytest.mark.shared
def test_the_points_that_were_pulled_in(data, asem: Path) -> None:  # type: ignore[no-untyped-def]
    built = run_pipeline(data, BASELINE)
    entries = next(item for item in built.log if item["step"] == "treat")["indicators"]
    found = {(unit, entry["code"]): end for entry in entries for end in ("high", "low") for unit in entry[end]}
    with (asem / "baseline" / "treated_points.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    names = {"winhi": "high", "winlo": "low"}
    expected = {
        (row["uCode"], code): names[text] for row in rows for code, text in row.items() if code != "uCode" and text
    }
    assert found == expected


@pytest.mark.shared
def test_the_availability_that_screening_looked_at(data, asem: Path) -> None:  # type: ignore[no-untyped-def]
    steps = (BEFORE[0], {"step": "screen", "unit_screen": "byNAandzeros", "dat_thresh": 0, "nonzero_thresh": 0}, MINMAX)
    log = run_pipeline(data, steps).log[1]
    _, columns = read(asem / "baseline" / "Denominated.csv")
    units, _ = read(asem / "baseline" / "Denominated.csv")
    gaps = {unit: sum(math.isnan(values[row]) for values in columns.values()) for row, unit in enumerate(units)}
    assert log["availability"] == {unit: pytest.approx(1 - gap / 49) for unit, gap in gaps.items() if gap}
    assert log["removed"] == []


@pytest.mark.shared
def test_the_panel_as_the_purse_builds_it(asem: Path, tmp_path: Path) -> None:
    """No table for it here: 2018 alone, from the panel, is what 2018's own table gives."""
    from thangdo.composite.coin_files import read_coin

    steps = ({"step": "screen", "dat_thresh": 0.9}, TREAT, {**MINMAX, "global": False}, AMEAN)
    panel = run_pipeline(read_coin(asem / "data" / "iData_panel.csv", asem / "data" / "iMeta.csv"), steps)
    lines = (asem / "data" / "iData_panel.csv").read_text().splitlines()
    (tmp_path / "one.csv").write_text("\n".join([lines[0], *(line for line in lines if ",2018," in line)]))
    alone = run_pipeline(read_index(tmp_path / "one.csv", asem / "data" / "iMeta.csv"), steps)
    part = panel.at(2018)
    assert part.units == alone.units
    np.testing.assert_array_equal(part.scores, alone.scores)
    np.testing.assert_array_equal(part.ranks(), alone.ranks())
    assert len(set(panel.times)) == 5


VARIANTS: list[tuple[str, tuple[dict[str, Any], ...]]] = [
    ("normalise/minmax_0_100", (*BEFORE, TREAT, MINMAX, AMEAN)),
    ("normalise/minmax_1_100", (*BEFORE, TREAT, ONE_100, AMEAN)),
    ("normalise/prank", (*BEFORE, TREAT, {"step": "normalise", "method": "prank"}, AMEAN)),
    ("aggregate/gmean_minmax1_100", (*BEFORE, TREAT, ONE_100, {"step": "aggregate", "method": "gmean"})),
    (
        "aggregate/amean_amean_gmean_minmax1_100",
        (*BEFORE, TREAT, ONE_100, {"step": "aggregate", "method": {2: "amean", 3: "amean", 4: "gmean"}}),
    ),
    (
        "aggregate/noimpute_amean_datthresh0.5",
        ({"step": "denominate"}, MINMAX, {"step": "aggregate", "method": "amean", "dat_thresh": 0.5}),
    ),
    ("impute/mean_EurAsia", BASELINE),
    ("impute/mean", ({"step": "denominate"}, {"step": "impute", "method": "mean"}, BEFORE[2], TREAT, MINMAX, AMEAN)),
    ("treat/winmax5_log", BASELINE),
]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "steps"), VARIANTS, ids=[name for name, _ in VARIANTS])
def test_a_variant(data, asem: Path, name: str, steps: tuple[dict[str, Any], ...]) -> None:  # type: ignore[no-untyped-def]
    built = run_pipeline(data, steps)
    compare(built, asem / f"{name}_scores.csv")
    compare(built, asem / f"{name}_ranks.csv", built.ranks())
    if (asem / f"{name}_normalised.csv").exists():
        compare(built, asem / f"{name}_normalised.csv", built.normalised)


@pytest.mark.shared
@pytest.mark.parametrize("method", ["mean", "median"])
def test_imputed_tables(data, asem: Path, method: str) -> None:  # type: ignore[no-untyped-def]
    built = run_pipeline(data, ({"step": "denominate"}, {"step": "impute", "method": method}, MINMAX, AMEAN))
    compare(built, asem / "impute" / f"{method}.csv", built.stages["impute"].values)
