"""Published tables as values: what a source printed, cell by cell, with its words.

A folder of published tables holds what an authority or a newspaper printed, not what anyone computed. Each
row carries the words it was read from and their paragraph. `where` leads back to file and line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from thangdo.findings import Where


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit in one ranking as printed (`published.csv`). A blank score, rank or class is None or ""."""

    where: Where
    index: str
    block: str
    unit: str
    published: Decimal | None
    rank: int | None
    class_name: str
    source: str = ""
    words: str = ""
    paragraph: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many units a source says there are (`counts.csv`).

    `group` is `block` (all units of the block), `class` (those of one class) or `leaders` (the first ones,
    of one class). `named` is `all` where the source names every unit it counts here, else `some`.
    """

    where: Where
    index: str
    block: str
    group: str
    class_name: str
    count: int | None
    total: int | None
    named: str
    source: str = ""
    words: str = ""
    paragraph: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A level as printed (`bands.csv`): from `lower` (itself included) to below `upper`; blank = open."""

    where: Where
    index: str
    block: str
    class_name: str
    lower: Decimal | None
    upper: Decimal | None
    maximum: Decimal | None
    source: str = ""
    words: str = ""
    paragraph: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A counted number as printed (`figures.csv`).

    `bound` is `exact`, `above` ("hơn", more than: the number is a lower bound), `below` ("gần", nearly: an
    upper bound) or `about` ("khoảng": no bound at all).
    """

    where: Where
    figure: str
    name_vi: str
    name_en: str
    value: Decimal | None
    bound: str
    unit: str
    source: str = ""
    words: str = ""
    paragraph: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """`part` is one of the figures that add up to `total` (`sums.csv`)."""

    where: Where
    total: str
    part: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage as printed, 0 to 100, with the figures it is a share of (`shares.csv`)."""

    where: Where
    share: str
    name_vi: str
    name_en: str
    percent: Decimal | None
    numerator: str
    denominator: str
    source: str = ""
    words: str = ""
    paragraph: int | None = None
    note: str = ""


Row = TypeVar("Row", Standing, Count, Band)


@dataclass(frozen=True)
class Published:
    """Everything one folder of published tables says."""

    id: str = ""
    year: int = 0
    language: str = "vi"
    ties: str = "competition"
    title_vi: str = ""
    title_en: str = ""
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    standings: tuple[Standing, ...] = ()
    counts: tuple[Count, ...] = ()
    bands: tuple[Band, ...] = ()
    figures: tuple[Figure, ...] = ()
    parts: tuple[Part, ...] = ()
    shares: tuple[Share, ...] = ()

    def rankings(self) -> dict[tuple[str, str], list[Standing]]:
        """Standings by index and block, in the order of the source."""
        return _grouped(self.standings)

    def counts_by_block(self) -> dict[tuple[str, str], list[Count]]:
        return _grouped(self.counts)

    def bands_by_block(self) -> dict[tuple[str, str], list[Band]]:
        return _grouped(self.bands)

    def block_size(self, index: str, block: str) -> int | None:
        """The number of units the source gives for a block: the first total it states; None if it states none."""
        totals = (row.total for row in self.counts_by_block().get((index, block), ()))
        return next((total for total in totals if total is not None), None)


def _grouped(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.index, row.block), []).append(row)
    return groups
