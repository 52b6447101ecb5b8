"""Rankings as printed: units, ranks, scores and classes that cannot stand together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from thangdo.evaluation.published.codes import finding
from thangdo.evaluation.published.model import Published, Standing
from thangdo.findings import Finding, Where


def at(where: Where, column: str) -> Where:
    """A cell of the row at `where`."""
    return replace(where, column=column)


def repeated_units(published: Published) -> Iterator[Finding]:
    """EVA520: a unit stands twice in one ranking. Which place is the wrong one is not guessed."""
    for standings in published.rankings().values():
        first: dict[str, Standing] = {}
        for row in standings:
            if row.unit and row.unit in first:
                facts = {"unit": row.words or row.unit, "first": first[row.unit].where.row}
                yield finding("EVA520", at(row.where, "unit"), row.unit, **facts)
            first.setdefault(row.unit, row)


def impossible_ranks(published: Published) -> Iterator[Finding]:
    """EVA521: a rank with too many before it, or, where the source lists the whole block, too few.

    Competition ranking (1, 1, 3): exactly rank - 1 stand before. Dense ranking (1, 1, 2): rank - 1 different
    ranks do. A list that names only some may leave ranks out, but never has room for fewer.
    """
    whole = {(row.index, row.block) for row in published.counts if row.group == "block" and row.named == "all"}
    for block, standings in published.rankings().items():
        ranks = [row.rank for row in standings if row.rank is not None]
        if published.ties == "dense":
            ranks = sorted(set(ranks))
        for row in standings:
            if row.rank is None:
                continue
            before = sum(rank < row.rank for rank in ranks)
            if before > row.rank - 1 or (block in whole and before < row.rank - 1):
                yield finding("EVA521", at(row.where, "published_rank"), row.rank, before + 1, before=before)


def ranks_outside_the_block(published: Published) -> Iterator[Finding]:
    """EVA522: a rank larger than the number of units the source gives for the block."""
    for row in published.standings:
        size = published.block_size(row.index, row.block)
        if size is not None and row.rank is not None and row.rank > size:
            yield finding("EVA522", at(row.where, "published_rank"), row.rank, size)


def orders_against_scores(published: Published) -> Iterator[Finding]:
    """EVA523: a unit stands below another that has fewer points."""
    for standings in published.rankings().values():
        for row in standings:
            score = row.published
            if score is None:
                continue
            worse = [
                other for other in _above(row, standings) if other.published is not None and other.published < score
            ]
            if worse:
                other = worse[-1]
                facts = {"other": other.where.row}
                yield finding("EVA523", at(row.where, "published"), score, other.published, **facts)


def classes_against_classes(published: Published) -> Iterator[Finding]:
    """EVA524: one unit has two classes in one index."""
    first: dict[tuple[str, str], Standing] = {}
    for row in published.standings:
        if not row.class_name or not row.unit:
            continue
        earlier = first.setdefault((row.index, row.unit), row)
        if earlier.class_name != row.class_name:
            facts = {"other": earlier.where.row}
            yield finding("EVA524", at(row.where, "published_class"), row.class_name, earlier.class_name, **facts)


def orders_against_classes(published: Published) -> Iterator[Finding]:
    """EVA525: a unit stands below another of a worse class."""
    for (index, _), standings in published.rankings().items():
        place = {name: position for position, name in enumerate(published.classes.get(index, ()))}
        for row in standings:
            if row.class_name not in place:
                continue
            worse = [
                other
                for other in _above(row, standings)
                if other.class_name in place and place[other.class_name] > place[row.class_name]
            ]
            if worse:
                other = worse[-1]
                facts = {"other": other.where.row}
                yield finding("EVA525", at(row.where, "published_class"), row.class_name, other.class_name, **facts)


def _above(row: Standing, standings: Sequence[Standing]) -> list[Standing]:
    """Rows of a smaller rank, the nearest last."""
    if row.rank is None:
        return []
    above = [other for other in standings if other.rank is not None and other.rank < row.rank]
    return sorted(above, key=lambda other: (other.rank or 0, other.where.row))
