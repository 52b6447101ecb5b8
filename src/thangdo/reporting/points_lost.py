"""Where the points went: one bar a criterion from zero, the longest first, in a table that carries its bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.language import Language, translator
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import number


@dataclass(frozen=True, slots=True)
class PointsLost:
    """A criterion (or pillar) and what its unit got of the maximum that applied to it."""

    code: str
    text: str
    points: Decimal
    maximum: Decimal
    link: str = ""

    @property
    def lost(self) -> Decimal:
        return self.maximum - self.points


def points_lost_table(rows: Sequence[PointsLost], caption: str, language: Language, digits: int = 2) -> Markup:
    """Rows by points lost, the most first; ties keep the order of the set. Nothing lost, no bar.

    The faint bar is the room there was (the maximum), the dark one what was lost; all share one scale.
    """
    _ = translator("reporting", language)
    widest = max((row.maximum for row in rows), default=Decimal(1)) or Decimal(1)
    header = element(
        "tr",
        element("th", _("Criterion"), class_="name", scope="col", role="columnheader"),
        element("th", _("Points lost, of the maximum"), class_="bar", scope="col", role="columnheader"),
        element("th", _("Lost of maximum"), class_="points", scope="col", role="columnheader"),
        role="row",
    )
    body = [_row(row, widest, digits, language) for row in sorted(rows, key=lambda row: -row.lost)]
    return element(
        "table",
        element("caption", caption, class_="hidden-visually"),
        element("thead", header, role="rowgroup"),
        element("tbody", *body, role="rowgroup"),
        class_="lost",
        role="table",
    )


def _row(row: PointsLost, widest: Decimal, digits: int, language: Language) -> Markup:
    _ = translator("reporting", language)
    text = element("a", row.text, href=row.link) if row.link else row.text
    shapes = [
        element("rect", x=0, y="35%", height="30%", width=_width(row.maximum, widest), class_="plot-room"),
        element("rect", x=0, y="15%", height="70%", width=_width(row.lost, widest), class_="plot-bar"),
        element("line", x1=0, x2=0, y1=0, y2="100%", class_="plot-base"),
    ]
    amount = element("b", number(row.lost, language, digits))
    of = element("span", " " + _("of %(maximum)s") % {"maximum": number(row.maximum, language)})
    return element(
        "tr",
        element("th", element("span", row.code, class_="code"), text, class_="name", scope="row", role="rowheader"),
        element(
            "td", element("svg", *shapes, height=16, aria_hidden="true", focusable="false"), class_="bar", role="cell"
        ),
        element("td", amount, of, class_="points", role="cell"),
        role="row",
    )


def _width(value: Decimal, widest: Decimal) -> str:
    return f"{max(0.0, float(value / widest * 100)):.2f}%"
