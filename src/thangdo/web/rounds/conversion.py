"""A round in the database and the core's round: there and back, unchanged by its canonical hash."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from thangdo.evaluation import SPECS, TABLES, IndexEntry, Round, Table
from thangdo.evaluation.tables import csv_text
from thangdo.web.rounds import models as rows
from thangdo.web.rounds.sets import issued_set_of_text

# Tables the platform keeps as they came; the others live as rows.
KEPT = ("values", "covariance", "published")
# Kept texts that stay read: every part of a round reads its three.
MOST_READ = 24
# What one unit's points are made of.
SCORED = ("units", "membership", "marks", "values")


def columns_of(stored: rows.Round, name: str) -> tuple[str, ...]:
    return tuple(stored.columns.get(name) or SPECS[name].columns)


def round_value(stored: rows.Round, *, state: str = "", part: rows.Part | None = None, unit: str = "") -> Round:
    """The core's round of a stored one; `state` overrides draft or final. A bounded number of queries.

    With `part` only that part and the rows of its units, with `unit` only what that unit's points are made of.
    """
    if missing := stored.get_deferred_fields():
        # Pages bring the round without its long columns.
        stored.refresh_from_db(fields=sorted(missing))
    parts = list(stored.parts.all()) if part is None else [part]
    entries = tuple(
        IndexEntry(part.index, part.kind, part.set_name, tuple(part.blocks))  # type: ignore[arg-type]
        for part in parts
        if part.set_text
    )
    wanted = SCORED if unit else tuple(SPECS)
    kept = dict(rows.RoundTable.objects.filter(round=stored, name__in=KEPT).values_list("name", "text"))
    tables = {name: table for name in wanted if (table := _table(stored, parts, name, kept, unit)) is not None}
    if part is not None:
        tables = _of_part(tables, part)
    return Round(
        id=stored.code,
        year=stored.year,
        state=state or stored.state,  # type: ignore[arg-type]
        language=stored.language,
        indices=entries,
        sets={part.set_name: issued_set_of_text(part.set_text).criteria for part in parts if part.set_text},
        tables=tables,
        illustrative=stored.illustrative,
        provenance=stored.provenance,
        extra=stored.extra,
    )


def _of_part(tables: Mapping[str, Table], part: rows.Part) -> dict[str, Table]:
    """Rows of other indices and of units of other blocks are left out: they are judged with their own part."""
    membership = tables["membership"]
    units = {row[membership.position("unit")] for row in membership.rows}
    found = {}
    for name, table in tables.items():
        kept = table.rows
        if "index" in table.columns:
            at = table.position("index")
            kept = tuple(row for row in kept if row[at] == part.index)
        if name in {"marks", "values", "published", "evidence", "appeals"}:
            at = table.position("unit")
            kept = tuple(row for row in kept if row[at] in units)
        found[name] = replace(table, rows=kept)
    return found


def _table(
    stored: rows.Round, parts: Sequence[rows.Part], name: str, kept: Mapping[str, str], unit: str = ""
) -> Table | None:
    columns = columns_of(stored, name)
    if name in KEPT:
        found = _kept_rows(kept.get(name, ""))
        # The header stands in the text too, so that it is a whole table by itself.
        return Table(columns, found[1:], SPECS[name].file) if found else None
    if name == "marks":
        return Table(columns, tuple(_mark_rows(columns, {part.pk: part for part in parts}, unit)), SPECS[name].file)
    mappings = _MAPPINGS[name](stored, {part.pk: part for part in parts}, unit)
    found = tuple(tuple(str(row.get(column, "")) for column in columns) for row in mappings)
    return Table(columns, found, SPECS[name].file) if found or SPECS[name].is_required else None


Parts = Mapping[int, rows.Part]


def _narrowed(found: Any, unit: str, column: str = "unit") -> Any:
    """The rows of one unit, or all of them where none is named."""
    return found.filter(**{column: unit}) if unit else found


def _units(stored: rows.Round, parts: Parts, unit: str) -> Iterable[Mapping[str, Any]]:
    return (row.columns for row in _narrowed(rows.RoundUnit.objects.filter(round=stored), unit, "code"))


def _membership(stored: rows.Round, parts: Parts, unit: str) -> Iterable[Mapping[str, Any]]:
    for member in _narrowed(rows.Member.objects.filter(part__in=parts), unit).order_by("part__position", "position"):
        yield {
            **member.extra,
            "index": parts[member.part_id].index,
            "block": member.block,
            "unit": member.unit,
            "ranked": member.ranked,
        }


@lru_cache(maxsize=MOST_READ)
def _kept_rows(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, csv.reader(io.StringIO(text, newline=""))))


def _mark_rows(columns: tuple[str, ...], parts: Parts, unit: str) -> Iterable[tuple[str, ...]]:
    """Marks as rows at once, with neither a model nor a mapping between: there are thousands."""
    where = SPECS["marks"].columns[:6]
    assert columns[:6] == where, "known columns come first and in order"
    named = ("part_id", "unit", "criterion", "layer", "appraiser", "inputs")
    found = _narrowed(rows.Mark.objects.filter(part__in=parts), unit).order_by("part__position", "id")
    for part_id, of_unit, criterion, layer, appraiser, inputs in found.values_list(*named).iterator():
        for field, entry in inputs.items():
            # A value not yet typed is no row, unless the folder itself had it blank.
            if entry.get("value", "") == "" and not entry.get("_blank"):
                continue
            given = [str(entry.get(column, "")) for column in columns[6:]]
            yield (parts[part_id].index, of_unit, criterion, layer, appraiser, field, *given)


def _evidence(stored: rows.Round, parts: Parts, unit: str) -> Iterable[Mapping[str, Any]]:
    claimed = _narrowed(rows.Attachment.objects.filter(part__in=parts), unit).select_related("document")
    for attachment in claimed:
        document = attachment.document
        yield {
            **attachment.extra,
            "index": parts[attachment.part_id].index,
            "unit": attachment.unit,
            "criterion": attachment.criterion,
            "sha256": document.sha256,
            "name": document.name,
            "issuer": document.issuer,
            "number": document.number,
            "issued_on": document.issued_on,
        }


def _appeals(stored: rows.Round, parts: Parts, unit: str) -> Iterable[Mapping[str, Any]]:
    for appeal in _narrowed(rows.Appeal.objects.filter(part__in=parts), unit):
        named = ("unit", "criterion", "filed_at", "request", "decided_at", "outcome", "reason")
        yield {
            **appeal.extra,
            "index": parts[appeal.part_id].index,
            **{name: getattr(appeal, name) for name in named},
        }


def _decisions(stored: rows.Round, parts: Parts, unit: str) -> Iterable[Mapping[str, Any]]:
    for decision in rows.Decision.objects.filter(part__in=parts):
        named = ("kind", "number", "signed_on", "results_hash", "text")
        yield {
            **decision.extra,
            "index": parts[decision.part_id].index,
            **{name: getattr(decision, name) for name in named},
        }


_MAPPINGS = {
    "units": _units,
    "membership": _membership,
    "evidence": _evidence,
    "appeals": _appeals,
    "decisions": _decisions,
}


def kept_text(table: Table) -> str:
    """A kept table as one CSV text."""
    return csv_text(table.columns, table.rows)


def unknown_cells(row: Mapping[str, str], name: str) -> dict[str, str]:
    """The cells of columns that contracts.md does not name."""
    return {column: value for column, value in row.items() if column not in SPECS[name].columns}


def all_columns(round_: Round) -> dict[str, list[str]]:
    """The columns of every table the round has, to be written back in this order."""
    return {spec.name: list(round_.table(spec.name).columns) for spec in TABLES if spec.name in round_.tables}
