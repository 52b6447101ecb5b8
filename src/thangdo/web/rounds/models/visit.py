"""What a reader saw last, and reminders shown in the page."""

from __future__ import annotations

from django.db import models

from thangdo.web.rounds.models.round import Part


class Visit(models.Model):
    """When a person last looked at a part's matrix: cells changed since carry a dot."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE)
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE)
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["part", "person"], name="one_visit_each")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.part_id}"


class Reminder(models.Model):
    """A reminder given to a person once: shown in the page, and sent where there is an address.

    `kind` is the notice (`week`, `three_days`, `last_day`, `ended`), `what` the work it reminds of.
    """

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="reminders")
    part = models.ForeignKey(Part, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    what = models.CharField(max_length=30, blank=True)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "part", "kind", "due_at"], name="reminded_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"
