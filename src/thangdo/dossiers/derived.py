"""What a dossier's own stamps say of it, as a few integers: computed once at ingest, read by every report.

No calendar, catalogue or reporting year decides any of it. Each column is a pure function of the row, written twice:
for arrays when rows are stored (`ingest_derived`), and as an expression for stores that lack it
(`indicators.derivation`). Days are numbered from 1970-01-01, months are year × 12 + month.

What reports count together stands packed in one integer (`PARTS`): an engine reads one column and groups by it as it
is, where packing a dozen columns row by row would cost more than everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Raised when a column is added or its meaning changes: files of another version are read without them.
VERSION = 2

EARLY, ON_TIME, OVERDUE, OPEN = 0, 1, 2, 3
# What stands for the standing by the new date of a dossier that has none.
NO_NEW_DATE = 4
# What stands for the month finished of an open dossier: after every month there is.
NEVER = (1 << 15) - 1
NO_APOLOGY, APOLOGY_IN_TIME, LATE_APOLOGY = 0, 1, 2
NO_DAY_IN_CODE, DAY_OF_CODE_HOLDS, REDATED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class DerivedColumn:
    """An integer that follows from a row: its name, its type in the engine and what it says.

    `blank` is when it is null ("" = never).
    """

    name: str
    duck_type: str
    meaning_vi: str
    meaning_en: str
    blank: str = ""


DERIVED = (
    DerivedColumn("received_day", "INTEGER", "Ngày tiếp nhận", "day received"),
    DerivedColumn(
        "received_second",
        "INTEGER",
        "Giây trong ngày lúc tiếp nhận",
        "second of the day of the receipt, 0 without a time",
    ),
    DerivedColumn("finished_day", "INTEGER", "Ngày kết thúc", "day finished", "open"),
    DerivedColumn(
        "finish",
        "INTEGER",
        "Giờ kết thúc và hồ sơ kết thúc sát hạn ra sao",
        "time of the finish, and how near the due date it came",
        "open",
    ),
    DerivedColumn("due_day", "INTEGER", "Ngày hẹn trả", "due day"),
    DerivedColumn(
        "flow",
        "BIGINT",
        "Kênh, các tháng, ngày ghi trong mã và kết quả so với hạn trả: ô mà hồ sơ được đếm",
        "channel, months, day in the code and standing: the cell in which the dossier is counted",
    ),
    DerivedColumn(
        "amendment",
        "INTEGER",
        "Kết quả so với ngày hẹn lại, và việc xin lỗi",
        "standing by the new date, and the apology",
        "neither a new date nor an apology",
    ),
)
NAMES = tuple(column.name for column in DERIVED)
# A 64-bit hash by which events find their dossiers: eight bytes where codes take thirty. Engines have no common hash, so
# that it is stored or the codes themselves are compared. Among a hundred million dossiers, a million of them with
# events, one chance in a hundred thousand is left that any two codes share theirs.
CODE_HASH = DerivedColumn("code_hash", "BIGINT", "Số băm 64 bit của mã hồ sơ", "64-bit hash of the dossier's code")
STORED: Mapping[str, tuple[DerivedColumn, ...]] = {"dossiers": (*DERIVED, CODE_HASH), "events": (CODE_HASH,)}


@dataclass(frozen=True, slots=True)
class Part:
    """Some bits of a packed column: `bits` of them, `shift` from the right."""

    name: str
    column: str
    shift: int
    bits: int
    meaning_vi: str
    meaning_en: str


PARTS = (
    Part(
        "finished_second", "finish", 2, 17, "giây trong ngày (0: không ghi giờ)", "second of the day, 0 without a time"
    ),
    Part(
        "near_due",
        "finish",
        1,
        1,
        "1: không quá hạn, vào ngày hẹn trả hoặc ngày trước đó",
        "1: not overdue, on the due day or the day before it",
    ),
    Part(
        "returned_near_due",
        "finish",
        0,
        1,
        "1: trả lại hồ sơ vào ngày hẹn trả hoặc ngày trước đó",
        "1: returned, on the due day or the day before it",
    ),
    # On the left, open dossiers last: what was finished from some month on is one comparison.
    Part("finished_month", "flow", 36, 15, "tháng kết thúc (32.767: chưa)", "month finished, 32767 while open"),
    Part("channel_code", "flow", 34, 2, "vị trí của kênh tiếp nhận", "position of the channel"),
    Part("received_month", "flow", 19, 15, "tháng tiếp nhận", "month received"),
    Part(
        "over_month",
        "flow",
        4,
        15,
        "tháng mà hạn trả đã hết trước cuối tháng (hẹn không ghi giờ thì hết lúc 24:00; 0: đã giải quyết trong hạn)",
        "month before whose end the due date is over (without a time, at 24:00 of its day); 0 where finished in time",
    ),
    Part(
        "day_in_code",
        "flow",
        2,
        2,
        "0 mã không ghi ngày hoặc sai mẫu, 1 ghi ngày không sớm hơn ngày tiếp nhận, 2 sớm hơn",
        "day in the code: 0 none or not of the official form, 1 not before the day received, 2 before it",
    ),
    Part(
        "standing",
        "flow",
        0,
        2,
        "0 sớm hạn, 1 đúng hạn, 2 quá hạn, 3 chưa kết thúc",
        "0 early, 1 on time, 2 overdue, 3 open",
    ),
    Part(
        "again_standing",
        "amendment",
        17,
        3,
        "như trên, theo ngày hẹn lại; 4: không hẹn lại",
        "the same by the new date, 4 without one",
    ),
    Part(
        "again_over_month",
        "amendment",
        2,
        15,
        "over_month của ngày hẹn lại (0: không có hoặc đã giải quyết trong hạn)",
        "`over_month` of the new date, 0 without one or where finished in time",
    ),
    Part(
        "apology",
        "amendment",
        0,
        2,
        "0 chưa xin lỗi, 1 xin lỗi trong hạn, 2 sau hạn",
        "0 none, 1 before the due date ended, 2 after it",
    ),
)
PART = {part.name: part for part in PARTS}


def part(packed_column: Any, name: str) -> Any:
    """A part of its packed column: an array or an expression of integers, as the column is."""
    found = PART[name]
    return (packed_column >> found.shift) & ((1 << found.bits) - 1)


def packed(column: str, values: Mapping[str, Any]) -> Any:
    """A packed column from its parts (arrays or expressions of 64-bit integers); parts that are not given are 0."""
    terms = [value * (1 << PART[name].shift) if PART[name].shift else value for name, value in values.items()]
    if any(PART[name].column != column for name in values):
        raise ValueError(f"parts of another column than {column}: {', '.join(values)}")
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
