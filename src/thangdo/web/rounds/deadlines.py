"""When a phase ends for a unit, and whether it has ended: always asked with the moment, never with a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q, Subquery

from thangdo.web.rounds.models import Extension, Part, PhaseDate


def closes_at(part: Part, phase: str, unit: str = "") -> datetime | None:
    """The end of a phase for a unit, extensions included; None where no end is set."""
    reach = Q(unit="") | Q(unit=unit) if unit else Q(unit="")
    moved = Extension.objects.filter(reach, part=part, phase=phase).order_by("-closes_at").values("closes_at")[:1]
    row = PhaseDate.objects.filter(part=part, phase=phase).values_list("closes_at", Subquery(moved)).first()
    return latest(*row) if row else None


def ends_by_unit(part: Part, phase: str) -> Callable[[str], datetime | None]:
    """The end of a phase for any unit, extensions included: two queries at most, whatever the number of units."""
    fixed = next((row.closes_at for row in part.dates.all() if row.phase == phase), None)
    moved: dict[str, datetime] = {}
    for row in part.extensions.all():
        if row.phase == phase:
            moved[row.unit] = max(row.closes_at, moved.get(row.unit, row.closes_at))

    def end_of(unit: str) -> datetime | None:
        found = [moved[key] for key in ("", unit) if key in moved]
        return latest(fixed, max(found, default=None))

    return end_of


def latest(fixed: datetime | None, moved: datetime | None) -> datetime | None:
    """An extension moves the end later, never earlier; without an end it says nothing."""
    if fixed is None or moved is None:
        return fixed
    return max(fixed, moved)


def has_ended(closes: datetime | None, at: datetime) -> bool:
    """The end itself still belongs to the phase; one microsecond later does not."""
    return closes is not None and at > closes


def days_left(closes: datetime | None, at: datetime) -> int | None:
    """Calendar days to the end in Vietnam: 0 on the last day, negative after it."""
    return None if closes is None else (closes.astimezone(at.tzinfo).date() - at.date()).days
