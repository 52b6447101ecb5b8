"""Marks in layers, and each unit's submission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from thangdo.web.rounds.models.round import Part


class Mark(models.Model):
    """One layer of one criterion of one unit by one appraiser: the rows of `marks.csv` that belong together.

    `inputs` maps a field to `{"value", "reason", "given_at", …}` exactly as the folder has them. `points` and
    `maximum` are what scoring last gave for this layer, as decimal text, kept so that lists need not compute.
    `version` rises with every change; a save that read an older one is refused.
    """

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="marks")
    unit = models.CharField(max_length=40)
    criterion = models.CharField(max_length=60)
    layer = models.CharField(max_length=12)
    appraiser = models.CharField(max_length=80, blank=True)
    inputs = models.JSONField(default=dict)
    points = models.CharField(max_length=40, blank=True)
    maximum = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["part", "unit", "criterion", "layer", "appraiser"], name="mark_key")
        ]

    def __str__(self) -> str:
        return f"{self.unit}/{self.criterion}/{self.layer}"

    def says(self, inputs: Mapping[str, Any]) -> bool:
        """Whether `inputs` hold equal values and reasons; only the moment they were given may differ."""
        return told(self.inputs) == told(inputs)


def told(inputs: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Value and reason of each field."""
    return {name: (entry.get("value", ""), entry.get("reason", "")) for name, entry in inputs.items()}


class Submission(models.Model):
    """A unit's self-scoring as a whole: `open`, `with_leader`, `approved` or `sent_back`."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="submissions")
    unit = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default="open")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    sent_back_criteria = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["part", "unit"], name="one_submission")]

    def __str__(self) -> str:
        return f"{self.unit} {self.state}"


class SampleItem(models.Model):
    """A unit and criterion drawn for two independent appraisers."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="sample")
    unit = models.CharField(max_length=40)
    criterion = models.CharField(max_length=60)
    seed = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["part", "unit", "criterion"], name="sampled_once")]

    def __str__(self) -> str:
        return f"{self.unit}/{self.criterion}"
