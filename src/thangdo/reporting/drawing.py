"""A drawing: an SVG that fills its column, with title, description, its numbers as a table, and its source.

Places along the width are percentages, so one drawing serves a screen of 360 pixels, of 1280 and a sheet of
paper without a script, and its letters keep their size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

from thangdo.reporting.language import Language, translator
from thangdo.reporting.markup import element

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """`caption` says what to see; `description` tells it to who does not see; `table` is header and rows.

    Without rows the page itself shows the numbers beside the picture.
    """

    svg: Markup
    caption: str
    description: str
    table: tuple[Cells, Sequence[Cells]]
    source: str = ""


def svg(shapes: Sequence[Markup], height: int, title: str, description: str) -> Markup:
    """Shapes as one picture with a name and a description for those who do not see it."""
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *shapes,
        height=height,
        width="100%",
        role="img",
        aria_label=title,
        xmlns="http://www.w3.org/2000/svg",
    )


def figure(drawing: Drawing, language: Language) -> Markup:
    """The drawing in a page: caption, picture, its table on demand, source."""
    _ = translator("reporting", language)
    header, rows = drawing.table
    table = element(
        "table",
        element("thead", element("tr", *(element("th", cell, scope="col") for cell in header))),
        element("tbody", *(_table_row(row) for row in rows)),
    )
    return element(
        "figure",
        element("figcaption", drawing.caption),
        drawing.svg,
        element("details", element("summary", _("The numbers as a table")), table) if rows else None,
        source_line(drawing.source, language) if drawing.source else None,
        class_="drawing",
    )


def source_line(source: str, language: Language) -> Markup:
    """Where the numbers of a picture or table come from, below it."""
    _ = translator("reporting", language)
    return element("div", _("Source: %(source)s") % {"source": source}, class_="source")


def _table_row(row: Cells) -> Markup:
    cells = [element("th", row[0], scope="row")]
    cells += [element("td", cell, class_="number") for cell in row[1:]]
    return element("tr", *cells)


def spread(wanted: Sequence[float], apart: float) -> list[float]:
    """Heights near the wanted ones with at least `apart` between neighbours, in the same order.

    Labels that would touch share their place: each group stands around the middle of what its labels want.
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    groups: list[list[int]] = []
    for place in order:
        groups.append([place])
        while len(groups) > 1 and _top(groups[-1], wanted, apart) < _bottom(groups[-2], wanted, apart) + apart:
            groups[-2:] = [groups[-2] + groups[-1]]
    placed = [0.0] * len(wanted)
    for group in groups:
        start = _top(group, wanted, apart)
        for step, place in zip(count(), group):
            placed[place] = start + step * apart
    return placed


def _top(group: Sequence[int], wanted: Sequence[float], apart: float) -> float:
    middle = sum(wanted[place] for place in group) / len(group)
    return middle - apart * (len(group) - 1) / 2


def _bottom(group: Sequence[int], wanted: Sequence[float], apart: float) -> float:
    return _top(group, wanted, apart) + apart * (len(group) - 1)
