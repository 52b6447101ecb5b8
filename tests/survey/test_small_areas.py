"""Fay–Herriot: the textbook limits, R's sae on no area effects, and the bias of its MSE over seeded draws."""

from __future__ import annotations

import numpy as np
import pytest

from thangdo.findings import Refused
from thangdo.survey.small_areas import fay_herriot, smoothed_share_variances

AREAS = 50


def draw(stream: np.random.Generator, variances: np.ndarray, covariates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    truth = covariates @ np.array([0.7, 0.1]) + stream.normal(0, 0.05, variances.size)
    return truth, truth + stream.normal(0, np.sqrt(variances))


def a_frame() -> tuple[np.ndarray, np.ndarray]:
    stream = np.random.default_rng(3)
    covariates = np.column_stack([np.ones(AREAS), stream.normal(size=AREAS)])
    return np.linspace(0.001, 0.006, AREAS), covariates


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_mean_relative_bias_of_the_mse_is_within_its_band(method: str) -> None:
    """500 draws, a tenth of the benchmark's; the wider band is 15 % instead of 10 %."""
    variances, covariates = a_frame()
    stream = np.random.default_rng(20230915)
    errors, claimed = np.zeros(AREAS), np.zeros(AREAS)
    for _ in range(500):
        truth, direct = draw(stream, variances, covariates)
        made = fay_herriot(direct, variances, covariates, method)
        errors += (made.estimates - truth) ** 2 / 500
        claimed += made.mse / 500
    assert abs(float((claimed / errors - 1).mean())) < 0.15


def test_exact_direct_estimates_are_kept_and_areas_without_one_are_synthetic() -> None:
    variances, covariates = a_frame()
    _, direct = draw(np.random.default_rng(1), variances, covariates)
    variances[0], direct[1] = 1e-12, np.nan
    made = fay_herriot(direct, variances, covariates)
    assert made.estimates[0] == pytest.approx(direct[0], abs=1e-6)
    assert made.estimates[1] == pytest.approx(made.synthetic[1])
    assert made.shrinkage[1] == 0
    assert made.mse[1] >= made.model_variance


def test_without_area_effects_all_is_regression() -> None:
    variances, covariates = a_frame()
    made = fay_herriot(covariates @ np.array([0.7, 0.1]), variances, covariates)
    assert made.model_variance == 0
    assert made.estimates == pytest.approx(made.synthetic)


def test_shares_of_0_and_1_get_a_variance() -> None:
    smoothed = smoothed_share_variances(np.array([0.0, 1.0, 0.5, 0.0]), np.array([4.0, 2.0, 10.0, 0.0]), 1.5)
    assert (smoothed[:3] > 0).all()
    assert np.isnan(smoothed[3])
    assert smoothed[1] == pytest.approx(2 * smoothed[0])


def test_too_few_areas_are_a_finding() -> None:
    with pytest.raises(Refused) as refused:
        fay_herriot(np.array([0.5, 0.6, np.nan]), np.full(3, 0.01), np.ones((3, 1)))
    assert refused.value.findings[0].code == "SUR321"
