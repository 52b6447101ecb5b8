"""Small areas from direct estimates: each with its Fay–Herriot estimate, marked as such, and √MSE for an error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from thangdo.survey.estimation import Estimate
from thangdo.survey.estimation_intervals import t_interval
from thangdo.survey.small_areas import fay_herriot, smoothed_share_variances

Floats = npt.NDArray[np.float64]

# What is added to the statistic's name: an estimate of a model is never printed as if it were a direct one.
MARK = "_fay_herriot"
_SURE = 1e-9


def is_modelled(statistic: str) -> bool:
    """Whether rows of this name are estimates of a model."""
    return statistic.endswith(MARK)


def area_estimates(
    direct: Sequence[Estimate], covariates: Mapping[str, Sequence[float]] | None = None, method: str = "reml",
    level: float = 0.95,
) -> list[Estimate]:  # fmt: skip
    """Fay–Herriot rows for direct estimates whose domains are areas, category by category.

    `covariates` maps an area to its numbers; areas that only they name are synthetic (n = 0). Without them
    the model knows a mean. The error is the root of the MSE; intervals take the normal's point and shares
    stay within 0 and 1. Raises `findings.Refused` (SUR321) with fewer areas than coefficients + 2.
    """
    found: list[Estimate] = []
    for category in dict.fromkeys((row.statistic, row.variable, row.level) for row in direct):
        rows = {row.domain: row for row in direct if (row.statistic, row.variable, row.level) == category}
        found += _modelled(category, rows, covariates, method, level)
    return found


def _modelled(
    category: tuple[str, str, str], rows: Mapping[str, Estimate], covariates: Mapping[str, Sequence[float]] | None,
    method: str, level: float,
) -> list[Estimate]:  # fmt: skip
    areas = list(dict.fromkeys((*rows, *(covariates or ()))))
    statistic, variable, name = category
    gone = math.nan
    nobody = Estimate(statistic, variable, name, "", gone, gone, gone, gone, gone, 0, 0, 0)
    made = [rows.get(area, replace(nobody, domain=area)) for area in areas]
    ones = np.ones((len(areas), 1))
    matrix = ones if covariates is None else np.column_stack([ones, [covariates[area] for area in areas]])
    is_share = statistic == "share"
    values, n = np.array([row.estimate for row in made]), np.array([float(row.n) for row in made])
    fitted = fay_herriot(values, _variances(made, values, n, is_share=is_share), matrix, method)
    found = []
    for row, value, mse in zip(made, fitted.estimates.tolist(), fitted.mse.tolist(), strict=True):
        error = math.sqrt(mse)
        low, high = t_interval(value, error, math.inf, level)
        if is_share:
            value, low, high = (min(max(end, 0.0), 1.0) for end in (value, low, high))
        found.append(
            replace(
                row, statistic=statistic + MARK, estimate=value, se=error, ci_low=low, ci_high=high, deff=math.nan, df=0
            )
        )
    return found


def _variances(rows: Sequence[Estimate], values: Floats, n: Floats, *, is_share: bool) -> Floats:
    """Direct variances; pooled ones where a direct one says nothing: a share of 0 or 1, one PSU, one answer."""
    errors, df = np.array([row.se for row in rows]), np.array([row.df for row in rows])
    sure = is_share & ((values < _SURE) | (values > 1 - _SURE))
    usable = (n > 1) & (errors > _SURE) & (df > 0) & ~sure
    if is_share:
        simple = np.where(usable, values * (1 - values) / np.maximum(n, 1), 1.0)
        deff = float(np.median((errors**2 / simple)[usable])) if usable.any() else 1.0
        pooled = smoothed_share_variances(np.nan_to_num(values), n, max(deff, _SURE))
    else:
        each = float(np.median((errors**2 * n)[usable])) if usable.any() else math.nan
        pooled = np.where(n > 0, each / np.maximum(n, 1), math.nan)
    return np.where(usable, errors**2, pooled)
