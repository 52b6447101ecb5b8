"""Intervals of results: drawn in the background, kept under the hash of what they are drawn from.

Points, ranks and classes are computed whenever they are asked for. Intervals take most of the time and are random
draws over the same content, so they are kept; a page takes them only where the content is still the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from thangdo.evaluation import Interval, Results, ScoreInterval, gather_results
from thangdo.evaluation import Round as RoundValue
from thangdo.findings import Finding, Gathered, Where
from thangdo.web.background.models import Job
from thangdo.web.background.queue import ask_for
from thangdo.web.rounds.models import DrawnIntervals, Part

KIND = "draw"
# Tables that no point, rank or interval is made of: an approval or an attached file changes no draw.
_NOT_DRAWN_FROM = {"evidence", "appeals", "decisions"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The intervals of a part and the faults met while drawing them."""

    intervals: tuple[Interval, ...]
    score_intervals: tuple[ScoreInterval, ...]
    faults: tuple[Finding, ...]

    def of(self, results: Results) -> Results:
        return replace(results, intervals=self.intervals, score_intervals=self.score_intervals)


def content_of(value: RoundValue) -> str:
    """The hash of everything that intervals are drawn from. Final and draft draw alike: only ranked blocks are drawn."""
    return replace(value, state="draft", tables=_drawn_from(value)).hash()


def _drawn_from(value: RoundValue) -> dict[str, Any]:
    return {name: table for name, table in value.tables.items() if name not in _NOT_DRAWN_FROM}


def drawn_of(part: Part, content: str) -> Drawn | None:
    """What is kept for exactly this content; None where it is still to be drawn."""
    row = DrawnIntervals.objects.filter(part=part, content=content).first()
    return None if row is None else _read(row)


def draw(value: RoundValue, gathered: Gathered) -> tuple[Results, Drawn]:
    """A value's points without intervals, and the intervals drawn for them, in one pass over its marks."""
    faults = Gathered()
    results = gather_results(value, gathered, while_drawing=faults)
    drawn = Drawn(results.intervals, results.score_intervals, tuple(faults))
    return replace(results, intervals=(), score_intervals=()), drawn


def keep(part: Part, content: str, ledger: str, drawn: Drawn) -> None:
    """One row a part: the newest replaces the one before."""
    DrawnIntervals.objects.update_or_create(
        part=part,
        defaults={
            "content": content,
            "ledger": ledger,
            "intervals": [asdict(interval) for interval in drawn.intervals],
            "score_intervals": [asdict(interval) for interval in drawn.score_intervals],
            "faults": [fault.as_json() for fault in drawn.faults],
        },
    )


def _read(row: DrawnIntervals) -> Drawn:
    return Drawn(
        tuple(Interval(**item) for item in row.intervals),
        tuple(ScoreInterval(**item) for item in row.score_intervals),
        tuple(_finding(item) for item in row.faults),
    )


def _finding(item: dict[str, Any]) -> Finding:
    where = Where(**{field.name: item[field.name] for field in fields(Where)})
    return Finding(item["code"], where, item["found"], item["expected"], item["severity"], item["facts"])


def ask_to_draw(part: Part, at: datetime) -> None:
    """Put the drawing of a part in the queue, once however many readers wait for it."""
    waits = Job.objects.filter(kind=KIND, arguments__part=part.pk, state__in=("waiting", "running"))
    if not waits.exists():
        ask_for(KIND, {"part": part.pk}, person_id=None, at=at)
