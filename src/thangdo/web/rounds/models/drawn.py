"""Intervals of a part's results, kept under what they were drawn from."""

from __future__ import annotations

from django.db import models

from thangdo.web.rounds.models.round import Part


class DrawnIntervals(models.Model):
    """The newest intervals of a part. They hold for results whose `content` hash is the same, and for no others.

    `ledger` says up to which change the content was looked at last, so that unchanged parts are not read again.
    """

    part = models.OneToOneField(Part, on_delete=models.CASCADE, related_name="drawn")
    content = models.CharField(max_length=64, blank=True)
    ledger = models.CharField(max_length=120, blank=True)
    intervals = models.JSONField(default=list)
    score_intervals = models.JSONField(default=list)
    faults = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.part_id} {self.content[:12]}"
