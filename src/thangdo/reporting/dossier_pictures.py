"""Pictures of a year of dossiers: the flow by month as pairs of bars, units in a funnel of chance.

Both fill their column: places along the width are percentages, letters keep their size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.dossier_report import FunnelUnit, Month
from thangdo.reporting.dossier_words import sentence
from thangdo.reporting.drawing import Drawing, spread, svg
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined
from thangdo.reporting.numbers import number, percent, share
from thangdo.reporting.scale import scale_of

_HEIGHT = 200
_TOP = 34
# The plot begins here, in per cent of the width: left of it stand the numbers of the axis, also at 360 pixels.
_LEFT = 17.0


def monthly_flow(months: Sequence[Month], language: Language) -> Drawing:
    """Two bars a month, received and resolved, on one axis that begins at zero."""
    scale = scale_of([Decimal(max(month.received, month.resolved)) for month in months], 5, with_zero=True)
    ground = _TOP + _HEIGHT
    shapes: list[Markup] = []
    for tick in scale.ticks:
        y = ground - scale.at(tick) / 100 * _HEIGHT
        shapes.append(element("line", x1=f"{_LEFT}%", x2="100%", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="plot-grid"))
        shapes.append(
            element(
                "text",
                number(tick, language, 0),
                x=0,
                y=f"{y + 4:.1f}",
                class_="plot-axis",
            )
        )
    step = (100 - _LEFT) / max(len(months), 1)
    for place, month in enumerate(months):
        left = _LEFT + place * step
        for offset, value, kind in ((0.12, month.received, "plot-bar"), (0.5, month.resolved, "plot-other")):
            height = scale.at(Decimal(value)) / 100 * _HEIGHT
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
        shapes.append(
            element(
                "text",
                month.number,
                x=f"{left + step / 2:.2f}%",
                y=ground + 18,
                text_anchor="middle",
                class_="plot-axis",
            )
        )
    received, resolved = sentence("received", language), sentence("resolved", language)
    shapes += _key(((received, "plot-bar", _LEFT), (resolved, "plot-other", _LEFT + 30)))
    most = max(months, key=lambda month: month.received)
    least = min(months, key=lambda month: month.received)
    caption = sentence("flow_see", language, most=most.name, least=least.name)
    title = sentence("flow", language)
    header = (sentence("month", language), received, resolved)
    rows = [(month.name, number(month.received, language), number(month.resolved, language)) for month in months]
    return Drawing(svg(shapes, ground + 26, title, caption), caption, title, (header, rows))


def _key(entries: Sequence[tuple[str, str, float]]) -> list[Markup]:
    shapes = []
    for words, kind, left in entries:
        shapes.append(element("rect", x=f"{left}%", y=4, width=12, height=12, class_=kind))
        shapes.append(element("text", words, x=f"{left}%", dx=18, y=15, class_="plot-text"))
    return shapes


def funnel(units: Sequence[FunnelUnit], language: Language) -> Drawing:
    """A dot a unit: late dossiers to be expected across, standardised on-time share upwards, limits as two lines.

    The axis upwards holds every dot; limits that leave it are cut at its ends.
    """
    ordered = sorted(units, key=lambda unit: unit.expected)
    low = min(unit.standardised for unit in ordered)
    scale = scale_of([Decimal(repr(value * 100)) for value in (low, max(u.standardised for u in ordered))], 5)
    widest = max(ordered[-1].expected, 1.0)
    ground = _TOP + 260

    def across(value: float) -> float:
        return _LEFT + (100 - _LEFT - 2) * math.sqrt(max(value, 0.0) / widest)

    def down(value: float) -> float:
        return ground - scale.at(Decimal(repr(value * 100))) / 100 * 260

    shapes: list[Markup] = []
    for tick in scale.ticks:
        y = down(float(tick) / 100)
        shapes.append(element("line", x1=f"{_LEFT}%", x2="100%", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="plot-grid"))
        label = percent(tick, language, scale.digits)
        shapes.append(element("text", label, x=0, y=f"{y + 4:.1f}", class_="plot-axis"))
    curves = []
    for side in ("low", "high"):
        points = " ".join(f"{across(unit.expected):.2f},{down(getattr(unit, side)):.1f}" for unit in ordered)
        curves.append(
            element("polyline", points=points, fill="none", vector_effect="non-scaling-stroke", class_="plot-line")
        )
    shapes.append(
        element(
            "svg",
            joined(*curves),
            view_box=f"0 0 100 {ground}",
            preserve_aspect_ratio="none",
            width="100%",
            height=ground,
        )
    )
    named = [unit for unit in ordered if unit.signal]
    for unit in ordered:
        shapes.append(
            element(
                "circle",
                cx=f"{across(unit.expected):.2f}%",
                cy=f"{down(unit.standardised):.1f}",
                r=5 if unit.signal else 3,
                class_="plot-dot" if unit.signal else "plot-other",
            )
        )
    heights = spread([down(unit.standardised) for unit in named], 16)
    for unit, y in zip(named, heights, strict=True):
        x = across(unit.expected)
        is_right = x > 60
        shapes.append(
            element(
                "text",
                unit.name,
                x=f"{x:.2f}%",
                dx=-9 if is_right else 9,
                y=f"{y + 5:.1f}",
                text_anchor="end" if is_right else "start",
                class_="plot-text is-marked",
            )
        )
    shapes.append(
        element(
            "text", sentence("funnel_axis", language), x="100%", y=ground + 20, text_anchor="end", class_="plot-axis"
        )
    )
    key = "funnel_see" if named else "funnel_none"
    caption = sentence(key, language, outside=len(named), units=len(units))
    title = sentence("funnel", language)
    return Drawing(svg(shapes, ground + 28, title, caption), caption, title, funnel_table(units, language))


def funnel_table(units: Sequence[FunnelUnit], language: Language) -> tuple[tuple[str, ...], Sequence[tuple[str, ...]]]:
    """Units outside the limits, else the ten with most late dossiers: header and rows."""
    keys = ("unit", "resolved", "late", "expected", "standardised", "shrunk", "signal")
    shown = [unit for unit in units if unit.signal] or sorted(units, key=lambda unit: -unit.late)[:10]
    rows = [
        (
            unit.name,
            number(unit.resolved, language),
            number(unit.late, language),
            number(Decimal(repr(round(unit.expected, 1))), language, 1),
            share(Decimal(repr(unit.standardised)), language, 2),
            share(Decimal(repr(unit.shrunk)), language, 2),
            sentence(unit.signal, language) if unit.signal else "–",
        )
        for unit in sorted(shown, key=lambda unit: unit.standardised)
    ]
    return tuple(sentence(key, language) for key in keys), rows
