"""Confidence intervals of estimates on a design's degrees of freedom."""

from __future__ import annotations

import math

from scipy import stats


def critical(level: float, df: float) -> float:
    """The two-sided point of Student's t (the normal's where df is infinite); NaN without any freedom."""
    if df <= 0:
        return math.nan
    tail = 1 - (1 - level) / 2
    return float(stats.norm.ppf(tail) if math.isinf(df) else stats.t.ppf(tail, df))


def t_interval(estimate: float, se: float, df: float, level: float) -> tuple[float, float]:
    """Estimate ± t·se."""
    half = critical(level, df) * se
    return estimate - half, estimate + half


def effective_n(share: float, se: float, n: float) -> float:
    """The simple random sample with the same error: p(1 − p)/se²; the plain n where se is 0."""
    if se > 0 and 0 < share < 1:
        return share * (1 - share) / se**2
    return float(n)


def logit_interval(share: float, se: float, n: int, df: float, level: float) -> tuple[float, float]:
    """Logit interval of a share on its effective n; Wilson's where the share is 0 or 1.

    logit p ± t / √(n_eff p (1 − p)): Korn and Graubard (1998), Survey Methodology 24, 193–201; R's
    `svyciprop(method = "xlogit")`.
    """
    # A share of 1 that rounding moved by a bit is still a share of 1.
    if share < 1e-12 or share > 1 - 1e-12:
        return wilson_interval(round(share), n, df, level)
    if se < 1e-12:
        return share, share
    half = critical(level, df) / math.sqrt(effective_n(share, se, n) * share * (1 - share))
    centre = math.log(share / (1 - share))
    return _expit(centre - half), _expit(centre + half)


def wilson_interval(share: float, n_effective: float, df: float, level: float) -> tuple[float, float]:
    """Wilson's score interval with the effective n (Wilson 1927, JASA 22, 209–212), t for the normal."""
    point = critical(level, df)
    square = point * point
    middle = (share + square / (2 * n_effective)) / (1 + square / n_effective)
    half = (
        point
        * math.sqrt(share * (1 - share) / n_effective + square / (4 * n_effective**2))
        / (1 + square / n_effective)
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
