"""Requests for supplement that may start the legal clock anew (Nghị định 61/2018/NĐ-CP art. 19.4). Engine-neutral."""

from __future__ import annotations

from typing import Any

from thangdo.dossiers.engines import Tables
from thangdo.dossiers.indicators.derivation import day_number, second_of_day
from thangdo.dossiers.indicators.event_codes import code_of


def restarts_of(tables: Tables) -> Any | None:
    """First request for supplement of each dossier and the first supplement after it; None without events.

    Columns `asked_code` (see `event_codes`), `asked_key` (day of the request), `anew_key` and `anew_second` (day and
    second of the supplement, blank until it comes).
    """
    events = tables.events
    if events is None:
        return None
    code = code_of(tables)
    asked = events.filter(events.kind == "supplement_requested")
    asked = asked.group_by(asked_code=asked[code]).aggregate(requested_at=asked["at"].min())
    came = events.filter(events.kind == "supplement_received")
    came = came.select(came_code=came[code], came_at=came["at"])
    both = asked.left_join(came, (asked.asked_code == came.came_code) & (came.came_at >= asked.requested_at))
    found = both.group_by("asked_code").aggregate(requested_at=both.requested_at.min(), completed_at=both.came_at.min())
    return found.select(
        "asked_code",
        asked_key=day_number(found.requested_at),
        anew_key=day_number(found.completed_at),
        anew_second=second_of_day(found.completed_at),
    )
