"""Shares as printed against their own numerator and denominator, by every usual rounding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from thangdo.evaluation.published.codes import finding
from thangdo.evaluation.published.figures import End, Interval, intervals, sums
from thangdo.evaluation.published.model import Published, Share
from thangdo.evaluation.published.rankings import at
from thangdo.findings import Finding


@dataclass(frozen=True, slots=True)
class Rounding:
    """A way to round, by the values it turns into a printed one."""

    code: str
    name_vi: str
    name_en: str


ROUNDINGS = (
    Rounding("half_up", "làm tròn nửa lên", "rounding half up"),
    Rounding("half_even", "làm tròn nửa về số chẵn", "rounding half to even"),
    Rounding("cut", "cắt bỏ phần thừa", "cutting off"),
)


def roundings_giving(printed: Decimal, possible: Interval) -> tuple[str, ...]:
    """Codes of the roundings by which some value in `possible` becomes `printed` with its own digits."""
    exponent = printed.as_tuple().exponent
    step = Fraction(10) ** (exponent if isinstance(exponent, int) else 0)
    value, half = Fraction(printed), step / 2
    even = (value / step) % 2 == 0
    found = []
    if possible.low < value + half and possible.high >= value - half:
        found.append("half_up")
    if (
        possible.low <= value + half and possible.high >= value - half
        if even
        else possible.low < value + half and possible.high > value - half
    ):
        found.append("half_even")
    if possible.low < value + step and possible.high >= value:
        found.append("cut")
    return tuple(found)


def possible_percent(share: Share, bounds: Mapping[str, Interval], totals: Mapping[str, list[str]]) -> Interval:
    """All percentages that the printed figures leave open.

    Where the numerator is a part of the denominator, the rest is counted once: n / (n + rest).
    """
    numerator, denominator = bounds[share.numerator], bounds[share.denominator]
    parts = totals.get(share.denominator, [])
    if share.numerator in parts:
        rest = Interval(Fraction(0), Fraction(0))
        for code in parts:
            if code != share.numerator:
                rest = rest.plus(bounds[code])
        return Interval(_part(numerator.low, rest.high), _part(numerator.high, rest.low))
    return Interval(_ratio(numerator.low, denominator.high), _ratio(numerator.high, denominator.low))


def _part(part: End, rest: End) -> End:
    if math.isinf(rest):
        return Fraction(0)
    if math.isinf(part):
        return Fraction(100)
    return 100 * part / (part + rest) if part + rest else Fraction(0)


def _ratio(above: End, below: End) -> End:
    if math.isinf(below):
        return Fraction(0)
    return 100 * above / below if below and not math.isinf(above) else math.inf


def shares_against_figures(published: Published) -> Iterator[Finding]:
    """EVA551 to EVA554: shares that follow by one rounding only, by none, without counts, or beyond 100 %."""
    figures = {figure.figure: figure for figure in published.figures}
    bounds, totals = intervals(published), sums(published)
    for share in published.shares:
        percent = share.percent
        if percent is None:
            continue
        if percent > 100:
            yield finding("EVA554", at(share.where, "percent"), percent, **_names(share))
            continue
        missing = next((name for name in ("numerator", "denominator") if not getattr(share, name)), None)
        if missing:
            yield finding("EVA553", at(share.where, missing), percent, **_names(share))
            continue
        if any(code not in figures or figures[code].value is None for code in (share.numerator, share.denominator)):
            continue
        possible = possible_percent(share, bounds, totals)
        roundings = roundings_giving(percent, possible)
        if "half_up" in roundings:
            continue
        facts = _names(share) | _facts(percent, possible, roundings)
        code = "EVA551" if roundings else "EVA552"
        yield finding(code, at(share.where, "percent"), percent, " ".join(roundings), **facts)


def _names(share: Share) -> dict[str, str]:
    return {"name_vi": share.name_vi or share.share, "name_en": share.name_en or share.share}


def _facts(percent: Decimal, possible: Interval, roundings: tuple[str, ...]) -> dict[str, str]:
    digits = max(0, -int(percent.as_tuple().exponent)) + 3
    low, high = (_printed(number, digits) for number in (possible.low, possible.high))
    names = [row for row in ROUNDINGS if row.code in roundings]
    return {
        "percent_vi": f"{percent:f}".replace(".", ","),
        "low_vi": low.replace(".", ","),
        "high_vi": high.replace(".", ","),
        "low_en": low,
        "high_en": high,
        "modes_vi": " hoặc ".join(row.name_vi for row in names),
        "modes_en": " or ".join(row.name_en for row in names),
    }


def _printed(number: End, digits: int) -> str:
    if isinstance(number, float):
        return "∞"
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN):f}"
