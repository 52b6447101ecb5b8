"""A distribution as a strip: one dot a unit on one line, the marked ones named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.drawing import Drawing, spread, svg
from thangdo.reporting.language import Language, translator
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import number
from thangdo.reporting.scale import Scale, scale_of

_RADIUS = 5
_NAME_HEIGHT = 20.0
_MOST_STACKED = 6
# A dot takes about this part of the width on a small screen; nearer dots are stacked.
_NEAR = 2.4


@dataclass(frozen=True, slots=True)
class StripDot:
    """A unit's value; a marked one is dark and named beside its dot, by its `short` name if it has one."""

    unit: str
    value: Decimal
    is_marked: bool = False
    short: str = ""


def strip(
    dots: Sequence[StripDot], caption: str, language: Language, digits: int = 2, source: str = "", value_name: str = ""
) -> Drawing:
    """All values on one scale. Raises ValueError without any."""
    if not dots:
        raise ValueError("a strip needs at least one value")
    _ = translator("reporting", language)
    scale = scale_of(dot.value for dot in dots)
    marked = [dot for dot in dots if dot.is_marked]
    top = _NAME_HEIGHT * max(1, len(marked)) + 8
    ground = top + _RADIUS * 2 * _MOST_STACKED
    shapes = [*_grid(scale, top, ground, language)]
    heights = {}
    for dot, height in _stacked(dots, scale):
        heights[dot] = ground - height
        shape = "plot-dot" if dot.is_marked else "plot-other"
        shapes.append(element("circle", cx=_x(scale, dot.value), cy=f"{ground - height:g}", r=_RADIUS, class_=shape))
    names = spread([12 + _NAME_HEIGHT * place for place in range(len(marked))], _NAME_HEIGHT)
    for dot, y in zip(sorted(marked, key=lambda dot: dot.value), names):
        shapes += _name(dot, scale, y, heights[dot], number(dot.value, language, digits))
    low, high = (number(end(dot.value for dot in dots), language, digits) for end in (min, max))
    description = _("%(count)s units from %(low)s to %(high)s.") % {"count": len(dots), "low": low, "high": high}
    if marked:
        description += " " + "; ".join(f"{dot.unit}: {number(dot.value, language, digits)}" for dot in marked) + "."
    rows = [(dot.unit, number(dot.value, language, digits)) for dot in sorted(dots, key=lambda dot: -dot.value)]
    header = (_("Unit"), value_name or _("Points"))
    return Drawing(svg(shapes, int(ground) + 26, caption, description), caption, description, (header, rows), source)


def _grid(scale: Scale, top: float, ground: float, language: Language) -> list[Markup]:
    shapes = []
    for tick in scale.ticks:
        x = _x(scale, tick)
        shapes.append(element("line", x1=x, x2=x, y1=f"{top:g}", y2=f"{ground + 8:g}", class_="plot-grid"))
        label = number(tick, language, scale.digits)
        shapes.append(element("text", label, x=x, y=f"{ground + 22:g}", text_anchor="middle", class_="plot-axis"))
    return shapes


def _stacked(dots: Sequence[StripDot], scale: Scale) -> list[tuple[StripDot, float]]:
    """Each dot with its height over the ground: dots that would cover one another stand on each other."""
    placed: list[tuple[float, int]] = []
    heights = []
    for dot in sorted(dots, key=lambda dot: (dot.value, dot.unit)):
        at = scale.at(dot.value)
        taken = {level for place, level in placed if abs(place - at) < _NEAR}
        level = next((level for level in range(_MOST_STACKED) if level not in taken), _MOST_STACKED - 1)
        placed.append((at, level))
        heights.append((dot, _RADIUS + level * 2.0 * _RADIUS))
    return heights


def _name(dot: StripDot, scale: Scale, y: float, end: float, value: str) -> list[Markup]:
    x, is_right = _x(scale, dot.value), scale.at(dot.value) > 50
    gap = -6 if is_right else 6
    anchor = "end" if is_right else "start"
    line = element("line", x1=x, x2=x, y1=f"{y - 12:g}", y2=f"{end:g}", class_="plot-leader is-marked")
    words = element(
        "text",
        f"{dot.short or dot.unit}: {value}",
        x=x,
        y=f"{y:g}",
        dx=gap,
        text_anchor=anchor,
        class_="plot-text is-marked",
    )
    return [line, words]


def _x(scale: Scale, value: Decimal) -> str:
    # The ends keep a margin so that dots and tick labels stay inside.
    return f"{4 + scale.at(value) * 0.92:.2f}%"
