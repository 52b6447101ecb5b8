"""The council's agenda, its votes, and the decisions of a round."""

from __future__ import annotations

from django.db import models

from thangdo.web.rounds.models.round import Part


class AgendaItem(models.Model):
    """One question before the council: a disputed score, a bonus or a penalty. Points as decimal text."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, default="dispute")
    unit = models.CharField(max_length=40)
    criterion = models.CharField(max_length=60)
    proposal = models.CharField(max_length=40)
    reason = models.TextField()
    state = models.CharField(max_length=12, default="open")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.unit}/{self.criterion}"


class Vote(models.Model):
    """One member's vote on one item: `for`, `against` or `abstain`."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT)
    choice = models.CharField(max_length=8)
    given_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="one_vote_each")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.choice}"


class Decision(models.Model):
    """A row of `decisions.csv`. An approval names the hash of the results it holds for."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    signed_on = models.CharField(max_length=20)
    results_hash = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return self.number
