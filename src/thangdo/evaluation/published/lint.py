"""Everything wrong in a folder of published tables, all in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from thangdo.evaluation.published import bands, counts, figures, rankings, shares, words
from thangdo.evaluation.published.model import Published
from thangdo.evaluation.published.reading import read_published
from thangdo.evaluation.register import Register, load_register
from thangdo.findings import Finding, Gathered


@dataclass(frozen=True, slots=True)
class Check:
    """One question put to published tables, and the codes it may answer with."""

    codes: tuple[str, ...]
    function: Callable[[Published], Iterable[Finding]]


CHECKS = (
    Check(("EVA520",), rankings.repeated_units),
    Check(("EVA521",), rankings.impossible_ranks),
    Check(("EVA522",), rankings.ranks_outside_the_block),
    Check(("EVA523",), rankings.orders_against_scores),
    Check(("EVA524",), rankings.classes_against_classes),
    Check(("EVA525",), rankings.orders_against_classes),
    Check(("EVA514",), bands.counts_without_class),
    Check(("EVA530",), counts.class_counts_against_total),
    Check(("EVA531",), counts.totals_against_totals),
    Check(("EVA532", "EVA533"), counts.counts_against_lists),
    Check(("EVA534",), counts.counts_over_total),
    Check(("EVA540", "EVA541", "EVA545"), bands.gaps_and_overlaps),
    Check(("EVA542", "EVA543"), bands.scores_against_bands),
    Check(("EVA544",), bands.unknown_classes),
    Check(("EVA516",), figures.unknown_figures),
    Check(("EVA517",), figures.circles),
    Check(("EVA550",), figures.totals_against_parts),
    Check(("EVA551", "EVA552", "EVA553", "EVA554"), shares.shares_against_figures),
    Check(("EVA560",), words.mixed_decimal_signs),
)


def lint_published(folder: Path, register: Register | None = None) -> Gathered:
    """Read the published tables in `folder` and gather every finding, in the order of the checks.

    Which of two contradicting statements is wrong is not guessed: a finding names both places.
    """
    register = load_register() if register is None else register
    published, gathered = read_published(folder, register)
    gathered.extend(findings_of(published, register))
    return gathered


def findings_of(published: Published, register: Register) -> Iterable[Finding]:
    """Every contradiction in tables that have been read."""
    for check in CHECKS:
        yield from check.function(published)
    yield from words.cells_against_words(published, register)
