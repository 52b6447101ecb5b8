"""The derived columns of a dossier as expressions, for stores whose files lack them. Engine-neutral.

They say the same as what ingest stores (`ingest_derived`), row by row; meanings are in `derived`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis

from thangdo.dossiers.derived import (
    APOLOGY_IN_TIME,
    DAY_OF_CODE_HOLDS,
    DERIVED,
    LATE_APOLOGY,
    NAMES,
    NEVER,
    NO_APOLOGY,
    NO_DAY_IN_CODE,
    NO_NEW_DATE,
    ON_TIME,
    OVERDUE,
    REDATED,
    packed,
)
from thangdo.dossiers.engines import Tables
from thangdo.dossiers.indicators.judging import end_of, is_after_due, standing
from thangdo.dossiers.schema import CHANNELS
from thangdo.dossiers.working_time import DAY

_TYPES = {"INTEGER": "int32", "BIGINT": "int64"}


def with_derived(tables: Tables) -> Tables:
    """The tables with every derived column of `dossiers`: read where it is stored, computed where not."""
    rows = tables.dossiers
    if set(NAMES) <= set(rows.columns):
        return tables
    return replace(tables, dossiers=rows.mutate(**derived(rows)))


def derived(rows: Any) -> dict[str, Any]:
    """Each derived column of rows that have the stored ones."""
    finished, due = rows.finished_at, rows.due_at
    columns = {
        "received_day": day_number(rows.received_at),
        "received_second": second_of_day(rows.received_at),
        "finished_day": day_number(finished),
        "finish": _finish(rows),
        "due_day": day_number(due),
        "flow": packed(
            "flow",
            {
                "finished_month": _wide(month_of(finished).fill_null(NEVER)),
                "channel_code": _wide(_channel_code(rows.channel)),
                "received_month": _wide(month_of(rows.received_at)),
                "over_month": _over_month(finished, due),
                "day_in_code": _day_in_code(rows),
                "standing": _wide(standing(finished, due)),
            },
        ),
        "amendment": _amendment(rows),
    }
    return {column.name: columns[column.name].cast(_TYPES[column.duck_type]) for column in DERIVED}


def day_number(moment: Any) -> Any:
    """Days since 1970-01-01 of a stamp."""
    # Of the day's beginning: engines round a fraction of a second differently.
    return (moment.truncate("D").epoch_seconds() / DAY).floor().cast("int32")


def second_of_day(moment: Any) -> Any:
    """Whole seconds since the day of a stamp began."""
    return (moment.hour().cast("int32") * 60 + moment.minute().cast("int32")) * 60 + moment.second().cast("int32")


def month_of(moment: Any) -> Any:
    """Year × 12 + month of a stamp."""
    return moment.year().cast("int32") * 12 + moment.month().cast("int32")


def _wide(number: Any) -> Any:
    return number.cast("int64")


def _channel_code(channel: Any) -> Any:
    return ibis.cases(*((channel == name, position) for position, name in enumerate(CHANNELS[:-1])), else_=2)


def _over_month(finished: Any, due: Any) -> Any:
    """The month before whose end a due date is over, 0 where the dossier was finished in time."""
    return _wide(ibis.ifelse(standing(finished, due) <= ON_TIME, 0, month_of(end_of(due))))


def _finish(rows: Any) -> Any:
    finished, due = day_number(rows.finished_at), day_number(rows.due_at)
    is_late = standing(rows.finished_at, rows.due_at) == OVERDUE
    is_returned = (rows.outcome == "returned").fill_null(False)
    values = {
        "finished_second": second_of_day(rows.finished_at),
        "near_due": (finished >= due - 1) & ~is_late,
        "returned_near_due": is_returned & finished.between(due - 1, due),
    }
    return packed("finish", {name: _wide(value) for name, value in values.items()})


def _amendment(rows: Any) -> Any:
    again, apology = rows.re_due_at, rows.apology_at
    judged = ibis.ifelse(again.isnull(), NO_NEW_DATE, standing(rows.finished_at, again))
    said = ibis.cases(
        (apology.isnull(), NO_APOLOGY), (is_after_due(apology, rows.due_at), LATE_APOLOGY), else_=APOLOGY_IN_TIME
    )
    values = {
        "again_standing": _wide(judged),
        "again_over_month": _over_month(rows.finished_at, again).fill_null(0),
        "apology": _wide(said),
    }
    return ibis.ifelse(again.isnull() & apology.isnull(), ibis.null("int64"), packed("amendment", values))


def _day_in_code(rows: Any) -> Any:
    """What the day of reception that the code carries (TT 01/2018/TT-VPCP art. 19) says of the receipt's."""
    said = rows.dossier_code.substr(rows.dossier_code.length() - 11, 6)
    is_well_coded = rows.flags.fill_null(0).cast("int64") % 2 == 0
    day = ibis.cases((is_well_coded & said.re_search("^[0-9]{6}$"), said.try_cast("int64")))
    received = rows.received_at
    stamped = (received.year() % 100).cast("int64") * 10_000 + received.month().cast("int64") * 100
    is_before = day < stamped + received.day().cast("int64")
    return _wide(ibis.cases((day.isnull(), NO_DAY_IN_CODE), (is_before, REDATED), else_=DAY_OF_CODE_HOLDS))
