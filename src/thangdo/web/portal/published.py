"""The published sites under `/cong-bo/`: plain files of a folder, nothing else of the machine."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import http_date

# Everything a published site is made of; any other file is offered as a download.
SHOWN = {".html", ".css", ".js", ".svg", ".png", ".woff2", ".json", ".csv", ".pdf", ".txt"}


def file_of(root: Path, path: str) -> Path | None:
    """The file an address means, or None: never outside `root`, never a hidden file."""
    wanted = (root / path).resolve()
    is_inside = wanted == root.resolve() or root.resolve() in wanted.parents
    if not is_inside or any(part.startswith(".") for part in Path(path).parts):
        return None
    if wanted.is_dir():
        wanted = wanted / "index.html"
    return wanted if wanted.is_file() else None


def published(request: Any, path: str) -> HttpResponse | FileResponse:
    root: Path | None = settings.PUBLISHED_ROOT
    found = file_of(root, path) if root is not None else None
    if found is None or root is None:
        if not path:
            sites = sorted(child.name for child in root.iterdir() if child.is_dir()) if root and root.is_dir() else []
            return render(request, "portal/published.html", {"sites": sites})
        raise Http404(path)
    if found.name == "index.html" and path and not path.endswith(("/", "index.html")):
        return HttpResponseRedirect(f"/cong-bo/{path}/")
    media_type = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    response = FileResponse(
        found.open("rb"), content_type=media_type, as_attachment=found.suffix.lower() not in SHOWN, filename=found.name
    )
    response.headers["Last-Modified"] = http_date(found.stat().st_mtime)
    return response
