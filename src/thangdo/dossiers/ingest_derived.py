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
    DAY_OF_CODE_HOLDS,
    EARLY,
    LATE_APOLOGY,
    NEVER,
    NO_APOLOGY,
    NO_DAY_IN_CODE,
    NO_NEW_DATE,
    ON_TIME,
    OPEN,
    OVERDUE,
    REDATED,
    STORED,
    packed,
)
from thangdo.dossiers.ingest_bytes import TextCells, text_hashes
from thangdo.dossiers.ingest_repeated import places_among
from thangdo.dossiers.ingest_stamps import DAY_US
from thangdo.dossiers.schema import CHANNELS

_SECOND_US = 1_000_000
_MALFORMED = 1  # the bit of `schema.FLAGS`
_TAIL = len("230531-0001")
_DIGITS = len("230531")

_TYPES = {"INTEGER": np.int32, "BIGINT": np.int64}

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

    def take(self, rows: NDArray[np.intp]) -> _Stamps:
        """The stamps of some rows."""
        return _Stamps(self.moments[rows], self.days[rows], self.is_blank[rows])

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


def derived_columns(table: str, rows: pa.Table, hashes: Any = None) -> dict[str, pa.Array]:
    """The columns of `derived.STORED` for rows with the stored columns of a table that has such.

    `hashes` are `text_hashes` of the codes where they are known already.
    """
    codes = TextCells.of(rows.column("dossier_code"))
    found = {"code_hash": ((text_hashes(codes) if hashes is None else hashes).view(np.int64), None)} | (
        _of_dossiers(rows, codes) if table == "dossiers" else {}
    )
    return {
        column.name: pa.array(found[column.name][0].astype(_TYPES[column.duck_type]), mask=found[column.name][1])
        for column in STORED[table]
    }


def _of_dossiers(rows: pa.Table, codes: TextCells) -> dict[str, tuple[Any, Mask | None]]:
    received, due, again, finished, apology = (
        _Stamps.of(rows, name) for name in ("received_at", "due_at", "re_due_at", "finished_at", "apology_at")
    )
    standing = _standing(finished, due)
    return {
        "received_day": (received.days, None),
        "received_second": (received.seconds, None),
        "finished_day": (finished.days, finished.is_blank),
        "finish": (_finish(rows, finished, due, standing), finished.is_blank),
        "due_day": (due.days, None),
        "flow": (_flow(rows, codes, received, due, finished, standing), None),
        "amendment": (_amendment(again, finished, apology, due), again.is_blank & apology.is_blank),
    }


def _flow(
    rows: pa.Table, codes: TextCells, received: _Stamps, due: _Stamps, finished: _Stamps, standing: Integers
) -> Integers:
    finished_month = _months(finished.days)
    finished_month[finished.is_blank] = NEVER
    flow: Integers = packed(
        "flow",
        {
            "finished_month": finished_month,
            "channel_code": places_among(rows.column("channel"), CHANNELS),
            "received_month": _months(received.days),
            "over_month": _months(due.over_days) * (standing > ON_TIME),
            "day_in_code": _day_in_code(rows, codes, received.days),
            "standing": standing,
        },
    )
    return flow


def _finish(rows: pa.Table, finished: _Stamps, due: _Stamps, standing: Integers) -> Integers:
    is_near = finished.days >= due.days - 1
    is_returned = places_among(rows.column("outcome"), ("returned",)) == 0
    finish: Integers = packed(
        "finish",
        {
            "finished_second": finished.seconds,
            "near_due": (is_near & (standing != OVERDUE)).astype(np.int64),
            "returned_near_due": is_returned & is_near & (finished.days <= due.days),
        },
    )
    return finish


def _amendment(again: _Stamps, finished: _Stamps, apology: _Stamps, due: _Stamps) -> Integers:
    """Computed for the rows that have a new date or an apology: few do."""
    amendment = np.zeros(len(again.is_blank), dtype=np.int64)
    rows = np.flatnonzero(~(again.is_blank & apology.is_blank))
    if not len(rows):
        return amendment
    again, finished, apology, due = (stamps.take(rows) for stamps in (again, finished, apology, due))
    judged = np.where(again.is_blank, NO_NEW_DATE, _standing(finished, again))
    is_open_or_late = (judged == OVERDUE) | (judged == OPEN)
    said = np.where(_is_after(apology, due), LATE_APOLOGY, APOLOGY_IN_TIME)
    amendment[rows] = packed(
        "amendment",
        {
            "again_standing": judged,
            "again_over_month": _months(again.over_days) * is_open_or_late,
            "apology": np.where(apology.is_blank, NO_APOLOGY, said),
        },
    )
    return amendment


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


def _day_in_code(rows: pa.Table, text: TextCells, received: Integers) -> Integers:
    """What the day that the code carries says of the day received."""
    is_long = text.lengths >= _TAIL
    tails = text.words(np.where(is_long, text.starts + text.lengths - _TAIL, 0))
    said = np.zeros(len(tails), dtype=np.int64)
    has_day = is_long & (np.asarray(rows.column("flags")) & _MALFORMED == 0)
    for place in range(_DIGITS):
        digit = (tails >> np.uint64(8 * place)).astype(np.uint8) - np.uint8(ord("0"))
        has_day &= digit <= 9
        said = said * 10 + digit
    found = np.where(said < _stamped(received), REDATED, DAY_OF_CODE_HOLDS)
    return np.where(has_day, found, NO_DAY_IN_CODE)


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
