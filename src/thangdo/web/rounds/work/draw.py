"""Drawing intervals: of the part a reader waits for, or of every part that changed and has come to rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from thangdo.web.background.kinds import Call
from thangdo.web.rounds.models import DrawnIntervals, Part
from thangdo.web.rounds.results import ledger_of, settle

# While people are typing nothing is drawn unless a reader asks: every save would begin it anew.
REST = timedelta(minutes=1)


def draw(call: Call) -> Mapping[str, Any]:
    """Draw what is not kept yet; returns how many parts were looked at."""
    parts = Part.objects.exclude(set_text="").select_related("round").order_by("-round__year", "position")
    if asked := call.arguments.get("part"):
        parts = parts.filter(pk=asked)
    seen = dict(DrawnIntervals.objects.values_list("part_id", "ledger"))
    looked_at = 0
    for part in parts:
        ledger = ledger_of(part)
        if seen.get(part.pk) == ledger.key:
            continue
        if not asked and ledger.changed_at is not None and ledger.changed_at > call.at - REST:
            continue
        settle(part)
        looked_at += 1
    return {"parts": looked_at}
