"""Counted figures as intervals, and sums that their parts must give.

"Gần 22,6 triệu" is an upper bound and "hơn 22,5 triệu" a lower one; neither is a number. Every figure is
therefore an interval, and a total and its parts contradict each other only if no numbers within the
intervals add up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from thangdo.evaluation.published.codes import finding
from thangdo.evaluation.published.model import Figure, Published
from thangdo.evaluation.published.rankings import at
from thangdo.findings import Finding

# An end of an interval: exact, or math.inf where there is none.
End = Fraction | float
_MOST_SWEEPS = 100


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`, both included."""

    low: End
    high: End

    @property
    def is_empty(self) -> bool:
        return self.low > self.high

    def meet(self, other: Interval) -> Interval:
        return Interval(max(self.low, other.low), min(self.high, other.high))

    def plus(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def minus(self, other: Interval) -> Interval:
        """What is left of a value here when a value of `other` is taken away; never below zero."""
        low = Fraction(0) if math.isinf(other.high) else max(Fraction(0), self.low - other.high)
        return Interval(low, math.inf if math.isinf(self.high) else self.high - other.low)

    def __str__(self) -> str:
        ends = ["∞" if math.isinf(number) else f"{float(number):.15g}" for number in (self.low, self.high)]
        return f"[{ends[0]}; {ends[1]}]"


def printed_interval(figure: Figure) -> Interval:
    """What the printed number leaves open. Whole numbers count in ones: more than 9 is 10 or more."""
    if figure.value is None or figure.bound == "about":
        return Interval(Fraction(0), math.inf)
    value = Fraction(figure.value)
    step = 1 if value.denominator == 1 else 0
    if figure.bound == "above":
        return Interval(value + step, math.inf)
    if figure.bound == "below":
        return Interval(Fraction(0), max(Fraction(0), value - step))
    return Interval(value, value)


def sums(published: Published) -> dict[str, list[str]]:
    """Parts by total, where every code is a figure and nothing is a part of itself; else nothing."""
    known = {figure.figure for figure in published.figures}
    parts: dict[str, list[str]] = {}
    for row in published.parts:
        parts.setdefault(row.total, []).append(row.part)
    if any(_reaches(parts, total, total) for total in parts):
        return {}
    return {total: codes for total, codes in parts.items() if {total, *codes} <= known}


def intervals(published: Published) -> dict[str, Interval]:
    """Each figure's interval, tightened by all sums together; as printed where the sums contradict it."""
    printed = {figure.figure: printed_interval(figure) for figure in published.figures}
    return _tightened(printed, sums(published)) or printed


def totals_against_parts(published: Published) -> Iterator[Finding]:
    """EVA550: no numbers within the printed bounds add up.

    Totals are judged from the smallest upwards, each with the sums below it; a sum that is contradictory by
    itself is left out further up, so that one slip is one finding.
    """
    printed = {figure.figure: printed_interval(figure) for figure in published.figures}
    totals = sums(published)
    below = {total: _below(totals, total) for total in totals}
    broken: set[str] = set()
    for total in sorted(totals, key=lambda code: len(below[code])):
        inner = {code: totals[code] for code in totals if code in below[total] and code not in broken}
        if _tightened(printed, {**inner, total: totals[total]}) is None:
            broken.add(total)
    for code, figure in {figure.figure: figure for figure in published.figures}.items():
        if code in broken:
            inner = {total: totals[total] for total in totals if total in below[code] and total not in broken}
            added = _sum(_tightened(printed, inner) or printed, totals[code])
            yield finding("EVA550", at(figure.where, "value"), figure.value, printed[code], parts=added)


def _tightened(bounds: Mapping[str, Interval], totals: Mapping[str, list[str]]) -> dict[str, Interval] | None:
    """Bounds that every sum allows, narrowed until nothing changes; None where no numbers are left."""
    tight = dict(bounds)
    for _ in range(_MOST_SWEEPS):
        before = dict(tight)
        for total, codes in totals.items():
            tight[total] = tight[total].meet(_sum(tight, codes))
            for position, code in enumerate(codes):
                others = _sum(tight, [*codes[:position], *codes[position + 1 :]])
                tight[code] = tight[code].meet(tight[total].minus(others))
        if any(interval.is_empty for interval in tight.values()):
            return None
        if tight == before:
            break
    return tight


def unknown_figures(published: Published) -> Iterator[Finding]:
    """EVA516: a sum or a share names a figure that is not given."""
    known = {figure.figure for figure in published.figures}
    for part in published.parts:
        for column, code in (("total", part.total), ("part", part.part)):
            if code and code not in known:
                yield finding("EVA516", at(part.where, column), code)
    for share in published.shares:
        for column, code in (("numerator", share.numerator), ("denominator", share.denominator)):
            if code and code not in known:
                yield finding("EVA516", at(share.where, column), code)


def circles(published: Published) -> Iterator[Finding]:
    """EVA517: a figure that is a part of itself."""
    parts: dict[str, list[str]] = {}
    for row in published.parts:
        parts.setdefault(row.total, []).append(row.part)
    for row in published.parts:
        if row.part == row.total or _reaches(parts, row.part, row.total):
            yield finding("EVA517", at(row.where, "total"), row.total)


def _reaches(parts: Mapping[str, list[str]], origin: str, goal: str) -> bool:
    """Whether `goal` lies somewhere below `origin`."""
    return goal in _below(parts, origin)


def _below(parts: Mapping[str, list[str]], origin: str) -> set[str]:
    """Every code that is a part of `origin`, of its parts, and so on."""
    found: set[str] = set()
    waiting = list(parts.get(origin, ()))
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(parts.get(code, ()))
    return found


def _sum(bounds: Mapping[str, Interval], codes: list[str]) -> Interval:
    total = Interval(Fraction(0), Fraction(0))
    for code in codes:
        total = total.plus(bounds[code])
    return total
