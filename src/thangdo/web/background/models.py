"""The queue and the calendar of background work."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """One piece of work: `waiting`, `running`, `done` or `failed`. `arguments` and `result` are the kind's own.

    `run_after` moves later with each failure; `seen_at` is the worker's last sign of life while it runs.
    """

    kind = models.CharField(max_length=30)
    asked_by = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, null=True, related_name="jobs")
    asked_at = models.DateTimeField()
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    done_count = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    problem = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "run_after"], name="job_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state in {"done", "failed"}


class NextRun(models.Model):
    """When a kind of regular work is due next. Whoever moves the moment on does the work: no two do it at once."""

    kind = models.CharField(max_length=30, unique=True)
    due_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at}"
