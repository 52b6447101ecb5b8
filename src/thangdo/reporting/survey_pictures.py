"""Pictures of a survey: answers as bars from light to dark, estimates as dots with their intervals, in groups.

On a screen each row has its words above its picture, so that a long name has the whole width, also at 360 pixels; on
paper they stand beside it. The number stands at the right in both, and nothing touches.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, Self, TypeVar

from markupsafe import Markup

from thangdo.reporting.drawing import Drawing, svg
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import number
from thangdo.reporting.survey_report import Interval, Item, shown, shown_interval
from thangdo.reporting.survey_words import sentence

# Heights of a heading and of a line of words.
_HEADING, _LINE = 34, 18


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a row's words and its picture stand: letters on a line of words, the part of the width drawn on (0–1;
    the number stands to the right of it), what is drawn below the words, the least height of a row."""

    letters: int
    start: float
    end: float
    below: int
    least: int = 0

    @property
    def is_beside(self) -> bool:
        return self.start > 0

    def lines(self, name: str) -> list[str]:
        return textwrap.wrap(name, self.letters, break_long_words=False) or [""]

    def height(self, name: str) -> int:
        return max(len(self.lines(name)) * _LINE + self.below, self.least)

    def across(self, part: float) -> str:
        """Where a share 0–1 of the drawn width lies."""
        return f"{(self.start + part * (self.end - self.start)) * 100:.2f}%"


# 46 letters fit on a line of 360 pixels, 36 on two fifths of a sheet.
SCREEN = Layout(46, 0.0, 0.84, 28)
PAPER = Layout(36, 0.42, 0.9, 6, 24)
# One hue, light to dark; the lightest keeps its edge in grey and on paper.
_HUES = ("#ffffff", "#dbe9ee", "#a5c9d4", "#4f93a8", "#0d5c75")


class _Named(Protocol):
    """A row that has words."""

    @property
    def name(self) -> str: ...


class _Rows(Protocol):
    """Rows of a picture under one heading."""

    @property
    def heading(self) -> str: ...
    @property
    def rows(self) -> Sequence[_Named]: ...
    def part(self, start: int, end: int) -> Self: ...


Group = TypeVar("Group", bound=_Rows)
Row = TypeVar("Row", bound=_Named)


@dataclass(frozen=True)
class Dots:
    """Estimates under one heading; `is_open` marks those that are not ranked or come from a model."""

    heading: str
    rows: tuple[Interval, ...]
    is_open: bool = False

    def part(self, start: int, end: int) -> Self:
        return replace(self, rows=self.rows[start:end])


@dataclass(frozen=True)
class Bars:
    """Questions under one heading."""

    heading: str
    rows: tuple[Item, ...]

    def part(self, start: int, end: int) -> Self:
        return replace(self, rows=self.rows[start:end])


def sheets(groups: Sequence[Group], height: int, layout: Layout = SCREEN) -> list[list[Group]]:
    """The groups cut where a picture would grow higher than `height`; headings go on where a group does."""
    found: list[list[Group]] = [[]]
    used = 0
    for group in groups:
        start = 0
        for place, row in enumerate(group.rows):
            needed = layout.height(row.name) + (_HEADING if place == start and group.heading else 0)
            if used and used + needed > height:
                if place > start:
                    found[-1].append(group.part(start, place))
                found.append([])
                start, used = place, 0
                needed = layout.height(row.name) + (_HEADING if group.heading else 0)
            used += needed
        found[-1].append(group.part(start, len(group.rows)))
    return [sheet for sheet in found if sheet]


def tidy_bounds(rows: Sequence[Interval]) -> tuple[float, float, float]:
    """Low and high end of the scale of all intervals in per cent, and a step of at most four parts between."""
    low, high = min(row.low for row in rows) * 100, max(row.high for row in rows) * 100
    for step in (1, 2, 5, 10, 20):
        start, end = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
        if end - start <= 4 * step:
            return float(start), float(max(end, start + step)), float(step)
    return 0.0, 100.0, 25.0


