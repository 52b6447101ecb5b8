"""Units over the years, their succession, and their blocks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from thangdo.evaluation.vietnamese import search_text, sort_key
from thangdo.web.registry.names import NamedUnit
from thangdo.web.typed_values import search_words


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units asked by day, tree and name."""

    def valid_on(self, day: date) -> UnitQuerySet:
        """Units that existed on `day`; a blank bound is open."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))

    def named_like(self, words: str) -> UnitQuerySet:
        """Units whose code, name, short name or alias holds every word, accents or not."""
        found = self
        for word in search_words(words):
            found = found.filter(search__contains=word)
        return found


class Unit(NamedUnit, models.Model):
    """An agency that is evaluated or that evaluates. Codes: Quyết định 20/2020/QĐ-TTg where known."""

    code = models.CharField(max_length=40, unique=True)
    name_vi = models.CharField(max_length=255)
    name_en = models.CharField(max_length=255, blank=True)
    short_vi = models.CharField(max_length=120, blank=True)
    short_en = models.CharField(max_length=120, blank=True)
    aliases = models.TextField(blank=True)
    level = models.CharField(max_length=40, blank=True)
    parent = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    code_source = models.CharField(max_length=200, blank=True)
    sort_key = models.CharField(max_length=600, editable=False)
    search = models.TextField(editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["sort_key"]

    def __str__(self) -> str:
        return self.name_vi

    def fill_derived(self) -> None:
        """Set the columns that follow from the names; bulk writes call it themselves."""
        self.sort_key = " ".join(sort_key(self.name_vi))[:600]
        self.search = search_text(self.code, self.name_vi, self.name_en, self.short_vi, self.short_en, self.aliases)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_derived()
        super().save(*args, **kwargs)


class Succession(models.Model):
    """One unit's past or future: `predecessor` gave way to `successor` on a day, by one of the kinds."""

    predecessor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successions_out", null=True)
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successions_in", null=True)
    kind = models.CharField(max_length=12)
    on = models.DateField()
    rule = models.CharField(max_length=20, default="mean")
    legal_basis = models.CharField(max_length=255, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once")]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"


class BlockMember(models.Model):
    """A unit's block for one index and year: the groups that are ranked together."""

    index = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    block = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    ranked = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["index", "year", "unit"], name="one_block_a_year")]

    def __str__(self) -> str:
        return f"{self.index} {self.year} {self.block}"
