"""The running text of a stored file, for search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thangdo.web.background.kinds import Call
from thangdo.web.rounds.evidence.storage import storage
from thangdo.web.rounds.evidence.text import words_of
from thangdo.web.rounds.models import FileText, StoredFile


def keep_text(file: StoredFile) -> int:
    """Read a file's words and keep them; returns its pages."""
    words = words_of(storage().path(file.sha256), file.extension)
    FileText.objects.update_or_create(file=file, defaults={"pages": words.pages, "search": words.search})
    return words.pages


def read_text(call: Call) -> Mapping[str, Any]:
    """Read the file `file_id`; one that is gone needs no text."""
    file = StoredFile.objects.filter(pk=call.arguments["file_id"]).first()
    return {"pages": keep_text(file) if file else 0}
