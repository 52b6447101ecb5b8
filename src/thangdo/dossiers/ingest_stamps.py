"""Stamps in the forms most exports write, read for a whole column at once.

Two-digit days and months, year first (2023-05-31) or day first (31/05/2023, 31-05-2023, 31.05.2023), alone or with
14:05 or 14:05:09. What is written otherwise is left to the SQL of `dates`, which knows every form and reads these the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from thangdo.dossiers.dates import EARLIEST, LATEST
from thangdo.dossiers.ingest_bytes import TextCells

DAY_US = 86_400_000_000
_FIRST_YEAR, _LAST_YEAR = int(EARLIEST[:4]), int(LATEST[:4]) - 1
_MONTHS = (
    np.arange(f"{_FIRST_YEAR}-01", f"{_LAST_YEAR + 1}-02", dtype="datetime64[M]").astype("datetime64[D]").astype(int)
)
_LENGTHS = (10, 16, 19)
# Where the digits stand, in the order year, month, day.
_YEAR_FIRST = ((0, 1, 2, 3), (5, 6), (8, 9))
_DAY_FIRST = ((6, 7, 8, 9), (3, 4), (0, 1))
_TIME = ((11, 12), (14, 15), (17, 18))


def read_stamps(cells: Any) -> tuple[Any, Any]:
    """Microseconds since 1970 (wall-clock time), and which cells are read; the others have 0.

    Only stamps of `dates.EARLIEST` to `dates.LATEST` are read here. Null cells are not.
    """
    text = TextCells.of(cells)
    moments = np.zeros(len(text.lengths), dtype=np.int64)
    is_read = np.zeros(len(text.lengths), dtype=bool)
    for length in _LENGTHS:
        rows = np.flatnonzero(text.lengths == length)
        if not len(rows):
            continue
        letters = text.letters(rows, length)
        mark = letters[2]
        is_day_first = ((mark == ord("/")) | (mark == ord("-")) | (mark == ord("."))) & (letters[5] == mark)
        is_year_first = (letters[4] == ord("-")) & (letters[7] == ord("-"))
        for chosen, places in ((is_year_first, _YEAR_FIRST), (is_day_first & ~is_year_first, _DAY_FIRST)):
            if not chosen.any():
                continue
            found, fits = _moments(letters if chosen.all() else letters[:, chosen], places, length)
            there = rows[chosen]
            moments[there], is_read[there] = found, fits
    return moments, is_read


def as_timestamps(moments: Any, is_null: Any) -> Any:
    """Arrow's timestamps of microseconds since 1970."""
    return pa.array(moments.view("datetime64[us]"), pa.timestamp("us"), mask=is_null if is_null.any() else None)


def _moments(letters: Any, places: tuple[tuple[int, ...], ...], length: int) -> tuple[Any, Any]:
    fits = np.ones(letters.shape[1], dtype=bool)

    def number(positions: tuple[int, ...]) -> Any:
        value = np.zeros(letters.shape[1], dtype=np.int32)
        for position in positions:
            digit = letters[position] - np.uint8(ord("0"))
            np.logical_and(fits, digit <= 9, out=fits)
            value = value * 10 + digit
        return value

    year, month, day = (number(positions) for positions in places)
    fits &= (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    place = np.where(fits, (year - _FIRST_YEAR) * 12 + month - 1, 0)
    days = _MONTHS[place] + day - 1
    fits &= days < _MONTHS[place + 1]
    moments = days * DAY_US
    if length > _LENGTHS[0]:
        hour, minute = number(_TIME[0]), number(_TIME[1])
        second = number(_TIME[2]) if length == _LENGTHS[-1] else 0
        fits &= (hour <= 23) & (minute <= 59) & (letters[13] == ord(":"))
        fits &= (letters[10] == ord(" ")) | (letters[10] == ord("T"))
        if length == _LENGTHS[-1]:
            fits &= (second <= 59) & (letters[16] == ord(":"))
        moments = moments + ((hour * 60 + minute) * 60 + second).astype(np.int64) * 1_000_000
    return np.where(fits, moments, 0), fits
