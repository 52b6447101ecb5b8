"""Write a generated year: dossiers, events, catalogues, facts about agencies, calendar, and the truth.

Everything is illustrative and says so in its truth file. The same rows, year and seed give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from thangdo.dossiers.calendar_source import public_calendar
from thangdo.dossiers.generate_catalogues import Procedure, Unit, planted, procedures_of, units_of
from thangdo.dossiers.generate_counts import YearCounts, year_counts
from thangdo.dossiers.generate_rows import Events, chunk_parts, joined_events
from thangdo.dossiers.generate_year import YearPlan, plan_year
from thangdo.dossiers.in_order import in_order

Form = Literal["csv", "parquet"]
Progress = Callable[[int, int], None]

APOLOGIES_BEFORE = 0.97
GROUP_ROWS = 1 << 20


def generate(
    rows: int,
    seed: int,
    out: Path,
    *,
    year: int = 2023,
    form: Form = "csv",
    year_before: bool = True,
    threads: int = 2,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write a year of `rows` dossiers into the folder `out`; return its truth (also written as truth.json).

    Files: dossiers, dossiers-before (the year before: those it resolved), events, procedures, units, agency_facts,
    calendar, each as `form`. At 22,600,000 rows the counts are those published for 2023 (`generate_counts`).
    Raises ValueError for fewer rows than one.
    """
    this, before = year_counts(rows)
    units, procedures = units_of(year), procedures_of(seed)
    gaming = planted(units, seed)
    plan = plan_year(year, seed, this, units, procedures, gaming)
    out.mkdir(parents=True, exist_ok=True)
    chunks = [(plan, chunk, 1.0) for chunk in range(14)]
    total = this.rows
    if year_before:
        chunks += [(_plan_before(plan, this, before), chunk, APOLOGIES_BEFORE) for chunk in range(13)]
        total += before.resolved
    writers = _Writers(out, form)
    done = 0
    with TemporaryDirectory(prefix=".making-", dir=out) as folder, ThreadPoolExecutor(threads) as pool:
        made = in_order(pool, lambda chunk: chunk_parts(*chunk, Path(folder)), chunks, threads + 1)
        for (chunk_plan, _, _), parts in zip(chunks, made):
            name = "dossiers" if chunk_plan is plan else "dossiers-before"
            events: list[Events] = []
            # What is made already does not queue up behind the next chunks.
            tables = in_order(pool, lambda part: part(), parts, threads + 1) if len(parts) > 1 else (parts[0](),)
            for dossiers, happened in tables:
                writers.write(name, dossiers, is_more=len(events) + 1 < len(parts))
                events.append(happened)
                done += dossiers.num_rows
                if progress:
                    progress(done, total)
            writers.write("events", joined_events(events))
    writers.write("procedures", _procedures(procedures))
    writers.write("units", _units(units))
    writers.write("agency_facts", _agency_facts(units, year, seed))
    writers.write("calendar", _calendar(year))
    writers.close()
    truth = _truth(rows, seed, year, this, before if year_before else None, plan)
    (out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return truth


def _plan_before(plan: YearPlan, this: YearCounts, before: YearCounts) -> YearPlan:
    """The year before without what it left open: those dossiers are the ones this year carries over."""
    # Half of the carried-over dossiers came online (generate_year), and count in the year they came.
    carried = sum(this.carried)
    resolved = replace(before, in_period=(*before.in_period[:3], 0, 0), online=max(0, before.online - carried // 2))
    return plan_year(plan.year - 1, plan.seed, resolved, plan.units, plan.procedures, ())


class _Writers:
    """One file a table, opened with its first rows.

    Groups of rows in a Parquet file do not depend on the parts in which a chunk comes.
    """

    def __init__(self, out: Path, form: Form) -> None:
        self._out = out
        self._form = form
        self._open: dict[str, Any] = {}
        self._waiting: list[pa.Table] = []

    def write(self, name: str, table: pa.Table, *, is_more: bool = False) -> None:
        """Write rows; `is_more` says that more of the same chunk follow at once."""
        if self._form == "parquet" and (is_more or self._waiting):
            table = pa.concat_tables([*self._waiting, table])
            whole = table.num_rows - table.num_rows % GROUP_ROWS if is_more else table.num_rows
            self._waiting = [table.slice(whole)] if is_more else []
            if not whole:
                return
            table = table.slice(0, whole).combine_chunks()
        if name not in self._open:
            path = self._out / f"{name}.{self._form}"
            if self._form == "csv":
                # Names may hold commas; codes, stamps and numbers do not, and a year has many of them.
                quoting = "none" if name.startswith(("dossiers", "events")) else "needed"
                options = pa_csv.WriteOptions(quoting_style=quoting, batch_size=65_536)
                self._open[name] = pa_csv.CSVWriter(path, table.schema, write_options=options)
            else:
                self._open[name] = pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
        if self._form == "csv":
            self._open[name].write_table(table)
        else:
            self._open[name].write_table(table, row_group_size=GROUP_ROWS)

    def close(self) -> None:
        for writer in self._open.values():
            writer.close()


def _procedures(procedures: tuple[Procedure, ...]) -> pa.Table:
    return pa.table(
        {
            "procedure_code": [row.code for row in procedures],
            "name": [row.name for row in procedures],
            "field_code": [row.field for row in procedures],
            "level": [row.level for row in procedures],
            "legal_days": pa.array([row.days or None for row in procedures], pa.int32()),
            "legal_hours": pa.array([None if row.days else 8 for row in procedures], pa.int32()),
            "service": [row.service for row in procedures],
        }
    )


def _units(units: tuple[Unit, ...]) -> pa.Table:
    return pa.table(
        {
            "unit_code": [row.code for row in units],
            "name": [row.name for row in units],
            "level": [row.level for row in units],
            "block": [row.level for row in units],
            "parent": [row.parent for row in units],
        }
    )


def _agency_facts(units: tuple[Unit, ...], year: int, seed: int) -> pa.Table:
    """Counts of complaints, feedback, contacts and publicity per unit. Illustrative."""
    rng = np.random.default_rng([seed, year, 1, 2018])
    names, codes, values = [], [], []
    for unit in units:
        listed = int(rng.integers(60, 220))
        feedback = int(rng.integers(5, 80))
        facts = {
            "complaints": int(rng.poisson(4)),
            "complaints_unfounded": 0,
            "contacts_back_1": int(rng.poisson(30)),
            "contacts_back_more": int(rng.poisson(4)),
            "contacts_agencies_1": int(rng.poisson(25)),
            "contacts_agencies_more": int(rng.poisson(2)),
            "procedures_listed": listed,
            "procedures_one_stop": listed,
            "procedures_one_stop_whole": int(listed * rng.uniform(0.15, 0.7)),
            "procedures_posted": listed,
            "procedures_posted_online": listed - int(rng.poisson(1)),
            "feedback_received": feedback,
            "feedback_on_time": feedback - min(feedback, int(rng.poisson(1.5))),
            "feedback_dragging": int(rng.random() < 0.05),
        }
        facts["complaints_unfounded"] = min(facts["complaints"], int(rng.poisson(1)))
        for name, value in facts.items():
            codes.append(unit.code)
            names.append(name)
            values.append(float(value))
    return pa.table(
        {
            "unit_code": codes,
            "period_from": pa.array([date(year, 1, 1)] * len(codes)),
            "period_to": pa.array([date(year, 12, 31)] * len(codes)),
            "fact": names,
            "value": values,
        }
    )


def _calendar(year: int) -> pa.Table:
    rows = public_calendar(range(year - 1, year + 2))
    return pa.table(
        {
            "day": pa.array([row.day for row in rows]),
            "kind": [row.kind for row in rows],
            "name": [row.name for row in rows],
            "source": [row.source for row in rows],
        }
    )


def _truth(
    rows: int, seed: int, year: int, this: YearCounts, before: YearCounts | None, plan: YearPlan
) -> dict[str, Any]:
    truth: dict[str, Any] = {
        "illustrative": True,
        "rows": rows,
        "seed": seed,
        "year": year,
        "counts": _counts(this),
        "procedures_total": len(plan.procedures),
        "procedures_full": sum(row.service == "full" for row in plan.procedures),
        "procedures_partial": sum(row.service == "partial" for row in plan.procedures),
        "gaming": [asdict(row) for row in plan.gaming],
    }
    if before:
        truth["previous_counts"] = _counts(before)
    return truth


def _counts(counts: YearCounts) -> dict[str, int]:
    return {
        "received": counts.received,
        "received_in_period": sum(counts.in_period),
        "carried_over": sum(counts.carried),
        "resolved": counts.resolved,
        "in_process": counts.in_process,
        "early": counts.standing("early"),
        "on_time": counts.standing("on_time"),
        "overdue": counts.standing("overdue"),
        "open_overdue": counts.standing("open_overdue"),
        "online_dossiers": counts.online,
    }
