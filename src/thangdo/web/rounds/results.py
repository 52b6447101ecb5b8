"""Results of a stored round, computed by the core, and whether an approval still holds for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from thangdo.evaluation import IndexResults, Results, Table, evaluate, gather_results
from thangdo.evaluation import Round as RoundValue
from thangdo.evaluation.outputs import plain, rounded
from thangdo.findings import Finding, Gathered, Refused
from thangdo.proof import content_hash
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


def part_results(part: Part, *, state: str = "final") -> PartResults:
    """One part, as final (ranks and classes) or draft (provisional points), with its findings instead of failure."""
    gathered = Gathered()
    whole = round_value(part.round, state=state)
    only = [entry for entry in whole.indices if entry.set == part.set_name and entry.id == part.index]
    own = replace(whole, indices=tuple(only))
    results = gather_results(_without_others(own, part), gathered)
    entry = next(iter(results.indices), None)
    return PartResults(results, entry, tuple(gathered))


def _without_others(round_: RoundValue, part: Part) -> RoundValue:
    """Rows of other indices are left out: they are judged with their own part."""
    tables: dict[str, Table] = {}
    units: set[str] = set()
    for name, table in round_.tables.items():
        if "index" not in table.columns:
            tables[name] = table
            continue
        at = table.position("index")
        kept = [row for row in table.rows if row[at] == part.index]
        if name == "membership":
            block = table.position("block")
            kept = [row for row in kept if row[block] in part.blocks]
            units = {row[table.position("unit")] for row in kept}
        tables[name] = replace(table, rows=tuple(kept))
    for name in ("marks", "values", "published", "evidence", "appeals"):
        if name in tables:
            at = tables[name].position("unit")
            tables[name] = replace(tables[name], rows=tuple(row for row in tables[name].rows if row[at] in units))
    return replace(round_, tables=tables)


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
