"""Units by pillars as one table: the number in every cell, one hue behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.language import Language, translator
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import Absent, absent, number, telling_digits

SHADES = 7
# With more columns than these, smaller letters keep them side by side on a wide screen.
_DENSE = 8
Value = Decimal | Absent


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A unit and its values, one a column."""

    unit: str
    values: Sequence[Value]
    link: str = ""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """`columns` are the pillars; `low` and `high` are the ends of the one scale (such as 0 and 100 percent).

    The darkest shade is the high end. Values outside the scale take the shade of its end. With `tells_ends` a percentage
    that is not 0 or 100 is not printed as one of them.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[HeatRow]
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(100)
    digits: int = 1
    tells_ends: bool = False


def heat_map(heat: HeatMap, language: Language) -> Markup:
    """The table in a frame that scrolls sideways by itself (also by keyboard), its first column standing still.

    Raises ValueError where a row has another number of values than there are columns.
    """
    _ = translator("reporting", language)
    header = [element("th", _("Unit"), class_="name", scope="col")]
    header += [element("th", column, scope="col") for column in heat.columns]
    body = []
    for row in heat.rows:
        if len(row.values) != len(heat.columns):
            raise ValueError(f"{row.unit}: {len(row.values)} values for {len(heat.columns)} columns")
        name = element("a", row.unit, href=row.link) if row.link else row.unit
        cells = [_cell(value, heat, language) for value in row.values]
        body.append(element("tr", element("th", name, class_="name", scope="row"), *cells))
    table = element(
        "table",
        element("caption", heat.caption, class_="hidden-visually"),
        element("thead", element("tr", *header)),
        element("tbody", *body),
        class_="heat",
    )
    frame = "heat-frame is-dense" if len(heat.columns) > _DENSE else "heat-frame"
    return element("div", table, class_=frame, tabindex=0, role="region", aria_label=heat.caption)


def shade(value: Decimal, low: Decimal, high: Decimal) -> int:
    """Which of the shades 0 (low end) to 6 (high end) a value takes; equal steps."""
    if high <= low:
        return SHADES - 1 if value >= high else 0
    step = int((value - low) / (high - low) * SHADES)
    return min(SHADES - 1, max(0, step))


def _cell(value: Value, heat: HeatMap, language: Language) -> Markup:
    if isinstance(value, Absent):
        return element("td", absent(value, language), class_="absent")
    digits = telling_digits(value, heat.digits) if heat.tells_ends else heat.digits
    return element("td", number(value, language, digits), class_=f"h{shade(value, heat.low, heat.high)}")
