"""The derived columns of stored dossiers, for all rows of a block at once; what they mean is said in `derived`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from thangdo.dossiers.derived import (
    APOLOGY_IN_TIME,
    EARLY,
    LATE_APOLOGY,
    NAMES,
    ON_TIME,
    OPEN,
    OVERDUE,
)
from thangdo.dossiers.ingest_bytes import TextCells
from thangdo.dossiers.ingest_stamps import DAY_US

_SECOND_US = 1_000_000
_MALFORMED = 1  # the bit of `schema.FLAGS`
_TAIL = len("230531-0001")
_DIGITS = len("230531")

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Stamps:
    """A column of stamps: microseconds since 1970 (0 where blank), their days, and which are blank."""

    moments: Integers
    days: Integers
    is_blank: Mask

    @classmethod
    def of(cls, rows: pa.Table, name: str) -> _Stamps:
        cells = rows.column(name)
        is_blank = np.asarray(pc.is_null(cells)) if cells.null_count else np.zeros(len(cells), dtype=bool)
        moments = np.asarray(pc.fill_null(cells.cast(pa.int64()), 0))
        return cls(moments, moments // DAY_US, is_blank)

    @property
    def has_time(self) -> Mask:
        found: Mask = self.moments != self.days * DAY_US
        return found

    @property
    def seconds(self) -> Integers:
        """Whole seconds since the day began."""
        return (self.moments - self.days * DAY_US) // _SECOND_US

    @property
    def over_days(self) -> Integers:
        """The day in which it ends as a due date; the next one where it ends at 24:00."""
        return self.days + ~self.has_time


def derived_columns(rows: pa.Table) -> dict[str, pa.Array]:
    """The columns of `derived.DERIVED` for rows with the stored columns of a dossier."""
    received, due, again, finished, apology = (
        _Stamps.of(rows, name) for name in ("received_at", "due_at", "re_due_at", "finished_at", "apology_at")
    )
    redated, is_uncoded = _redated(rows, received.days)
    found: dict[str, tuple[Any, Mask | None]] = {
        "received_day": (received.days, None),
        "received_month": (_months(received.days), None),
        "received_second": (received.seconds, None),
        "finished_day": (finished.days, finished.is_blank),
        "finished_month": (_months(finished.days), finished.is_blank),
        "finished_second": (finished.seconds, finished.is_blank),
        "due_day": (due.days, None),
        "over_day": (due.over_days, None),
        "over_month": (_months(due.over_days), None),
        "standing": (_standing(finished, due), None),
        "again_standing": (_standing(finished, again), again.is_blank),
        "again_over_month": (_months(again.over_days), again.is_blank),
        "apology": (np.where(_is_after(apology, due), LATE_APOLOGY, APOLOGY_IN_TIME), apology.is_blank),
        "redated": (redated, is_uncoded),
    }
    return {name: pa.array(found[name][0].astype(np.int32), mask=found[name][1]) for name in NAMES}


def _is_after(moments: _Stamps, due: _Stamps) -> Mask:
    """Whether a stamp lies after a due date ended (without a time that is at 24:00 of its day)."""
    found: Mask = np.where(due.has_time, moments.moments > due.moments, moments.days > due.days)
    return found


def _standing(finished: _Stamps, due: _Stamps) -> Integers:
    standing = np.where(_is_after(finished, due), OVERDUE, ON_TIME)
    standing = np.where(finished.days < due.days, EARLY, standing)
    return np.where(finished.is_blank, OPEN, standing)


def _months(days: Integers) -> Integers:
    """Year × 12 + month of each day, looked up in a table of the days there are."""
    if not len(days):
        return days
    first = int(days.min())
    months = np.arange(first, int(days.max()) + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    found: Integers = (months + 1970 * 12 + 1)[days - first]
    return found


def _redated(rows: pa.Table, received: Integers) -> tuple[Mask, Mask]:
    """Whether the code says an earlier day than the receipt's, and which codes say none."""
    text = TextCells.of(rows.column("dossier_code"))
    is_long = text.lengths >= _TAIL
    starts = np.where(is_long, text.starts + text.lengths - _TAIL, 0)
    said = np.zeros(len(starts), dtype=np.int64)
    has_day = is_long & (np.asarray(rows.column("flags")) & _MALFORMED == 0)
    for place in range(_DIGITS):
        digit = text.data[starts + place] - np.uint8(ord("0"))
        has_day &= digit <= 9
        said = said * 10 + digit
    return said < _stamped(received), ~has_day


def _stamped(days: Integers) -> Integers:
    """YYMMDD of each day as a number."""
    if not len(days):
        return days
    first = int(days.min())
    dates = np.arange(first, int(days.max()) + 1).astype("datetime64[D]")
    months = dates.astype("datetime64[M]").astype(np.int64)
    day = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    found: Integers = (((months // 12 + 1970) % 100) * 10_000 + (months % 12 + 1) * 100 + day)[days - first]
    return found
