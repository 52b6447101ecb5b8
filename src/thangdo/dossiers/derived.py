"""What a dossier's own stamps say of it, as small integers: computed once at ingest, read by every report.

No calendar, catalogue or reporting year decides any of it. Each column is a pure function of the row, written twice:
for arrays when rows are stored (`ingest_derived`), and as an expression for stores that lack it
(`indicators.derivation`). Days are numbered from 1970-01-01, months are year × 12 + month.
"""

from __future__ import annotations

from dataclasses import dataclass

# Raised when a column is added or its meaning changes: files of another version are read without them.
VERSION = 1

EARLY, ON_TIME, OVERDUE, OPEN = 0, 1, 2, 3
APOLOGY_IN_TIME, LATE_APOLOGY = 1, 2


@dataclass(frozen=True, slots=True)
class DerivedColumn:
    """An integer that follows from a row: its name and what it says; `blank` is when it is null ("" = never)."""

    name: str
    meaning_vi: str
    meaning_en: str
    blank: str = ""


DERIVED = (
    DerivedColumn("received_day", "Ngày tiếp nhận", "day received"),
    DerivedColumn("received_month", "Tháng tiếp nhận", "month received"),
    DerivedColumn(
        "received_second", "Giây trong ngày lúc tiếp nhận", "second of the day of the receipt, 0 without a time"
    ),
    DerivedColumn("finished_day", "Ngày kết thúc", "day finished", "open"),
    DerivedColumn("finished_month", "Tháng kết thúc", "month finished", "open"),
    DerivedColumn(
        "finished_second", "Giây trong ngày lúc kết thúc", "second of the day of the finish, 0 without a time", "open"
    ),
    DerivedColumn("due_day", "Ngày hẹn trả", "due day"),
    DerivedColumn(
        "over_day",
        "Ngày đầu tiên mà hạn trả đã hết trước cuối ngày",
        "the day in which the due date ends, or the day after where it ends at 24:00 (no time given)",
    ),
    DerivedColumn("over_month", "Tháng của over_day", "month of `over_day`"),
    DerivedColumn(
        "standing",
        "0 sớm hạn, 1 đúng hạn, 2 quá hạn, 3 chưa kết thúc",
        "by the recorded due date: 0 early, 1 on time, 2 overdue, 3 open",
    ),
    DerivedColumn("again_standing", "Như trên, theo ngày hẹn lại", "the same by the new date", "no new date"),
    DerivedColumn("again_over_month", "Tháng hết ngày hẹn lại", "`over_month` of the new date", "no new date"),
    DerivedColumn(
        "apology",
        "1 xin lỗi trong hạn, 2 xin lỗi sau hạn",
        "apology sent: 1 before the due date ended, 2 after it",
        "no apology",
    ),
    DerivedColumn(
        "redated",
        "1: ngày trong mã sớm hơn ngày tiếp nhận",
        "1 where the day in the code is before the day received, else 0",
        "the code carries no day or does not follow the official form",
    ),
)
NAMES = tuple(column.name for column in DERIVED)
