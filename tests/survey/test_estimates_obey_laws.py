"""Laws: scaled weights, permuted rows and renamed strata change nothing; domains add up; index rules; cells hidden."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.findings import Gathered
from thangdo.survey.design_building import build_design
from thangdo.survey.design_document import design_document
from thangdo.survey.disclosure import hidden_cells
from thangdo.survey.estimation import Estimate, estimate
from thangdo.survey.estimation_analysis import analyses
from thangdo.survey.estimation_columns import columns_of
from thangdo.survey.estimation_intervals import logit_interval, wilson_interval
from thangdo.survey.index_rules import RULES, cronbach_alpha, factors_averaged, items_pooled, one_factor_loadings
from thangdo.survey.raking import raking
from thangdo.survey.trimming import trim

ASKED = [
    {"statistic": "mean", "variable": "y", "by": "g"},
    {"statistic": "total", "variable": "y"},
    {"statistic": "ratio", "variable": "y", "denominator": "z"},
    {"statistic": "share", "variable": "g"},
]
DESIGN = {"weights": "w", "strata": "s", "clusters": "c"}


def table(seed: int) -> dict[str, list[Any]]:
    stream = np.random.default_rng(seed)
    cluster = stream.permutation(np.repeat(np.arange(12), 5))
    return {
        "c": list(cluster),
        "s": [f"t{c % 3}" for c in cluster],
        "w": list(stream.uniform(1, 9, 60)),
        "y": [None if stream.random() < 0.1 else float(stream.normal(50, 9)) for _ in range(60)],
        "z": list(stream.uniform(1, 2, 60)),
        "g": list(stream.choice(["m", "f", "x"], 60)),
    }


def estimates(data: dict[str, list[Any]], **more: Any) -> dict[tuple[str, str, str], Estimate]:
    gathered = Gathered()
    columns = columns_of(data)
    design = build_design(design_document({**DESIGN, **more}, "", gathered), columns, gathered).design
    rows = estimate(design, columns, analyses(ASKED, "", gathered), gathered)
    gathered.refuse_errors()
    return {(row.statistic, row.level, row.domain): row for row in rows}


@given(st.integers(0, 999), st.floats(0.001, 1000))
@settings(max_examples=15, deadline=None)
def test_scaled_weights_change_means_ratios_and_shares_by_nothing(seed: int, factor: float) -> None:
    data = table(seed)
    plain, scaled = estimates(data), estimates({**data, "w": [w * factor for w in data["w"]]})
    for key, row in plain.items():
        times = factor if key[0] == "total" else 1.0
        assert scaled[key].estimate == pytest.approx(row.estimate * times, rel=1e-9)
        assert scaled[key].se == pytest.approx(row.se * times, rel=1e-7)


@given(st.integers(0, 999))
@settings(max_examples=15, deadline=None)
def test_row_order_and_names_of_strata_do_not_matter(seed: int) -> None:
    data = table(seed)
    order = np.random.default_rng(seed + 1).permutation(60)
    moved = {name: [values[i] for i in order] for name, values in data.items()}
    moved["s"] = [{"t0": "zz", "t1": "aa", "t2": "mm"}[s] for s in moved["s"]]
    moved["c"] = [f"cụm {c}" for c in moved["c"]]
    plain, other = estimates(data), estimates(moved)
    assert plain.keys() == other.keys()
    for key, row in plain.items():
        assert other[key].estimate == pytest.approx(row.estimate, rel=1e-9)
        assert other[key].se == pytest.approx(row.se, rel=1e-7)


@given(st.integers(0, 999))
@settings(max_examples=15, deadline=None)
def test_domains_add_up_to_the_total(seed: int) -> None:
    data = table(seed)
    gathered = Gathered()
    columns = columns_of(data)
    design = build_design(design_document(DESIGN, "", gathered), columns, gathered).design
    asked = analyses([{"statistic": "total", "variable": "y", "by": by} for by in ([], ["g"])], "", gathered)
    whole, *parts = estimate(design, columns, asked, gathered)
    assert sum(part.estimate for part in parts) == pytest.approx(whole.estimate)
    assert sum(part.n for part in parts) == whole.n
    assert sum(part.missing for part in parts) == whole.missing


@given(st.integers(0, 999))
@settings(max_examples=15, deadline=None)
def test_raking_hits_every_margin(seed: int) -> None:
    stream = np.random.default_rng(seed)
    margins = [stream.integers(0, size, 400) for size in (2, 3, 5)]
    target = stream.uniform(1, 5, 400)
    totals = [np.bincount(codes, target) for codes in margins]
    made = raking(stream.uniform(1, 9, 400), margins, totals)
    assert made.converged
    for codes, total in zip(margins, totals, strict=True):
        assert np.bincount(codes, made.weights) == pytest.approx(total, rel=1e-8)


@given(st.lists(st.floats(1, 100), min_size=5, max_size=40))
@settings(max_examples=30, deadline=None)
def test_trimming_keeps_the_sum_and_the_bounds(weights: list[float]) -> None:
    given_weights = np.array(weights)
    upper = float(np.mean(weights)) * 1.5
    trimmed, _ = trim(given_weights, -math.inf, upper, strict=True)
    assert trimmed.sum() == pytest.approx(given_weights.sum())
    assert (trimmed <= upper * (1 + 1e-9)).all()


def test_post_stratified_totals_have_no_error() -> None:
    totals = {"poststrata": {"by": "g", "totals": {"m": 100, "f": 80, "x": 20}}}
    rows = estimates(table(4), **totals)
    for label, share in (("m", 0.5), ("f", 0.4), ("x", 0.1)):
        assert rows["share", label, ""].estimate == pytest.approx(share)
        assert rows["share", label, ""].se == pytest.approx(0, abs=1e-12)


def test_intervals_of_shares_stay_within_0_and_1() -> None:
    low, high = logit_interval(0.99, 0.02, 50, 10, 0.95)
    assert 0 < low < 0.99 < high < 1
    assert logit_interval(1.0, 0.0, 20, 10, 0.95) == wilson_interval(1, 20, 10, 0.95)
    # Wilson 1927 with z: 0 of 10 gives 0 to 0.2775.
    assert wilson_interval(0, 10, math.inf, 0.95) == pytest.approx((0, 0.277533), abs=1e-6)


def test_index_rules_on_a_row_a_clerk_can_check() -> None:
    answers = np.array([[5.0, 4.0, 3.0, 1.0, np.nan]])
    assert RULES["satisfied_share"].function(answers, 5)[0, :4].tolist() == [1, 1, 0, 0]
    assert RULES["mean_rescaled"].function(answers, 5)[0, :4].tolist() == [1, 0.8, 0.6, 0.2]
    assert RULES["scale_100_75_50_25_0"].function(answers, 5)[0, :4].tolist() == [100, 75, 50, 0]
    letters = np.array([[4.0, 3.0, 2.0, 1.0, np.nan]])
    assert RULES["scale_100_60_20_0"].function(letters, 4)[0, :4].tolist() == [100, 60, 20, 0]
    pooled, count = items_pooled(RULES["satisfied_share"].function(answers, 5))
    assert (pooled[0], count[0]) == (2, 4)
    # Factors (5, 4) and (3, 1, –): the mean of 1 and 0, not 2 of 4 by chance: (1 + 0) / 2.
    averaged = factors_averaged(RULES["satisfied_share"].function(answers, 5), np.array([0, 0, 1, 1, 1]))
    assert averaged[0] == 0.5
    assert all(rule.source_vi and rule.source_en for rule in RULES.values())


def test_reliability_of_parallel_items() -> None:
    """k parallel items with correlation r: alpha = k r / (1 + (k − 1) r), loadings √r (Spearman–Brown)."""
    stream = np.random.default_rng(9)
    common = stream.normal(size=(200_000, 1))
    items = math.sqrt(0.5) * common + math.sqrt(0.5) * stream.normal(size=(200_000, 4))
    weights = np.ones(200_000)
    assert cronbach_alpha(items, weights) == pytest.approx(4 * 0.5 / 2.5, abs=0.005)
    assert one_factor_loadings(items, weights) == pytest.approx(np.full(4, math.sqrt(0.5)), abs=0.01)


def test_no_hidden_cell_can_be_had_by_subtraction() -> None:
    assert hidden_cells([50, 4, 12, 30], 10) == {1, 2}
    assert hidden_cells([50, 4, 5, 30], 10) == {1, 2, 3}
    assert hidden_cells([50, 8, 9, 30], 10) == {1, 2}
    assert hidden_cells([50, 30], 10) == set()
