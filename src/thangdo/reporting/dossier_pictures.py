"""Pictures of a period's dossiers: the flow by month as pairs of bars, units in a funnel of chance.

Both fill their column: places along the width are percentages, letters keep their size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.dates import MONTHS
from thangdo.reporting.dossier_report import FunnelLimit, FunnelUnit, Month
from thangdo.reporting.dossier_words import sentence
from thangdo.reporting.drawing import Drawing, spread, svg
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined
from thangdo.reporting.numbers import Absent, number, percent, share
from thangdo.reporting.scale import Scale, scale_of

_HEIGHT = 200
_TOP = 34
_FUNNEL_HEIGHT = 260
# The plot begins here, in per cent of the width: left of it stand the numbers of the axis, also at 360 pixels.
_LEFT = 19.0
# Units outside the limits that are named in the picture, and those in the table below it.
_NAMED = 8
_LISTED = 30
# From one line of names to the next, in pixels.
_LETTERS = 16
# The narrowest column of each kind of screen in pixels, the width of a bold letter, and letters of a name at most.
_WIDE, _NARROW = 736, 328
_LETTER = 8.3
_LONGEST = 48


def monthly_flow(months: Sequence[Month], language: Language, source: str = "") -> Drawing:
    """Two bars a month, received and resolved, on one axis that begins at zero."""
    largest = max(max(month.received, month.resolved) for month in months)
    unit, words = _count_unit(largest)
    scale = scale_of([Decimal(largest) / unit], 5, with_zero=True)
    ground = _TOP + _HEIGHT
    shapes: list[Markup] = [element("text", sentence(words, language), x=0, y=15, class_="plot-axis")]
    for tick in scale.ticks:
        y = ground - scale.at(tick) / 100 * _HEIGHT
        shapes += _level(y, number(tick, language, scale.digits))
    step = (100 - _LEFT) / max(len(months), 1)
    for place, month in enumerate(months):
        left = _LEFT + place * step
        for offset, value, kind in ((0.12, month.received, "plot-bar"), (0.5, month.resolved, "plot-other")):
            height = scale.at(Decimal(value) / unit) / 100 * _HEIGHT
            shapes.append(
                element(
                    "rect",
                    x=f"{left + offset * step:.2f}%",
                    y=f"{ground - height:.1f}",
                    width=f"{0.36 * step:.2f}%",
                    height=f"{height:.1f}",
                    class_=kind,
                )
            )
        shapes.append(_centred(str(month.number), left + step / 2, ground + 18))
    shapes.append(element("text", sentence("month", language), x=0, y=ground + 18, class_="plot-axis"))
    received, resolved = sentence("received", language), sentence("resolved", language)
    shapes += _key(((received, "plot-bar", _LEFT + 14), (resolved, "plot-other", _LEFT + 46)))
    most = max(months, key=lambda month: month.received)
    least = min(months, key=lambda month: month.received)
    facts = {"most": f"{most.number}", "least": f"{least.number}"}
    if language == "en":
        facts = {"most": MONTHS[most.number - 1], "least": MONTHS[least.number - 1]}
    counts = {"most_count": number(most.received, language), "least_count": number(least.received, language)}
    caption = sentence("flow_see" if len(months) > 1 else "flow_one", language, **facts, **counts)
    title = sentence("flow", language)
    header = (sentence("month", language), received, resolved)
    rows = [(str(month.number), number(month.received, language), number(month.resolved, language)) for month in months]
    return Drawing(svg(shapes, ground + 26, title, caption), caption, title, (header, rows), source)


def _count_unit(largest: int) -> tuple[int, str]:
    """What an axis counts in, so that its numbers stay short: one, a thousand, a million; and the words for it."""
    if largest >= 1_000_000:
        return 1_000_000, "in_millions"
    return (1_000, "in_thousands") if largest >= 100_000 else (1, "in_ones")


def _level(y: float, label: str) -> list[Markup]:
    """A line across the plot with its number right before it."""
    return [
        element("line", x1=f"{_LEFT}%", x2="100%", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="plot-grid"),
        element("text", label, x=f"{_LEFT}%", dx=-4, y=f"{y + 4:.1f}", text_anchor="end", class_="plot-axis"),
    ]


def _centred(words: str, x: float, y: float) -> Markup:
    return element("text", words, x=f"{x:.2f}%", y=y, text_anchor="middle", class_="plot-axis")


def _key(entries: Sequence[tuple[str, str, float]]) -> list[Markup]:
    shapes = []
    for words, kind, left in entries:
        shapes.append(element("rect", x=f"{left}%", y=4, width=12, height=12, class_=kind))
        shapes.append(element("text", words, x=f"{left}%", dx=18, y=15, class_="plot-text"))
    return shapes


def funnel(units: Sequence[FunnelUnit], limits: Sequence[FunnelLimit], language: Language, source: str = "") -> Drawing:
    """A dot a unit: late dossiers to be expected across, standardised on-time share upwards, the limits as two curves.

    The axis upwards holds every dot and the limits of the largest unit, between which the dots are to be judged; curves
    end where they leave it, or where nothing could lie beyond them. Units
    without a standardised share have no dot; ValueError where none has one.
    """
    ordered = sorted((unit for unit in units if unit.standardised is not None), key=lambda unit: unit.expected)
    narrowest = [share for limit in limits[-1:] for share in (limit.low, limit.high)]
    scale = _shares_scale([*map(_standardised, ordered), *narrowest])
    widest = max(ordered[-1].expected, 1.0)
    ground = _TOP + _FUNNEL_HEIGHT

    def across(value: float) -> float:
        return _LEFT + (100 - _LEFT - 2) * math.sqrt(max(value, 0.0) / widest)

    def down(value: float) -> float:
        return ground - scale.at(Decimal(repr(value * 100))) / 100 * _FUNNEL_HEIGHT

    def dot(unit: FunnelUnit) -> Markup:
        return element(
            "circle",
            cx=f"{across(unit.expected):.2f}%",
            cy=f"{down(_standardised(unit)):.1f}",
            r=5 if unit.signal else 3,
            class_="plot-dot" if unit.signal else "plot-other",
        )

    shapes: list[Markup] = []
    for tick in scale.ticks:
        shapes += _level(down(float(tick) / 100), percent(tick, language, scale.digits))
    for count in _square_root_ticks(widest):
        shapes.append(_centred(number(count, language), across(count), ground + 18))
    shapes.append(_curves(limits, scale, across, down, ground))
    shapes += _city_line(units, down, language)
    # Names lie over plain dots, and under those they name.
    shapes += [dot(unit) for unit in ordered if not unit.signal]
    named = sorted(_farthest(ordered)[:_NAMED], key=lambda unit: unit.expected)
    wanted = [down(_standardised(unit)) for unit in named]
    heights = _held(spread(wanted, _LETTERS), _TOP, ground - _LETTERS / 2)
    for unit, y in zip(named, heights, strict=True):
        x, own = f"{across(unit.expected):.2f}%", down(_standardised(unit))
        if abs(y - own) > _LETTERS / 2:
            # The name had to make room for others: a line leads to its dot.
            shapes.append(element("line", x1=x, x2=x, y1=f"{own:.1f}", y2=f"{y:.1f}", class_="plot-leader"))
        shapes += _name(unit.name, across(unit.expected), y + 5)
    shapes += [dot(unit) for unit in ordered if unit.signal]
    shapes.append(
        element(
            "text", sentence("funnel_axis", language), x="100%", y=ground + 38, text_anchor="end", class_="plot-axis"
        )
    )
    outside = sum(bool(unit.signal) for unit in ordered)
    caption = sentence("funnel_see" if outside else "funnel_none", language, outside=outside, units=len(ordered))
    title = sentence("funnel", language)
    return Drawing(svg(shapes, ground + 46, title, caption), caption, title, ((), ()), source)


def _standardised(unit: FunnelUnit) -> float:
    """The share of a unit that has a dot."""
    assert unit.standardised is not None
    return unit.standardised


def _shares_scale(shares: Sequence[float]) -> Scale:
    """A scale of shares in per cent, within 0 and 100 also where all are one."""
    low, high = (Decimal(repr(value)) * 100 for value in (min(shares), max(shares)))
    if low == high:
        low, high = max(low - 1, Decimal(0)), max(high, Decimal(1))
    return scale_of([low, high], 5)


def _square_root_ticks(widest: float) -> list[int]:
    """Round counts along a square-root scale, each at least an eighth of the width after the last."""
    found = [0]
    for exponent in range(len(str(int(widest)))):
        for base in (1, 2, 5):
            count = base * 10**exponent
            if count <= widest and math.sqrt(count / widest) - math.sqrt(found[-1] / widest) >= 0.125:
                found.append(count)
    return found


def _curves(
    limits: Sequence[FunnelLimit],
    scale: Scale,
    across: Callable[[float], float],
    down: Callable[[float], float],
    ground: float,
) -> Markup:
    bottom, top = float(scale.low) / 100, float(scale.high) / 100
    curves = []
    for side in ("low", "high"):
        inside = [(limit.expected, getattr(limit, side)) for limit in limits]
        points = " ".join(f"{across(x):.2f},{down(y):.1f}" for x, y in inside if bottom <= y <= top and y < 1)
        curves.append(
            element("polyline", points=points, fill="none", vector_effect="non-scaling-stroke", class_="plot-line")
        )
    return element(
        "svg",
        joined(*curves),
        view_box=f"0 0 100 {ground}",
        preserve_aspect_ratio="none",
        width="100%",
        height=ground,
    )


def _city_line(units: Sequence[FunnelUnit], down: Callable[[float], float], language: Language) -> list[Markup]:
    """The share of all units together, which the funnel opens around, named above the plot."""
    together = 1 - sum(unit.late for unit in units) / max(sum(unit.resolved for unit in units), 1)
    y = down(together)
    words = sentence("funnel_city", language, share=share(together, language, 2))
    return [
        element("line", x1=f"{_LEFT}%", x2="100%", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="plot-leader is-city"),
        element("line", x1=f"{_LEFT}%", x2=f"{_LEFT + 4}%", y1=11, y2=11, class_="plot-leader is-city"),
        element("text", words, x=f"{_LEFT + 4}%", dx=5, y=15, class_="plot-axis"),
        element("line", x1="65%", x2="70%", y1=11, y2=11, class_="plot-line"),
        element("text", sentence("funnel_limit", language), x="70%", dx=6, y=15, class_="plot-axis"),
    ]


def _name(name: str, x: float, y: float) -> list[Markup]:
    """A unit's name beside its dot, on the side with more room; on a narrow screen its beginning."""
    is_right = 100 - x < x - _LEFT
    place = {
        "x": f"{x:.2f}%",
        "dx": -9 if is_right else 9,
        "y": f"{y:.1f}",
        "text_anchor": "end" if is_right else "start",
    }
    room = (x - _LEFT if is_right else 100 - x) / 100
    wide, narrow = (_shortened(name, int((room * width - 9) / _LETTER)) for width in (_WIDE, _NARROW))
    if wide == narrow:
        return [element("text", wide, **place, class_="plot-text is-marked is-over")]
    return [
        element("text", wide, **place, class_="plot-text is-marked is-over is-wide"),
        element("text", narrow, **place, class_="plot-text is-marked is-over is-narrow", aria_hidden="true"),
    ]


