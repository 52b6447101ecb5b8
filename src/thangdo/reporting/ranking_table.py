"""A ranking as one table that carries its own picture: a dot plot on one scale, tiers by a heavier line.

Values in, HTML out. The styles are `assets/drawings.css`; without them it is still a readable table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.language import Language, translator
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import Absent, absent, interval, number, percent, rank_range, signed
from thangdo.reporting.plot import axis, grid, place
from thangdo.reporting.scale import Scale, scale_of

_MOST_LEVELS = 5


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One unit. `class_level` counts from 1, the best; `change` may be a word ("đơn vị mới") instead.

    `rank` None = scored and not ranked; `score` may say why there is none.
    """

    unit: str
    score: Decimal | Absent
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    change: Decimal | str | None = None
    class_name: str = ""
    class_level: int = 0
    tier: int | None = None
    link: str = ""
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class RankingTable:
    """Rows in the order they are read, and what the columns mean.

    `digits` are the method's; `maximum` stands in the header of the score; `level` is that of the intervals
    in percent; `base` is what a change is compared with, such as a year.
    """

    caption: str
    rows: Sequence[RankingRow]
    digits: int = 2
    maximum: Decimal = Decimal(100)
    level: int = 95
    base: str = ""
    scale: Scale | None = None


def ranking_table(table: RankingTable, language: Language) -> Markup:
    """The table as HTML. Columns that no row fills are left out."""
    scale = table.scale or scale_of(_plotted(table.rows))
    has_ranges = any(row.rank_low is not None for row in table.rows)
    has_changes = any(row.change is not None for row in table.rows)
    has_classes = any(row.class_name for row in table.rows)
    rows = []
    for position, row in enumerate(table.rows):
        following = table.rows[position + 1] if position + 1 < len(table.rows) else None
        is_tier_end = row.tier is not None and following is not None and following.tier != row.tier
        cells = [
            _rank_cell(row, language),
            _name_cell(row),
            _dots_cell(row, scale, table.digits, language),
            _score_cell(row, table.digits, language),
            _change_cell(row, table.digits, language) if has_changes else None,
            _class_cell(row) if has_classes else None,
        ]
        names = " ".join(name for name, holds in (("tier-end", is_tier_end), ("is-marked", row.is_marked)) if holds)
        rows.append(element("tr", *cells, role="row", class_=names or None))
    # Small screens lay rows out as grids, which takes a table's roles away unless they are written.
    return element(
        "table",
        element("caption", table.caption, class_="hidden-visually"),
        element("thead", _header(table, scale, has_ranges, has_changes, has_classes, language), role="rowgroup"),
        element("tbody", *rows, role="rowgroup"),
        class_="ranking",
        role="table",
    )


def how_to_read(table: RankingTable, language: Language) -> tuple[str, ...]:
    """Sentences that explain what this very table shows, and no sign that it does not."""
    _ = translator("reporting", language)
    sentences = []
    if any(row.low is not None for row in table.rows):
        sentences.append(
            _("The dot is the score, the bar its %(level)s confidence interval from the survey part of the points.")
            % {"level": percent(table.level, language)}
        )
    else:
        sentences.append(_("The dot is the score; all rows share one scale."))
    if any(row.rank_low is not None for row in table.rows):
        sentences.append(
            _("The range beside a rank holds every rank that the data leave possible; a rank without one is certain.")
        )
    if len({row.tier for row in table.rows if row.tier is not None}) > 1:
        sentences.append(
            _("A heavier line separates groups that the data tell apart; within a group, ranks may change places.")
        )
    if any(row.rank is None for row in table.rows):
        sentences.append(_("Units without a rank are scored and not ranked."))
    return tuple(sentences)


def class_chip(name: str, level: int) -> Markup:
    """A class as its word on its shade; the darkest is the best, the word always says it."""
    return element("span", name, class_=f"class-chip level-{min(max(level, 1), _MOST_LEVELS)}")


def _plotted(rows: Sequence[RankingRow]) -> list[Decimal]:
    values = [row.score for row in rows if isinstance(row.score, Decimal)]
    return values + [end for row in rows for end in (row.low, row.high) if end is not None]


def _header(
    table: RankingTable, scale: Scale, has_ranges: bool, has_changes: bool, has_classes: bool, language: Language
) -> Markup:
    _ = translator("reporting", language)
    rank = _("Rank (%(level)s range)") % {"level": percent(table.level, language)} if has_ranges else _("Rank")
    score = _("Points out of %(maximum)s") % {"maximum": number(table.maximum, language)}
    changed = _("Against %(base)s, points") % {"base": table.base} if table.base else _("Change, points")
    spoken = element("span", _("Score on one scale"), class_="hidden-visually")
    cells = [
        element("th", rank, class_="rank", scope="col", role="columnheader"),
        element("th", _("Unit"), class_="name", scope="col", role="columnheader"),
        element("th", spoken, axis(scale, language), class_="dots", scope="col", role="columnheader"),
        element("th", score, class_="score", scope="col", role="columnheader"),
        element("th", changed, class_="change", scope="col", role="columnheader") if has_changes else None,
        element("th", _("Class"), class_="class", scope="col", role="columnheader") if has_classes else None,
    ]
    return element("tr", *cells, role="row")


def _rank_cell(row: RankingRow, language: Language) -> Markup:
    _ = translator("reporting", language)
    if row.rank is None:
        return element("td", element("span", _("not ranked"), class_="absent"), class_="rank", role="cell")
    ranged = None
    # A rank that no other could be stands alone.
    if row.rank_low is not None and row.rank_high is not None and row.rank_low < row.rank_high:
        ranged = element("span", f"({rank_range(row.rank_low, row.rank_high)})")
    return element("td", str(row.rank), " " if ranged else None, ranged, class_="rank", role="cell")


def _name_cell(row: RankingRow) -> Markup:
    name = element("a", row.unit, href=row.link) if row.link else row.unit
    return element("th", name, class_="name", scope="row", role="rowheader")


def _dots_cell(row: RankingRow, scale: Scale, digits: int, language: Language) -> Markup:
    shapes = grid(scale)
    spoken = None
    if row.low is not None and row.high is not None:
        ends = {"x1": place(scale, row.low), "x2": place(scale, row.high)}
        shapes.append(element("line", y1="50%", y2="50%", class_="plot-range", **ends))
        spoken = element("span", interval(row.low, row.high, language, digits), class_="hidden-visually")
    if isinstance(row.score, Decimal):
        shapes.append(element("circle", cx=place(scale, row.score), cy="50%", r=5, class_="plot-dot"))
    picture = element("svg", *shapes, height=30, aria_hidden="true", focusable="false")
    return element("td", spoken, element("div", picture, class_="plot"), class_="dots", role="cell")


def _score_cell(row: RankingRow, digits: int, language: Language) -> Markup:
    if isinstance(row.score, Absent):
        said = element("span", absent(row.score, language), class_="absent")
        return element("td", said, class_="score", role="cell")
    return element("td", number(row.score, language, digits), class_="score", role="cell")


def _change_cell(row: RankingRow, digits: int, language: Language) -> Markup:
    if isinstance(row.change, Decimal):
        return element("td", signed(row.change, language, digits), class_="change", role="cell")
    return element("td", element("span", row.change or "", class_="absent"), class_="change", role="cell")


def _class_cell(row: RankingRow) -> Markup:
    chip = class_chip(row.class_name, row.class_level) if row.class_name else None
    return element("td", chip, class_="class", role="cell")
