"""The cells of the units × criteria matrix: what stands, how much is lost, what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from thangdo.web.rounds.models import Mark, Part

ORDER = {"self": 0, "appraisal_1": 1, "appraisal_2": 2, "appeal": 3, "council": 4}
# Share of the maximum lost -> depth of the one hue; the number stands in every cell as well.
DEPTHS = ((Decimal(0), "l0"), (Decimal("0.10"), "l1"), (Decimal("0.25"), "l2"), (Decimal("0.50"), "l3"))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: points that stand and their layer, the unit's own points, depth of loss, changed since the last visit."""

    points: str
    maximum: str
    own: str
    layer: str
    depth: str
    is_new: bool
    is_split: bool


def depth_of(points: str, maximum: str) -> str:
    """`l0` nothing lost … `l4` more than half; `lx` not given or not applicable."""
    if not points or not maximum or Decimal(maximum) == 0:
        return "lx"
    lost = 1 - Decimal(points) / Decimal(maximum)
    return next((depth for bound, depth in DEPTHS if lost <= bound), "l4")


def points_of(part: Part, visible: Q) -> dict[tuple[str, str], str]:
    """The points that stand by (unit, criterion), as in `cells_of`, and nothing else of the cell: one query."""
    top: dict[tuple[str, str], tuple[int, str]] = {}
    rows = Mark.objects.filter(visible, part=part).values_list("unit", "criterion", "layer", "appraiser", "points")
    for unit, criterion, layer, appraiser, points in rows.iterator(chunk_size=20_000):
        # Within a layer what was adjudicated stands above what either appraiser gave.
        rank = 2 * ORDER.get(layer, 0) + (appraiser == "adjudicated")
        stood = top.get((unit, criterion))
        if stood is None or rank > stood[0]:
            top[unit, criterion] = (rank, points)
    return {key: points for key, (_, points) in top.items()}


def cells_of(
    part: Part,
    visible: Q,
    seen_at: datetime | None,
    units: Iterable[str] | None = None,
    criteria: Iterable[str] | None = None,
) -> dict[tuple[str, str], Cell]:
    """Cells by (unit, criterion), in one query, as bare tuples: 60,000 of them are drawn at once."""
    marks = Mark.objects.filter(visible, part=part)
    if units is not None:
        marks = marks.filter(unit__in=list(units))
    if criteria is not None:
        marks = marks.filter(criterion__in=list(criteria))
    top: dict[tuple[str, str], tuple[int, bool, str, str, str, datetime]] = {}
    own: dict[tuple[str, str], str] = {}
    seen: dict[tuple[str, str], tuple[int, int]] = {}
    rows = marks.values_list("unit", "criterion", "layer", "appraiser", "points", "maximum", "changed_at")
    for unit, criterion, layer, appraiser, points, maximum, changed in rows.iterator(chunk_size=5000):
        key = (unit, criterion)
        rank = ORDER.get(layer, 0)
        if rank == 0:
            own[key] = points
        is_decided = appraiser == "adjudicated"
        if appraiser and not is_decided:
            level, count = seen.get(key, (0, 0))
            seen[key] = (rank, count + 1 if level == rank else 1)
        stood = top.get(key)
        if stood is None or (rank, is_decided) > (stood[0], stood[1]):
            top[key] = (rank, is_decided, layer, points, maximum, changed)
    return {
        key: Cell(
            points,
            maximum,
            own.get(key, ""),
            layer,
            depth_of(points, maximum),
            seen_at is not None and changed > seen_at,
            not is_decided and seen.get(key, (0, 0)) >= (rank, 2) and seen[key][0] == rank,
        )
        for key, (rank, is_decided, layer, points, maximum, changed) in top.items()
    }
