"""Small areas: the Fay–Herriot estimator with its mean squared error.

Fay and Herriot (1979), JASA 74, 269–277; variance of the area effects by REML (or ML); mean squared error
after Prasad and Rao (1990), JASA 85, 163–171, and Datta and Lahiri (2000), Statistica Sinica 10, 613–627.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from thangdo.findings import Finding, Refused

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AreaEstimates:
    """Per area: the estimate, its MSE, the share `shrinkage` of the direct estimate in it, what a regression
    alone says. `model_variance` is σ² of the area effects; areas without a direct estimate are synthetic."""

    estimates: Floats
    mse: Floats
    shrinkage: Floats
    synthetic: Floats
    coefficients: Floats
    model_variance: float
    iterations: int


def smoothed_share_variances(shares: Floats, n: Floats, deff: float) -> Floats:
    """Sampling variances of area shares from the pooled share: p̄(1 − p̄)·deff/n.

    A share of 0 or 1 has a direct variance of 0, which no model can use; pooled over areas it has not
    (Liu, Lahiri and Kalton 2014, Survey Methodology 40, 1–13). NaN where nobody was asked.
    """
    known = n > 0
    pooled = float(np.average(shares[known], weights=n[known]))
    spread = max(pooled * (1 - pooled), 1e-6)
    return np.where(known, spread * deff / np.maximum(n, 1), np.nan)


def fay_herriot(direct: Floats, variances: Floats, covariates: Floats, method: str = "reml") -> AreaEstimates:
    """Fay–Herriot estimates of areas.

    `direct` and `variances` per area (NaN: nobody asked there), `covariates` areas by variables with the
    intercept's column of ones. Raises `findings.Refused` (SUR321) with fewer areas than covariates + 2.
    """
    known = np.isfinite(direct) & np.isfinite(variances) & (variances > 0)
    y, d, x = direct[known], variances[known], covariates[known]
    if y.size < x.shape[1] + 2:
        raise Refused([Finding("SUR321", found=str(y.size), expected=str(x.shape[1] + 2))])
    sigma2, iterations = _model_variance(y, d, x, method)
    total = sigma2 + d
    information = np.linalg.pinv((x / total[:, None]).T @ x)
    beta = information @ (x.T @ (y / total))
    fitted = covariates @ beta
    share = np.where(known, sigma2 / (sigma2 + np.where(known, variances, 1.0)), 0.0)
    estimates = fitted + share * (np.where(known, direct, fitted) - fitted)
    # g1: the area effect; g2: the coefficients; g3: the model variance, counted twice for REML.
    spread_beta = np.einsum("ij,jk,ik->i", covariates, information, covariates)
    variance_of_sigma2 = 2 / float((1 / total**2).sum())
    sampling = np.where(known, variances, np.inf)
    g1 = np.where(known, share * np.where(known, variances, 0.0), sigma2)
    g2 = (1 - share) ** 2 * spread_beta
    g3 = np.where(known, np.where(known, variances, 0.0) ** 2 / (sigma2 + sampling) ** 3, 0.0) * variance_of_sigma2
    mse = g1 + g2 + 2 * g3
    if method == "ml":
        # ML underestimates σ²; its bias is added back through the slope of g1.
        weighted = (x / total[:, None] ** 2).T @ x
        bias = -float(np.trace(information @ weighted)) / float((1 / total**2).sum())
        mse = mse - np.where(known, (1 - share) ** 2, 1.0) * bias
    return AreaEstimates(estimates, mse, share, fitted, beta, sigma2, iterations)


def _model_variance(y: Floats, d: Floats, x: Floats, method: str, tolerance: float = 1e-10) -> tuple[float, int]:
    """Fisher scoring; a negative step ends at 0."""
    sigma2 = float(max(np.var(y) - d.mean(), np.median(d) / 10))
    for iteration in range(1, 201):
        inverse = 1 / (sigma2 + d)
        scaled = x * inverse[:, None]
        information = np.linalg.pinv(x.T @ scaled)
        residual = inverse * (y - x @ (information @ (scaled.T @ y)))
        if method == "reml":
            projection = np.diag(inverse) - scaled @ information @ scaled.T
            score = -0.5 * float(np.trace(projection)) + 0.5 * float(residual @ residual)
            fisher = 0.5 * float((projection * projection).sum())
        else:
            score = -0.5 * float(inverse.sum()) + 0.5 * float(residual @ residual)
            fisher = 0.5 * float((inverse**2).sum())
        updated = max(sigma2 + score / fisher, 0.0)
        if abs(updated - sigma2) <= tolerance * max(float(d.mean()), updated):
            return updated, iteration
        sigma2 = updated
    return sigma2, 200
