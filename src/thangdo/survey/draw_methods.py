"""The ways to draw at one stage: from how many candidates, with what sizes, to the places drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from thangdo.survey import rfc3797
from thangdo.survey.pps import PPS_METHODS, PpsMethod, inclusion_probabilities, systematic

Draw = Callable[[str, Sequence[float], int], tuple[list[int], list[float]]]


@dataclass(frozen=True, slots=True)
class DrawMethod:
    """`function(key, sizes, n)` gives the places drawn (from 0, in order of selection) and every probability.

    `by_size` says whether the sizes matter; where not, they are only counted.
    """

    code: str
    name_vi: str
    name_en: str
    by_size: bool
    function: Draw
    source: str


def _simple(key: str, sizes: Sequence[float], count: int) -> tuple[list[int], list[float]]:
    """RFC 3797 itself."""
    chosen = [step.selected - 1 for step in rfc3797.select(key, len(sizes), count)]
    return chosen, [count / len(sizes)] * len(sizes)


def _systematic(key: str, sizes: Sequence[float], count: int) -> tuple[list[int], list[float]]:
    """Equal steps along the list from one random start."""
    if not count:
        return [], [0.0] * len(sizes)
    probabilities = inclusion_probabilities([1.0] * len(sizes), count)
    return systematic(probabilities, rfc3797.Uniforms(key).next), probabilities


def _by_size(row: PpsMethod) -> Draw:
    def function(key: str, sizes: Sequence[float], count: int) -> tuple[list[int], list[float]]:
        if not count:
            return [], [0.0] * len(sizes)
        probabilities = inclusion_probabilities(sizes, count)
        return row.function(probabilities, rfc3797.Uniforms(key).next), probabilities

    return function


_ROWS = (
    DrawMethod("srs", "ngẫu nhiên đơn giản", "simple random", False, _simple, "RFC 3797, section 4"),
    DrawMethod("systematic", "hệ thống", "systematic", False, _systematic, "Madow 1949; Cochran 1977, chapter 8"),
    *(DrawMethod(row.code, row.name_vi, row.name_en, True, _by_size(row), row.source) for row in PPS_METHODS),
)
METHODS = {row.code: row for row in _ROWS}
