"""Published against recomputed, unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from thangdo.evaluation.results import IndexResults, Residual
from thangdo.evaluation.round import Round
from thangdo.findings import Finding, Gathered, Where
from thangdo.methodology.numbers import NotANumber, read_number


def residuals(round_: Round, indices: Sequence[IndexResults], gathered: Gathered) -> tuple[Residual, ...]:
    """A row for each published row; the difference is recomputed less published, exact."""
    rows = {(results.id, row.unit): row for results in indices for row in results.rows}
    table = round_.table("published")
    found = []
    for number, row in enumerate(table.as_mappings(), start=table.first_row):
        key = row["index"], row["unit"]
        if not any(key):
            continue
        if key not in rows:
            gathered.add(Finding("EVA021", Where(table.file, number, "unit"), row["unit"]))
            continue
        result = rows[key]
        published = _number(row["published"], table.decimal_comma, Where(table.file, number, "published"), gathered)
        rank = _number(
            row["published_rank"], table.decimal_comma, Where(table.file, number, "published_rank"), gathered
        )
        # Provisional points are not a recomputation: with marks still to come there is nothing to compare.
        recomputed = None if result.missing else result.exact_points
        difference = None if published is None or recomputed is None else recomputed - published
        found.append(
            Residual(
                row["index"],
                round_.year,
                row["unit"],
                published,
                recomputed,
                difference,
                None if rank is None else int(rank),
                result.rank,
            )
        )
    return tuple(found)


def _number(text: str, decimal_comma: bool, where: Where, gathered: Gathered) -> Decimal | None:
    if not text.strip():
        return None
    try:
        return read_number(text, decimal_comma=decimal_comma)[0]
    except NotANumber as failure:
        gathered.add(Finding("EVA037" if failure.is_ambiguous else "EVA036", where, text[:60], "96.95"))
        return None
