"""A round, its parts (one per index), their dates, and the units that take part."""

from __future__ import annotations

from django.db import models

from thangdo.web.registry.names import NamedUnit


class Round(models.Model):
    """One evaluation year; `code` is the round's id in its folder. `extra` keeps what the folder says beyond.

    `columns` holds, by table, the columns of the folder in their order, unknown ones included.
    """

    code = models.CharField(max_length=60, unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default="draft")
    language = models.CharField(max_length=5, default="vi")
    illustrative = models.BooleanField(default=False)
    provenance = models.JSONField(default=dict)
    extra = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-year", "code"]

    def __str__(self) -> str:
        return self.name_vi

    def name(self, language: str) -> str:
        return (self.name_en or self.name_vi) if language == "en" else self.name_vi


class Part(models.Model):
    """One index entry of a round: its criteria set, the blocks it computes, and its own phase.

    One index may have a set a block; `slug` names the part in addresses (the index, or index-block).
    `set_name` is the file in `sets/`; `set_text` is the criteria set as issued, byte for byte; `set_hash` its content hash, blank until issued.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField(default=0)
    index = models.CharField(max_length=40)
    slug = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, default="points")
    blocks = models.JSONField(default=list)
    set_name = models.CharField(max_length=200, blank=True)
    set_text = models.TextField(blank=True)
    set_hash = models.CharField(max_length=64, blank=True)
    phase = models.CharField(max_length=12, default="prepare")
    phase_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["round", "slug"], name="part_slug")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.slug}"


class PhaseDate(models.Model):
    """When a phase of a part opens and closes; the end locks it by itself."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="dates")
    phase = models.CharField(max_length=12)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["part", "phase"], name="one_date_per_phase")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.phase}"


class Extension(models.Model):
    """A decision that moves the end of a phase, for one unit or (blank) for all."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="extensions")
    phase = models.CharField(max_length=12)
    unit = models.CharField(max_length=40, blank=True)
    closes_at = models.DateTimeField()
    number = models.CharField(max_length=60, blank=True)
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.part_id} {self.phase} {self.unit}"


class RoundUnit(NamedUnit, models.Model):
    """A row of the round's `units.csv`: the unit as it stood in that year."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="units")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    name_vi = models.CharField(max_length=255)
    name_en = models.CharField(max_length=255, blank=True)
    short_vi = models.CharField(max_length=120, blank=True)
    short_en = models.CharField(max_length=120, blank=True)
    columns = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["round", "code"], name="unit_once_a_round")]

    def __str__(self) -> str:
        return self.name_vi


class Member(models.Model):
    """A row of `membership.csv`: which block a unit stands in; `ranked` as the folder writes it."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveIntegerField()
    block = models.CharField(max_length=40)
    unit = models.CharField(max_length=40)
    ranked = models.CharField(max_length=12, blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["part", "unit"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.block} {self.unit}"


class RoundTable(models.Model):
    """A table of the folder that the platform keeps but does not edit (values, covariance, published …)."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="tables")
    name = models.CharField(max_length=60)
    text = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["round", "name"], name="table_once_a_round")]

    def __str__(self) -> str:
        return self.name
