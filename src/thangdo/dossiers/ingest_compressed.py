"""A file's bytes, plain or decompressed as they come, with their hash; a stream that breaks off is told apart."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

_READ = 4 << 20
_LINE = 4096  # bytes in which the end of a line is looked for


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
        """Pieces of about `size` bytes: of plain files at most, up to the end of a line; of compressed ones at least."""
        if not self._compression:
            yield from self._file(size, by_lines=True)
            return
        gathered = bytearray()
        for piece in self._decompressed():
            gathered += piece
            if len(gathered) >= size:
                yield bytes(gathered)
                gathered.clear()
        if gathered:
            yield bytes(gathered)

    def _file(self, size: int, *, by_lines: bool = False) -> Generator[bytes, None, None]:
        with self._path.open("rb", buffering=0) as stream, ThreadPoolExecutor(1) as hashing:
            hashed: Future[None] | None = None
            while piece := stream.read(_up_to_line_end(stream.fileno(), self.bytes_read, size) if by_lines else size):
                if self._is_hashed:
                    # Beside the caller's work, at most one piece behind it.
                    if hashed is not None:
                        hashed.result()
                    hashed = hashing.submit(self._digest.update, piece)
                self.bytes_read += len(piece)
                yield piece

    def _decompressed(self) -> Iterator[bytes]:
        machine = _machine(self._compression)
        has_data = False
        pieces = self._file(_READ)
        for piece in pieces:
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
                    pieces.close()
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


def _up_to_line_end(file: int, start: int, size: int) -> int:
    """How many bytes from `start` on reach to the end of the last line within `size`; all where none ends near it."""
    if size <= _LINE:
        return size
    end = os.pread(file, _LINE, start + size - _LINE).rfind(b"\n") + 1
    return size - _LINE + end if end else size


def _machine(compression: str) -> Any:
    if compression == "gzip":
        return zlib.decompressobj(wbits=31)
    import zstandard

    return zstandard.ZstdDecompressor().decompressobj()
