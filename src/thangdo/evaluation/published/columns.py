"""The files of a folder of published tables: one row a file, its columns and what a cell may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from thangdo.evaluation.round import TableSpec

Kind = Literal["text", "number", "whole", "unit"]
MANIFEST = "published.yaml"


@dataclass(frozen=True, slots=True)
class Column:
    """`name` in the file, `attribute` in the model; `choices` are the only words allowed, if any are given."""

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    attribute: str = ""

    @property
    def field(self) -> str:
        return self.attribute or self.name


@dataclass(frozen=True, slots=True)
class Table:
    file: str
    field: str
    columns: tuple[Column, ...]
    key: str = ""

    @property
    def spec(self) -> TableSpec:
        """What the room's table reader needs; only required columns must be there."""
        names = tuple(column.name for column in self.columns)
        required = tuple(column.name for column in self.columns if column.required)
        return TableSpec(self.file.removesuffix(".csv"), names, required)


_INDEX = Column("index", required=True)
_BLOCK = Column("block", required=True)
_ORIGIN = (Column("source"), Column("words"), Column("paragraph", "whole"), Column("note"))
_NAMES = (Column("name_vi"), Column("name_en"))

TABLES = (
    Table(
        "published.csv",
        "standings",
        (
            _INDEX,
            _BLOCK,
            Column("unit", "unit", required=True),
            Column("published", "number"),
            Column("published_rank", "whole", attribute="rank"),
            Column("published_class", attribute="class_name"),
            *_ORIGIN,
        ),
    ),
    Table(
        "counts.csv",
        "counts",
        (
            _INDEX,
            _BLOCK,
            Column("group", required=True, choices=("block", "class", "leaders")),
            Column("class", attribute="class_name"),
            Column("count", "whole", required=True),
            Column("total", "whole"),
            Column("named", required=True, choices=("all", "some")),
            *_ORIGIN,
        ),
    ),
    Table(
        "bands.csv",
        "bands",
        (
            _INDEX,
            _BLOCK,
            Column("class", required=True, attribute="class_name"),
            Column("lower", "number"),
            Column("upper", "number"),
            Column("maximum", "number"),
            *_ORIGIN,
        ),
    ),
    Table(
        "figures.csv",
        "figures",
        (
            Column("figure", required=True),
            *_NAMES,
            Column("value", "number", required=True),
            Column("bound", required=True, choices=("exact", "above", "below", "about")),
            Column("unit"),
            *_ORIGIN,
        ),
        key="figure",
    ),
    Table(
        "sums.csv",
        "parts",
        (Column("total", required=True), Column("part", required=True), Column("note")),
    ),
    Table(
        "shares.csv",
        "shares",
        (
            Column("share", required=True),
            *_NAMES,
            Column("percent", "number", required=True),
            Column("numerator"),
            Column("denominator"),
            *_ORIGIN,
        ),
        key="share",
    ),
)
