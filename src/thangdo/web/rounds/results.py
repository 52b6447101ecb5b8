"""Results of a stored round, computed by the core, and whether an approval still holds for them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Count, Q, Subquery, Value

from thangdo.evaluation import IndexResults, Results, evaluate, gather_results
from thangdo.evaluation import Round as RoundValue
from thangdo.evaluation.outputs import plain, rounded
from thangdo.evaluation.results import Interval, ScoreInterval
from thangdo.findings import Finding, Gathered, Refused
from thangdo.proof import content_hash
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.models import Decision, Part, Round
from thangdo.web.rounds.refusals import ActRefused

ApprovalState = Literal["none", "valid", "void"]


@dataclass(frozen=True, slots=True)
class PartResults:
    """The results of one part and everything found while computing them."""

    results: Results
    entry: IndexResults | None
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def final_results(stored: Round) -> Results:
    """The round evaluated as final. Raises `Refused` with all that is still missing."""
    return evaluate(round_value(stored, state="final"))


# Results by part, state and the ledger: equal ledgers mean equal results, so nothing here goes stale. The newest
# entry alone is not enough: of two acts at once the one with the earlier number may be committed later. Entries are
# never deleted, so their count tells it.
_KNOWN: OrderedDict[tuple[int, str, bool, str], PartResults] = OrderedDict()
_MOST_KNOWN = 24


def part_results(part: Part, *, state: str = "final", with_intervals: bool = True) -> PartResults:
    """One part, as final (ranks and classes) or draft (provisional points), with its findings instead of failure.

    Kept until anything of the round, or anything from outside the platform, changes.
    """
    ledger = Entry.objects.filter(Q(round=part.round.code) | Q(round=""))
    count = ledger.order_by().values(all=Value(1)).annotate(n=Count("pk")).values("n")
    newest = ledger.order_by("-id").values_list("id", "recorded_at", Subquery(count))
    key = (part.pk, state, with_intervals, " ".join(map(str, (part.set_hash, *(newest.first() or ())))))
    found = _KNOWN.pop(key, None)
    if found is None:
        found = _evaluated(round_value(part.round, state=state, part=part), with_intervals=with_intervals)
    _KNOWN[key] = found
    while len(_KNOWN) > _MOST_KNOWN:
        _KNOWN.popitem(last=False)
    return found


def unit_results(part: Part, unit: str, *, is_own_only: bool = False) -> PartResults:
    """One unit's provisional points: what stands of its own marks, without its peers and so without a rank.

    `is_own_only` leaves out what others decided, for a reader who must not see it yet.
    """
    value = round_value(part.round, state="draft", part=part, unit=unit)
    if is_own_only:
        marks = value.table("marks")
        at = marks.position("layer")
        own = replace(marks, rows=tuple(row for row in marks.rows if row[at] == "self"))
        value = replace(value, tables={**value.tables, "marks": own})
    return _evaluated(value)


# Tables that no point, rank or interval is made of: an approval or an attached file changes no draw.
_NOT_DRAWN_FROM = {"evidence", "appeals", "decisions"}
# Faults found while drawing: where there is one, nothing is kept and every look finds it again.
_DRAWING_FAULTS = {"EVA036", "EVA037", "EVA057", "EVA059"}
_Intervals = tuple[tuple[Interval, ...], tuple[ScoreInterval, ...]]
_DRAWN: OrderedDict[str, _Intervals] = OrderedDict()


def _evaluated(value: RoundValue, *, with_intervals: bool = False) -> PartResults:
    """The value evaluated; its intervals, which take most of the time, are drawn once for the same content."""
    gathered = Gathered()
    if not with_intervals:
        results = gather_results(value, gathered, with_intervals=False)
        return PartResults(results, next(iter(results.indices), None), tuple(gathered))
    drawn_from = {name: table for name, table in value.tables.items() if name not in _NOT_DRAWN_FROM}
    content = replace(value, tables=drawn_from).hash()
    known = _DRAWN.pop(content, None)
    results = gather_results(value, gathered, with_intervals=known is None)
    if known is not None:
        results = replace(results, intervals=known[0], score_intervals=known[1])
    if not any(finding.code in _DRAWING_FAULTS for finding in gathered):
        _DRAWN[content] = (results.intervals, results.score_intervals)
    while len(_DRAWN) > _MOST_KNOWN:
        _DRAWN.popitem(last=False)
    return PartResults(results, next(iter(results.indices), None), tuple(gathered))


def hash_of(part: Part, entry: IndexResults) -> str:
    """The content hash an approval names: the set, and each unit's points, percent, rank and class."""
    return content_hash(
        {
            "round": part.round.code,
            "index": part.index,
            "set": part.set_hash,
            "rows": [
                [
                    row.block,
                    row.unit,
                    plain(row.exact_points),
                    plain(row.maximum),
                    rounded(row.percent),
                    row.rank,
                    row.class_code,
                ]
                for row in sorted(entry.rows, key=lambda row: (row.block, row.unit))
            ],
        }
    )


def results_hash(part: Part) -> str:
    """The hash of the results as they stand. Raises `ActRefused` where they cannot be computed as final."""
    try:
        found = part_results(part)
    except Refused as refused:
        raise ActRefused("results_failed", faults=str(refused)) from refused
    if found.entry is None or found.has_errors:
        faults = ", ".join(f"{f.code} {f.where} {f.found}" for f in found.findings if f.severity == "error")
        raise ActRefused("results_failed", faults=faults[:400])
    return hash_of(part, found.entry)


def approval_state(part: Part) -> ApprovalState:
    """`valid` while the newest approval names the hash of the results as they are, `void` after any change."""
    approval = Decision.objects.filter(part=part, kind="approval").order_by("-id").first()
    if approval is None:
        return "none"
    try:
        return "valid" if approval.results_hash == results_hash(part) else "void"
    except ActRefused:
        return "void"
