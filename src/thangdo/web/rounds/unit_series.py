"""A unit's results over the years, with the past it took over from the units it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from thangdo.web.registry.links import succession_links
from thangdo.web.registry.succession import Link, PastValue, comparable_series
from thangdo.web.rounds.models import Member, Part
from thangdo.web.rounds.results import part_results


@dataclass(frozen=True, slots=True)
class Series:
    """One index: percent of the maximum by year, own or carried by the declared rule."""

    index: str
    values: tuple[PastValue, ...]


def family_of(unit: str, links: Iterable[Link]) -> set[str]:
    """The unit and everything it came from, however far back."""
    above: dict[str, set[str]] = {}
    for link in links:
        above.setdefault(link.successor, set()).add(link.predecessor)
    found, open_codes = {unit}, [unit]
    while open_codes:
        for before in above.get(open_codes.pop(), set()) - found:
            found.add(before)
            open_codes.append(before)
    return found


def series_of(unit: str) -> list[Series]:
    """The unit's final results by index and year; only closed parts count, so nothing provisional is compared."""
    links = succession_links()
    family = family_of(unit, links)
    members = Member.objects.filter(unit__in=family, part__phase="closed").values_list("part_id", flat=True)
    parts = Part.objects.filter(pk__in=set(members)).exclude(set_text="").select_related("round")
    own: dict[str, dict[str, dict[int, Decimal]]] = {}
    for part in parts.order_by("index", "round__year"):
        entry = part_results(part, with_intervals=False).entry
        for row in entry.rows if entry else ():
            if row.unit in family and row.percent is not None:
                own.setdefault(part.index, {}).setdefault(row.unit, {})[part.round.year] = row.percent
    return [Series(index, comparable_series(unit, links, values)) for index, values in sorted(own.items())]
