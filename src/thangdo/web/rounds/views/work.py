"""My work: what is mine to do, by when, for each role I hold."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from thangdo.web.rounds.dashboard import tasks_of
from thangdo.web.rounds.models import Reminder


def work(request: Any) -> HttpResponse:
    tasks = tasks_of(request.holder, request.at)
    reminders = Reminder.objects.filter(person=request.person, dismissed_at=None, due_at__gte=request.at)
    return render(
        request,
        "rounds/work.html",
        {"tasks": tasks, "reminders": list(reminders.select_related("part__round"))},
    )
