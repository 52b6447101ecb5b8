"""How far to the next class, and the fewest criteria that would close the gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import comb

from thangdo.scoring.compiled import CompiledSet, InnerNode
from thangdo.scoring.fold import fold_node
from thangdo.scoring.layers import LayerScores, UnitScores
from thangdo.scoring.standing import UnitStanding, classify, percent

_ZERO = Decimal(0)
# Combinations tried before the search says that it can no longer prove its answer the least.
MOST_TRIED = 4_000


@dataclass(frozen=True, slots=True)
class Lift:
    """A criterion raised to its maximum and the points that costs."""

    code: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Gap:
    """What a unit lacks to the next class: percent short of its bound, and the cheapest set of criteria.

    `lifts` is None where no set of criteria reaches the class. `is_least` says whether no smaller set
    exists (fewest criteria first, then fewest points); it is False only where the search was cut short.
    """

    unit: str
    class_code: str
    next_class: str
    percent_short: Decimal
    lifts: tuple[Lift, ...] | None
    is_least: bool


def gap_to_next_class(compiled: CompiledSet, unit: UnitScores, current: str) -> Gap | None:
    """The gap of a unit to the class above its own; None where it has the best."""
    classes = compiled.criteria_set.classes
    codes = [band.code for band in classes.bands] if classes else []
    if classes is None or current not in codes or codes.index(current) == 0:
        return None
    target = codes.index(current) - 1
    band = classes.bands[target]
    final = unit.final
    value = _value(compiled, final)
    short = max(band.lower - value, _ZERO)
    lifts, is_least = _cheapest(compiled, final, target)
    return Gap(unit.unit, current, band.code, short, lifts, is_least)


def _value(compiled: CompiledSet, scores: LayerScores) -> Decimal:
    classes = compiled.criteria_set.classes
    assert classes is not None
    exact = scores.points[0] if classes.on == "points" else percent(scores.points[0], scores.maxima[0])
    exact = exact if exact is not None else _ZERO
    return compiled.criteria_set.result_rounding(exact) if compiled.criteria_set.ranking.on == "rounded" else exact


def _reaches(compiled: CompiledSet, final: LayerScores, raised: Sequence[int], target: int) -> bool:
    points, maxima = list(final.points), list(final.maxima)
    above: set[int] = set()
    for position in raised:
        points[position] = maxima[position]
        above.update(compiled.path_to_top(position))
    # Bottom-up as ever; what no raised criterion lies below stands as it was.
    for inner in compiled.folds:
        if inner.position in above:
            fold_node(compiled, inner, points, maxima)
    changed = LayerScores(points, maxima, ())
    classes = compiled.criteria_set.classes
    assert classes is not None
    reached = classify(classes, _value(compiled, changed), UnitStanding(compiled, changed))
    return [band.code for band in classes.bands].index(reached) <= target


def _cheapest(compiled: CompiledSet, final: LayerScores, target: int) -> tuple[tuple[Lift, ...] | None, bool]:
    rooms = {
        position: limit - (final.points[position] or _ZERO)
        for position in compiled.leaves
        if compiled.nodes[position].role == "normal" and (limit := final.maxima[position])
    }
    candidates = sorted((position for position, room in rooms.items() if room > 0), key=lambda p: (-rooms[p], p))
    if not _reaches(compiled, final, candidates, target):
        return None, True
    fewest = 0
    if compiled.criteria_set.not_applicable == "leave_denominator" and all(map(_is_plain_sum, compiled.folds)):
        fewest, direct = _additive(compiled, final, rooms, candidates, target)
        # A condition on a pillar may ask for more: the answer is checked, and else searched.
        if direct is not None and _reaches(compiled, final, direct, target):
            return _lifts(compiled, rooms, direct), True
    tried = 0
    for size in range(fewest, len(candidates) + 1):
        if tried + comb(len(candidates), size) > MOST_TRIED:
            break
        tried += comb(len(candidates), size)
        best = min(
            (raised for raised in combinations(candidates, size) if _reaches(compiled, final, raised, target)),
            key=lambda raised: (sum((rooms[p] for p in raised), _ZERO), raised),
            default=None,
        )
        if best is not None:
            return _lifts(compiled, rooms, best), True
    return _lifts(compiled, rooms, _greedy(compiled, final, candidates, target)), False


def _is_plain_sum(inner: InnerNode) -> bool:
    node = inner.node
    # The cap and floor of the whole never bind below the bound of a class that is not yet reached.
    return node.aggregation == "sum" and (inner.position == 0 or (node.cap is None and node.floor is None))


def _additive(
    compiled: CompiledSet, final: LayerScores, rooms: dict[int, Decimal], candidates: Sequence[int], target: int
) -> tuple[int, tuple[int, ...] | None]:
    """In a tree that only adds up: how many criteria it takes at the least, and of those sets the one of fewest points.

    The set is None where there are too many to weigh.
    """
    classes = compiled.criteria_set.classes
    assert classes is not None
    forced: list[int] = []
    if any(condition.kind == "no_leaf_at_zero" for condition in classes.bands[target].conditions):
        forced = [position for position in candidates if not final.points[position]]
    free = [position for position in candidates if position not in forced]
    base = (final.points[0] or _ZERO) + sum((rooms[position] for position in forced), _ZERO)
    bound = classes.bands[target].lower

    def reaches(added: Decimal) -> bool:
        return _value(compiled, LayerScores([base + added], [final.maxima[0]], ())) >= bound

    added = _ZERO
    size = 0
    for position in free:
        if reaches(added):
            break
        added += rooms[position]
        size += 1
    best = _fewest_points([rooms[position] for position in free], size, reaches)
    return len(forced) + size, None if best is None else (*forced, *(free[place] for place in best))


def _fewest_points(rooms: Sequence[Decimal], size: int, reaches: Callable[[Decimal], bool]) -> tuple[int, ...] | None:
    """Of all ways to take `size` of the falling `rooms`, one that reaches with the smallest sum."""
    sums = [_ZERO]
    for room in rooms:
        sums.append(sums[-1] + room)
    best: tuple[Decimal, tuple[int, ...]] | None = None
    stack: list[tuple[int, Decimal, tuple[int, ...]]] = [(0, _ZERO, ())]
    steps = 0
    while stack:
        start, added, taken = stack.pop()
        steps += 1
        if steps > MOST_TRIED:
            return None
        left = size - len(taken)
        if left == 0:
            if reaches(added) and (best is None or added < best[0]):
                best = (added, taken)
            continue
        for place in range(start, len(rooms) - left + 1):
            # Rooms fall: once the next `left` of them do not reach, nothing further down does.
            if not reaches(added + sums[place + left] - sums[place]):
                break
            stack.append((place + 1, added + rooms[place], (*taken, place)))
    return None if best is None else best[1]


def _greedy(compiled: CompiledSet, final: LayerScores, candidates: Sequence[int], target: int) -> tuple[int, ...]:
    """Everything raised, then criteria let go one by one, the smallest room first, while the class holds."""
    kept = list(candidates)
    for position in _smallest_first(candidates):
        without = [other for other in kept if other != position]
        if _reaches(compiled, final, without, target):
            kept = without
    return tuple(kept)


def _smallest_first(candidates: Sequence[int]) -> Iterator[int]:
    return reversed(candidates)


def _lifts(compiled: CompiledSet, rooms: dict[int, Decimal], raised: Sequence[int]) -> tuple[Lift, ...]:
    ordered = sorted(raised, key=lambda p: (-rooms[p], p))
    return tuple(Lift(compiled.codes[position], rooms[position]) for position in ordered)
