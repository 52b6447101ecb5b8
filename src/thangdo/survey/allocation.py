"""How a total sample is shared among strata: equal, proportional, Neyman, power."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from thangdo.survey.failure import SurveyFailure


@dataclass(frozen=True, slots=True)
class Strata:
    """What an allocation may look at, one entry a stratum.

    `population` counts the candidates; `spread` is the standard deviation of the answer within the stratum
    (1 where unknown); `importance` is the measure X of power allocation (the population where not given).
    """

    labels: tuple[str, ...]
    population: tuple[int, ...]
    spread: tuple[float, ...] = ()
    importance: tuple[float, ...] = ()
    means: tuple[float, ...] = ()

    @property
    def spreads(self) -> tuple[float, ...]:
        return self.spread or (1.0,) * len(self.labels)


def _equal(strata: Strata, power: float) -> list[float]:
    return [1.0] * len(strata.labels)


def _proportional(strata: Strata, power: float) -> list[float]:
    return [float(count) for count in strata.population]


def _neyman(strata: Strata, power: float) -> list[float]:
    return [count * spread for count, spread in zip(strata.population, strata.spreads, strict=True)]


def _power(strata: Strata, power: float) -> list[float]:
    means = strata.means or (1.0,) * len(strata.labels)
    variation = [spread / mean for spread, mean in zip(strata.spreads, means, strict=True)]
    measure = strata.importance or strata.population
    return [cv * size**power for cv, size in zip(variation, measure, strict=True)]


@dataclass(frozen=True, slots=True)
class Allocation:
    """A rule: shares of the total are proportional to what `function(strata, power)` gives."""

    code: str
    name_vi: str
    name_en: str
    function: Callable[[Strata, float], list[float]]
    source: str


ALLOCATIONS = (
    Allocation("equal", "chia đều", "equal", _equal, "same precision for every stratum"),
    Allocation("proportional", "theo tỷ lệ tổng thể", "proportional", _proportional, "Cochran 1977, 5.3"),
    Allocation("neyman", "Neyman", "Neyman", _neyman, "Neyman 1934; Cochran 1977, 5.5"),
    Allocation("power", "lũy thừa (Bankier)", "power (Bankier)", _power, "Bankier 1988, Am. Stat. 42, 174–177"),
)
_BY_CODE = {row.code: row for row in ALLOCATIONS}


def allocate(strata: Strata, total: int, rule: str, *, minimum: int = 2, power: float = 0.5) -> tuple[int, ...]:
    """Whole numbers per stratum that add up to `total`, at least `minimum` (or all there are), at most all.

    A stratum whose share passes its population, or stays below the minimum, is set to that bound and the
    rest is shared again; what is left over goes to the largest remainders, earlier strata first on ties.
    Raises SurveyFailure: SUR015 for an unknown rule, SUR007 where `total` passes the population, SUR018
    where it is too small for the minimum.
    """
    row = _BY_CODE.get(rule)
    if row is None:
        raise SurveyFailure("SUR015", found=rule, expected=", ".join(_BY_CODE))
    if total > sum(strata.population):
        raise SurveyFailure("SUR007", found=total, expected=sum(strata.population), stratum="")
    lower = [min(minimum, count) for count in strata.population]
    if total < sum(lower):
        raise SurveyFailure("SUR018", found=total, expected=sum(lower))
    return _whole(_bounded(row.function(strata, power), total, lower, strata.population), total, lower, strata)


def _bounded(shares: Sequence[float], total: int, lower: Sequence[int], upper: Sequence[int]) -> list[float]:
    """Shares scaled to `total` within bounds: the scale at which the clipped shares add up, by bisection."""
    positive = [max(share, 1e-300) for share in shares]
    low, high = 0.0, max(bound / share for bound, share in zip(upper, positive, strict=True))
    for _ in range(2000):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        reached = math.fsum(min(max(middle * s, a), b) for s, a, b in zip(positive, lower, upper, strict=True))
        low, high = (middle, high) if reached < total else (low, middle)
    return [min(max(high * s, a), b) for s, a, b in zip(positive, lower, upper, strict=True)]


def _whole(exact: Sequence[float], total: int, lower: Sequence[int], strata: Strata) -> tuple[int, ...]:
    counts = [max(low, math.floor(value + 1e-9)) for low, value in zip(lower, exact, strict=True)]
    order = sorted(range(len(exact)), key=lambda place: (counts[place] - exact[place], place))
    while sum(counts) < total:
        before = sum(counts)
        for place in order:
            if sum(counts) < total and counts[place] < strata.population[place]:
                counts[place] += 1
        if sum(counts) == before:
            break
    return tuple(counts)
