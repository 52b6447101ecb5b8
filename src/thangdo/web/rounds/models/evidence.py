"""Evidence: stored files by their hash, documents that describe them, and where a document is claimed."""

from __future__ import annotations

from typing import Any

from django.db import models

from thangdo.evaluation.vietnamese import search_text
from thangdo.web.rounds.models.round import Part


class StoredFile(models.Model):
    """Bytes kept once, under their SHA-256. `media_type` is what the bytes are, not what the sender said."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    extension = models.CharField(max_length=10)
    stored_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.sha256


class FileText(models.Model):
    """The running text of a PDF or DOCX, without accents, for search. Can always be made again."""

    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="text")
    pages = models.PositiveIntegerField(default=0)
    search = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.file_id}"


class Document(models.Model):
    """One revision of a document a unit holds: its number and date as they stand on it."""

    unit = models.CharField(max_length=40)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="documents", null=True)
    name = models.CharField(max_length=255)
    issuer = models.CharField(max_length=255, blank=True)
    number = models.CharField(max_length=80, blank=True)
    issued_on = models.CharField(max_length=20, blank=True)
    revision_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="revisions")
    added_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True)
    added_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    search = models.TextField(editable=False, default="")

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["unit"], name="document_unit"),
            models.Index(fields=["sha256"], name="document_hash"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search = search_text(self.name, self.issuer, self.number)
        super().save(*args, **kwargs)


class Attachment(models.Model):
    """A document claimed for a criterion; one document serves many criteria and years."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="attachments")
    unit = models.CharField(max_length=40)
    criterion = models.CharField(max_length=60)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="attachments")
    pages = models.CharField(max_length=60, blank=True)
    phase = models.CharField(max_length=12, blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["part", "unit", "criterion", "document"], name="attached_once")]

    def __str__(self) -> str:
        return f"{self.unit}/{self.criterion}"
