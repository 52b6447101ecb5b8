"""Where the points went: one bar a criterion from zero, the longest first, in a table that carries its bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.language import Language, translator
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import number
from thangdo.reporting.plot import axis, grid
from thangdo.reporting.scale import Scale, scale_of

_ZERO = Decimal(0)


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

    All bars share one scale from zero. It reaches at least one percent of all points, so that a unit which
    lost next to nothing is not drawn as if it had lost much.
    """
    scale = scale_of([*(row.lost for row in rows), sum((row.maximum for row in rows), _ZERO) / 100], 4, with_zero=True)
    body = [_row(row, scale, digits, language) for row in sorted(rows, key=lambda row: -row.lost)]
    return element(
        "table",
        element("caption", caption, class_="hidden-visually"),
        element("thead", _header(scale, language), role="rowgroup"),
        element("tbody", *body, role="rowgroup"),
        class_="lost",
        role="table",
    )


def _header(scale: Scale, language: Language) -> Markup:
    _ = translator("reporting", language)
    spoken = element("span", _("Points lost"), class_="hidden-visually")
    bar = element("th", spoken, axis(scale, language), class_="bar", scope="col", role="columnheader")
    return element(
        "tr",
        element("th", _("Criterion"), class_="name", scope="col", role="columnheader"),
        bar,
        element("th", _("Points lost, of the maximum"), class_="points", scope="col", role="columnheader"),
        role="row",
    )


def _row(row: PointsLost, scale: Scale, digits: int, language: Language) -> Markup:
    _ = translator("reporting", language)
    text = element("a", row.text, href=row.link) if row.link else row.text
    width = max(0.0, scale.at(row.lost) - scale.at(_ZERO))
    shapes = [
        *grid(scale),
        element("rect", x=f"{scale.at(_ZERO):.2f}%", y="25%", height="50%", width=f"{width:.2f}%", class_="plot-bar"),
    ]
    amount = element("b", number(row.lost, language, digits))
    of = element("span", " " + _("of %(maximum)s") % {"maximum": number(row.maximum, language)})
    picture = element("svg", *shapes, height=30, aria_hidden="true", focusable="false")
    return element(
        "tr",
        element("th", element("span", row.code, class_="code"), text, class_="name", scope="row", role="rowheader"),
        element("td", element("div", picture, class_="plot"), class_="bar", role="cell"),
        element("td", amount, of, class_="points", role="cell"),
        role="row",
    )