def interval_dots(
    groups: Sequence[Dots], title: str, caption: str, language: Language,
    bounds: tuple[float, float, float] | None = None, layout: Layout = SCREEN,
) -> Drawing:  # fmt: skip
    """One line a name on a common scale; `bounds` (per cent) where several pictures share theirs."""
    every = [row for group in groups for row in group.rows]
    low, high, step = bounds or tidy_bounds(every)
    ticks = [low + step * part for part in range(round((high - low) / step) + 1)]

    def across(value: float) -> str:
        return layout.across(min(max((value * 100 - low) / (high - low), 0.0), 1.0))

    def drawn(group: Dots, row: Interval, middle: int) -> list[Markup]:
        ends = {"y1": middle - 6, "y2": middle + 6, "class_": "plot-grid"}
        return [
            *(element("line", x1=across(tick / 100), x2=across(tick / 100), **ends) for tick in ticks),
            element("line", x1=across(row.low), x2=across(row.high), y1=middle, y2=middle, class_="plot-range"),
            element(
                "circle", cx=across(row.value), cy=middle, r=5,
                class_="plot-dot is-open" if group.is_open else "plot-dot",
            ),
            _number(number(row.value * 100, language, 1), middle + 5),
        ]  # fmt: skip

    shapes, top = _laid_out([(group.heading, group.rows, partial(drawn, group)) for group in groups], layout)
    for place, tick in enumerate(ticks):
        anchor = "start" if place == 0 and not layout.is_beside else "middle"
        text = number(tick, language, 0) + "\u00a0%"
        shapes.append(element("text", text, x=across(tick / 100), y=top + 14, text_anchor=anchor, class_="plot-axis"))
    table = (
        (sentence("column_name", language), sentence("column_estimate", language)),
        [(row.name, shown_interval(row, language)) for row in every],
    )
    return Drawing(svg(shapes, top + 24, title, caption), caption, title, table)


def answer_bars(
    groups: Sequence[Bars], title: str, caption: str, language: Language, layout: Layout = SCREEN
) -> Drawing:
    """A bar a question from the lowest answer (light) to the highest (dark), the satisfied share beside it."""

    def drawn(item: Item, middle: int) -> list[Markup]:
        shapes, start = [], 0.0
        for part, hue in zip(item.shares, _hues(len(item.shares)), strict=True):
            width = f"{part * (layout.end - layout.start) * 100:.2f}%"
            shapes.append(
                element(
                    "rect", x=layout.across(start), y=middle - 8, width=width, height=15, fill=hue, stroke="#5a6672",
                    stroke_width="0.5",
                )
            )  # fmt: skip
            start += part
        return [*shapes, _number(shown(item.satisfied, language), middle + 5)]

    shapes, top = _laid_out([(group.heading, group.rows, drawn) for group in groups], layout)
    every = [item for group in groups for item in group.rows]
    header = (sentence("column_name", language), *(str(k + 1) for k in range(max(len(i.shares) for i in every))))
    rows = [(item.name, *(shown(part, language) for part in item.shares)) for item in every]
    return Drawing(svg(shapes, top, title, caption), caption, title, (header, rows))


def _laid_out(
    groups: Sequence[tuple[str, Sequence[Row], Callable[[Row, int], list[Markup]]]], layout: Layout
) -> tuple[list[Markup], int]:
    """Headings, words and what is drawn of each row around its middle, from the top; and the height of it all."""
    shapes: list[Markup] = []
    top = 0
    for heading, rows, drawn in groups:
        if heading:
            shapes += _heading(heading, top)
            top += _HEADING
        for row in rows:
            words, middle = _words(row.name, top, layout)
            shapes += [*words, *drawn(row, middle)]
            top += layout.height(row.name)
    return shapes, top


def _hues(count: int) -> tuple[str, ...]:
    """As many shades as answers; a longer scale repeats the ends' neighbours rather than running out."""
    return tuple(_HUES[round(place * (len(_HUES) - 1) / max(count - 1, 1))] for place in range(count))


def _heading(words: str, top: int) -> list[Markup]:
    line = element("line", x1="0%", x2="100%", y1=top + 6, y2=top + 6, class_="plot-leader")
    return [line, element("text", words, x="0%", y=top + 25, class_="plot-text is-marked")]


def _words(name: str, top: int, layout: Layout) -> tuple[list[Markup], int]:
    """The name in lines from `top`, and the middle of what is drawn beside or below it."""
    lines = layout.lines(name)
    middle = top + layout.height(name) // 2 if layout.is_beside else top + len(lines) * _LINE + 11
    first = middle + 5 - (len(lines) - 1) * _LINE // 2 if layout.is_beside else top + 15
    made = [
        element("text", line, x="0%", y=first + place * _LINE, class_="plot-text") for place, line in enumerate(lines)
    ]
    return made, middle


def _number(text: str, y: int) -> Markup:
    return element("text", text, x="100%", y=y, text_anchor="end", class_="plot-text is-marked")
