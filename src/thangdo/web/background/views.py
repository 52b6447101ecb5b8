"""What I asked for: how far it is, what came of it. Only the one who asked sees it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.web.background.kinds import BY_CODE
from thangdo.web.background.models import Job
from thangdo.web.background.queue import work_files
from thangdo.web.formatting import language_now, moment
from thangdo.web.lists import page_or_file


def jobs(request: Any) -> HttpResponse:
    mine = list(Job.objects.filter(asked_by=request.person)[:100])
    language = language_now()
    rows = [
        (
            Linked(
                BY_CODE[job.kind].name(language) if job.kind in BY_CODE else job.kind,
                reverse("background:job", args=[job.pk]),
            ),
            moment(job.asked_at),
            state_words(job),
            moment(job.finished_at),
        )
        for job in mine
    ]
    columns = [Column(_("Work"), share=3), Column(_("Asked for")), Column(_("State"), share=2), Column(_("Done on"))]
    listing = Listing("viec-nen", _("Work in the background"), columns, rows)
    context = {"jobs": mine, "kinds": BY_CODE}
    return page_or_file(request, "background/jobs.html", context, [listing] if rows else [])


def job_page(request: Any, job: int) -> HttpResponse:
    """One job; a script asks for the same page as JSON and draws the bar."""
    found = _mine(request, job)
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse(
            {"over": found.is_over, "done": found.done_count, "total": found.total, "words": state_words(found)}
        )
    context = {
        "job": found,
        "kind": BY_CODE[found.kind].name(get_language() or "vi"),
        "words": state_words(found),
        "passwords": BY_CODE[found.kind].seen(found.pk, found.result) if found.state == "done" else [],
    }
    return render(request, "background/job.html", context)


def job_file(request: Any, job: int) -> HttpResponseBase:
    """The file a job made."""
    found = _mine(request, job)
    if not found.result.get("file"):
        raise Http404
    try:
        stream = work_files().open(str(found.result["file"]))
    except FileNotFoundError as failure:
        raise Http404 from failure
    response = FileResponse(
        stream, as_attachment=True, filename=str(found.result.get("name", "")), content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def state_words(job: Job) -> str:
    if job.state == "waiting" and job.attempts:
        return _("did not work yet; tried again by itself")
    return {
        "waiting": _("waiting for its turn"),
        "running": _("under way"),
        "done": _("done"),
        "failed": _("could not be done"),
    }[job.state]


def _mine(request: Any, job: int) -> Job:
    found = Job.objects.filter(pk=job, asked_by=request.person).first()
    if found is None or found.kind not in BY_CODE:
        raise Http404
    return found
