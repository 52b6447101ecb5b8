"""Results of a stored round, computed by the core, and whether an approval still holds for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.db.models import Count, Q, Subquery, Value

from thangdo.evaluation import IndexResults, Results, gather_results, is_uncertain
from thangdo.evaluation import Round as RoundValue
from thangdo.evaluation.outputs import plain, rounded
from thangdo.findings import Finding, Gathered, Refused
from thangdo.proof import content_hash
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.drawing import Drawn, content_of, draw, drawn_of, keep
from thangdo.web.rounds.models import Decision, Part
from thangdo.web.rounds.refusals import ActRefused

ApprovalState = Literal["none", "valid", "void"]


@dataclass(frozen=True, slots=True)
class PartResults:
    """The results of one part and everything found while computing them."""

    results: Results
    entry: IndexResults | None
    findings: tuple[Finding, ...]
    # The hash of what its intervals are drawn from; blank where nothing is uncertain.
    drawn_from: str = ""
    # The intervals belong to an older content and are being computed anew: none are given.
    is_drawing: bool = False

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the ledger of a round stands: `key` differs after any change, `changed_at` is the moment of the newest."""

    key: str
    changed_at: datetime | None


def ledger_of(part: Part) -> Ledger:
    """What was last recorded of the part's round, or of anything outside rounds, in one query.

    The newest entry alone is not enough: of two acts at once the one with the earlier number may be committed
    later. Entries are never deleted, so their count tells it.
    """
    entries = Entry.objects.filter(Q(round=part.round.code) | Q(round=""))
    count = entries.order_by().values(all=Value(1)).annotate(n=Count("pk")).values("n")
    newest = entries.order_by("-id").values_list("id", "recorded_at", Subquery(count)).first() or ()
    return Ledger(" ".join(map(str, (part.set_hash[:16], *newest))), newest[1] if newest else None)


# Points by part, state and ledger: equal ledgers mean equal results, so nothing here goes stale.
_KNOWN: OrderedDict[tuple[int, str, str], PartResults] = OrderedDict()
_MOST_KNOWN = 24


def part_results(part: Part, *, state: str = "final", with_intervals: bool = True) -> PartResults:
    """One part, as final (ranks and classes) or draft (provisional points), with its findings instead of failure.

    Points, ranks and classes are those of this moment. Intervals are those drawn for exactly this content; while
    they are still being drawn there are none, and `is_drawing` says so.
    """
    found = _points(part, state, ledger_of(part).key)
    if not with_intervals or not found.drawn_from:
        return found
    drawn = drawn_of(part, found.drawn_from)
    return replace(found, is_drawing=True) if drawn is None else _with(found, drawn)


def settle(part: Part) -> PartResults:
    """The results as final with their intervals, drawn now where they are not kept yet: for work and for acts."""
    ledger = ledger_of(part).key
    value = round_value(part.round, state="final", part=part)
    gathered = Gathered()
    content = content_of(value) if is_uncertain(value) else ""
    drawn = drawn_of(part, content) if content else Drawn((), (), ())
    if drawn is None:
        results, drawn = draw(value, gathered)
    else:
        results = gather_results(value, gathered, with_intervals=False)
    keep(part, content, ledger, drawn)
    return _with(_found(results, gathered, content), drawn)


def unit_results(part: Part, unit: str, *, layers: Container[str]) -> PartResults:
    """One unit's provisional points: what stands of its own marks, without its peers and so without a rank.

    Only marks of `layers` count: what others decided may not be told to the reader yet.
    """
    value = round_value(part.round, state="draft", part=part, unit=unit)
    marks = value.table("marks")
    at = marks.position("layer")
    told = replace(marks, rows=tuple(row for row in marks.rows if row[at] in layers))
    value = replace(value, tables={**value.tables, "marks": told})
    return _evaluated(value, of_one_unit=True)


def _points(part: Part, state: str, ledger: str) -> PartResults:
    found = _KNOWN.pop((part.pk, state, ledger), None)
    if found is None:
        value = round_value(part.round, state=state, part=part)
        found = _evaluated(value)
        if state == "final" and found.has_errors:
            # Whoever learns that the results are not final asks for the provisional ones next.
            _remember((part.pk, "draft", ledger), _evaluated(replace(value, state="draft")))
    _remember((part.pk, state, ledger), found)
    return found


def _remember(key: tuple[int, str, str], found: PartResults) -> None:
    _KNOWN[key] = found
    while len(_KNOWN) > _MOST_KNOWN:
        _KNOWN.popitem(last=False)


def _evaluated(value: RoundValue, *, of_one_unit: bool = False) -> PartResults:
    """The value's points, and the hash of what its intervals are drawn from (one unit alone has none)."""
    gathered = Gathered()
    results = gather_results(value, gathered, with_intervals=False)
    content = content_of(value) if not of_one_unit and is_uncertain(value) else ""
    return _found(results, gathered, content)


def _found(results: Results, gathered: Gathered, content: str) -> PartResults:
    return PartResults(results, next(iter(results.indices), None), tuple(gathered), content)


def _with(found: PartResults, drawn: Drawn) -> PartResults:
    return replace(found, results=drawn.of(found.results), findings=(*found.findings, *drawn.faults))


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
    """The hash of the results read anew from the database. Raises `ActRefused` where they cannot be final."""
    try:
        found = settle(part)
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
        found = part_results(part)
    except Refused:
        return "void"
    if found.entry is None or found.has_errors:
        return "void"
    return "valid" if approval.results_hash == hash_of(part, found.entry) else "void"
