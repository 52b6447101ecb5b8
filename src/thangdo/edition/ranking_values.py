"""A block of an index as its ranking shows it: rows in order, with what is uncertain about each."""

from __future__ import annotations

from decimal import Decimal

from thangdo.evaluation import IndexResults, Results
from thangdo.evaluation.blocks import block_name, index_name
from thangdo.evaluation.outputs import plain
from thangdo.evaluation.results import Interval
from thangdo.reporting.language import Language
from thangdo.reporting.numbers import Absent, rank_range
from thangdo.reporting.ranking_table import RankingRow, RankingTable


def ranking_values(results: Results, index: IndexResults, block: str, language: Language) -> RankingTable:
    """A block's ranking with score intervals, rank ranges and tiers where the data are uncertain."""
    rows = index.block_rows(block)
    maxima = {row.maximum for row in rows if row.maximum is not None}
    # With criteria that do not apply, maxima differ and only percents can be compared.
    top = maxima.pop() if len(maxima) == 1 else None
    ranks = _intervals(results, index, block, "sampling")
    joint = _intervals(results, index, block, "sampling_simultaneous")
    scores = {item.unit: item for item in results.score_intervals if item.index == index.id and item.block == block}
    classes = index.criteria_set.classes
    levels = (
        {band.code: (band.name[language], place) for place, band in enumerate(classes.bands, start=1)}
        if classes
        else {}
    )
    found = []
    for row in rows:
        score = row.points if top is not None else row.percent
        factor = (top or Decimal(100)) / 100
        interval = scores.get(row.unit)
        ranked = ranks.get(row.unit)
        name, level = levels.get(row.class_code or "", ("", 0))
        found.append(
            RankingRow(
                unit=results.units[row.unit].full(language),
                score=Absent.NOT_GIVEN if score is None else score,
                rank=row.rank,
                rank_low=ranked.rank_low if ranked else None,
                rank_high=ranked.rank_high if ranked else None,
                low=Decimal(repr(interval.low)) * factor if interval else None,
                high=min(Decimal(repr(interval.high)) * factor, top or Decimal(100)) if interval else None,
                class_name=name,
                class_level=level,
                tier=joint[row.unit].tier if row.unit in joint else None,
                link=f"units/{row.unit}.html",
            )
        )
    digits = index.criteria_set.result_rounding.digits
    caption = f"{index_name(index.id, language)} {results.year}, {block_name(block, language)}"
    return RankingTable(caption, found, digits, Decimal(plain(top or Decimal(100))))


def ranges_over_choices(
    results: Results, index: IndexResults, block: str, language: Language
) -> list[tuple[str, int | None, str]]:
    """Unit, rank and its range when the declared choices of method change; a table of its own, never pooled."""
    ranges = _intervals(results, index, block, "method")
    return [
        (
            results.units[row.unit].full(language),
            row.rank,
            rank_range(ranges[row.unit].rank_low, ranges[row.unit].rank_high),
        )
        for row in index.block_rows(block)
        if row.unit in ranges
    ]


def _intervals(results: Results, index: IndexResults, block: str, kind: str) -> dict[str, Interval]:
    """The rank intervals of one kind in a block, by unit."""
    return {
        item.unit: item
        for item in results.intervals
        if item.index == index.id and item.block == block and item.kind == kind
    }
