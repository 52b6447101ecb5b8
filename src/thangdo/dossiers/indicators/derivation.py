"""The derived columns of a dossier as expressions, for stores whose files lack them. Engine-neutral.

They say the same as what ingest stores (`ingest_derived`), row by row; meanings are in `derived`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis

from thangdo.dossiers.derived import APOLOGY_IN_TIME, LATE_APOLOGY, NAMES
from thangdo.dossiers.engines import Tables
from thangdo.dossiers.indicators.judging import is_after_due, is_midnight, standing
from thangdo.dossiers.working_time import DAY


def with_derived(tables: Tables) -> Tables:
    """The tables with every derived column of `dossiers`: read where it is stored, computed where not."""
    rows = tables.dossiers
    if set(NAMES) <= set(rows.columns):
        return tables
    return replace(tables, dossiers=rows.mutate(**derived(rows)))


def derived(rows: Any) -> dict[str, Any]:
    """Each derived column of rows that have the stored ones."""
    over, again_over = (_over(due) for due in (rows.due_at, rows.re_due_at))
    finished = rows.finished_at
    apology = ibis.ifelse(is_after_due(rows.apology_at, rows.due_at), LATE_APOLOGY, APOLOGY_IN_TIME)
    columns = {
        "received_day": day_number(rows.received_at),
        "received_month": month_of(rows.received_at),
        "received_second": second_of_day(rows.received_at),
        "finished_day": day_number(finished),
        "finished_month": month_of(finished),
        "finished_second": second_of_day(finished),
        "due_day": day_number(rows.due_at),
        "over_day": day_number(over),
        "over_month": month_of(over),
        "standing": standing(finished, rows.due_at),
        "again_standing": ibis.ifelse(rows.re_due_at.isnull(), ibis.null("int32"), standing(finished, rows.re_due_at)),
        "again_over_month": month_of(again_over),
        "apology": ibis.ifelse(rows.apology_at.isnull(), ibis.null("int32"), apology),
        "redated": _redated(rows),
    }
    return {name: columns[name].cast("int32") for name in NAMES}


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


def _over(due: Any) -> Any:
    """A moment of the day in which a due date ends; of the next one where it ends at 24:00."""
    return ibis.ifelse(is_midnight(due), due + ibis.interval(days=1), due)


def _redated(rows: Any) -> Any:
    """The day of reception that the code carries (TT 01/2018/TT-VPCP art. 19) is before the receipt's."""
    said = rows.dossier_code.substr(rows.dossier_code.length() - 11, 6)
    is_well_coded = rows.flags.fill_null(0).cast("int64") % 2 == 0
    day = ibis.cases((is_well_coded & said.re_search("^[0-9]{6}$"), said.try_cast("int64")))
    received = rows.received_at
    stamped = (received.year() % 100).cast("int64") * 10_000 + received.month().cast("int64") * 100
    return (day < stamped + received.day().cast("int64")).cast("int32")
