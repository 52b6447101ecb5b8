"""Pictures of a survey: answers as bars from light to dark, estimates as dots with their intervals.

Each row has its words above its picture, so that a long name has the whole width, also at 360 pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from thangdo.reporting.drawing import Drawing, svg
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import number
from thangdo.reporting.survey_report import Interval, Item, shown, shown_interval
from thangdo.reporting.survey_words import sentence

_ROW = 44
# One hue, light to dark; the lightest keeps its edge in grey and on paper.
_HUES = ("#ffffff", "#dbe9ee", "#a5c9d4", "#4f93a8", "#0d5c75")


def tens_around(rows: Sequence[Interval]) -> tuple[float, float]:
    """The scale of all intervals in per cent, from ten to ten."""
    low = max(0.0, min(row.low for row in rows) * 100 // 10 * 10)
    return low, min(100.0, -(-max(row.high for row in rows) * 100 // 10) * 10)


def interval_dots(
    rows: Sequence[Interval], title: str, caption: str, language: Language, bounds: tuple[float, float] | None = None
) -> Drawing:
    """One line a name on a common scale; `bounds` (per cent) where several pictures share theirs."""
    low, high = bounds or tens_around(rows)
    span = max(high - low, 10.0)

    def across(value: float) -> str:
        return f"{(value * 100 - low) / span * 100:.2f}%"

    shapes: list[Markup] = []
    bottom = len(rows) * _ROW
    steps = [low + span * part / 2 for part in range(3)]
    for step, anchor in zip(steps, ("start", "middle", "end"), strict=True):
        x = across(step / 100)
        shapes.append(element("line", x1=x, x2=x, y1=0, y2=bottom, class_="plot-grid"))
        shapes.append(
            element(
                "text", number(step, language, 0) + " %", x=x, y=bottom + 18, text_anchor=anchor, class_="plot-axis"
            )
        )
    for place, row in enumerate(rows):
        top = place * _ROW
        middle = top + 29
        shapes += _words(row.name, shown_interval(row, language), top + 17)
        shapes += [
            element("line", x1=across(row.low), x2=across(row.high), y1=middle, y2=middle, class_="plot-range"),
            element("circle", cx=across(row.value), cy=middle, r=5, class_="plot-dot"),
        ]
    table = (
        (sentence("column_name", language), sentence("column_estimate", language)),
        [(row.name, shown_interval(row, language)) for row in rows],
    )
    return Drawing(svg(shapes, bottom + 26, title, caption), caption, title, table)


def answer_bars(items: Sequence[Item], title: str, caption: str, language: Language) -> Drawing:
    """A bar a question from the lowest answer (light) to the highest (dark), the satisfied share beside it."""
    shapes: list[Markup] = []
    for place, item in enumerate(items):
        top = place * _ROW
        shapes += _words(item.name, shown(item.satisfied, language), top + 17)
        start = 0.0
        hues = _HUES[-len(item.shares) :] if len(item.shares) <= len(_HUES) else _HUES
        for answer, part in enumerate(item.shares):
            hue = hues[min(answer, len(hues) - 1)]
            shapes.append(
                element(
                    "rect", x=f"{start * 100:.2f}%", y=top + 23, width=f"{part * 100:.2f}%", height=14,
                    fill=hue, stroke="#5a6672", stroke_width="0.5",
                )
            )  # fmt: skip
            start += part
    header = (sentence("column_name", language), *(str(k + 1) for k in range(max(len(i.shares) for i in items))))
    rows = [(item.name, *(shown(part, language) for part in item.shares)) for item in items]
    return Drawing(svg(shapes, len(items) * _ROW, title, caption), caption, title, (header, rows))


def _words(name: str, value: str, y: int) -> list[Markup]:
    return [
        element("text", name, x="0%", y=y, class_="plot-text"),
        element("text", value, x="100%", y=y, text_anchor="end", class_="plot-text is-marked"),
    ]
