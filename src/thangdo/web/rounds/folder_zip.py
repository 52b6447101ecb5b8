"""A round folder as one zip file: packed for taking along, unpacked with every bound checked first."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from thangdo.web.returned_workbook import DAMAGED
from thangdo.web.rounds.refusals import ActRefused

UNPACKED_LIMIT = 300 << 20
ENTRY_LIMIT = 200


def packed(folder: Path, target: BinaryIO, top: str) -> None:
    """Write the files of `folder` into a zip, under the name `top`, in one order."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{top}/{path.relative_to(folder).as_posix()}")


def unpacked(file: Any, place: Path) -> Path:
    """The round folder inside a zip. Raises ActRefused for another file, a bomb, or entries that lead outside."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT or len(entries) > ENTRY_LIMIT:
                raise ActRefused("bad_file", why=_("it unpacks to far more than its size"))
            for entry in entries:
                path = PurePosixPath(entry.filename)
                if path.is_absolute() or ".." in path.parts or len(path.parts) > 3:
                    raise ActRefused("bad_file", why=entry.filename)
                target = place.joinpath(*path.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
    except DAMAGED as failure:
        raise ActRefused("bad_file", why=_("it is not a zip file")) from failure
    headers = list(place.rglob("round.yaml"))
    if len(headers) != 1:
        raise ActRefused("bad_file", why="round.yaml")
    return headers[0].parent
