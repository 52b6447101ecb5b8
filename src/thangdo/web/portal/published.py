"""The published sites under `/cong-bo/`: plain files of a folder, nothing else of the machine."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import http_date

# Everything a published site is made of; any other file is offered as a download.
SHOWN = {".html", ".css", ".js", ".svg", ".png", ".woff2", ".json", ".csv", ".pdf", ".txt"}


# What a publication's folder is called: a year, or this with a year after it.
KINDS = {
    "ho-so": ("Hồ sơ thủ tục hành chính", "Administrative dossiers"),
    "sipas": ("Khảo sát sự hài lòng (SIPAS)", "Satisfaction survey (SIPAS)"),
}


@dataclass(frozen=True, slots=True)
class Publication:
    """An entry of the published folder: its place in the address, and what a reader calls it."""

    name: str
    label: str
    is_year: bool


def publications(root: Path | None, language: str) -> list[Publication]:
    """All of them: years first and newest first, then the rest in the order of their names."""
    names = [child.name for child in root.iterdir() if child.is_dir()] if root and root.is_dir() else []
    years = sorted((name for name in names if name.isdigit()), reverse=True)
    results = "Evaluation results" if language == "en" else "Kết quả đánh giá"
    found = [Publication(name, f"{results} {name}", True) for name in years]
    for name in sorted(set(names) - set(years)):
        kind, _, year = name.rpartition("-")
        words = KINDS.get(kind)
        label = f"{words[1] if language == 'en' else words[0]} {year}" if words else name
        found.append(Publication(name, label, False))
    return found


def file_of(root: Path, path: str) -> Path | None:
    """The file or folder an address means, or None: never outside its publication, never a hidden file.

    Each entry of `root` is one publication: a site, or what `thangdo evaluate` wrote (tables with `site/` beside).
    An entry may be a link to a folder elsewhere; nothing below it may lead out of it.
    """
    parts = Path(path).parts
    if not parts or any(part.startswith(".") for part in parts):
        return None
    entry = (root / parts[0]).resolve()
    wanted = entry.joinpath(*parts[1:]).resolve()
    if wanted != entry and entry not in wanted.parents:
        return None
    return wanted if wanted.exists() else None


def published(request: Any, path: str) -> HttpResponse | FileResponse:
    root: Path | None = settings.PUBLISHED_ROOT
    if not path:
        return render(request, "portal/published.html", {"sites": publications(root, request.LANGUAGE_CODE)})
    found = file_of(root, path) if root is not None else None
    if found is None:
        raise Http404(path)
    if found.is_dir():
        place = f"/cong-bo/{path.rstrip('/')}/"
        if not (found / "index.html").is_file():
            # A site begins in the reader's language where it has that language.
            own = ("site/en/index.html", "report.en.html") if request.LANGUAGE_CODE == "en" else ()
            starts = (*own, "site/index.html", "report.html")
            first = next((name for name in starts if (found / name).is_file()), None)
            if first is None:
                raise Http404(path)
            return HttpResponseRedirect(place + first.removesuffix("index.html"))
        if not path.endswith("/"):
            return HttpResponseRedirect(place)
        found = found / "index.html"
    media_type = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    response = FileResponse(
        found.open("rb"), content_type=media_type, as_attachment=found.suffix.lower() not in SHOWN, filename=found.name
    )
    response.headers["Last-Modified"] = http_date(found.stat().st_mtime)
    return response
