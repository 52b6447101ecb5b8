"""Differences between years and between domains of one survey: their errors and tests."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from thangdo.survey.design import Design, make_stage
from thangdo.survey.estimation_changes import difference, domain_difference, holm
from thangdo.survey.estimation_indicators import estimate_indicators


def survey(seed: int) -> tuple[Design, np.ndarray, np.ndarray]:
    """Clusters of ten people in four strata; both domains share clusters, which move together."""
    stream = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(24), 10)
    y = stream.normal(50, 5, 240) + stream.normal(0, 4, 24)[cluster]
    stage = make_stage(cluster % 4, cluster, np.full(240, 40.0), None)
    return Design(stream.uniform(1, 4, 240), (stage,)), y, stream.integers(0, 2, 240)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_difference_of_domains_counts_their_covariance(seed: int) -> None:
    """Var(a − b) = Var a + Var b − 2 Cov(a, b), all three from the same linearisation; t on PSUs − strata."""
    design, y, domain = survey(seed)
    rows = {name: np.flatnonzero(domain == code) for code, name in enumerate("ab")}
    found = estimate_indicators(design, rows, {"y": (y, np.ones(240))})
    covariance = found.covariance.toarray()
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    gap, se, p = domain_difference(design, y, rows["a"], rows["b"])
    assert gap == pytest.approx(found.estimates[0] - found.estimates[1])
    assert se == pytest.approx(math.sqrt(variance), rel=1e-9)
    assert se < math.hypot(*found.errors)  # shared clusters: the covariance is positive
    assert p == pytest.approx(2 * stats.t.sf(abs(gap) / se, 20))


def test_a_domain_against_itself_differs_by_nothing() -> None:
    design, _, domain = survey(4)
    same = np.ones(240)
    assert domain_difference(design, same, np.flatnonzero(domain == 0), np.flatnonzero(domain == 1)) == (0.0, 0.0, 1.0)


def test_a_difference_of_years_adds_the_variances() -> None:
    gap, low, high, p = difference(0.80, 0.03, 0.70, 0.04, 30, 0.95)
    assert gap == pytest.approx(0.10)
    assert (high - low) / 2 == pytest.approx(2.042272 * 0.05, rel=1e-6)  # t(0.975, 30) of any table
    assert p == pytest.approx(2 * stats.t.sf(2.0, 30))
    assert difference(0.5, 0, 0.5, 0, 9, 0.95) == (0, 0, 0, 1.0)


def test_holm_on_the_example_of_a_textbook() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
