"""The first look at a file: a hash of every row's key, so that keys that occur twice are known before the first row is taken."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from thangdo.dossiers.in_order import in_order
from thangdo.dossiers.ingest_blocks import Block, parse
from thangdo.dossiers.ingest_bytes import PLAIN, WORD, TextCells, marks, not_plain, places_of, text_hashes
from thangdo.dossiers.ingest_cells import trimmed
from thangdo.dossiers.ingest_compressed import ByteStream
from thangdo.dossiers.ingest_lines import RawBlock, raw_blocks
from thangdo.dossiers.ingest_sheets import sheet_blocks
from thangdo.dossiers.ingest_source import SourceFile
from thangdo.dossiers.ingest_stage import THREADS, Progress
from thangdo.dossiers.ingest_suspects import KeyHashes

LONGEST = 64
USUAL = 4  # words that hold the code of nearly every row


def add_key_hashes(source: SourceFile, found: KeyHashes, progress: Progress) -> tuple[str, int]:
    """Add a hash of every row's key to `found`; the file's SHA-256 and size.

    `text_hashes` of two different codes may agree: it names suspects, whose codes are compared later.
    """
    column = source.table.key[0]
    is_first = source.form == "csv" and source.header.index(source.columns[column]) == 0

    def hashes(item: RawBlock | Block) -> Any:
        if isinstance(item, RawBlock):
            keys = first_cells(item.data, source.delimiter) if is_first else None
            if keys is not None:
                return text_hashes(keys)
            item = parse(source, item, (column,))
        codes = trimmed(item.columns.column(column).combine_chunks())
        return text_hashes(TextCells.of(codes.drop_null() if codes.null_count else codes))

    stream = ByteStream(source.path, source.compression)
    total = source.path.stat().st_size
    with ThreadPoolExecutor(THREADS) as pool:
        items: Iterable[Any] = raw_blocks(source, stream) if source.form == "csv" else sheet_blocks(source, (column,))
        for part in in_order(pool, hashes, items, THREADS + 1):
            found.add(part)
            progress("keys", stream.bytes_read, total)
    if source.form != "csv":
        for _ in stream.chunks(1 << 22):
            pass
    return stream.sha256, total


def first_cells(data: bytes, delimiter: str) -> TextCells | None:
    """The first cell of every line that has more than one; None where that takes more than looking for delimiters.

    It does where something is quoted, where a first cell holds blanks or letters beyond ASCII (it would have to be
    trimmed, or its line recoded), signs that no code has, or is very long.
    """
    if b'"' in data:
        return None
    letters = np.frombuffer(data, dtype=np.uint8)
    starts = np.concatenate([[0], places_of(letters, "\n") + 1]).astype(np.int64)
    starts = starts[starts < len(letters)]
    lines = TextCells(letters, starts, np.zeros(len(starts), dtype=np.int64))
    if not _run_to_first_ends(lines, delimiter):
        return None
    ends = lines.data[lines.starts + lines.lengths]
    is_cell = ends == ord(delimiter)
    if is_cell.all():
        return lines
    if (ends[~is_cell] != ord("\n")).any():
        return None
    lines.keep(is_cell)
    return lines


def _run_to_first_ends(lines: TextCells, delimiter: str) -> bool:
    """Lengthen each cell up to the first letter that may end one, eight bytes a step; whether all of them end."""
    still: Any = slice(None)
    for place in range(0, LONGEST, WORD):
        words = lines.heads(USUAL)[place // WORD] if place < USUAL * WORD else lines.words(lines.starts + place)
        ends = not_plain(words[still])
        if delimiter >= PLAIN:
            ends |= marks(words[still], delimiter)
        before = ends & (~ends + np.uint64(1))
        before -= np.uint64(1)  # all bits where no cell ends in this word
        steps = np.bitwise_count(before) >> 3
        lines.lengths[still] += steps
        goes_on = steps == WORD
        if not goes_on.any():
            return True
        if not goes_on.all():
            still = np.flatnonzero(goes_on) if isinstance(still, slice) else still[goes_on]
    return False
