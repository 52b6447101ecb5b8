"""Asking for work, and the files that go into it and come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from thangdo.web.background.kinds import BY_CODE
from thangdo.web.background.models import Job
from thangdo.web.file_storage import FileStorage, Put


def ask_for(kind: str, arguments: Mapping[str, Any], *, person_id: int | None, at: datetime) -> Job:
    """Put work in the queue; the worker takes it when it comes to it."""
    return Job.objects.create(
        kind=BY_CODE[kind].code, arguments=dict(arguments), asked_by_id=person_id, asked_at=at, run_after=at
    )


def work_files() -> FileStorage:
    """Where files of jobs lie, apart from the evidence; tidied away with their job."""
    return FileStorage(settings.WORK_ROOT)


def keep_file(chunks: Iterable[bytes], limit: int) -> Put:
    """Store what a job needs or made. Raises TooLarge past `limit` bytes."""
    return work_files().put(chunks, limit)
