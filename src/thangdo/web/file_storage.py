"""The one port to stored bytes: put a stream, open by hash. Files lie on disk under their SHA-256."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
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

    def put(self, chunks: Iterable[bytes], limit: int, refuse: Callable[[Path], None] | None = None) -> Put:
        """Store a stream. Raises TooLarge past `limit` bytes; nothing is left behind then.

        `refuse` looks at the whole bytes while nobody else can name them, and raises for what may not be stored:
        so nothing that was stored is ever taken back, and of two who send the same bytes neither undoes the other.
        """
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
            if refuse is not None:
                refuse(part)
            sha256 = digest.hexdigest()
            target = self.path(sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._in_turn():
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

    def discard_older(self, sha256: str, than: datetime) -> bool:
        """Remove bytes that nobody has put since `than` (aware); whether they were removed.

        Who puts the same bytes meanwhile makes them young again before they name them, so they stay.
        """
        path = self.path(sha256)
        if not path.exists():
            return False
        with self._in_turn():
            if not path.exists() or path.stat().st_mtime >= than.timestamp():
                return False
            path.unlink()
        return True

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One at a time over all processes of this machine: a name appears, or an old one goes."""
        turn = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
        finally:
            os.close(turn)
