"""A round as a value: the tables of a round folder, and the criteria sets used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from thangdo.evaluation.register import COLUMNS as UNIT_COLUMNS
from thangdo.methodology import CriteriaSet, set_hash
from thangdo.proof import content_hash, table_hash

State = Literal["draft", "final"]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table of the round folder: file name, known columns (contracts.md), the columns of its key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    is_required: bool = False

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


TABLES = (
    TableSpec("units", UNIT_COLUMNS, ("unit",), True),
    TableSpec("membership", ("index", "block", "unit", "ranked"), ("index", "block", "unit"), True),
    TableSpec(
        "marks",
        ("index", "unit", "criterion", "layer", "appraiser", "field", "value", "reason", "given_at"),
        ("index", "unit", "criterion", "layer", "appraiser", "field"),
    ),
    TableSpec(
        "values",
        (
            "index",
            "unit",
            "criterion",
            "indicator",
            "value",
            "numerator",
            "denominator",
            "se",
            "df",
            "n",
            "source",
            "query",
            "source_sha256",
        ),
        ("index", "unit", "criterion", "indicator"),
    ),
    TableSpec(
        "covariance",
        ("index", "unit_a", "criterion_a", "indicator_a", "unit_b", "criterion_b", "indicator_b", "cov"),
        ("index", "unit_a", "criterion_a", "indicator_a", "unit_b", "criterion_b", "indicator_b"),
    ),
    TableSpec(
        "published",
        ("index", "block", "unit", "published", "published_rank", "published_class", "source"),
        ("index", "block", "unit"),
    ),
    TableSpec("evidence", ("index", "unit", "criterion", "sha256", "name", "issuer", "number", "issued_on"), ()),
    TableSpec("appeals", ("index", "unit", "criterion", "filed_at", "request", "decided_at", "outcome", "reason"), ()),
    TableSpec("decisions", ("index", "kind", "number", "signed_on", "results_hash", "text"), ()),
)
SPECS: Mapping[str, TableSpec] = MappingProxyType({spec.name: spec for spec in TABLES})


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text cells. Columns a reader does not know follow the known ones and are kept.

    `first_row` is the row number of `rows[0]` in its file (the header is row 1).
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    file: str = ""
    first_row: int = 2
    decimal_comma: bool = False

    def position(self, column: str) -> int:
        return self.columns.index(column)

    def as_mappings(self) -> Iterator[dict[str, str]]:
        """Rows as mappings; for tables small enough that a mapping a row does not matter."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


def empty_table(name: str) -> Table:
    """A table of the round without rows."""
    return Table(SPECS[name].columns, (), SPECS[name].file)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An index of the round: which set computes it for which blocks. One index may have a set a block."""

    id: str
    kind: Literal["points", "composite"]
    set: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One year's evaluation, whole. Equal rounds have equal `hash()` wherever they live."""

    id: str
    year: int
    state: State
    language: str
    indices: tuple[IndexEntry, ...]
    sets: Mapping[str, CriteriaSet]
    tables: Mapping[str, Table] = field(default_factory=dict)
    illustrative: bool = True
    provenance: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        return self.tables.get(name) or empty_table(name)

    def sets_of(self, index: str) -> list[CriteriaSet]:
        """The sets that compute `index`, in the order of the round."""
        return [self.sets[entry.set] for entry in self.indices if entry.id == index]

    def header(self) -> dict[str, Any]:
        """What `round.yaml` holds."""
        return {
            "id": self.id,
            "year": self.year,
            "state": self.state,
            "language": self.language,
            "indices": [
                {"id": entry.id, "kind": entry.kind, "set": entry.set, "blocks": list(entry.blocks)}
                for entry in self.indices
            ],
            "provenance": dict(self.provenance),
            "illustrative": self.illustrative,
            **self.extra,
        }

    def hash(self) -> str:
        """The canonical hash over round.yaml, sets and every table (contracts.md, "Unchanged")."""
        return content_hash(
            {
                "round": self.header(),
                "sets": {name: set_hash(criteria_set) for name, criteria_set in self.sets.items()},
                "tables": {
                    spec.name: table_hash(table.columns, table.rows)
                    for spec in TABLES
                    if (table := self.table(spec.name)).rows
                },
            }
        )
