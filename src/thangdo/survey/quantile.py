"""Weighted quantiles and their intervals from the distribution function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from thangdo.survey.estimation_intervals import critical

Floats = npt.NDArray[np.float64]

ROUNDING = 1e-12


@dataclass(frozen=True)
class Distribution:
    """Sorted values and cumulated weights of a sample."""

    values: Floats
    cumulated: Floats

    def quantile(self, p: float) -> float:
        """The smallest value with at least share p of the weight at or below it (R's rule "math").

        Below the first value's share R survey 4.1 gives the second value; so does this, to agree with it. Only
        lower ends of intervals in very small domains fall there.
        """
        wanted = p * self.cumulated[-1]
        place = max(int(np.searchsorted(self.cumulated, wanted, side="right")) - 1, 0)
        if p - self.cumulated[place] / self.cumulated[-1] == 0:
            return float(self.values[place])
        return float(self.values[min(place + 1, self.values.size - 1)])


def distribution(values: Floats, weights: Floats) -> Distribution:
    """The weighted distribution of `values`; rows without weight are left out."""
    kept = weights > 0
    order = np.argsort(values[kept], kind="stable")
    # Extended precision, so that equal weights add up to exact shares and a median falls where it should.
    cumulated = np.cumsum(weights[kept][order], dtype=np.longdouble)
    return Distribution(values[kept][order], cumulated.astype(np.float64))


def quantile_interval(
    made: Distribution, p: float, share_and_error: Callable[[float], tuple[float, float]], df: float, level: float
) -> tuple[float, float, float, float]:
    """Quantile, its standard error, lower and upper end (Woodruff 1952, JASA 47, 635–646).

    The share at or below the quantile gets a t interval, whose ends are turned back into values; an end
    outside 0…1 has none (NaN). The error is the interval's length over twice the t point.
    """
    estimate = made.quantile(p)
    share, error = share_and_error(estimate)
    point = critical(level, df)
    low, high = share - point * error, share + point * error
    # The share at the largest value is 1, whatever rounding made of it.
    low, high = (float(np.round(end)) if abs(end - np.round(end)) < ROUNDING else end for end in (low, high))
    lower = made.quantile(low) if low >= 0 else np.nan
    upper = made.quantile(high) if high <= 1 else np.nan
    return estimate, (upper - lower) / (2 * point), lower, upper
