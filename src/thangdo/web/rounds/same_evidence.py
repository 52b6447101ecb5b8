"""Like cases alike: one document claimed by several units for one criterion, and the points each got for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from thangdo.web.rounds.heat import ORDER
from thangdo.web.rounds.models import Attachment, Mark, Part


@dataclass(frozen=True, slots=True)
class Claim:
    """One unit's claim of the document, with the points that stand and the layer they come from."""

    unit: str
    points: str
    layer: str


@dataclass(frozen=True, slots=True)
class SameEvidence:
    """One document and criterion. `by` is `file` (the same bytes) or `number` (the same number and day)."""

    criterion: str
    name: str
    number: str
    by: str
    claims: tuple[Claim, ...]

    @property
    def spread(self) -> Decimal:
        """Points between the highest and the lowest; 0 where all are alike."""
        given = [Decimal(claim.points) for claim in self.claims if claim.points]
        return max(given) - min(given) if given else Decimal(0)

    @property
    def is_uneven(self) -> bool:
        return len({claim.points for claim in self.claims}) > 1


def same_evidence(part: Part, visible_claims: Q, visible_marks: Q) -> list[SameEvidence]:
    """Every document that several units claim for one criterion, the widest spread first: two queries."""
    claimed: dict[tuple[str, str, str], dict[str, Attachment]] = defaultdict(dict)
    rows = Attachment.objects.filter(visible_claims, part=part).select_related("document").order_by("id")
    for row in rows:
        document = row.document
        if document.sha256:
            claimed["file", document.sha256, row.criterion].setdefault(row.unit, row)
        if document.number and document.issued_on:
            key = f"{' '.join(document.number.casefold().split())} {document.issued_on}"
            claimed["number", key, row.criterion].setdefault(row.unit, row)
    shared = {key: units for key, units in claimed.items() if len(units) > 1}
    points = _standing(part, visible_marks, {key[2] for key in shared})
    found, seen = [], set()
    for (by, _key, criterion), units in sorted(shared.items()):
        # The same bytes mostly carry the same number: said once, as the stronger sign.
        group = (criterion, frozenset(units))
        if by == "number" and group in seen:
            continue
        seen.add(group)
        first = next(iter(units.values())).document
        claims = tuple(Claim(unit, *points.get((unit, criterion), ("", ""))) for unit in sorted(units))
        found.append(SameEvidence(criterion, first.name, first.number, by, claims))
    return sorted(found, key=lambda row: (-row.spread, not row.is_uneven, row.criterion, row.name))


def _standing(part: Part, visible: Q, criteria: set[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Points and layer that stand, by unit and criterion; an adjudicated mark before single ones."""
    top: dict[tuple[str, str], tuple[tuple[int, bool], str, str]] = {}
    rows = Mark.objects.filter(visible, part=part, criterion__in=criteria)
    for unit, criterion, layer, appraiser, points in rows.values_list(
        "unit", "criterion", "layer", "appraiser", "points"
    ):
        rank = (ORDER.get(layer, 0), appraiser == "adjudicated")
        stood = top.get((unit, criterion))
        if stood is None or rank > stood[0]:
            top[unit, criterion] = (rank, points, layer)
    return {cell: (points, layer) for cell, (_rank, points, layer) in top.items()}
