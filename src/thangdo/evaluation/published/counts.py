"""Counts as printed against each other and against the lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thangdo.evaluation.published.codes import finding
from thangdo.evaluation.published.model import Count, Published, Standing
from thangdo.evaluation.published.rankings import at
from thangdo.findings import Finding


def class_counts_against_total(published: Published) -> Iterator[Finding]:
    """EVA530: the counts of all classes do not add up to the block, or those given already exceed it."""
    for (index, block), counts in published.counts_by_block().items():
        size = published.block_size(index, block)
        rows = [row for row in counts if row.group == "class" and row.count is not None]
        if size is None or not rows:
            continue
        total = sum(row.count or 0 for row in rows)
        has_every_class = set(published.classes.get(index, ())) <= {row.class_name for row in rows}
        if total > size or (has_every_class and total != size):
            yield finding("EVA530", at(rows[0].where, "count"), total, size)


def totals_against_totals(published: Published) -> Iterator[Finding]:
    """EVA531: two statements give one block different sizes."""
    for counts in published.counts_by_block().values():
        stated = [row for row in counts if row.total is not None]
        for row in stated[1:]:
            if row.total != stated[0].total:
                facts = {"other": stated[0].where.row}
                yield finding("EVA531", at(row.where, "total"), row.total, stated[0].total, **facts)


def counts_against_lists(published: Published) -> Iterator[Finding]:
    """EVA532, EVA533: a list that names all has another number of units; one that names some has too many."""
    rankings = published.rankings()
    for row in published.counts:
        if row.count is None:
            continue
        listed = _listed(row, rankings.get((row.index, row.block), []))
        units = len({standing.unit for standing in listed})
        if row.named == "all" and not units == len(listed) == row.count:
            yield finding("EVA532", at(row.where, "count"), units, row.count, rows=len(listed), said=_said(row))
        if row.named == "some" and units > row.count:
            yield finding("EVA533", at(row.where, "count"), units, row.count, said=_said(row))


def counts_over_total(published: Published) -> Iterator[Finding]:
    """EVA534: more units counted than the same statement has in all."""
    for row in published.counts:
        if row.count is not None and row.total is not None and row.count > row.total:
            yield finding("EVA534", at(row.where, "count"), row.count, row.total)


def _said(row: Count) -> str:
    """What the statement is called in a sentence: the source's words, else where it stands."""
    return f"“{row.words}”" if row.words else f"{row.index}, {row.block}"


def _listed(row: Count, standings: Sequence[Standing]) -> list[Standing]:
    """The rows of the list that a statement speaks of."""
    if row.group == "block":
        return list(standings)
    if row.class_name:
        return [standing for standing in standings if standing.class_name == row.class_name]
    # Leaders of no named class are the first ones by rank.
    return [standing for standing in standings if standing.rank is not None and standing.rank <= (row.count or 0)]
