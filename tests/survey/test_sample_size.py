"""Sample sizes and allocations against numbers worked in print or by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.survey import SurveyFailure
from thangdo.survey.allocation import ALLOCATIONS, Strata, allocate
from thangdo.survey.sample_size import (
    cochran,
    deff_of_clusters,
    deff_of_weights,
    for_change,
    margin_of,
    with_design,
    yamane,
)
from thangdo.survey.sample_size_designs import design_table


@pytest.mark.parametrize(("population", "n"), [(500, 223), (1_000, 286), (10_000, 385), (100_000, 399), (10**9, 400)])
def test_yamane_at_five_percent(population: int, n: int) -> None:
    # N / (1 + 0.0025 N) by hand: 222.2, 285.7, 384.6, 398.4, 399.99…, rounded up.
    assert yamane(population, 0.05) == n


def test_cochran_without_and_with_a_finite_population() -> None:
    # 1.96² · 0.25 / 0.05² = 384.1; with N = 2000: 384.1 / (1 + 383.1 / 2000) = 322.4.
    assert cochran(0.05) == 385
    assert cochran(0.05, population=2000) == 323
    assert cochran(0.05, population=10) == 10


def test_change_of_ten_points_with_eighty_percent_power() -> None:
    # (1.95996 + 0.84162)² (0.25 + 0.24) / 0.1² = 384.6.
    assert for_change(0.1, share=0.5) == 385
    assert for_change(0.1, share=0.5, correlation=0.5) < 200


def test_design_effects_of_kish() -> None:
    assert deff_of_clusters(11, 0.05) == pytest.approx(1.5)
    assert deff_of_weights(0.5) == pytest.approx(1.25)


def test_a_design_effect_multiplies_and_the_response_rate_divides() -> None:
    size = with_design(385, deff=1.5, response_rate=0.8)
    assert (size.answers, size.asked) == (578, 723)
    assert size.margin == pytest.approx(0.05, abs=5e-4)


@settings(deadline=None, max_examples=80)
@given(st.integers(30, 10**7), st.floats(0.01, 0.2), st.floats(0.1, 0.9))
def test_the_margin_of_cochrans_size_is_the_margin_asked_for(population: int, margin: float, share: float) -> None:
    n = cochran(margin, share=share, population=population)
    assert margin_of(n, share=share, population=population) <= margin * (1 + 1e-9)
    if n > 1:
        assert margin_of(n - 1, share=share, population=population) > margin * (1 - 1e-9)


@pytest.mark.parametrize("given_name", ["margin", "share"])
def test_shares_outside_0_and_1_are_refused(given_name: str) -> None:
    with pytest.raises(SurveyFailure, match="SUR016"):
        cochran(**{"margin": 0.05, "share": 0.5, given_name: 1.2})


STRATA = Strata(("a", "b", "c"), (1000, 4000, 5000), spread=(30.0, 10.0, 2.0))


@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        ("equal", (33, 33, 34)),
        ("proportional", (10, 40, 50)),
        # N_h S_h = 30000, 40000, 10000 : shares 3/8, 4/8, 1/8.
        ("neyman", (38, 50, 12)),
        # CV_h · √N_h with means 1: 30 · 31.6, 10 · 63.2, 2 · 70.7.
        ("power", (55, 37, 8)),
    ],
)
def test_allocations_by_hand(rule: str, counts: tuple[int, ...]) -> None:
    found = allocate(STRATA, 100, rule)
    assert sum(found) == 100
    assert all(abs(one - other) <= 1 for one, other in zip(found, counts, strict=True))


@settings(deadline=None, max_examples=120)
@given(
    st.lists(st.tuples(st.integers(1, 5000), st.floats(0.01, 50)), min_size=1, max_size=12),
    st.sampled_from([row.code for row in ALLOCATIONS]),
    st.data(),
)
def test_every_allocation_adds_up_within_its_bounds(
    strata: list[tuple[int, float]], rule: str, data: st.DataObject
) -> None:
    given_strata = Strata(
        tuple(str(number) for number in range(len(strata))),
        tuple(population for population, _ in strata),
        tuple(spread for _, spread in strata),
    )
    least = sum(min(2, population) for population in given_strata.population)
    total = data.draw(st.integers(least, sum(given_strata.population)))
    counts = allocate(given_strata, total, rule)
    assert sum(counts) == total
    assert all(min(2, most) <= count <= most for count, most in zip(counts, given_strata.population, strict=True))


def test_neyman_has_the_least_variance_of_all_rules() -> None:
    def variance(counts: tuple[int, ...]) -> float:
        return sum(
            size**2 * spread**2 * (1 / n - 1 / size)
            for size, spread, n in zip(STRATA.population, STRATA.spread, counts, strict=True)
        )

    found = {row.code: variance(allocate(STRATA, 400, row.code)) for row in ALLOCATIONS}
    assert min(found, key=found.__getitem__) == "neyman"


def test_unknown_rule_and_impossible_totals_are_refused() -> None:
    with pytest.raises(SurveyFailure, match="SUR015"):
        allocate(STRATA, 100, "guess")
    with pytest.raises(SurveyFailure, match="SUR007"):
        allocate(STRATA, 10_001, "equal")
    with pytest.raises(SurveyFailure, match="SUR018"):
        allocate(STRATA, 5, "equal")


def test_the_design_table_gives_every_stratum_its_margin_and_its_own_design() -> None:
    rows = design_table(STRATA, 300, margin=0.05, deff=1.5, response_rate=0.8)
    by = {(row.design, row.stratum): row for row in rows}
    assert {row.design for row in rows} == {"equal", "proportional", "neyman", "power", "per_stratum"}
    assert by["proportional", ""].n == 300
    assert by["proportional", ""].deff == pytest.approx(1.5, abs=0.01)
    assert by["equal", ""].deff > by["proportional", ""].deff
    assert by["per_stratum", "b"].margin <= 0.0501
    whole = by["equal", ""]
    parts = [by["equal", label] for label in STRATA.labels]
    assert whole.margin == pytest.approx(math.sqrt(sum((p.population / 10_000 * p.margin) ** 2 for p in parts)))
