"""Differences between years and between domains of one survey: their errors and tests."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from tests.survey.test_estimates_of_r_survey import CLUS1, DESIGNS, STRAT, table
from thangdo.findings import Gathered
from thangdo.survey.design import Design, make_stage
from thangdo.survey.design_building import build_design
from thangdo.survey.design_document import design_document
from thangdo.survey.estimation_analysis import Analysis, analyses
from thangdo.survey.estimation_changes import difference, holm
from thangdo.survey.estimation_columns import columns_of
from thangdo.survey.estimation_comparisons import Comparison, compare_domains
from thangdo.survey.estimation_indicators import estimate_indicators

DIFFERENCES = Path(__file__).with_name("golden_r_survey_4_1_1_differences.csv")
ASKED = [
    {"statistic": "mean", "variable": "api00", "by": "stype"},
    {"statistic": "total", "variable": "enroll", "by": "stype"},
    {"statistic": "ratio", "variable": "api.stu", "denominator": "enroll", "by": "sch.wide"},
    {"statistic": "share", "variable": "awards", "levels": ["Yes"], "by": "comp.imp"},
]


def golden(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def survey(seed: int) -> tuple[Design, np.ndarray, np.ndarray]:
    """Clusters of ten people in four strata; both domains share clusters, which move together."""
    stream = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(24), 10)
    y = stream.normal(50, 5, 240) + stream.normal(0, 4, 24)[cluster]
    stage = make_stage(cluster % 4, cluster, np.full(240, 40.0), None)
    return Design(stream.uniform(1, 4, 240), (stage,)), y, stream.integers(0, 2, 240)


def compared(design: Design, y: np.ndarray, domain: np.ndarray) -> Comparison:
    columns = columns_of({"y": y.tolist(), "part": [("a", "b")[code] for code in domain]})
    (found,) = compare_domains(design, columns, Analysis("mean", "y", by=("part",)), Gathered())
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_difference_of_domains_counts_their_covariance(seed: int) -> None:
    """Var(a − b) = Var a + Var b − 2 Cov(a, b), all three from the same linearisation; t on PSUs − strata."""
    design, y, domain = survey(seed)
    rows = {name: np.flatnonzero(domain == code) for code, name in enumerate("ab")}
    found = estimate_indicators(design, rows, {"y": (y, np.ones(240))})
    covariance = found.covariance.toarray()
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    row = compared(design, y, domain)
    gap = found.estimates[0] - found.estimates[1]
    assert row.difference == pytest.approx(gap)
    assert row.se == pytest.approx(math.sqrt(variance), rel=1e-9)
    assert row.se < math.hypot(*found.errors)  # shared clusters: the covariance is positive
    assert row.p == row.p_holm == pytest.approx(2 * stats.t.sf(abs(gap) / row.se, 20))


def test_domains_of_equal_answers_differ_by_nothing() -> None:
    design, _, domain = survey(4)
    row = compared(design, np.ones(240), domain)
    assert (row.difference, row.se, row.p) == (0.0, 0.0, 1.0)


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted({row["design"] for row in golden(DIFFERENCES)}))
def test_contrasts_of_domains_are_those_of_r_survey(shared: Path, name: str) -> None:
    """svycontrast on the covariance of all domains; each row of the golden file names its call."""
    data, declared = (DESIGNS | {"clus1": ("apiclus1", CLUS1), "strat": ("apistrat", STRAT)})[name]
    columns, gathered = table(shared, data), Gathered()
    design = build_design(design_document(declared, "design.yaml", gathered), columns, gathered).design
    made = {
        (row.statistic, row.variable, row.level, row.domain, row.against): row
        for asked in analyses(ASKED, "a.yaml", gathered)
        for row in compare_domains(design, columns, asked, gathered)
    }
    gathered.refuse_errors()
    expected = [row for row in golden(DIFFERENCES) if row["design"] == name]
    assert len(made) == len(expected) == 8
    for row in expected:
        ours = made[row["statistic"], row["variable"], row["level"], row["domain"], row["against"]]
        say = f"{row['call']} {row['domain']} {row['against']}"
        assert ours.difference == pytest.approx(float(row["difference"]), rel=1e-8), say
        assert ours.se == pytest.approx(float(row["se"]), rel=1e-6), say
        assert ours.df == int(row["df"]), say
        assert ours.p == pytest.approx(float(row["p"]), rel=1e-5), say


def test_a_difference_of_years_adds_the_variances() -> None:
    gap, low, high, p = difference(0.80, 0.03, 0.70, 0.04, 30, 0.95)
    assert gap == pytest.approx(0.10)
    assert (high - low) / 2 == pytest.approx(2.042272 * 0.05, rel=1e-6)  # t(0.975, 30) of any table
    assert p == pytest.approx(2 * stats.t.sf(2.0, 30))
    assert difference(0.5, 0, 0.5, 0, 9, 0.95) == (0, 0, 0, 1.0)


def test_holm_on_the_example_of_a_textbook() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
