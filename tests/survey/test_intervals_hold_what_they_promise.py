"""Coverage over 500 seeded draws, a tenth of the benchmark's; bands widened by two simulation errors (0.02)."""

from __future__ import annotations

import pytest

from benchmarks.survey_coverage import coverage


@pytest.mark.parametrize(("psus", "low", "high"), [(30, 0.93, 0.965), (100, 0.94, 0.96)])
def test_coverage_of_95_percent_intervals(psus: int, low: float, high: float) -> None:
    found = coverage(psus, 500)
    for name in ("share", "mean", "calibrated"):
        assert low - 0.02 <= found[name] <= high + 0.02, (name, found)
    assert 0.92 - 0.02 <= found["small_domain"] <= 0.97 + 0.02, found
