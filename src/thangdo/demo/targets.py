"""What the demo year must end up as: an order of units and a total for each, from what was printed.

Where the source contradicts itself the first statement is taken; the other place gets a placeholder
unit, and `notes` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from thangdo.evaluation.published import Published

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Target:
    """A unit's place and the percent of the maximum its marks must give."""

    unit: str
    rank: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the demo must know of an index and block, in both languages."""

    index: str
    block: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """Bounds of a block's classes from best to worst: (lower bound in percent, how many units)."""

    steps: tuple[tuple[Decimal, int], ...]
    top: Decimal
    bottom: Decimal


def order_units(
    published: Published, index: str, block: str, members: Sequence[str], placeholders: Sequence[str], rng: Random
) -> tuple[list[str], list[Note]]:
    """Units by rank, 1 first. Printed ranks stand; the rest is filled from `members`, then placeholders."""
    rows = published.rankings().get((index, block), [])
    free = list(placeholders)
    notes: list[Note] = []
    places: dict[int, str] = {}
    seen: dict[str, int] = {}
    for row in rows:
        if row.rank is None:
            continue
        if row.unit in seen:
            stand_in = free.pop(0)
            places[row.rank] = stand_in
            notes.append(
                Note(
                    index,
                    block,
                    f"Nguồn nêu “{row.words}” ở cả vị trí {seen[row.unit]} và {row.rank}; bản minh họa giữ vị trí đầu, "
                    f"vị trí {row.rank} là đơn vị giữ chỗ.",
                    f"The source names “{row.words}” at places {seen[row.unit]} and {row.rank}; the demo keeps the first, "
                    f"place {row.rank} is a placeholder.",
                )
            )
            continue
        seen[row.unit] = row.rank
        places[row.rank] = row.unit
    size = published.block_size(index, block) or len(members)
    last = [row.unit for row in rows if row.rank is None and row.unit in members]
    rest = [unit for unit in members if unit not in seen and unit not in last]
    rng.shuffle(rest)
    open_places = [rank for rank in range(1, size + 1) if rank not in places]
    named_last = last if len(rows) < size else []
    queue = rest[: max(0, len(open_places) - len(named_last))]
    while len(queue) + len(named_last) < len(open_places):
        unit = free.pop(0)
        queue.append(unit)
        notes.append(
            Note(
                index,
                block,
                "Nguồn không nêu tên đủ số đơn vị của khối; chỗ còn thiếu là đơn vị giữ chỗ.",
                "The source does not name every unit of the block; missing places are placeholders.",
            )
        )
    for rank, unit in zip(open_places, [*queue, *named_last], strict=True):
        places[rank] = unit
    return [places[rank] for rank in sorted(places)], list(dict.fromkeys(notes))


def targets(order: Sequence[str], ladder: Ladder, printed: Mapping[str, Decimal], rng: Random) -> list[Target]:
    """Strictly falling percents (two decimals) that keep printed scores and every class count."""
    percents: list[Decimal] = []
    upper = ladder.top + _CENT
    for lower, number in ladder.steps:
        units = order[len(percents) : len(percents) + number]
        floor = max(lower, ladder.bottom)
        while units:
            # Up to the next printed score, which bounds what stands before it.
            end = next((place for place, unit in enumerate(units) if unit in printed), len(units))
            low = printed[units[end]] if end < len(units) else floor - _CENT
            percents += _falling(end, low, min(upper, percents[-1]) if percents else upper, rng)
            if end < len(units):
                percents.append(low)
            units = units[end + 1 :]
        upper = lower
    return [
        Target(unit, rank, percent) for rank, (unit, percent) in enumerate(zip(order, percents, strict=True), start=1)
    ]


def _falling(count: int, low: Decimal, high: Decimal, rng: Random) -> list[Decimal]:
    """`count` distinct percents strictly between `low` and `high`, falling, away from the ends where there is room."""
    cents = int((high - low) / _CENT) - 1
    margin = 0 if cents < 4 * count else cents // 25
    chosen = sorted(rng.sample(range(1 + margin, cents + 1 - margin), count), reverse=True)
    return [low + step * _CENT for step in chosen]
