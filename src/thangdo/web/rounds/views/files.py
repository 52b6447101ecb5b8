"""The round as a folder: out as a zip that `thangdo evaluate` computes to the same digits, and in."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation import read_round, write_round
from thangdo.findings import Refused
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.loading import store_round
from thangdo.web.rounds.models import Round
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.views.answering import answering

UNPACKED_LIMIT = 300 << 20


def export(request: Any, round: str) -> HttpResponse:
    stored = Round.objects.filter(code=round).first()
    if stored is None:
        raise Http404
    stream = io.BytesIO()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / stored.code
        write_round(round_value(stored), folder)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, f"{stored.code}/{path.relative_to(folder).as_posix()}")
    response = HttpResponse(stream.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{stored.code}.zip"'
    return response


def load(request: Any) -> HttpResponse:
    """A new round from a zipped folder."""
    if request.method != "POST":
        return render(request, "rounds/load.html")

    def act() -> None:
        file = request.FILES.get("folder")
        if file is None:
            raise ActRefused("bad_file", why=_("no file was chosen"))
        with tempfile.TemporaryDirectory() as place:
            folder = unpacked(file, Path(place))
            try:
                store_round(read_round(folder), actor_id=request.person.pk, at=request.at)
            except Refused as refused:
                faults = "; ".join(f"{f.code} {f.where} {f.found}" for f in refused.findings[:8])
                raise ActRefused("bad_file", why=faults) from refused

    return answering(request, act, _("The round is loaded."), reverse("rounds:rounds"))


def unpacked(file: Any, place: Path) -> Path:
    """The round folder inside a zip. Raises ActRefused for another file, a bomb, or entries that lead outside."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT or len(entries) > 200:
                raise ActRefused("bad_file", why=_("it unpacks to far more than its size"))
            for entry in entries:
                path = PurePosixPath(entry.filename)
                if path.is_absolute() or ".." in path.parts or len(path.parts) > 3:
                    raise ActRefused("bad_file", why=entry.filename)
                target = place.joinpath(*path.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
    except zipfile.BadZipFile as failure:
        raise ActRefused("bad_file", why=_("it is not a zip file")) from failure
    headers = list(place.rglob("round.yaml"))
    if len(headers) != 1:
        raise ActRefused("bad_file", why="round.yaml")
    return headers[0].parent
