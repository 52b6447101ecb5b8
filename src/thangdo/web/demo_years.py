"""The demo's other years, made from its one solved year: 2022 finished, 2024 under way. All of it illustrative."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from thangdo.evaluation import SPECS, IndexEntry, Round, Table
from thangdo.methodology import CriteriaSet, Edition, Text

# In the open year this share of the units' own digital-transformation answers is still to be given.
OPEN_SHARE = 0.3
APPEALS = 12


@dataclass(frozen=True, slots=True)
class DemoYear:
    """A year of the demo: its round, the phase of each index (none: closed), and whether its site is public."""

    round: Round
    phases: Mapping[str, str]
    name_vi: str
    name_en: str
    is_published: bool


def demo_years(solved: Round, sets: Mapping[str, CriteriaSet]) -> tuple[DemoYear, ...]:
    """The three years from the solved one: 2022 closed, 2023 published, 2024 open (PAR in appeals, DTI self-scoring)."""
    open_phases = {"par": "explain", "dti": "self_score"}
    return (
        DemoYear(finished_2022(solved, sets), {}, "Đợt 2022", "Round 2022", True),
        DemoYear(solved, {}, "Đợt 2023", "Round 2023", True),
        DemoYear(open_2024(solved, sets), open_phases, "Đợt 2024", "Round 2024", False),
    )


def finished_2022(base: Round, sets: Mapping[str, CriteriaSet]) -> Round:
    """The year before, PAR alone (2023 was the first year of DTI), closed."""
    return _year(base, 2022, ("par",), sets, ("self", "appraisal_1", "appeal"))


def open_2024(base: Round, sets: Mapping[str, CriteriaSet], seed: int = 2024) -> Round:
    """The year after: PAR appraised once with appeals filed, DTI half self-scored."""
    draw = random.Random(seed)
    found = _year(base, 2024, ("par", "dti"), sets, ("self", "appraisal_1"))
    marks = found.table("marks")
    at = {name: marks.position(name) for name in ("index", "unit", "criterion", "layer")}
    undone = {
        (row[at["unit"]], row[at["criterion"]])
        for row in marks.rows
        if row[at["index"]] == "dti" and draw.random() < OPEN_SHARE
    }
    kept = tuple(
        row
        for row in marks.rows
        if row[at["index"]] == "par"
        or (row[at["layer"]] == "self" and (row[at["unit"]], row[at["criterion"]]) not in undone)
    )
    tables = {**found.tables, "marks": replace(marks, rows=kept), "appeals": _appeals(kept, at, draw)}
    return replace(found, state="draft", tables=tables)


def _appeals(rows: Iterable[tuple[str, ...]], at: Mapping[str, int], draw: random.Random) -> Table:
    """Some units ask for a second look at a cell that was appraised."""
    appraised = sorted(
        {
            (row[at["unit"]], row[at["criterion"]])
            for row in rows
            if row[at["layer"]] == "appraisal_1" and row[at["index"]] == "par"
        }
    )
    chosen = draw.sample(appraised, min(APPEALS, len(appraised)))
    filed = "2025-02-10T09:00:00+07:00"
    words = "Đề nghị xem lại: đơn vị bổ sung văn bản kiểm chứng (minh họa)."
    return Table(
        SPECS["appeals"].columns,
        tuple(("par", unit, criterion, filed, words, "", "", "") for unit, criterion in sorted(chosen)),
        "appeals.csv",
    )


def _year(
    base: Round, year: int, indices: tuple[str, ...], sets: Mapping[str, CriteriaSet], layers: tuple[str, ...]
) -> Round:
    """`base` moved to another year: its own editions of the sets where there are any, only some indices and layers."""
    entries = []
    used: dict[str, CriteriaSet] = {}
    for entry in base.indices:
        if entry.id not in indices:
            continue
        moved = entry.set.replace(str(base.year), str(year))
        name = moved
        # Where the library has no edition of that year, the demo city issues the same criteria again.
        used[name] = sets[moved] if moved in sets else _reissued(sets[entry.set], moved, base.year, year)
        entries.append(IndexEntry(entry.id, entry.kind, name, entry.blocks))
    tables = {}
    for name in ("units", "membership", "marks", "values"):
        table = base.table(name)
        rows = table.rows
        if "index" in table.columns:
            index = table.position("index")
            rows = tuple(row for row in rows if row[index] in indices)
        if name == "marks":
            layer, given = table.position("layer"), table.position("given_at")
            rows = _drifted(rows, table, year - base.year)
            rows = tuple(
                (*row[:given], _moved(row[given], year - base.year), *row[given + 1 :])
                for row in rows
                if row[layer] in layers
            )
        tables[name] = replace(table, rows=rows)
    return replace(
        base,
        id=f"hcmc-{year}-demo",
        year=year,
        indices=tuple(entries),
        sets=used,
        tables=tables,
        illustrative=True,
    )


def _reissued(criteria: CriteriaSet, set_id: str, before: int, year: int) -> CriteriaSet:
    """The set as the city would issue it for another year: the same criteria under that year's title."""
    title = Text(*(words.replace(str(before), str(year)) for words in (criteria.title.vi, criteria.title.en)))
    return replace(criteria, id=set_id, title=title, edition=Edition(year), source="illustrative")


def _drifted(rows: tuple[tuple[str, ...], ...], table: Table, years: int) -> tuple[tuple[str, ...], ...]:
    """Units get better from year to year: what a count misses of its total shrinks by a drawn factor a year.

    All layers of a cell move alike, so an appraisal still cuts what it cut. One cell in eighty stands out: half
    of its total was missed in the year before.
    """
    at = {name: table.position(name) for name in ("unit", "criterion", "layer", "field", "value")}
    totals = {
        (row[at["unit"]], row[at["criterion"]], row[at["layer"]]): int(row[at["value"]])
        for row in rows
        if row[at["field"]] == "denominator" and row[at["value"]].isdigit()
    }
    found = []
    for row in rows:
        total = totals.get((row[at["unit"]], row[at["criterion"]], row[at["layer"]]))
        if row[at["field"]] != "numerator" or not row[at["value"]].isdigit() or total is None:
            found.append(row)
            continue
        draw = random.Random(f"{years} {row[at['unit']]} {row[at['criterion']]}")
        unit = random.Random(f"{years} {row[at['unit']]}").gauss(0, 0.3)
        factor = math.exp(draw.gauss(unit - 0.25 * years, 0.35))
        missed = round((total - int(row[at["value"]])) * factor)
        if years < 0 and draw.random() < 1 / 80:
            missed = total // 2
        value = str(max(0, total - missed))
        found.append((*row[: at["value"]], value, *row[at["value"] + 1 :]))
    return tuple(found)


def _moved(moment: str, years: int) -> str:
    return f"{int(moment[:4]) + years}{moment[4:]}" if moment[:4].isdigit() else moment
