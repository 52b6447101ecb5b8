"""Where the evidence of this installation lies."""

from __future__ import annotations

from django.conf import settings

from thangdo.web.file_storage import FileStorage


def storage() -> FileStorage:
    """The storage of this installation."""
    return FileStorage(settings.EVIDENCE_ROOT)
