"""Pictures of a survey: answers as bars from light to dark, estimates as dots with their intervals, in groups.

Each row has its words above its picture and its number beside it, so that a long name has the whole width, also
at 360 pixels, and nothing touches.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeVar

from markupsafe import Markup

from thangdo.reporting.drawing import Drawing, svg
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import number
from thangdo.reporting.survey_report import Interval, Item, shown, shown_interval
from thangdo.reporting.survey_words import sentence

# Heights of a heading, a line of words, what is drawn below the words; letters that fit on a line of 360 pixels;
# the part of the width that is drawn on (the number stands in the rest).
_HEADING, _LINE, _DRAWN = 34, 18, 28
_LETTERS = 46
_PLOT = 0.84
# One hue, light to dark; the lightest keeps its edge in grey and on paper.
_HUES = ("#ffffff", "#dbe9ee", "#a5c9d4", "#4f93a8", "#0d5c75")


class _Rows(Protocol):
    """Rows of a picture under one heading."""

    @property
    def heading(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    def part(self, start: int, end: int) -> Self: ...


Group = TypeVar("Group", bound=_Rows)


@dataclass(frozen=True)
class Dots:
    """Estimates under one heading; `is_open` marks those that are not ranked or come from a model."""

    heading: str
    rows: tuple[Interval, ...]
    is_open: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(row.name for row in self.rows)

    def part(self, start: int, end: int) -> Self:
        return replace(self, rows=self.rows[start:end])


@dataclass(frozen=True)
class Bars:
    """Questions under one heading."""

    heading: str
    rows: tuple[Item, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(row.name for row in self.rows)

    def part(self, start: int, end: int) -> Self:
        return replace(self, rows=self.rows[start:end])


def sheets(groups: Sequence[Group], height: int) -> list[list[Group]]:
    """The groups cut where a picture would grow higher than `height`; headings go on where a group does."""
    found: list[list[Group]] = [[]]
    used = 0
    for group in groups:
        start = 0
        for place, name in enumerate(group.names):
            needed = _height(name) + (_HEADING if place == start and group.heading else 0)
            if used and used + needed > height:
                if place > start:
                    found[-1].append(group.part(start, place))
                found.append([])
                start, used = place, 0
                needed = _height(name) + (_HEADING if group.heading else 0)
            used += needed
        found[-1].append(group.part(start, len(group.names)))
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
    bounds: tuple[float, float, float] | None = None,
) -> Drawing:  # fmt: skip
    """One line a name on a common scale; `bounds` (per cent) where several pictures share theirs."""
    every = [row for group in groups for row in group.rows]
    low, high, step = bounds or tidy_bounds(every)

    def across(value: float) -> str:
        return f"{min(max((value * 100 - low) / (high - low), 0.0), 1.0) * 100 * _PLOT:.2f}%"

    shapes, top = [], 0
    ticks = [low + step * part for part in range(round((high - low) / step) + 1)]
    for group in groups:
        if group.heading:
            shapes += _heading(group.heading, top)
            top += _HEADING
        for row in group.rows:
            words, below = _words(row.name, top)
            middle = below + 11
            shapes += words
            shapes += [
                element(
                    "line", x1=across(t / 100), x2=across(t / 100), y1=middle - 6, y2=middle + 6, class_="plot-grid"
                )
                for t in ticks
            ]
            kind = "plot-dot is-open" if group.is_open else "plot-dot"
            shapes += [
                element("line", x1=across(row.low), x2=across(row.high), y1=middle, y2=middle, class_="plot-range"),
                element("circle", cx=across(row.value), cy=middle, r=5, class_=kind),
                _number(number(row.value * 100, language, 1), middle + 5),
            ]
            top = below + _DRAWN
    for place, tick in enumerate(ticks):
        anchor = "start" if place == 0 else "middle"
        text = number(tick, language, 0) + " %"
        shapes.append(element("text", text, x=across(tick / 100), y=top + 14, text_anchor=anchor, class_="plot-axis"))
    table = (
        (sentence("column_name", language), sentence("column_estimate", language)),
        [(row.name, shown_interval(row, language)) for row in every],
    )
    return Drawing(svg(shapes, top + 24, title, caption), caption, title, table)


def answer_bars(groups: Sequence[Bars], title: str, caption: str, language: Language) -> Drawing:
    """A bar a question from the lowest answer (light) to the highest (dark), the satisfied share beside it."""
    shapes, top = [], 0
    for group in groups:
        if group.heading:
            shapes += _heading(group.heading, top)
            top += _HEADING
        for item in group.rows:
            words, below = _words(item.name, top)
            shapes += words
            start = 0.0
            for part, hue in zip(item.shares, _hues(len(item.shares)), strict=True):
                shapes.append(
                    element(
                        "rect", x=f"{start * 100 * _PLOT:.2f}%", y=below + 3, width=f"{part * 100 * _PLOT:.2f}%",
                        height=15, fill=hue, stroke="#5a6672", stroke_width="0.5",
                    )
                )  # fmt: skip
                start += part
            shapes.append(_number(shown(item.satisfied, language), below + 16))
            top = below + _DRAWN
    every = [item for group in groups for item in group.rows]
    header = (sentence("column_name", language), *(str(k + 1) for k in range(max(len(i.shares) for i in every))))
    rows = [(item.name, *(shown(part, language) for part in item.shares)) for item in every]
    return Drawing(svg(shapes, top, title, caption), caption, title, (header, rows))


def _hues(count: int) -> tuple[str, ...]:
    """As many shades as answers; a longer scale repeats the ends' neighbours rather than running out."""
    return tuple(_HUES[round(place * (len(_HUES) - 1) / max(count - 1, 1))] for place in range(count))


def _height(name: str) -> int:
    return len(_lines(name)) * _LINE + _DRAWN


def _lines(name: str) -> list[str]:
    return textwrap.wrap(name, _LETTERS, break_long_words=False) or [""]


def _heading(words: str, top: int) -> list[Markup]:
    line = element("line", x1="0%", x2="100%", y1=top + 6, y2=top + 6, class_="plot-leader")
    return [line, element("text", words, x="0%", y=top + 25, class_="plot-text is-marked")]


def _words(name: str, top: int) -> tuple[list[Markup], int]:
    """The name in lines from `top`, and where what is drawn begins."""
    lines = _lines(name)
    made = [
        element("text", line, x="0%", y=top + 15 + place * _LINE, class_="plot-text")
        for place, line in enumerate(lines)
    ]
    return made, top + len(lines) * _LINE


def _number(text: str, y: int) -> Markup:
    return element("text", text, x="100%", y=y, text_anchor="end", class_="plot-text is-marked")
