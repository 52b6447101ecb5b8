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
PLAIN = "-"  # the first sign that a code may hold; what comes before it parts cells and lines, or quotes them
_HIGH_BITS = np.uint64(0x8080808080808080)
_LOW_BITS = ~_HIGH_BITS
_EACH_BYTE = np.uint64(0x0101010101010101)
_UP_FROM_PLAIN = _EACH_BYTE * np.uint64(0x80 - ord(PLAIN))
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)

_PIECE = 1 << 18  # as many bytes as stay near the processor while they are looked at
_HEAD = 8  # words of a cell that are read together

# The end of a code of the official form: hyphen, day of reception, hyphen, number within the day.
_TAIL = len("-230531-0001")
_AGENCY = r"^[A-Z0-9]{1,11}(\.[A-Z0-9]{1,11}){0,6}$"


class TextCells:
    """The bytes of a column of texts: where each cell starts and how long it is (null cells have length 0)."""

    def __init__(self, data: Any, starts: Any, lengths: Any) -> None:
        self.data = np.concatenate([np.zeros(MARGIN, np.uint8), data, np.zeros(MARGIN, np.uint8)])
        self.starts = starts + MARGIN
        self.lengths = lengths
        self._words = self._windows(WORD, "<u8")
        self._heads: Any = None

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

    def heads(self, count: int) -> Any:
        """The first `count` words of every cell and what stands behind it (at most the margin), a line for each word."""
        if self._heads is None or len(self._heads) < count:
            # One look at each cell: going there is what costs.
            found = self._windows(count * WORD, f"V{count * WORD}")[self.starts]
            self._heads = np.ascontiguousarray(found.view("<u8").reshape(len(found), count).T)
        return self._heads

    def keep(self, rows: Any) -> None:
        """Forget all cells but those that `rows` masks."""
        self.starts, self.lengths, self._heads = self.starts[rows], self.lengths[rows], None

    def _windows(self, width: int, kind: str) -> Any:
        return np.ndarray(shape=(len(self.data) - width + 1,), dtype=kind, buffer=self.data.data, strides=(1,))

    def letters(self, rows: Any, width: int) -> Any:
        """The first `width` bytes of the cells `rows`, a line for each place; these cells must be as long."""
        starts = self.starts[rows]
        found = np.empty((width, len(starts)), dtype=np.uint8)
        for place in range(width):
            found[place] = self.data[place:][starts]
        return found


def places_of(letters: Any, letter: str) -> Any:
    """Where a letter that is rare stands in an array of bytes: looked for eight bytes a step."""
    is_letter = np.zeros(_PIECE, dtype=bool)
    words = is_letter.view("<u8")
    found = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(letters), _PIECE):
        piece = letters[start : start + _PIECE]
        is_letter[len(piece) :] = False
        np.equal(piece, ord(letter), out=is_letter[: len(piece)])
        some = np.flatnonzero(words != 0)
        held = words[some]
        before = held - np.uint64(1)
        if (held & before).any():  # two of them in one word
            found.append(np.flatnonzero(is_letter) + start)
        else:
            found.append(some * WORD + start + (np.bitwise_count(before) >> 3))
    return np.concatenate(found)


def marks(words: Any, letter: str) -> Any:
    """The highest bit of the first byte of each word that is `letter` (bits above it mean nothing); 0 where none is."""
    differences = words ^ (_EACH_BYTE * np.uint64(ord(letter)))
    return (differences - _EACH_BYTE) & ~differences & _HIGH_BITS


def not_plain(words: Any) -> Any:
    """The highest bit of every byte of each word that comes before PLAIN or is not ASCII."""
    is_plain = words & _LOW_BITS
    is_plain += _UP_FROM_PLAIN  # sets the highest bit, and carries nothing into the next byte
    np.invert(is_plain, out=is_plain)
    is_plain |= words
    is_plain &= _HIGH_BITS
    return is_plain


def text_hashes(text: TextCells) -> Any:
    """A 64-bit hash of each cell, the same for the same text whatever stands around it.

    Two texts may share a hash: it nominates equal ones, the texts decide.
    """
    hashes = text.lengths.astype(np.uint64)
    hashes *= _SPREAD
    longest = int(text.lengths.max(initial=0))
    shortest = int(text.lengths.min(initial=longest))
    for place in range(0, longest, WORD):
        words = _word_to_end(text, place, shortest, longest)
        words ^= hashes
        words *= _MIX
        words ^= words >> np.uint64(32)
        hashes = words if place < shortest else np.where(text.lengths > place, words, hashes)
    return hashes


def _word_to_end(text: TextCells, place: int, shortest: int, longest: int) -> Any:
    """The eight bytes of each cell from `place` on, or its last eight; all of it where it is shorter.

    Those of a cell that does not reach beyond `place` mean nothing.
    """
    number = place // WORD
    if number >= _HEAD:
        return text.words(np.minimum(text.starts + place, text.starts + text.lengths - WORD))
    heads = text.heads(min(_HEAD, -(-longest // WORD)))
    words = heads[number]
    if place + WORD <= shortest:
        return words.copy()
    beyond = np.clip(place + WORD - text.lengths, 0, WORD - 1).astype(np.uint64) << np.uint64(3)
    words = words << beyond
    if number == 0:
        return words >> beyond
    # In two steps, as a word cannot be shifted by all its bits.
    return words | heads[number - 1] >> (np.uint64(56) - beyond) >> np.uint64(8)


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
