"""When a phase ends for a unit, and whether it has ended: always asked with the moment, never with a clock."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from thangdo.web.rounds.models import Extension, Part, PhaseDate


def closes_at(part: Part, phase: str, unit: str = "") -> datetime | None:
    """The end of a phase for a unit, extensions included; None where no end is set."""
    fixed = PhaseDate.objects.filter(part=part, phase=phase).values_list("closes_at", flat=True).first()
    reach = Q(unit="") | Q(unit=unit) if unit else Q(unit="")
    moved = Extension.objects.filter(reach, part=part, phase=phase).order_by("-closes_at").first()
    return latest(fixed, moved.closes_at if moved else None)


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
