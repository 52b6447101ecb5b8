"""Which files are evidence: one row a kind, told by their bytes and not by what the sender says."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import puremagic

from thangdo.web.returned_workbook import DAMAGED

# A document unpacks to at most this much, at most this many times its size, in at most so many entries.
UNPACKED_LIMIT = 500 << 20
RATIO_LIMIT = 200
ENTRY_LIMIT = 5000


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: `marker` is an entry only this kind of archive has ('' for plain files)."""

    extension: str
    media_type: str
    is_shown_in_page: bool
    marker: str = ""


KINDS = (
    FileKind("pdf", "application/pdf", True),
    FileKind("png", "image/png", True),
    FileKind("jpg", "image/jpeg", True),
    FileKind(
        "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", False, "word/document.xml"
    ),
    FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False, "xl/workbook.xml"),
)
BY_EXTENSION = {kind.extension: kind for kind in KINDS} | {"jpeg": next(k for k in KINDS if k.extension == "jpg")}
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}


class WrongKind(Exception):
    """The file is not what evidence may be; `reason` says why, `found` what it is."""

    def __init__(self, reason: str, found: str = "") -> None:
        super().__init__(reason, found)
        self.reason = reason
        self.found = found


def kind_of(path: Path, claimed_name: str) -> FileKind:
    """The true kind of a stored file. Raises WrongKind for another kind, a lying name, or an archive bomb."""
    claimed = BY_EXTENSION.get(claimed_name.rsplit(".", 1)[-1].lower())
    if claimed is None:
        raise WrongKind("extension", claimed_name.rsplit(".", 1)[-1][:20])
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"PK\x03\x04"):
        true = _archive_kind(path)
    else:
        true = _plain_kind(path, head)
    if true is None or true.extension != claimed.extension:
        raise WrongKind("lies", true.extension if true else "?")
    return true


def _plain_kind(path: Path, head: bytes) -> FileKind | None:
    if head.startswith(b"%PDF-"):
        return BY_EXTENSION["pdf"]
    try:
        found = puremagic.from_file(str(path), mime=True)
    except (puremagic.PureError, ValueError):
        return None
    return BY_MEDIA_TYPE.get(found)


def _archive_kind(path: Path) -> FileKind | None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except DAMAGED as failure:
        raise WrongKind("broken") from failure
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, path.stat().st_size)
    if len(entries) > ENTRY_LIMIT or unpacked > UNPACKED_LIMIT or unpacked / packed > RATIO_LIMIT:
        raise WrongKind("bomb")
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WrongKind("macros")
    return next((kind for kind in KINDS if kind.marker and kind.marker in names), None)
