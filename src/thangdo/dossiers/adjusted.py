"""Units compared fairly: on-time shares standardised for their procedures, with funnel limits and shrinkage.

A unit with slow procedures has more late dossiers than one with quick procedures at the same effort. Each unit's
late dossiers are compared with the number it would have if every procedure went as it goes in the whole city
(indirect standardisation). Funnel limits: D. J. Spiegelhalter, Funnel plots for comparing institutional
performance, Statistics in Medicine 24 (2005) 1185–1202. Shrinkage: the gamma prior of D. Clayton, J. Kaldor, Empirical
Bayes estimates of age-standardized relative risks, Biometrics 43 (1987) 671–681, with the moments of R. J. Marshall,
Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics 40 (1991) 283–294.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Two-sided funnel limits: name and the share of chance that lies within them.
LIMITS = (("95", 0.95), ("998", 0.998))


def adjusted_table(cells: pd.DataFrame) -> pd.DataFrame:
    """One row a unit, from `unit, procedure, n, in_time` (`indicators.cells.unit_procedures`).

    Shares are 0–1. `standardised_share` is what the city's share would be if every unit did as this one does with
    its own procedures, 0 where it would be below; `shrunk_share` draws it towards the city as far as the unit's size
    demands. `signal` is `worse` or `better` where the late dossiers lie outside the 99.8 % limits. Where no late
    dossier is expected (its procedures were never late anywhere) there is nothing to compare with: standardised share
    and limits are blank, and the shrunk share is the city's.
    """
    cells = cells.assign(late=cells["n"] - cells["in_time"])
    city = cells.groupby("procedure")[["n", "late"]].sum()
    rate = (city["late"] / city["n"]).reindex(cells["procedure"]).to_numpy()
    cells = cells.assign(expected=cells["n"].to_numpy() * rate)
    grouped = cells.groupby("unit", sort=True)
    # Exact sums, rounded once: what procedures are called decides no digit.
    units = grouped[["n", "late"]].sum().assign(expected=grouped["expected"].agg(math.fsum)).reset_index()
    overall = float(units["late"].sum() / max(units["n"].sum(), 1))
    expected = units["expected"].to_numpy(dtype=np.float64)
    late = units["late"].to_numpy(dtype=np.float64)
    table = pd.DataFrame(
        {
            "unit": units["unit"],
            "resolved": units["n"].astype("int64"),
            "late": units["late"].astype("int64"),
            "expected_late": expected,
            "on_time_share": (units["n"] - units["late"]) / units["n"],
            "standardised_share": np.maximum(1 - overall * late_ratios(late, expected), 0),
            "shrunk_share": np.maximum(1 - overall * shrunk_ratios(late, expected), 0),
        }
    )
    safe = np.maximum(expected, 1e-12)
    for name, inside in LIMITS:
        tail = (1 - inside) / 2
        low, high = _poisson_quantile(tail, safe), _poisson_quantile(1 - tail, safe)
        for side, count in (("low", high), ("high", low)):
            limit = np.clip(1 - overall * count / safe, 0, 1)
            table[f"funnel_{side}_{name}"] = np.where(expected > 0, limit, np.nan)
        if name == "998":
            table["signal"] = np.where(late > high, "worse", np.where(late < low, "better", ""))
    return table


def limit_curves(overall: float, widest: float, points: int = 160) -> pd.DataFrame:
    """The 99.8 % limits as curves: `expected, low, high`, shares 0–1, up to `widest` expected late dossiers.

    Late dossiers are whole numbers, so limits at single units go up and down in steps. These curves run between the
    steps: a unit lies beyond one exactly where `adjusted_table` calls it `worse` or `better`. `overall` is the city's
    late share (0–1). Nothing is better than a limit of 1.
    """
    from scipy import special

    expected = np.linspace(0.02, 1.0, points) ** 2 * widest
    tail = (1 - dict(LIMITS)["998"]) / 2
    # Worse: more than ceil(k) late, the least whole number not below k + 1. Better: fewer than ceil(k), so below k.
    most, least = special.pdtrik(1 - tail, expected) + 1, special.pdtrik(tail, expected)
    low, high = (np.clip(1 - overall * late / expected, 0, 1) for late in (most, least))
    return pd.DataFrame({"expected": expected, "low": low, "high": high})


def _poisson_quantile(share: float, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least count that a Poisson count does not exceed with probability `share`.

    As `scipy.stats.poisson.ppf` computes it, from the special functions alone: the statistics package takes a
    second to load.
    """
    from scipy import special

    above = np.ceil(special.pdtrik(share, mean))
    below = np.maximum(above - 1, 0)
    quantile: NDArray[np.float64] = np.where(special.pdtr(below, mean) >= share, below, above)
    return quantile


def late_ratios(late: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Late over expected; NaN where nothing is expected (then nothing was late)."""
    return np.divide(late, expected, out=np.full_like(late, np.nan), where=expected > 0)


def shrunk_ratios(late: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Late over expected, drawn towards the mean by an empirical Bayes gamma prior (Clayton and Kaldor 1987).

    A small ward whose two dossiers were both late is not the worst of the city. Without variation between
    units beyond chance every ratio becomes the mean. The prior's mean and variance are moments of the units of which
    something is expected (Marshall 1991); the others say nothing of how units differ and have the mean.
    """
    total = expected.sum()
    if total <= 0:
        return np.ones_like(late)
    mean = late.sum() / total
    told = expected > 0
    ratios = late[told] / expected[told]
    spread = float(np.sum(expected[told] * (ratios - mean) ** 2) / total - mean / (total / len(ratios)))
    if spread <= 0 or mean <= 0:
        return np.full_like(late, mean)
    rate = mean / spread
    shrunk: NDArray[np.float64] = (late + mean * rate) / (expected + rate)
    return shrunk
