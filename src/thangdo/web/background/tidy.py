"""Finished work goes after two weeks, with its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from thangdo.web.accounts.models import Bucket
from thangdo.web.background.kinds import Call
from thangdo.web.background.models import Job
from thangdo.web.background.queue import work_files

KEPT = timedelta(days=14)
# Regular work leaves a row each time; a day of them is enough to look at.
REGULAR_KEPT = timedelta(days=1)
# Bytes are put before the work that names them is asked for.
FRESH = timedelta(hours=12)


def tidy(call: Call) -> Mapping[str, Any]:
    """Remove jobs that ended long ago; a file goes with the last job that names it."""
    over = Job.objects.filter(state__in=("done", "failed"))
    old = over.filter(finished_at__lt=call.at - KEPT) | over.filter(
        asked_by=None, finished_at__lt=call.at - REGULAR_KEPT
    )
    rows = list(old)
    gone = {name for job in rows for name in files_of(job)}
    Job.objects.filter(pk__in=[job.pk for job in rows]).delete()
    still = {name for job in Job.objects.all() for name in files_of(job)}
    for name in gone - still:
        # Somebody may ask for work on the same bytes at this moment: what was put of late is theirs.
        work_files().discard_older(name, call.at - FRESH)
    # A day is longer than any count of guesses takes to fill up again.
    Bucket.objects.filter(at__lt=(call.at - REGULAR_KEPT).timestamp()).delete()
    return {"removed": len(rows)}


def files_of(job: Job) -> set[str]:
    """The files a job names, by their SHA-256."""
    return {str(place["file"]) for place in (job.arguments, job.result) if place.get("file")}
