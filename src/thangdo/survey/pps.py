"""Draws with probability proportional to size, without replacement, from a stream of uniform numbers.

Each takes inclusion probabilities (summing to a whole number n) and returns places, so that the chance of
place k is exactly its probability. Tillé, *Sampling Algorithms* (2006), describes all of them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from thangdo.survey.failure import SurveyFailure

Next = Callable[[], float]
_SAMPFORD_TRIES = 20_000


def inclusion_probabilities(sizes: Sequence[float], count: int) -> list[float]:
    """n · size / total; whoever would pass 1 is taken with certainty and the rest is shared again.

    Sizes are positive; `count` is at most their number (SUR007 otherwise).
    """
    if count > len(sizes):
        raise SurveyFailure("SUR007", found=count, expected=len(sizes), stratum="")
    certain: set[int] = set()
    while True:
        total = math.fsum(size for place, size in enumerate(sizes) if place not in certain)
        share = (count - len(certain)) / total if total > 0 else 0.0
        more = {place for place, size in enumerate(sizes) if place not in certain and size * share >= 1 - 1e-12}
        if not more:
            break
        certain |= more
    return [1.0 if place in certain else size * share for place, size in enumerate(sizes)]


def systematic(probabilities: Sequence[float], uniform: Next) -> list[int]:
    """One random start, then every whole step along the cumulated probabilities in the order of the list.

    Madow (1949). Simple to check by hand; joint probabilities may be zero.
    """
    count = round(math.fsum(probabilities))
    points = list(accumulate(probabilities))
    points[-1] = float(count)
    start = uniform()
    return [min(bisect_right(points, start + step), len(points) - 1) for step in range(count)]


def pivotal(probabilities: Sequence[float], uniform: Next) -> list[int]:
    """Ordered pivotal method: neighbours in the list meet in turn until one of each pair is decided.

    Deville and Tillé (1998), *Biometrika* 85, 89–101. Fixed size, and well spread along the list.
    """
    chosen: list[int] = []
    holder, held = -1, 0.0
    for place, probability in enumerate(probabilities):
        if probability >= 1 - 1e-12:
            chosen.append(place)
            continue
        if holder < 0 or held <= 1e-12:
            holder, held = place, probability
            continue
        both = held + probability
        if both < 1:
            if uniform() * both >= held:
                holder = place
            held = both
        else:
            # One of the two is taken, the other goes on with what is left: 1 - held and 1 - probability
            # weigh who goes on.
            if uniform() * (2 - both) < 1 - probability:
                chosen.append(holder)
                holder = place
            else:
                chosen.append(place)
            held = both - 1
    # What is held at the end is 0 or 1 up to rounding, because the probabilities sum to a whole number.
    if holder >= 0 and held > 0.5:
        chosen.append(holder)
    return sorted(chosen)


def sampford(probabilities: Sequence[float], uniform: Next) -> list[int]:
    """Sampford's rejective method: all joint probabilities are above zero.

    Sampford (1967), *Biometrika* 54, 499–513: the first by p, the others with replacement by π/(1 − π);
    a sample with a repeated unit is thrown away whole. SUR017 where no sample was accepted.
    """
    certain = [place for place, value in enumerate(probabilities) if value >= 1 - 1e-12]
    open_places = [place for place, value in enumerate(probabilities) if value < 1 - 1e-12]
    count = round(math.fsum(probabilities)) - len(certain)
    if count <= 0:
        return certain
    first = list(accumulate(probabilities[place] for place in open_places))
    odds = list(accumulate(probabilities[place] / (1 - probabilities[place]) for place in open_places))
    last = len(open_places) - 1
    for _ in range(_SAMPFORD_TRIES):
        taken = {min(bisect_right(first, uniform() * first[-1]), last)}
        while len(taken) < count:
            place = min(bisect_right(odds, uniform() * odds[-1]), last)
            if place in taken:
                break
            taken.add(place)
        else:
            return sorted(certain + [open_places[place] for place in taken])
    raise SurveyFailure("SUR017", found=_SAMPFORD_TRIES)


@dataclass(frozen=True, slots=True)
class PpsMethod:
    """One way to draw with given inclusion probabilities."""

    code: str
    name_vi: str
    name_en: str
    function: Callable[[Sequence[float], Next], list[int]]
    source: str


PPS_METHODS = (
    PpsMethod("systematic_pps", "hệ thống, xác suất theo quy mô", "systematic PPS", systematic, "Madow 1949"),
    PpsMethod("pivotal", "đối xứng theo cặp (pivotal)", "ordered pivotal", pivotal, "Deville & Tillé 1998"),
    PpsMethod("sampford", "Sampford", "Sampford", sampford, "Sampford 1967"),
)
