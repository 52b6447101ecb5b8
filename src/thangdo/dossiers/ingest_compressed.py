"""A file's bytes, plain or decompressed as they come, with their hash; a stream that breaks off is told apart."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_READ = 4 << 20


class ByteStream:
    """The bytes of a file after decompression. `truncated` says that a compressed stream broke off."""

    def __init__(self, path: Path, compression: str, *, is_hashed: bool = True) -> None:
        self.truncated = False
        self.bytes_read = 0
        self._path = path
        self._compression = compression
        self._digest = hashlib.sha256()
        self._is_hashed = is_hashed

    @property
    def sha256(self) -> str:
        """SHA-256 of the file as it lies on the disk; complete once `chunks` is exhausted."""
        return self._digest.hexdigest()

    def chunks(self, size: int) -> Iterator[bytes]:
        """Pieces of about `size` bytes (plain files: at most; compressed ones: at least, except the last)."""
        if not self._compression:
            yield from self._file(size)
            return
        gathered = bytearray()
        for piece in self._decompressed():
            gathered += piece
            if len(gathered) >= size:
                yield bytes(gathered)
                gathered.clear()
        if gathered:
            yield bytes(gathered)

    def _file(self, size: int) -> Iterator[bytes]:
        with self._path.open("rb") as stream:
            while piece := stream.read(size):
                if self._is_hashed:
                    self._digest.update(piece)
                self.bytes_read += len(piece)
                yield piece

    def _decompressed(self) -> Iterator[bytes]:
        machine = _machine(self._compression)
        has_data = False
        for piece in self._file(_READ):
            rest = piece
            while rest:
                if machine.eof:
                    if self._compression == "gzip" and not rest.strip(b"\0"):
                        break  # tapes and some transfers fill up the last block
                    machine = _machine(self._compression)  # several streams may follow each other in one file
                try:
                    out = machine.decompress(rest)
                except Exception:  # what each library raises for damaged data differs; all mean the same
                    self.truncated = True
                    self._finish_hash()
                    return
                rest = machine.unused_data
                has_data = True
                yield out
        self.truncated = has_data and not machine.eof

    def _finish_hash(self) -> None:
        """Hash what was not read, so that the hash is the file's."""
        with self._path.open("rb") as stream:
            stream.seek(self.bytes_read)
            while piece := stream.read(_READ):
                self._digest.update(piece)


def _machine(compression: str) -> Any:
    if compression == "gzip":
        return zlib.decompressobj(wbits=31)
    import zstandard

    return zstandard.ZstdDecompressor().decompressobj()
