"""The quick way over all domains and items equals the slow way, domain by domain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.survey.design import Design, make_stage
from thangdo.survey.estimation import means
from thangdo.survey.linearisation_domains import domain_means, goes_in_one_pass


def survey(seed: int, *, second_stage: bool, gaps: bool, lonely: str) -> tuple[Design, np.ndarray, np.ndarray]:
    stream = np.random.default_rng(seed)
    rows, psus, strata = 400, 30, 7
    cluster = stream.integers(0, psus, rows)
    values = stream.integers(1, 6, (rows, 3)).astype(float) + 100.0
    if gaps:
        values[stream.random(values.shape) < 0.1] = np.nan
    first = make_stage(cluster % strata, cluster, np.full(rows, 40.0) if second_stage else None, None)
    stages = (first,)
    if second_stage:
        nothing = np.zeros(rows, dtype=np.int64)
        stages = (first, make_stage(nothing, np.arange(rows), np.full(rows, 90.0), first))
    domains = stream.integers(-1, 5, rows)
    return Design(stream.uniform(2, 9, rows), stages, lonely), values, domains


@given(st.integers(0, 10_000), st.booleans(), st.booleans(), st.sampled_from(["remove", "adjust"]))
@settings(max_examples=25, deadline=None)
def test_quick_equals_slow(seed: int, second_stage: bool, gaps: bool, lonely: str) -> None:
    design, values, domains = survey(seed, second_stage=second_stage, gaps=gaps, lonely=lonely)
    quick = domain_means(design, values, domains, 5)
    for domain in range(5):
        for item in range(3):
            rows = np.flatnonzero((domains == domain) & ~np.isnan(values[:, item]))
            slow = means(design, rows, values[rows, item][:, None], "without_replacement")
            assert quick.estimates[domain, item] == pytest.approx(slow.estimates[0], rel=1e-12)
            assert quick.errors[domain, item] == pytest.approx(slow.errors[0], rel=1e-9)
            assert quick.deff[domain, item] == pytest.approx(slow.deff[0], rel=1e-9)
            assert quick.n[domain, item] == rows.size


def test_designs_that_need_the_slow_way_are_refused() -> None:
    design, values, domains = survey(1, second_stage=False, gaps=False, lonely="fail")
    three = Design(design.weights, (*design.stages, *design.stages, *design.stages))
    assert not goes_in_one_pass(three)
    with pytest.raises(ValueError, match="domain by domain"):
        domain_means(three, values, domains, 5)
