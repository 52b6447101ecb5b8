"""The one port to stored bytes: put a stream, open by hash. Files lie on disk under their SHA-256."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Put:
    """What was stored."""

    sha256: str
    size: int


class TooLarge(Exception):
    """More bytes than the limit."""


class FileStorage:
    """Files in `root/ab/cd/<sha256>`; written beside, synced and renamed, so a name means whole bytes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def put(self, chunks: Iterable[bytes], limit: int) -> Put:
        """Store a stream. Raises TooLarge past `limit` bytes; nothing is left behind then."""
        self.root.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        size = 0
        handle, name = tempfile.mkstemp(prefix=".part-", dir=self.root)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge
                    digest.update(chunk)
                    stream.write(chunk)
                stream.flush()
                os.fsync(stream.fileno())
            sha256 = digest.hexdigest()
            target = self.path(sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return Put(sha256, size)

    def open(self, sha256: str) -> BinaryIO:
        """The bytes. Raises FileNotFoundError where they are not here."""
        return self.path(sha256).open("rb")

    def discard_unclaimed(self, sha256: str) -> None:
        """Take back bytes that were put but refused; the caller knows that nobody else claims them."""
        self.path(sha256).unlink(missing_ok=True)
