"""Explanations asked for during appraisal, and appeals against it."""

from __future__ import annotations

from django.db import models

from thangdo.web.rounds.models.round import Part


class Explanation(models.Model):
    """A question an appraiser put to a unit about one criterion, and the unit's answer."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="explanations")
    unit = models.CharField(max_length=40)
    criterion = models.CharField(max_length=60)
    question = models.TextField()
    asked_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"{self.unit}/{self.criterion}"


class Appeal(models.Model):
    """A row of `appeals.csv`: what a unit asks, and what was decided. Blank outcome: not yet decided."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="appeals")
    unit = models.CharField(max_length=40)
    criterion = models.CharField(max_length=60)
    filed_at = models.CharField(max_length=40)
    filed_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    request = models.TextField()
    decided_at = models.CharField(max_length=40, blank=True)
    decided_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ["filed_at", "id"]

    def __str__(self) -> str:
        return f"{self.unit}/{self.criterion}"
