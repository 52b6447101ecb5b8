"""How many answers are needed: Yamane, Cochran, per domain, and for a change between two years.

Every size is for simple random sampling and is then multiplied by the design effect of the design it is
used in, and divided by the response rate expected: interviews to have, people to ask.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from thangdo.survey.failure import SurveyFailure

_ROUNDING = 1e-9  # 400.0000000001 people are 400


@dataclass(frozen=True, slots=True)
class SampleSize:
    """`simple` = answers under simple random sampling; `answers` with the design effect; `asked` to get them."""

    simple: int
    answers: int
    asked: int
    margin: float


def yamane(population: int, margin: float) -> int:
    """n = N / (1 + N e²), rounded up. Yamane (1967), p. 886; used by SIPAS with e = 5 %.

    It assumes a share of 50 %, a confidence level of about 95 % with z rounded to 2, simple random
    sampling, everybody answering, and one estimate: for the whole population, not for each unit.
    """
    _positive(population=population, margin=margin)
    return _up(population / (1 + population * margin**2))


def cochran(margin: float, *, share: float = 0.5, confidence: float = 0.95, population: int | None = None) -> int:
    """n0 = z² p (1 − p) / e², with the finite population n = n0 / (1 + (n0 − 1) / N), rounded up.

    Cochran (1977), *Sampling Techniques*, 4.4 and 4.6.
    """
    _shares(margin=margin, share=share, confidence=confidence)
    first = z_value(confidence) ** 2 * share * (1 - share) / margin**2
    if population is None:
        return _up(first)
    _positive(population=population)
    return min(population, _up(first / (1 + (first - 1) / population)))


def for_change(
    change: float,
    *,
    share: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
    correlation: float = 0.0,
) -> int:
    """Answers in each of two years to see a share move from `share` by `change`, two-sided, with `power`.

    n = (z_{1−α/2} + z_{power})² [p1 q1 + p2 q2 − 2 ρ √(p1 q1 p2 q2)] / (p1 − p2)². `correlation` ρ is that of
    the two answers of one respondent times the part of the sample asked twice (0 = two fresh samples).
    Fleiss, Levin & Paik (2003), 4.1 without continuity correction; Kish (1965), 12.4.
    """
    after = share + change
    _shares(share=share, share_after=after, power=power, confidence=confidence)
    if change == 0 or not -1 < correlation < 1:
        raise SurveyFailure("SUR016", name="change", found=change)
    before_variance, after_variance = share * (1 - share), after * (1 - after)
    variance = before_variance + after_variance - 2 * correlation * math.sqrt(before_variance * after_variance)
    reach = z_value(confidence) + NormalDist().inv_cdf(power)
    return _up(reach**2 * variance / change**2)


def margin_of(
    answers: float, *, share: float = 0.5, confidence: float = 0.95, population: int | None = None, deff: float = 1.0
) -> float:
    """Half the width of the interval of a share from `answers` answers; 0 for a census.

    z √(deff · p (1 − p) / n · (1 − n/N) · N/(N − 1)): the inverse of Cochran's n (4.4).
    """
    if answers <= 0:
        return math.inf
    variance = deff * share * (1 - share) / answers
    if population is not None:
        if population <= answers:
            return 0.0
        variance *= (population - answers) / (population - 1)
    return z_value(confidence) * math.sqrt(variance)


def deff_of_clusters(take: float, intraclass: float) -> float:
    """1 + (m − 1) ρ for `take` = m interviews a cluster. Kish (1965), 5.4."""
    return 1 + (take - 1) * intraclass


def deff_of_weights(variation: float) -> float:
    """1 + cv² of the weights. Kish (1965), 11.7."""
    return 1 + variation**2


def with_design(
    simple: int,
    *,
    deff: float = 1.0,
    response_rate: float = 1.0,
    population: int | None = None,
    share: float = 0.5,
    confidence: float = 0.95,
) -> SampleSize:
    """A simple size carried into a design: times `deff`, never above the population, over the response rate."""
    _positive(deff=deff)
    if not 0 < response_rate <= 1:
        raise SurveyFailure("SUR016", name="response_rate", found=response_rate)
    answers = _up(simple * deff)
    asked = _up(answers / response_rate)
    if population is not None:
        answers, asked = min(answers, population), min(asked, population)
    reached = margin_of(answers, share=share, confidence=confidence, population=population, deff=deff)
    return SampleSize(simple, answers, asked, reached)


def z_value(confidence: float) -> float:
    """The two-sided normal quantile of a confidence level (0.95 gives 1.959964)."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _up(value: float) -> int:
    return max(1, math.ceil(value - _ROUNDING))


def _positive(**numbers: float) -> None:
    for name, value in numbers.items():
        if not value > 0:
            raise SurveyFailure("SUR016", name=name, found=value)


def _shares(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0 < value < 1:
            raise SurveyFailure("SUR016", name=name, found=value)
