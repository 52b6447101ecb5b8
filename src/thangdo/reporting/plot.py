"""The parts that plots inside tables share: the axis in the header and the grid behind every row."""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.language import Language
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import number
from thangdo.reporting.scale import Scale


def axis(scale: Scale, language: Language) -> Markup:
    """The ticks' numbers; for eyes only, since every row says its own."""
    labels = [
        element(
            "text",
            number(tick, language, scale.digits),
            x=place(scale, tick),
            y=15,
            text_anchor="middle",
            class_="plot-axis",
        )
        for tick in scale.ticks
    ]
    return element("svg", *labels, height=22, aria_hidden="true", focusable="false")


def grid(scale: Scale) -> list[Markup]:
    """A thin line at every tick, as high as the row."""
    return [
        element("line", x1=place(scale, tick), x2=place(scale, tick), y1=0, y2="100%", class_="plot-grid")
        for tick in scale.ticks
    ]


def place(scale: Scale, value: Decimal) -> str:
    """Where a value stands along the width."""
    return f"{scale.at(value):.2f}%"
