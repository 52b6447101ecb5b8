"""Text cells as the bytes they are, for what is asked of every row: a hash of its key, the form of its code, its stamps.

NumPy reads all cells of a block at once, eight bytes a step, which costs a tenth of asking each cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORD = 8
MARGIN = 72  # zeros on either side of the bytes, so that words around a cell may be read without asking
HIGH_BITS = np.uint64(0x8080808080808080)
_EACH_BYTE = np.uint64(0x0101010101010101)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)

# The end of a code of the official form: hyphen, day of reception, hyphen, number within the day.
_TAIL = len("-230531-0001")
_AGENCY = r"^[A-Z0-9]{1,11}(\.[A-Z0-9]{1,11}){0,6}$"


class TextCells:
    """The bytes of a column of texts: where each cell starts and how long it is (null cells have length 0)."""

    def __init__(self, data: Any, starts: Any, lengths: Any) -> None:
        self.data = np.concatenate([np.zeros(MARGIN, np.uint8), data, np.zeros(MARGIN, np.uint8)])
        self.starts = starts + MARGIN
        self.lengths = lengths
        self._words = np.ndarray(shape=(len(self.data) - WORD + 1,), dtype="<u8", buffer=self.data.data, strides=(1,))

    @classmethod
    def of(cls, cells: Any) -> TextCells:
        """The cells of an Arrow column of strings."""
        array = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
        _, ends, data = array.buffers()
        offsets = np.frombuffer(ends, dtype=np.int32)[array.offset : array.offset + len(array) + 1].astype(np.int64)
        if not len(offsets) or data is None:
            return cls(np.zeros(0, np.uint8), np.zeros(len(array), np.int64), np.zeros(len(array), np.int64))
        held = np.frombuffer(data, dtype=np.uint8)[offsets[0] : offsets[-1]]
        return cls(held, offsets[:-1] - offsets[0], np.diff(offsets))

    def words(self, places: Any) -> Any:
        """The eight bytes from each of `places` on, the first one lowest."""
        return self._words[places]

    def letters(self, rows: Any, width: int) -> Any:
        """The first `width` bytes of the cells `rows`, a line for each place; these cells must be as long."""
        starts = self.starts[rows]
        found = np.empty((width, len(starts)), dtype=np.uint8)
        for place in range(width):
            found[place] = self.data[place:][starts]
        return found


def places_of(letters: Any, letter: str) -> Any:
    """Where a letter that is rare stands in an array of bytes: looked for eight bytes a step."""
    is_letter = np.zeros(-(-len(letters) // WORD) * WORD, dtype=bool)
    np.equal(letters, ord(letter), out=is_letter[: len(letters)])
    some = np.flatnonzero(is_letter.view(np.uint64) != 0)
    rows, columns = np.nonzero(is_letter.reshape(-1, WORD)[some])
    return some[rows] * WORD + columns


def marks(words: Any, letter: str) -> Any:
    """The highest bit of the first byte of each word that is `letter` (bits above it mean nothing); 0 where none is."""
    differences = words ^ (_EACH_BYTE * np.uint64(ord(letter)))
    return (differences - _EACH_BYTE) & ~differences & HIGH_BITS


def text_hashes(text: TextCells) -> Any:
    """A 64-bit hash of each cell, the same for the same text whatever stands around it.

    Two texts may share a hash: it nominates equal ones, the texts decide.
    """
    lengths = text.lengths.astype(np.uint64)
    hashes = lengths * _SPREAD
    # The last word ends with the cell; one that began before it (shorter cells) is cut to the cell's own bytes.
    last = text.starts + text.lengths - WORD
    short = ((WORD - np.minimum(text.lengths, WORD)) * 8).astype(np.uint64)
    for place in range(0, int(text.lengths.max(initial=0)), WORD):
        words = text.words(np.minimum(text.starts + place, last))
        if place == 0:
            words = np.where(lengths > 0, words >> np.minimum(short, np.uint64(63)), np.uint64(0))
        mixed = (hashes ^ words) * _MIX
        mixed ^= mixed >> np.uint64(32)
        hashes = np.where(text.lengths > place, mixed, hashes)
    return hashes


def follow_official_form(codes: Any) -> Any:
    """Whether each code has the form of Thông tư 01/2018/TT-VPCP art. 19, as `ingest_checks.CODE_PATTERN` says it."""
    text = TextCells.of(codes)
    ends = text.starts + text.lengths
    is_long = text.lengths > _TAIL
    first = text.words(np.where(is_long, ends - _TAIL, 0))  # -dddddd-
    second = text.words(np.where(is_long, ends - WORD, 0))  # ddd-dddd
    fits = is_long & _are_digits(first, 0x00FFFFFFFFFFFF00) & _are_digits(second, 0xFFFFFFFF00000000)
    hyphens = np.uint64(0xFF000000000000FF)
    fits &= (first & hyphens) == np.uint64(0x2D0000000000002D)
    binary = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
    agencies = pc.binary_slice(binary.cast(pa.binary()), 0, -_TAIL).dictionary_encode()
    named = pc.match_substring_regex(agencies.dictionary, _AGENCY).to_numpy(zero_copy_only=False)
    return fits & np.append(named.astype(bool), False)[np.asarray(pc.fill_null(agencies.indices, len(named)))]


def _are_digits(words: Any, mask: int) -> Any:
    """Whether the bytes of each word that `mask` covers are digits: 0x30 to 0x39, also after adding six."""
    covered, high = np.uint64(mask), np.uint64(mask & 0xF0F0F0F0F0F0F0F0)
    zeros, six = np.uint64(mask & 0x3030303030303030), np.uint64(mask & 0x0606060606060606)
    bytes_ = words & covered
    return ((bytes_ & high) == zeros) & (((bytes_ + six) & high) == zeros)
