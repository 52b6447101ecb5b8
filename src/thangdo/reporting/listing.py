"""A list as a value: its sentence, columns and rows; what stands on the page, in the workbook and on paper is this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.language import Language
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import Absent, number, signed


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its words with the unit, whether it holds numbers, and how they are printed.

    `digits` None prints a number as it is. `is_change` prints it with its sign. `share` is a text column's part of
    the width: on paper, and as the room it keeps on a small screen.
    """

    words: str
    is_number: bool = False
    digits: int | None = None
    is_change: bool = False
    share: int = 1


@dataclass(frozen=True, slots=True)
class Linked:
    """A cell that leads somewhere; in a workbook and on paper it is its words."""

    words: str
    href: str


# A cell of one word up to this length, a date above all, is never broken; longer ones may have to be on a small screen.
LONGEST_WHOLE_WORD = 16

Value = str | int | Decimal | Absent | Linked | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows under columns. `name` names the file, `title` says what the list shows, `note` its source and state.

    `row_header` is the column that names the row. `empty` is said where there are no rows.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    note: str = ""
    row_header: int = 0
    empty: str = ""


def cell_text(value: Value, column: Column, language: Language) -> str:
    """A cell as people read it, in the reader's language."""
    if value is None:
        return ""
    if isinstance(value, Linked):
        return value.words
    if isinstance(value, str):
        return value
    if column.is_change:
        return signed(value, language, column.digits)
    return number(value, language, column.digits)


def listing_table(listing: Listing, language: Language) -> Markup:
    """The list as a table in a frame that scrolls by itself; the sentence for none where it is empty."""
    if not listing.rows:
        return element("p", listing.empty, class_="quiet")
    header = [
        element("th", column.words, scope="col", class_="n" if column.is_number else None) for column in listing.columns
    ]
    body = []
    for row in listing.rows:
        cells = []
        for place, (value, column) in enumerate(zip(row, listing.columns, strict=True)):
            text = cell_text(value, column, language)
            shown = element("a", text, href=value.href) if isinstance(value, Linked) else text
            is_absent = isinstance(value, Absent)
            room = f"w{min(column.share, 5)}" if column.share > 1 and not column.is_number else ""
            whole = "nowrap" if not column.is_number and " " not in text and len(text) <= LONGEST_WHOLE_WORD else ""
            classes = " ".join(
                filter(None, ("n" if column.is_number else "", "quiet" if is_absent else "", room, whole))
            )
            if place == listing.row_header:
                cells.append(element("th", shown, scope="row", class_=classes or None))
            else:
                cells.append(element("td", shown, class_=classes or None))
        body.append(element("tr", *cells))
    table = element(
        "table",
        element("caption", listing.title, class_="hidden-text"),
        element("thead", element("tr", *header)),
        element("tbody", *body),
        class_="listing",
    )
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=listing.title)
