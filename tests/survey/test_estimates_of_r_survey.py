"""Other designs of the api data against R survey 4.1.1: each row of the golden file names its call.

The file holds results only; `DESIGNS` declares the same designs in our words. Raking and iterative
calibration were run in R with epsilon 1e-12 or smaller.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thangdo.findings import Gathered
from thangdo.survey.design_building import build_design
from thangdo.survey.design_document import design_document
from thangdo.survey.estimation import Estimate, estimate
from thangdo.survey.estimation_analysis import analyses
from thangdo.survey.estimation_columns import Columns, columns_of, read_columns

GOLDEN = Path(__file__).with_name("golden_r_survey_4_1_1.csv")
STYPE = {"E": 4421, "H": 755, "M": 1018}
SCH_WIDE = {"No": 1072, "Yes": 5122}
STRAT = {"weights": "pw", "strata": "stype", "fpc": "fpc"}
CLUS1 = {"weights": "pw", "clusters": "dnum", "fpc": "fpc"}
CLUS2 = {"clusters": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]}
POSTSTRATA = {"poststrata": {"by": ["stype"], "totals": STYPE}}
RAKE = {"rake": {"stype": STYPE, "sch.wide": SCH_WIDE}}
TOTALS = {"(Intercept)": 6194, "stypeH": 755, "stypeM": 1018, "api99": 3914069}
ONE_TOTAL = {"(Intercept)": 6194, "api99": 3914069}
GIVEN = {"columns": "rw*", "scale": 0.5}

DESIGNS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "clus2": ("apiclus2", CLUS2),
    "clus2_weights_only": ("apiclus2", {"weights": "pw", "clusters": ["dnum", "snum"]}),
    "clus2_fpc1": ("apiclus2", {"weights": "pw", "clusters": ["dnum"], "fpc": "fpc1"}),
    "clus1_no_fpc": ("apiclus1", {"weights": "pw", "clusters": "dnum"}),
    "clus1_poststrata": ("apiclus1", CLUS1 | POSTSTRATA),
    "clus2_poststrata": ("apiclus2", CLUS2 | POSTSTRATA),
    "clus1_rake": ("apiclus1", CLUS1 | RAKE),
    "strat_rake": ("apistrat", STRAT | RAKE),
    "clus1_linear": ("apiclus1", CLUS1 | {"calibrate": {"method": "linear", "totals": TOTALS}}),
    "clus1_linear_2": ("apiclus1", CLUS1 | {"calibrate": {"totals": ONE_TOTAL}}),
    "clus1_raking_distance": ("apiclus1", CLUS1 | {"calibrate": {"method": "raking", "totals": TOTALS}}),
    "clus1_logit": ("apiclus1", CLUS1 | {"calibrate": {"method": "logit", "totals": TOTALS, "bounds": [0.5, 2.5]}}),
    "clus1_linear_bounded": (
        "apiclus1",
        CLUS1 | {"calibrate": {"method": "linear", "totals": TOTALS, "bounds": {"lower": 0.7, "upper": 1.7}}},
    ),
    "strat_trim": ("apistrat", STRAT | {"trim": {"lower": 16, "upper": 40}}),
    "strat_trim_strict": ("apistrat", STRAT | {"trim": {"lower": 18, "upper": 36, "strict": True}}),
    "clus1_poststrata_trim": ("apiclus1", CLUS1 | POSTSTRATA | {"trim": {"upper": 40}}),
    "strat_JKn": ("apistrat", STRAT | {"replicates": {"type": "JKn"}}),
    "clus1_JK1": ("apiclus1", CLUS1 | {"replicates": {"type": "JK1"}}),
    "clus2_JK1": ("apiclus2", CLUS2 | {"replicates": "JK1"}),
    "clus1_JK1_poststrata": ("apiclus1", CLUS1 | POSTSTRATA | {"replicates": {"type": "JK1"}}),
    "clus1_JK1_rake": ("apiclus1", CLUS1 | RAKE | {"replicates": {"type": "JK1"}}),
    "clus1_JK1_linear": ("apiclus1", CLUS1 | {"calibrate": {"totals": ONE_TOTAL}, "replicates": {"type": "JK1"}}),
    "strat_given": (
        "apistrat",
        {"weights": "pw", "replicates": GIVEN | {"rscales": [round(0.5 + 0.05 * r, 2) for r in range(20)]}},
    ),
    "strat_given_mse": ("apistrat", {"weights": "pw", "replicates": GIVEN | {"mse": True}}),
    **{
        f"lonely_{rule}": ("one_middle_school", STRAT | {"lonely_psu": rule})
        for rule in ("certainty", "remove", "adjust", "average")
    },
}
ANALYSES = [
    {"statistic": "mean", "variable": ["api00", "enroll"]},
    {"statistic": "total", "variable": ["api00", "enroll"]},
    {"statistic": "share", "variable": "stype"},
    {"statistic": "ratio", "variable": "api.stu", "denominator": "enroll"},
    {"statistic": "mean", "variable": "api00", "by": "sch.wide"},
    {"statistic": "total", "variable": "enroll", "by": ["stype", "sch.wide"]},
    {"statistic": "ratio", "variable": "api.stu", "denominator": "enroll", "by": ["sch.wide"]},
    {"statistic": "quantile", "variable": "api00", "q": [0.25, 0.5, 0.9]},
]


def golden() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    with GOLDEN.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            rows.setdefault(row["design"], []).append(row)
    return rows


@cache
def table(shared: Path, name: str) -> Columns:
    source = "apistrat" if name == "one_middle_school" else name
    columns = read_columns(shared / "reference" / "r_survey_api" / "data" / f"{source}.csv", Gathered())
    texts = {key: list(column.text) for key, column in columns.columns.items()}
    if name == "one_middle_school":
        stype = texts["stype"]
        kept = [i for i, s in enumerate(stype) if s != "M"] + [stype.index("M")]
        texts = {key: [values[i] for i in kept] for key, values in texts.items()}
    if name == "apistrat":
        weights, number = np.array(texts["pw"], dtype=float), np.arange(1, len(texts["pw"]) + 1)
        for r in range(1, 21):
            texts[f"rw{r:02d}"] = list(weights * np.where((number * 7 + r * 3) % 20 < 2, 0, 20 / 18))
    return columns_of(texts, name)


def estimates(columns: Columns, design: Mapping[str, Any], asked: list[dict[str, Any]]) -> list[Estimate]:
    gathered = Gathered()
    document = design_document(design, "design.yaml", gathered)
    built = build_design(document, columns, gathered)
    found = estimate(built.design, columns, analyses(asked, "analysis.yaml", gathered), gathered)
    gathered.refuse_errors()
    return found


@pytest.mark.shared
@pytest.mark.parametrize("name", list(DESIGNS))
def test_r_survey_4_1_1(shared: Path, name: str) -> None:
    data, design = DESIGNS[name]
    made = {
        (row.statistic, row.variable, row.level, row.domain): row
        for row in estimates(table(shared, data), design, ANALYSES)
    }
    expected = golden()[name]
    assert len(made) == len(expected)
    for row in expected:
        ours = made[row["statistic"], row["variable"], row["level"], row["domain"]]
        say = f"{name}: {row['call']} {row['level']} {row['domain']}"
        assert ours.estimate == pytest.approx(float(row["estimate"]), rel=1e-8), say
        if row["se"] in {"NaN", "NA"}:
            assert math.isnan(ours.se), say
        else:
            # Totals fixed by the calibration have no error; R leaves rounding noise there.
            scale = abs(ours.estimate)
            assert ours.se == pytest.approx(float(row["se"]), rel=1e-6, abs=1e-9 * scale), say
        if row["deff"] and float(row["deff"]) > 1e-9:
            assert ours.deff == pytest.approx(float(row["deff"]), rel=1e-6), say
        if row["statistic"] != "quantile":
            assert ours.df == int(row["df"]), say


@pytest.mark.shared
@pytest.mark.parametrize("design", ["srs", "strat", "clus1"])
def test_every_table_of_the_reference_folder(shared: Path, design: str) -> None:
    declared = {"srs": {"weights": "pw", "fpc": "fpc"}, "strat": STRAT, "clus1": CLUS1}[design]
    columns = table(shared, {"srs": "apisrs", "strat": "apistrat", "clus1": "apiclus1"}[design])
    checked = 0
    with (shared / "reference" / "r_survey_api" / "estimates.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["design"] != design:
                continue
            ours = _counterpart(columns, declared, row)
            say = f"{row['statistic']} {row['domain']} {row['term']}"
            assert ours.estimate == pytest.approx(float(row["estimate"]), rel=1e-9), say
            assert ours.se == pytest.approx(float(row["se"]), rel=1e-6, abs=1e-12), say
            if row["deff"] and float(row["se"]) > 1e-9:
                assert ours.deff == pytest.approx(float(row["deff"]), rel=1e-6), say
            if row["ci_low_t"]:
                assert ours.ci_low == pytest.approx(float(row["ci_low_t"]), rel=1e-6, abs=1e-9), say
                assert ours.ci_high == pytest.approx(float(row["ci_high_t"]), rel=1e-6, abs=1e-9), say
            assert ours.df == int(row["degf"]), say
            checked += 1
    assert checked == 39


@pytest.mark.shared
def test_quantiles_of_small_domains_and_shares_of_r_survey(shared: Path) -> None:
    """svyby(~api00, ~stype, clus1, svyquantile, quantiles = .5); svyciprop(~I(sch.wide == "Yes"), method = "xlogit")."""
    asked = [
        {"statistic": "quantile", "variable": "api00", "q": 0.5, "by": "stype"},
        {"statistic": "share", "variable": "sch.wide"},
    ]
    found = {(row.domain, row.level): row for row in estimates(table(shared, "apiclus1"), CLUS1, asked)}
    for stype, median, error in (("E", 652, 36.3672529485), ("H", 608, 52.0167210148), ("M", 642, 43.6168320172)):
        assert found[stype, "0.5"].estimate == median
        assert found[stype, "0.5"].se == pytest.approx(error, rel=1e-9)
    yes = found["", "Yes"]
    assert (yes.ci_low, yes.ci_high) == pytest.approx((0.823798892383, 0.911900077024), rel=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("steps", "df"),
    [
        (RAKE, 196),
        (POSTSTRATA, 197),
        ({"calibrate": {"totals": TOTALS}}, 196),
        ({"calibrate": {"totals": TOTALS, "bounds": [0.8, 1.2]}}, 197),
        ({"calibrate": {"method": "logit", "totals": TOTALS, "bounds": [0.5, 2.5]}}, 197),
        ({"calibrate": {"method": "raking", "totals": TOTALS}}, 197),
        (POSTSTRATA | {"calibrate": {"method": "logit", "totals": TOTALS, "bounds": [0.5, 2.5]}}, 197),
    ],
)
def test_degrees_of_freedom_of_calibrated_jackknives_are_those_of_r_survey(
    shared: Path, steps: Mapping[str, Any], df: int
) -> None:
    """degf(calibrate(as.svrepdesign(dstrat, "JKn"), …)): only unbounded linear calibration counts anew there."""
    asked = [{"statistic": "mean", "variable": "api00"}]
    (row,) = estimates(table(shared, "apistrat"), STRAT | {"replicates": {"type": "JKn"}} | steps, asked)
    assert row.df == df


def _counterpart(columns: Columns, declared: Mapping[str, Any], row: Mapping[str, str]) -> Estimate:
    statistic, term = row["statistic"], row["term"]
    by = ["stype", "sch.wide"] if "x_schwide" in statistic else ["stype"] if "stype" in statistic else []
    domain, level = term if statistic.startswith("svyby") else "", ""
    asked: dict[str, Any] = {"statistic": "mean", "variable": term, "by": by, "interval": "t"}
    if statistic.startswith("domain_mean"):
        domain = statistic[-1]
    elif statistic.startswith(("svyby_ratio", "ratio")):
        asked |= {"statistic": "ratio", "variable": "api.stu", "denominator": "enroll"}
    elif statistic.startswith("svyby"):
        asked |= {"statistic": statistic.split("_")[1], "variable": statistic.split("_")[2]}
    elif statistic == "proportion":
        variable = "stype" if term.startswith("stype") else "sch.wide"
        level = term.removeprefix(variable)
        asked |= {"statistic": "share", "variable": variable}
    elif statistic == "quantile":
        variable, level = term.split("_")
        asked |= {"statistic": "quantile", "variable": variable, "q": float(level)}
    elif statistic == "mean_deff_replace":
        asked["deff"] = "replace"
    else:
        asked["statistic"] = statistic
    found = estimates(columns, declared, [asked])
    return next(one for one in found if one.domain == domain and one.level == level)
