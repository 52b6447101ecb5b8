"""Reading the ledger: what happened to an object, and what a table held at a past moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max

from thangdo.web.ledger.models import Entry

BOOKKEEPING = {"version", "changed_at"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of one entry: before and after (None where there was no row)."""

    column: str
    before: Any
    after: Any


def entries_of(subject: models.Model) -> models.QuerySet[Entry]:
    """Every change of one object, oldest first."""
    return Entry.objects.filter(table=subject._meta.db_table, object_id=str(subject.pk)).order_by("id")


def entries_at(round_code: str, place: str = "") -> models.QuerySet[Entry]:
    """Every change within a round, or at a place of it (PART, PART/UNIT or PART/UNIT/CRITERION), newest first."""
    found = Entry.objects.filter(round=round_code)
    if place:
        found = found.filter(models.Q(place=place) | models.Q(place__startswith=place + "/"))
    return found.order_by("-id")


def state_at(model: type[models.Model], object_id: Any, moment: datetime) -> dict[str, Any] | None:
    """The columns of one object as they stood at `moment`; None where it did not exist."""
    entry = (
        Entry.objects.filter(table=model._meta.db_table, object_id=str(object_id), recorded_at__lte=moment)
        .order_by("-id")
        .first()
    )
    return entry.after if entry else None


def rows_at(
    model: type[models.Model], moment: datetime, object_ids: Iterable[Any] | None = None
) -> list[dict[str, Any]]:
    """All rows of a table as they stood at `moment`, by key; `object_ids` narrows to some."""
    entries = Entry.objects.filter(table=model._meta.db_table, recorded_at__lte=moment)
    if object_ids is not None:
        entries = entries.filter(object_id__in=[str(key) for key in object_ids])
    # order_by() clears the model's order: the last entry of each object is what stood.
    last = entries.values("object_id").annotate(last=Max("id")).order_by().values("last")
    return [entry.after for entry in Entry.objects.filter(id__in=last).order_by("id") if entry.after is not None]


def differences(entry: Entry) -> list[Difference]:
    """What the entry changed, column by column, without bookkeeping columns."""
    before, after = entry.before or {}, entry.after or {}
    return [
        Difference(column, before.get(column), after.get(column))
        for column in {**before, **after}
        if column not in BOOKKEEPING and before.get(column) != after.get(column)
    ]
