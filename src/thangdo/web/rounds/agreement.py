"""How well two independent appraisers agree on the drawn cells."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from thangdo.web.rounds.models import Mark, Part, SampleItem


@dataclass(frozen=True, slots=True)
class Pair:
    """A drawn cell with the points of its appraisers, and the adjudicated ones."""

    unit: str
    criterion: str
    points: tuple[str, ...]
    settled: str

    @property
    def is_equal(self) -> bool:
        return len(self.points) == 2 and Decimal(self.points[0] or 0) == Decimal(self.points[1] or 0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts over the drawn cells; `mean_difference` in points over the cells two people scored.

    `kappa` is Cohen's kappa (1960) on whether the maximum was given, None where it is not defined.
    """

    drawn: int
    both: int
    equal: int
    mean_difference: Decimal | None
    kappa: float | None
    pairs: tuple[Pair, ...]


def agreement_of(
    part: Part,
    layer: str = "appraisal_1",
    *,
    visible: Q | None = None,
    units: Container[str] | None = None,
    criteria: Container[str] | None = None,
) -> Agreement:
    """Agreement of a part's double appraisal, of the units, criteria and marks a reader may see: two queries."""
    drawn = {
        (unit, criterion)
        for unit, criterion in SampleItem.objects.filter(part=part).values_list("unit", "criterion")
        if (units is None or unit in units) and (criteria is None or criterion in criteria)
    }
    rows: dict[tuple[str, str], list[tuple[str, str, str]]] = {cell: [] for cell in drawn}
    for unit, criterion, appraiser, points, maximum in (
        Mark.objects.filter(Q() if visible is None else visible, part=part, layer=layer)
        .order_by("appraiser")
        .values_list("unit", "criterion", "appraiser", "points", "maximum")
    ):
        if (unit, criterion) in rows:
            rows[unit, criterion].append((appraiser, points, maximum))
    pairs, full = [], []
    for (unit, criterion), found in sorted(rows.items()):
        given = [(points, maximum) for appraiser, points, maximum in found if appraiser != "adjudicated"]
        settled = next((points for appraiser, points, _ in found if appraiser == "adjudicated"), "")
        pairs.append(Pair(unit, criterion, tuple(points for points, _ in given), settled))
        if len(given) == 2:
            full.append(tuple(bool(p) and bool(m) and Decimal(p) == Decimal(m) for p, m in given))
    both = [pair for pair in pairs if len(pair.points) == 2]
    differences = [abs(Decimal(pair.points[0] or 0) - Decimal(pair.points[1] or 0)) for pair in both]
    return Agreement(
        len(pairs),
        len(both),
        sum(pair.is_equal for pair in both),
        sum(differences, Decimal(0)) / len(differences) if differences else None,
        cohens_kappa([(pair[0], pair[1]) for pair in full]),
        tuple(pairs),
    )


def cohens_kappa(pairs: list[tuple[bool, bool]]) -> float | None:
    """Cohen (1960): (observed − expected) / (1 − expected); None without pairs or where all say the same."""
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    expected = first * second + (1 - first) * (1 - second)
    return None if expected == 1 else (observed - expected) / (1 - expected)
