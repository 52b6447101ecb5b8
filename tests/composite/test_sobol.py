"""Sobol indices of functions whose indices are known in closed form, with intervals that hold them."""

import numpy as np
import pytest

from thangdo.composite.sobol import sobol_indices


def ishigami(u, a=7.0, b=0.1):
    x = (2.0 * u - 1.0) * np.pi
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


# Ishigami, Homma (1990); closed form in Saltelli and others, Sensitivity Analysis in Practice (2004), with a=7, b=0.1.
_V = 7.0**2 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
ISHIGAMI_FIRST = np.array([0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49.0 / 8, 0.0]) / _V
ISHIGAMI_TOTAL = ISHIGAMI_FIRST + np.array([1.0, 0.0, 1.0]) * 0.01 * np.pi**8 * (1 / 18 - 1 / 50) / _V


G_PARAMETERS = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def g_function(u):
    return np.prod((np.abs(4.0 * u - 2.0) + G_PARAMETERS) / (1.0 + G_PARAMETERS), axis=1)


# Sobol's G-function, closed form: V_i = 1 / (3 (1 + a_i)²).
_VI = 1.0 / (3.0 * (1.0 + G_PARAMETERS) ** 2)
_ALL = np.prod(1.0 + _VI) - 1.0
G_FIRST = _VI / _ALL
G_TOTAL = _VI * np.array([np.prod(1.0 + np.delete(_VI, i)) for i in range(5)]) / _ALL


@pytest.mark.parametrize("design", ["sobol", "random"])
def test_ishigami_1990(design):
    found = sobol_indices(ishigami, (1, 1, 1), points=1024, replicates=16, seed=3, design=design)
    close = 0.01 if design == "sobol" else 0.06
    assert np.allclose(found.first[0], ISHIGAMI_FIRST, atol=close)
    assert np.allclose(found.total[0], ISHIGAMI_TOTAL, atol=close)
    assert found.runs == 1024 * 5 * 16
    assert found.variance[0] == pytest.approx(_V, rel=0.02)


def test_g_function_sobol_1998():
    found = sobol_indices(g_function, (1,) * 5, points=1024, replicates=16, seed=4)
    assert np.allclose(found.first[0], G_FIRST, atol=0.01)
    assert np.allclose(found.total[0], G_TOTAL, atol=0.01)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """60 analyses of three small-sample indices: 95 % intervals hold them 95 % of the time, give or take."""
    inside = []
    for seed in range(60):
        found = sobol_indices(ishigami, (1, 1, 1), points=64, replicates=16, seed=seed)
        inside.append((found.first_low[0] <= ISHIGAMI_FIRST) & (found.first_high[0] >= ISHIGAMI_FIRST))
        inside.append((found.total_low[0] <= ISHIGAMI_TOTAL) & (found.total_high[0] >= ISHIGAMI_TOTAL))
    assert 0.90 <= np.mean(inside) <= 0.99


def test_a_vector_counts_as_one_factor():
    """Of two groups of a sum of four unequal terms, each has its share of the variance and no interaction."""
    found = sobol_indices(lambda u: u @ np.array([1.0, 2.0, 1.0, 2.0]), (1, 3), points=256, seed=1)
    assert np.allclose(found.first[0], [0.1, 0.9], atol=0.01)
    assert np.allclose(found.total[0], [0.1, 0.9], atol=0.01)


def test_a_large_mean_drowns_nothing():
    found = sobol_indices(lambda u: 1e6 + ishigami(u), (1, 1, 1), points=512, seed=1)
    assert np.allclose(found.first[0], ISHIGAMI_FIRST, atol=0.02)


def test_an_outcome_that_never_varies_has_no_indices():
    found = sobol_indices(lambda u: np.stack([u[:, 0], np.ones(len(u))], axis=1), (1, 1), points=64)
    assert np.allclose(found.total[0], [1.0, 0.0], atol=0.01)
    assert np.isnan(found.first[1]).all() and np.isnan(found.total_high[1]).all()


def test_the_design_is_checked():
    with pytest.raises(ValueError, match="power of two"):
        sobol_indices(ishigami, (1, 1, 1), points=1000)
    with pytest.raises(ValueError, match="replicates"):
        sobol_indices(ishigami, (1, 1, 1), replicates=15)
    with pytest.raises(ValueError, match="design"):
        sobol_indices(ishigami, (1, 1, 1), design="halton")  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_bits():
    first, again = (sobol_indices(ishigami, (1, 1, 1), points=64, seed=8) for _ in range(2))
    assert np.array_equal(first.total, again.total)
