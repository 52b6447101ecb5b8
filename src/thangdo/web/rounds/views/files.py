"""The round as a folder: out as a zip that `thangdo evaluate` computes to the same digits, and in; its results."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation import write_round
from thangdo.web.background.queue import ask_for, keep_file
from thangdo.web.file_storage import TooLarge
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.folder_zip import packed
from thangdo.web.rounds.models import Round
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.views.answering import refused_page


def export(request: Any, round: str) -> HttpResponse:
    stored = Round.objects.filter(code=round).first()
    if stored is None:
        raise Http404
    stream = io.BytesIO()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / stored.code
        write_round(round_value(stored), folder)
        packed(folder, stream, stored.code)
    response = HttpResponse(stream.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{stored.code}.zip"'
    return response


def report(request: Any, round: str) -> HttpResponse:
    """Ask for the published form of the round's results; the work goes on in the background."""
    if not Round.objects.filter(code=round).exists():
        raise Http404
    if request.method != "POST":
        return redirect("rounds:round", round)
    job = ask_for("report", {"round": round}, person_id=request.person.pk, at=request.at)
    return HttpResponseRedirect(reverse("background:job", args=[job.pk]))


def load(request: Any) -> HttpResponse:
    """A new round from a zipped folder: kept at once, read in the background."""
    if request.method != "POST":
        return render(request, "rounds/load.html")
    file = request.FILES.get("folder")
    try:
        if file is None:
            raise ActRefused("bad_file", why=_("no file was chosen"))
        if not zipfile.is_zipfile(file):
            raise ActRefused("bad_file", why=_("it is not a zip file"))
        try:
            put = keep_file(file.chunks(), settings.WORK_LIMIT_BYTES)
        except TooLarge as failure:
            limit = settings.WORK_LIMIT_BYTES >> 20
            raise ActRefused("bad_file", why=_("it is larger than %(limit)s MB") % {"limit": limit}) from failure
    except ActRefused as refusal:
        return refused_page(request, refusal.sentence(), request.path)
    job = ask_for("load_round", {"file": put.sha256}, person_id=request.person.pk, at=request.at)
    return HttpResponseRedirect(reverse("background:job", args=[job.pk]))
