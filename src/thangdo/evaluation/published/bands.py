"""Levels as printed: gaps, overlaps, and scores that fall in none or in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from thangdo.evaluation.published.codes import finding
from thangdo.evaluation.published.model import Band, Published
from thangdo.evaluation.published.rankings import at
from thangdo.findings import Finding

_ZERO = Decimal(0)
_OPEN = Decimal("Infinity")


def start(band: Band) -> Decimal:
    """The smallest value of a band; without a lower bound, zero."""
    return _ZERO if band.lower is None else band.lower


def end(band: Band) -> Decimal:
    """Where a band ends: its upper bound, else the maximum of the scale, else nowhere."""
    if band.upper is not None:
        return band.upper
    return _OPEN if band.maximum is None else band.maximum


def holds(band: Band, value: Decimal) -> bool:
    """From the start to below the end; a band that ends with the scale holds the maximum too."""
    return start(band) <= value < end(band) or value == end(band) == band.maximum


def gaps_and_overlaps(published: Published) -> Iterator[Finding]:
    """EVA540, EVA541, EVA545: values in no band, values in two, and bands that hold nothing."""
    for rows in published.bands_by_block().values():
        sound = []
        for band in rows:
            if start(band) < end(band):
                sound.append(band)
            else:
                facts = {"lower": start(band), "upper": end(band)}
                yield finding("EVA545", at(band.where, "lower"), start(band), end(band), **facts)
        if sound:
            yield from _between(sorted(sound, key=start))


def _between(bands: Sequence[Band]) -> Iterator[Finding]:
    if start(bands[0]) > 0:
        yield finding("EVA540", at(bands[0].where, "lower"), 0, start(bands[0]), beside=bands[0].class_name)
    for lower, upper in pairwise(bands):
        if end(lower) < start(upper):
            beside = f"{lower.class_name}, {upper.class_name}"
            yield finding("EVA540", at(upper.where, "lower"), end(lower), start(upper), beside=beside)
        elif end(lower) > start(upper):
            facts = {"other": lower.where.row}
            yield finding("EVA541", at(upper.where, "lower"), start(upper), min(end(lower), end(upper)), **facts)
    last = bands[-1]
    if last.maximum is not None and end(last) < last.maximum:
        yield finding("EVA540", at(last.where, "upper"), end(last), last.maximum, beside=last.class_name)


def scores_against_bands(published: Published) -> Iterator[Finding]:
    """EVA542, EVA543: a score in no band, or a class that the printed scale does not give to the score."""
    bands = published.bands_by_block()
    for row in published.standings:
        scale = bands.get((row.index, row.block))
        if not scale or row.published is None:
            continue
        names = [band.class_name for band in scale if holds(band, row.published)]
        if not names:
            yield finding("EVA542", at(row.where, "published"), row.published)
        elif row.class_name and row.class_name not in names:
            facts = {"score": row.published}
            yield finding("EVA543", at(row.where, "published_class"), row.class_name, names[0], **facts)


def unknown_classes(published: Published) -> Iterator[Finding]:
    """EVA544: a class that the index does not have."""
    for rows, column in (
        (published.standings, "published_class"),
        (published.counts, "class"),
        (published.bands, "class"),
    ):
        for row in rows:
            known = published.classes.get(row.index, ())
            if row.class_name and known and row.class_name not in known:
                yield finding("EVA544", at(row.where, column), row.class_name, ", ".join(known))


def counts_without_class(published: Published) -> Iterator[Finding]:
    """EVA514: a count of a class that does not say which."""
    for row in published.counts:
        if row.group == "class" and not row.class_name:
            yield finding("EVA514", at(row.where, "class"))
