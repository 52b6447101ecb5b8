"""Two years as slopes: one line a unit, both ends named with their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.drawing import Drawing, spread, svg
from thangdo.reporting.language import Language, translator
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import number, signed

_LEFT, _RIGHT = 24.0, 50.0
_LEADER = 3.0
_TOP = 34.0
_APART = 19.0


@dataclass(frozen=True, slots=True)
class SlopeLine:
    """A unit's value before and after; `short` is its name in the picture."""

    unit: str
    before: Decimal
    after: Decimal
    short: str = ""
    is_marked: bool = False


def slope(
    lines: Sequence[SlopeLine],
    before: str,
    after: str,
    caption: str,
    language: Language,
    digits: int = 2,
    source: str = "",
) -> Drawing:
    """Lines from the year `before` to the year `after`. Raises ValueError without any."""
    if not lines:
        raise ValueError("a slope chart needs at least one line")
    _ = translator("reporting", language)
    low = min(min(line.before, line.after) for line in lines)
    high = max(max(line.before, line.after) for line in lines)
    room = max(140.0, _APART * 1.3 * (len(lines) - 1))

    def y(value: Decimal) -> float:
        return _TOP + room * (float((high - value) / (high - low)) if high > low else 0.5)

    left = spread([y(line.before) for line in lines], _APART)
    right = spread([y(line.after) for line in lines], _APART)
    # Labels pushed above the frame take the whole picture down with them.
    drop = max(0.0, _TOP - min([*left, *right]))
    shapes = [
        element("text", before, x=f"{_LEFT}%", y=14, text_anchor="middle", class_="plot-text is-soft"),
        element("text", after, x=f"{_RIGHT}%", y=14, text_anchor="middle", class_="plot-text is-soft"),
    ]
    order = sorted(range(len(lines)), key=lambda place: lines[place].is_marked)
    for place in order:
        line = lines[place]
        ends = (y(line.before) + drop, y(line.after) + drop)
        shapes += _line(line, ends, (left[place] + drop, right[place] + drop), language, digits)
    rows = [
        (
            line.unit,
            number(line.before, language, digits),
            number(line.after, language, digits),
            _moved(line, language, digits),
        )
        for line in sorted(lines, key=lambda line: -line.after)
    ]
    up = sum(line.after > line.before for line in lines)
    down = sum(line.after < line.before for line in lines)
    description = _("From %(before)s to %(after)s: %(up)s units up, %(down)s down, %(same)s unchanged.") % {
        "before": before,
        "after": after,
        "up": up,
        "down": down,
        "same": len(lines) - up - down,
    }
    header = (_("Unit"), before, after, _("Change, points"))
    height = int(max([*left, *right]) + drop + 16)
    return Drawing(svg(shapes, height, caption, description), caption, description, (header, rows), source)


def _line(
    line: SlopeLine, ends: tuple[float, float], labels: tuple[float, float], language: Language, digits: int
) -> list[Markup]:
    mark = " is-marked" if line.is_marked else ""
    first, last = (f"{end:.1f}" for end in ends)
    name = line.short or line.unit
    shapes = [
        element("line", x1=f"{_LEFT}%", x2=f"{_RIGHT}%", y1=first, y2=last, class_=f"plot-line{mark}"),
        element("circle", cx=f"{_LEFT}%", cy=first, r=3.5, class_="plot-dot" if line.is_marked else "plot-other"),
        element("circle", cx=f"{_RIGHT}%", cy=last, r=3.5, class_="plot-dot" if line.is_marked else "plot-other"),
    ]
    for x, step, end, y, anchor, words in (
        (_LEFT, -_LEADER, first, labels[0], "end", number(line.before, language, digits)),
        (_RIGHT, _LEADER, last, labels[1], "start", f"{number(line.after, language, digits)}\u2002{name}"),
    ):
        ends_at = f"{x + step}%"
        gap = 4 if anchor == "start" else -4
        text = element(
            "text", words, x=ends_at, y=f"{y + 5:.1f}", dx=gap, text_anchor=anchor, class_=f"plot-text{mark}"
        )
        # Labels that had to make room for each other stay tied to their ends.
        tie = element("line", x1=f"{x}%", x2=ends_at, y1=end, y2=f"{y:.1f}", class_=f"plot-leader{mark}")
        shapes += [tie, text]
    return shapes


def _moved(line: SlopeLine, language: Language, digits: int) -> str:
    return signed(line.after - line.before, language, digits)
