"""The worker: moves the calendar on, takes the next piece of work, tries again where that may help.

The moment always comes from outside, so that a test plays a day in a second. Several workers may run at once:
a row is taken by a conditional update, and the one whose update counts has it.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import F, Q
from django.utils import translation

from thangdo.findings import Refused
from thangdo.web.background.kinds import BY_CODE, KINDS, Call, CannotBeDone, Kind
from thangdo.web.background.models import Job, NextRun
from thangdo.web.background.queue import ask_for

LOG = logging.getLogger(__name__)
# Waits before each further try; after the last one the work has failed.
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
# A worker that has said nothing for so long is gone; its work is taken up again.
SILENCE = timedelta(minutes=15)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Told:
    """Writes a job's progress, at most once a second by the given clock, and the first and last always."""

    job_id: int
    clock: Clock

    def __call__(self, done: int, total: int) -> None:
        now = self.clock()
        rows = Job.objects.filter(pk=self.job_id)
        if 0 < done < total:
            rows = rows.filter(Q(seen_at=None) | Q(seen_at__lte=now - timedelta(seconds=1)))
        rows.update(done_count=done, total=total, seen_at=now)


def enqueue_due(at: datetime, kinds: Sequence[Kind] = KINDS) -> int:
    """Ask for the regular work that is due. After a pause each kind comes once, not once for every time missed."""
    asked = 0
    for kind in kinds:
        if kind.every is None:
            continue
        row, _ = NextRun.objects.get_or_create(kind=kind.code, defaults={"due_at": at})
        if row.due_at > at + kind.every:
            # The clock was set back: what was due a year ahead would never come.
            NextRun.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=at + kind.every)
        if row.due_at > at:
            continue
        # The one whose update counts has moved the calendar; the others see a later moment.
        if NextRun.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=at + kind.every):
            waits = Job.objects.filter(kind=kind.code, asked_by=None, state__in=("waiting", "running"))
            if not waits.exists():
                ask_for(kind.code, {}, person_id=None, at=at)
                asked += 1
    return asked


def take_up_lost(at: datetime) -> int:
    """Work whose worker is gone waits again; the try counts."""
    lost = Job.objects.filter(state="running").filter(Q(seen_at__lt=at - SILENCE) | Q(seen_at__gt=at + SILENCE))
    return lost.update(state="waiting", run_after=at)


def claim(at: datetime) -> Job | None:
    """Take the next piece of work that is due; None where there is none."""
    while True:
        waiting = Job.objects.filter(state="waiting", run_after__lte=at).order_by("run_after", "id")
        key = waiting.values_list("pk", flat=True).first()
        if key is None:
            return None
        taken = Job.objects.filter(pk=key, state="waiting").update(
            state="running", seen_at=at, attempts=F("attempts") + 1
        )
        if taken:
            return Job.objects.get(pk=key)


def carry_out(job: Job, clock: Clock) -> None:
    """Do one piece of work and write how it ended."""
    call = Call(job.arguments, job.asked_by_id, clock(), Told(job.pk, clock), job.pk)
    language = job.asked_by.language if job.asked_by else "vi"
    try:
        with translation.override(language):
            result = BY_CODE[job.kind].load()(call)
    except CannotBeDone as failure:
        _end(job, clock(), "failed", problem=str(failure))
    except Refused as refused:
        words = "; ".join(f"{finding.code} {finding.where} {finding.found}" for finding in refused.findings[:8])
        _end(job, clock(), "failed", problem=words)
    except Exception as failure:
        LOG.exception("job %s (%s), try %s", job.pk, job.kind, job.attempts)
        problem = type(failure).__name__
        if job.attempts <= len(WAITS):
            later = clock() + WAITS[job.attempts - 1]
            Job.objects.filter(pk=job.pk).update(state="waiting", run_after=later, problem=problem)
        else:
            _end(job, clock(), "failed", problem=problem)
    else:
        _end(job, clock(), "done", result=dict(result))


def _end(job: Job, at: datetime, state: str, **fields: object) -> None:
    Job.objects.filter(pk=job.pk).update(state=state, finished_at=at, **{"problem": "", **fields})


def run_due(clock: Clock) -> int:
    """Everything that is due now, one after the other; returns how many pieces were done."""
    take_up_lost(clock())
    enqueue_due(clock())
    count = 0
    while (job := claim(clock())) is not None:
        carry_out(job, clock)
        count += 1
    return count


def run_until_stopped(clock: Clock, every_seconds: float = 3.0) -> None:
    """Look for work until the process is stopped, or whoever started it is gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            run_due(clock)
        except Exception:
            # A database that is away comes back; the worker waits for it.
            LOG.exception("the queue could not be read")
            connections.close_all()
        end = time.monotonic() + every_seconds
        while time.monotonic() < end and os.getppid() == parent:
            time.sleep(0.5)
