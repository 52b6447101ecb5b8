"""A CSV's bytes as blocks of whole lines, and single lines out of them.

Blocks are cut at ends of lines, so that they can be parsed side by side while row numbers stay exact. What the lines
hold is for `ingest_blocks` to say.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from thangdo.dossiers.ingest_bytes import places_of
from thangdo.dossiers.ingest_compressed import ByteStream
from thangdo.dossiers.ingest_csv_start import windows_1258
from thangdo.dossiers.ingest_quotes import whole_rows_end
from thangdo.dossiers.ingest_source import SourceFile

BLOCK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class RawBlock:
    """Bytes of whole CSV lines; `is_last_cut` when the stream broke off inside the last of them."""

    data: bytes
    is_last_cut: bool = False


def raw_blocks(source: SourceFile, stream: ByteStream, block_bytes: int = BLOCK_BYTES) -> Iterator[RawBlock]:
    """The CSV's bytes from its first row of data on, cut where a line ends outside quotes."""
    rest = b""
    header_seen = False
    for chunk in _as_utf8_text(source, stream.chunks(block_bytes)):
        if header_seen and b'"' not in chunk and b'"' not in rest:
            # Most files quote nothing, and most pieces end with a line: then the bytes are not copied.
            end = chunk.rfind(b"\n") + 1
            if end == len(chunk) and not rest:
                yield RawBlock(chunk)
                continue
            if end > 0:
                yield RawBlock(b"".join((rest, memoryview(chunk)[:end])))
                rest = chunk[end:]
                continue
        data = rest + chunk
        if not header_seen:
            end = _end_of_lines(data, source.first_line - 1)
            if end < 0:
                rest = data
                continue
            data, header_seen = data[end:], True
        end = whole_rows_end(data, source.delimiter)
        # A quote that never closes must not swallow the file: after four blocks lines end where they end.
        if end <= 0 and len(data) > 4 * block_bytes:
            end = data.rfind(b"\n") + 1
        rest = data[end:] if end > 0 else data
        if end > 0:
            yield RawBlock(data[:end])
    if header_seen and rest:
        yield RawBlock(rest, is_last_cut=stream.truncated)


def _as_utf8_text(source: SourceFile, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if source.encoding == "utf-8":
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(source.encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).replace("\ufeff", "").encode()


def _end_of_lines(data: bytes, count: int) -> int:
    """Just after the first `count` lines; -1 where they do not end here."""
    end = 0
    for _ in range(count):
        end = data.find(b"\n", end) + 1
        if not end:
            return -1
    return end


def lines_at(raw: RawBlock, lines: int, offsets: Any) -> RawBlock | None:
    """The lines at `offsets` alone; None where the block's `lines` rows are not its lines (cells hold line ends)."""
    ends = places_of(np.frombuffer(raw.data, dtype=np.uint8), "\n") + 1
    if len(ends) == lines - 1:
        ends = np.append(ends, len(raw.data))
    if len(ends) != lines:
        return None
    starts = np.concatenate([[0], ends[:-1]])
    chosen = [raw.data[starts[offset] : ends[offset]] for offset in offsets]
    return RawBlock(b"".join(line if line.endswith(b"\n") else line + b"\n" for line in chosen))


def blank_lines(data: bytes, lines: int, delimiter: str, width: int) -> Any:
    """Offsets of lines without any content; they are no rows (spreadsheets leave them, filled up to `width` cells)."""
    ends = places_of(np.frombuffer(data, dtype=np.uint8), "\n")
    if data[-1:] != b"\n":
        ends = np.append(ends, len(data))
    lengths = np.diff(ends, prepend=-1) - 1
    # Shorter than nearly any row: blank cells, a carriage return, or a few blanks.
    short = np.flatnonzero(lengths <= width + 2)
    # Where quoted cells hold line ends, lines are not rows, and a blank one is left to the checks.
    if not len(short) or len(ends) != lines:
        return np.zeros(0, dtype=np.int64)
    starts = ends - lengths
    nothing = f" \t\r{delimiter}".encode()
    return np.array([line for line in short if not data[starts[line] : ends[line]].strip(nothing)], dtype=np.int64)


def recoded_lines(data: bytes) -> tuple[bytes, int]:
    """The lines as UTF-8, and how many of them had to be read as Windows-1258."""
    lines, recoded = [], 0
    for line in data.splitlines(keepends=True):
        try:
            line.decode("utf-8")
            lines.append(line)
        except UnicodeDecodeError:
            lines.append(windows_1258(line).encode("utf-8"))
            recoded += 1
    return b"".join(lines), recoded
