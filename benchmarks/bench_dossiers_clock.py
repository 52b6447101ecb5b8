"""The legal clock: twenty million due dates, in memory and from Parquet to Parquet; the plain judge on 100,000."""

from __future__ import annotations

import runpy
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.bench_dossiers_ingest import scratch
from benchmarks.figure import Figure, median_seconds
from thangdo.dossiers.clock import UNKNOWN, Dossiers, legal_due
from thangdo.dossiers.working_time import DAY, day_number, public_working_calendar

ROWS = 20_000_000
CALENDAR_YEARS = (2022, 2026)


def columns(rows: int, seed: int = 5) -> tuple[Any, Any]:
    """Receipts at any second of 2023 and working days from 1 to 30."""
    from datetime import date

    rng = np.random.default_rng(seed)
    received = day_number(date(2023, 1, 1)) * DAY + rng.integers(0, 365 * DAY, rows)
    return received, rng.integers(1, 31, rows).astype(np.float64)


def in_memory() -> dict[str, Any]:
    calendar = public_working_calendar(*CALENDAR_YEARS)
    received, days = columns(ROWS)
    dossiers = Dossiers(received, days)
    return {"rows": ROWS, "seconds": median_seconds(lambda: legal_due(calendar, dossiers))}


def parquet_to_parquet() -> dict[str, Any]:
    """Two columns read, one written, row group by row group; beside the engine's copy of the same two columns."""
    from concurrent.futures import ThreadPoolExecutor

    import duckdb

    calendar = public_working_calendar(*CALENDAR_YEARS)
    with scratch() as folder:
        received, days = columns(ROWS)
        table = pa.table(
            {"received_at": pa.array(received).cast(pa.timestamp("s")), "legal_days": days.astype(np.int16)}
        )
        pq.write_table(table, folder / "in.parquet", compression="zstd", row_group_size=1_000_000)
        del table, received, days

        def due_of(group: int) -> pa.Table:
            read = pq.ParquetFile(folder / "in.parquet").read_row_group(group)
            start = read.column("received_at").cast(pa.timestamp("s")).cast(pa.int64()).to_numpy()
            terms = read.column("legal_days").to_numpy().astype(np.float64)
            return pa.table({"due_day": (legal_due(calendar, Dossiers(start, terms)) // DAY - 1).astype(np.int32)})

        def whole() -> None:
            groups = pq.ParquetFile(folder / "in.parquet").num_row_groups
            with (
                pq.ParquetWriter(folder / "out.parquet", pa.schema([("due_day", pa.int32())])) as writer,
                ThreadPoolExecutor(2) as pool,
            ):
                for due in pool.map(due_of, range(groups)):
                    writer.write_table(due)

        def bare() -> None:
            with duckdb.connect(config={"threads": 2}) as connection:
                connection.execute(
                    f"COPY (SELECT CAST(received_at AS DATE) AS due_day FROM '{folder}/in.parquet') "
                    f"TO '{folder}/bare.parquet' (FORMAT parquet)"
                )

        return {"rows": ROWS, "seconds": median_seconds(whole, 3), "bare_copy_of_the_day": median_seconds(bare, 3)}


def judge_against_clock() -> dict[str, Any]:
    """The test's random dossiers at full size: how many due moments differ (none may)."""
    test = runpy.run_path(str(Path(__file__).parent.parent / "tests" / "dossiers" / "test_clock_by_hand.py"))
    cases = test["random_cases"](100_000, 62)
    days: dict[Any, Any] = {}

    def sessions_of(day: Any) -> Any:
        if day not in days:
            days[day] = test["sessions"](day, test["OWN"])
        return days[day]

    start = time.perf_counter()
    expected = np.array([test["seconds"](test["judge"](case, sessions_of).too_late_from) for case in cases])
    plain = time.perf_counter() - start
    start = time.perf_counter()
    due = legal_due(test["calendar"](test["OWN"]), test["columns_of"](cases))
    return {
        "dossiers": len(cases),
        "with_a_due_moment": int((expected != UNKNOWN).sum()),
        "differences": int((due != expected).sum()),
        "plain_s": round(plain, 2),
        "fast_s": round(time.perf_counter() - start, 2),
    }


FIGURES = (
    Figure("dossiers clock in memory", "20 million due dates recomputed: at most 1 s", in_memory),
    Figure("dossiers clock parquet", "20 million due dates, Parquet to Parquet: at most 2 s", parquet_to_parquet),
    Figure(
        "dossiers clock judge", "100,000 random dossiers: no difference from the row-by-row judge", judge_against_clock
    ),
)
