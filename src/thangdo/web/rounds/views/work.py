"""My work: what is mine to do, by when, for each role I hold."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from thangdo.web.background.models import Job
from thangdo.web.rounds.dashboard import tasks_of
from thangdo.web.rounds.models import Reminder
from thangdo.web.rounds.reminder_words import sentence_of, where_of
from thangdo.web.rounds.reminding import dismiss


def work(request: Any) -> HttpResponse:
    tasks = tasks_of(request.holder, request.at)
    reminders = Reminder.objects.filter(person=request.person, dismissed_at=None).select_related("part__round")
    context = {
        "tasks": tasks,
        "reminders": [(row, where_of(row.part), sentence_of(row)) for row in reminders.order_by("due_at")],
        "has_jobs": Job.objects.filter(asked_by=request.person).exists(),
    }
    return render(request, "rounds/work.html", context)


def put_away(request: Any, reminder: int) -> HttpResponse:
    """The reader has seen a reminder and no longer wants it on the page."""
    if request.method == "POST":
        dismiss(reminder, request.person.pk, request.at)
    return redirect("rounds:work")
