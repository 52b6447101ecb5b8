"""My work: what is mine to do and by when for each role I hold, and how the rounds I follow stand."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from thangdo.web.background.models import Job
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.models import Reminder
from thangdo.web.rounds.reminder_words import sentence_of, where_of
from thangdo.web.rounds.reminding import dismiss
from thangdo.web.rounds.seeing.dashboard import Seen, tasks_of
from thangdo.web.rounds.seeing.work_lists import mine_list, own_list, rounds_list, tasks_list


def work(request: Any) -> HttpResponse:
    language = language_now()
    seen = Seen(request.holder, request.at)
    tasks = tasks_of(seen)
    own, whole = own_list(seen, language), rounds_list(seen, language)
    mine = mine_list(seen, language)
    reminders = Reminder.objects.filter(person=request.person, dismissed_at=None).select_related("part__round")
    context = {
        "tasks": tasks,
        "own": own,
        "mine": mine,
        "whole": whole,
        "reminders": [(row, where_of(row.part), sentence_of(row)) for row in reminders.order_by("due_at")],
        "has_jobs": Job.objects.filter(asked_by=request.person).exists(),
    }
    lists = [listing for listing in (tasks_list(tasks), mine, own, whole) if listing is not None]
    return page_or_file(request, "rounds/work.html", context, lists)


def put_away(request: Any, reminder: int) -> HttpResponse:
    """The reader has seen a reminder and no longer wants it on the page."""
    if request.method == "POST":
        dismiss(reminder, request.person.pk, request.at)
    return redirect("rounds:work")