def _held(heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """The heights of names, moved so that none leaves the plot and none comes nearer to another than a line."""
    held = list(heights)
    order = sorted(range(len(held)), key=lambda place: held[place])
    for place in order:
        held[place], top = max(held[place], top), max(held[place], top) + _LETTERS
    for place in reversed(order):
        held[place], bottom = min(held[place], bottom), min(held[place], bottom) - _LETTERS
    return held


def _shortened(name: str, most: int) -> str:
    """At most so many letters of a name, cut between words."""
    most = min(most, _LONGEST)
    if len(name) <= most:
        return name
    return name[: most - 1].rsplit(" ", 1)[0].rstrip(" ,") + "…"


def _farthest(units: Sequence[FunnelUnit]) -> list[FunnelUnit]:
    """The units outside the limits, those farthest from what chance gives first (late against expected, in its spread)."""
    outside = [unit for unit in units if unit.signal]
    return sorted(
        outside, key=lambda unit: (-abs(unit.late - unit.expected) / math.sqrt(max(unit.expected, 1.0)), unit.name)
    )


def funnel_table(units: Sequence[FunnelUnit], language: Language) -> tuple[tuple[str, ...], Sequence[tuple[str, ...]]]:
    """Units outside the limits, the farthest first, else the ten with most late dossiers: header and rows."""
    keys = ("unit", "resolved", "late", "expected", "standardised", "shrunk", "signal")
    shown = _farthest(units)[:_LISTED] or sorted(units, key=lambda unit: (-unit.late, unit.name))[:10]
    rows = [
        (
            unit.name,
            number(unit.resolved, language),
            number(unit.late, language),
            number(Decimal(repr(round(unit.expected, 1))), language, 1),
            share(Absent.NOT_APPLICABLE if unit.standardised is None else unit.standardised, language, 2),
            share(unit.shrunk, language, 2),
            sentence(unit.signal or "as_all", language),
        )
        for unit in shown
    ]
    return tuple(sentence(key, language) for key in keys), rows
