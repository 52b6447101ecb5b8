"""Replicate weights: what each kind must equal by its formula, given columns with their scale, empty replicates."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from thangdo.findings import Gathered
from thangdo.survey.design import Design, make_stage, weights_degrees
from thangdo.survey.design_building import build_design
from thangdo.survey.design_document import design_document
from thangdo.survey.estimation import Estimate, estimate, totals
from thangdo.survey.estimation_analysis import analyses
from thangdo.survey.estimation_columns import columns_of
from thangdo.survey.replicates import rao_wu_bootstrap

DATA: dict[str, list[Any]] = {
    "w": [2.0, 2.0, 3.0, 3.0, 4.0, 4.0],
    "s": ["a", "a", "a", "b", "b", "b"],
    "y": [1.0, 4.0, 2.0, 8.0, 5.0, 6.0],
    "g": ["m", "f", "f", "f", "f", "f"],
}


def mean_of(design: dict[str, Any], by: str = "", **more: list[Any]) -> dict[str, Estimate]:
    gathered = Gathered()
    columns = columns_of({**DATA, **more})
    built = build_design(design_document(design, "d.yaml", gathered), columns, gathered).design
    asked = analyses([{"statistic": "mean", "variable": "y", "by": by}], "a.yaml", gathered)
    found = estimate(built, columns, asked, gathered)
    gathered.refuse_errors()
    return {row.domain: row for row in found}


def stratified(psus_of_stratum: tuple[int, ...], seed: int) -> tuple[Design, np.ndarray]:
    """One person a PSU, so a PSU's total is its person's."""
    stream = np.random.default_rng(seed)
    strata = np.repeat(np.arange(len(psus_of_stratum)), psus_of_stratum)
    rows = strata.size
    stage = make_stage(strata, np.arange(rows), None, None)
    return Design(stream.uniform(1, 5, rows), (stage,)), stream.normal(10, 3, rows)


def test_the_bootstrap_of_rao_and_wu_gives_the_with_replacement_variance_of_a_total() -> None:
    """Σ_h n_h/(n_h − 1) Σ (z − z̄)², z = w y: Rao and Wu (1988), (2.7) with n_h − 1 draws; 20,000 replicates ± 3 %."""
    design, y = stratified((2, 3, 7, 12), 5)
    made = rao_wu_bootstrap(design.stages[0], 20_000, seed=1)
    boot = Design(design.weights, design.stages, replicates=made)
    found = float(totals(boot, np.arange(y.size), y[:, None]).errors[0]) ** 2
    z, expected = design.weights * y, 0.0
    for stratum in range(4):
        part = z[design.stages[0].group == stratum]
        expected += part.size / (part.size - 1) * float(((part - part.mean()) ** 2).sum())
    assert found == pytest.approx(expected, rel=0.03)
    assert found == pytest.approx(float(totals(design, np.arange(y.size), y[:, None]).errors[0]) ** 2, rel=0.03)


def test_bootstrap_multipliers_keep_each_stratum_and_are_those_of_the_seed() -> None:
    design, _ = stratified((2, 3, 7), 1)
    one = rao_wu_bootstrap(design.stages[0], 50, seed=9).multipliers
    other = rao_wu_bootstrap(design.stages[0], 50, seed=9).multipliers
    assert one is not None
    assert np.array_equal(one, other)
    for stratum, size in enumerate((2, 3, 7)):
        inside = one[design.stages[0].group_of_cluster == stratum]
        # n − 1 draws of weight n/(n − 1): the multipliers of a stratum add up to its number of PSUs.
        assert inside.sum(axis=0) == pytest.approx(np.full(50, size))
        assert set(np.round(inside * (size - 1) / size, 9).ravel()) <= set(range(size))


def test_the_jackknifes_give_the_linear_variance_of_a_total_exactly() -> None:
    design, y = stratified((2, 3, 7), 3)
    data = {"w": list(design.weights), "y": list(y), "s": [f"t{g}" for g in design.stages[0].group]}
    for declared in ({"strata": "s"}, {}):
        kind = "JKn" if declared else "JK1"
        found = []
        for replicates in ({}, {"replicates": kind}):
            gathered, columns = Gathered(), columns_of(data)
            document = design_document({"weights": "w"} | declared | replicates, "", gathered)
            asked = analyses([{"statistic": "total", "variable": "y"}], "", gathered)
            found += estimate(build_design(document, columns, gathered).design, columns, asked, gathered)
        assert found[1].se == pytest.approx(found[0].se, rel=1e-12)
        assert found[1].df == found[0].df


def test_given_columns_with_their_scale() -> None:
    """Two replicates by hand: se² = scale Σ rscale (θ_r − θ̄)²; with mse around the estimate."""
    first, second = [0.0, 4.0, 3.0, 3.0, 4.0, 4.0], [4.0, 0.0, 3.0, 3.0, 4.0, 4.0]
    y, weights = np.array(DATA["y"]), np.array(DATA["w"])
    thetas = [float(np.average(y, weights=column)) for column in (first, second)]
    centre, whole = sum(thetas) / 2, float(np.average(y, weights=weights))
    given = {"columns": ["r1", "r2"], "scale": 0.5, "rscales": [1, 3]}
    for more, around in (({}, centre), ({"mse": True}, whole)):
        expected = math.sqrt(0.5 * (1 * (thetas[0] - around) ** 2 + 3 * (thetas[1] - around) ** 2))
        found = mean_of({"weights": "w", "replicates": given | more}, r1=first, r2=second)[""]
        assert found.se == pytest.approx(expected, rel=1e-12)
    # Not combined: the columns are factors on the weights.
    factors = {name: list(np.array(column) / weights) for name, column in (("r1", first), ("r2", second))}
    uncombined = mean_of({"weights": "w", "replicates": given | {"combined": False}}, **factors)[""]
    combined = mean_of({"weights": "w", "replicates": given}, r1=first, r2=second)[""]
    assert uncombined.se == pytest.approx(combined.se, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "scale"),
    [
        ({"type": "JK1"}, 1 / 2),
        ({"type": "BRR"}, 1 / 2),
        ({"type": "bootstrap"}, 1.0),
        ({"type": "Fay", "rho": 0.3}, 1 / (2 * 0.7**2)),
        ({"type": "ACS"}, 4 / 2),
        ({"type": "successive-difference"}, 4 / 2),
    ],
)
def test_a_named_kind_brings_its_scale(kind: dict[str, Any], scale: float) -> None:
    columns = {"r1": [1.0, 3.0, 3.0, 3.0, 4.0, 4.0], "r2": [3.0, 1.0, 3.0, 2.0, 5.0, 4.0]}
    named = mean_of({"weights": "w", "replicates": {"columns": "r*"} | kind}, **columns)[""]
    plain = mean_of({"weights": "w", "replicates": {"columns": "r*", "scale": scale}}, **columns)[""]
    assert named.se == pytest.approx(plain.se, rel=1e-12)


def test_a_replicate_without_anybody_of_the_domain_is_left_out() -> None:
    """As R discards it: the only man is left out by one jackknife replicate, the others all give his answer."""
    found = mean_of({"weights": "w", "strata": "s", "replicates": "JKn"}, by="g")
    assert found["m"].estimate == 1.0
    assert found["m"].se == 0.0
    assert found["f"].se > 0


def test_the_rank_of_replicate_weights_is_found_column_by_column() -> None:
    """A column within 1e-5 of those before it adds nothing; R's qr(…, tol = 1e-5)."""
    stream = np.random.default_rng(2)
    base = stream.uniform(1, 2, (40, 6))
    near = base @ stream.uniform(size=(6, 3)) * (1 + 1e-8 * stream.normal(size=(40, 3)))
    assert weights_degrees(base) == 5
    assert weights_degrees(np.column_stack([base, near])) == 5
    assert weights_degrees(stream.uniform(1, 2, (4, 9))) == 3
