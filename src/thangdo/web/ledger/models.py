"""The one table of the ledger."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One row changed by one act. Written by triggers only; the database refuses to change or delete it.

    `act` is blank where the change came through raw SQL, past every act. `at` is the moment the act was
    given; `recorded_at` the database's own clock. `before` is null for a new row, `after` for a deleted one.
    """

    act = models.CharField(max_length=60, blank=True)
    act_id = models.CharField(max_length=32, blank=True)
    actor_id = models.BigIntegerField(null=True)
    acting_for_id = models.BigIntegerField(null=True)
    at = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    round = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=200, blank=True)
    table = models.CharField(max_length=80, db_column="table_name")
    object_id = models.CharField(max_length=80)
    operation = models.CharField(max_length=6)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["table", "object_id", "id"], name="ledger_object"),
            models.Index(fields=["round", "place", "id"], name="ledger_place"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.object_id}"
