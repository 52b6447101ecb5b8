"""The generated year: the published counts exactly, at any scale, the same for the same seed."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.dossiers.generate import generate
from thangdo.dossiers.generate_counts import PUBLISHED, PUBLISHED_BEFORE, year_counts


def counted(folder: Path, year: int, *files: str) -> dict[str, int]:
    """The counts of form 06, by hand-written SQL over the generated files."""
    start, end = f"TIMESTAMP '{year}-01-01'", f"TIMESTAMP '{year + 1}-01-01'"
    names = [str(folder / name) for name in files]
    query = f"""
        WITH dossiers AS (
            SELECT *, CASE WHEN due_at = date_trunc('day', due_at) THEN due_at + INTERVAL 1 DAY ELSE due_at END AS due_end,
                finished_at < {end} AS is_done
            FROM read_parquet({names}) WHERE received_at < {end} AND (finished_at IS NULL OR finished_at >= {start})
        ) SELECT count(*) AS received,
            count(*) FILTER (received_at >= {start}) AS received_in_period,
            count(*) FILTER (received_at < {start}) AS carried_over,
            count(*) FILTER (is_done) AS resolved,
            count(*) FILTER (is_done IS NOT true) AS in_process,
            count(*) FILTER (is_done AND CAST(finished_at AS DATE) < CAST(due_at AS DATE)) AS early,
            count(*) FILTER (is_done AND CAST(finished_at AS DATE) >= CAST(due_at AS DATE) AND finished_at <= due_end) AS on_time,
            count(*) FILTER (is_done AND finished_at > due_end) AS overdue,
            count(*) FILTER (is_done IS NOT true AND due_end < {end}) AS open_overdue,
            count(*) FILTER (received_at >= {start} AND channel = 'online') AS online_dossiers
        FROM dossiers"""
    result = duckdb.connect().execute(query)
    names_of = [column[0] for column in result.description]
    row = result.fetchone()
    assert row is not None
    return dict(zip(names_of, row))


@pytest.mark.shared
def test_at_full_scale_the_counts_are_those_of_the_article(shared: Path) -> None:
    facts = {
        line.split(",")[0]: line.split(",")[1]
        for line in (shared / "domain" / "data" / "seed_facts.csv").read_text(encoding="utf-8").splitlines()[1:]
    }
    this, before = year_counts(22_600_000)
    assert this == PUBLISHED
    assert before == PUBLISHED_BEFORE
    assert this.standing("overdue") == int(facts["dossier_overdue"])
    nearly = 10_000
    assert int(facts["dossier_received"]) - nearly < this.received < int(facts["dossier_received"])
    for count, key in (
        (this.resolved, "dossier_resolved"),
        (this.in_process, "dossier_in_process"),
        (this.standing("early") + this.standing("on_time"), "dossier_on_time"),
        (this.online, "online_dossiers"),
    ):
        assert int(facts[key]) < count
    assert this.in_process < int(facts["dossier_in_process"]) + 100
    increase = int(facts["online_dossiers_increase"])
    assert increase - 60_000 < this.online - before.online < increase
    # The identities of form 06, and the carried-over ones are what the year before left open.
    assert this.received == this.resolved + this.in_process == sum(this.in_period) + sum(this.carried)
    assert before.in_process == sum(this.carried)


@pytest.mark.parametrize("rows", [1, 13, 1_000, 20_000])
def test_the_files_hold_the_counts_that_the_truth_says(tmp_path: Path, rows: int) -> None:
    truth = generate(rows, 7, tmp_path, form="parquet")
    assert json.loads((tmp_path / "truth.json").read_text()) == truth
    assert counted(tmp_path, 2023, "dossiers.parquet") == truth["counts"]
    if (tmp_path / "dossiers-before.parquet").exists():
        assert counted(tmp_path, 2022, "dossiers.parquet", "dossiers-before.parquet") == truth["previous_counts"]
    total = (
        duckdb.connect()
        .execute(f"SELECT count(*), count(DISTINCT dossier_code) FROM '{tmp_path}/dossiers*.parquet'")
        .fetchone()
    )
    assert total is not None
    assert total[0] == total[1]


@settings(max_examples=60, deadline=None)
@given(rows=st.integers(1, 50_000_000))
def test_the_identities_hold_at_every_scale(rows: int) -> None:
    this, before = year_counts(rows)
    assert this.rows == rows
    assert before.in_process == sum(this.carried)
    assert this.online <= sum(this.in_period)


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_rows(tmp_path: Path) -> None:
    for name, seed, threads in (("a", 3, 1), ("b", 3, 2), ("c", 4, 2)):
        generate(2_000, seed, tmp_path / name, threads=threads)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)
    assert (tmp_path / "a" / "dossiers.csv").read_bytes() != (tmp_path / "c" / "dossiers.csv").read_bytes()


def test_every_overdue_dossier_has_an_apology_and_the_catalogue_its_counts(tmp_path: Path) -> None:
    truth = generate(30_000, 5, tmp_path, form="parquet", year_before=False)
    overdue = "finished_at > due_at + INTERVAL 1 DAY AND finished_at < TIMESTAMP '2024-01-01'"
    connection = duckdb.connect()
    assert connection.execute(
        f"SELECT count(*) FILTER (apology_at IS NULL) FROM '{tmp_path}/dossiers.parquet' WHERE {overdue}"
    ).fetchone() == (0,)
    services = dict(
        connection.execute(f"SELECT service, count(*) FROM '{tmp_path}/procedures.parquet' GROUP BY 1").fetchall()
    )
    assert (sum(services.values()), services["full"], services["partial"]) == (1_837, 464, 276)
    assert (truth["procedures_total"], truth["procedures_full"], truth["procedures_partial"]) == (1_837, 464, 276)


def test_planted_units_show_what_was_planted(tmp_path: Path) -> None:
    truth = generate(120_000, 5, tmp_path, form="parquet", year_before=False)
    planted = {
        kind: [row["unit"] for row in truth["gaming"] if row["kind"] == kind]
        for kind in {row["kind"] for row in truth["gaming"]}
    }
    signals = {
        "redated_receipts": "strftime(received_at, '%y%m%d') <> split_part(dossier_code, '-', 2)",
        "weekend_stamps": "dayofweek(finished_at) IN (0, 6) AND hour(finished_at) >= 22",
        "closing_bursts": "hour(finished_at) = 16 AND minute(finished_at) IN (57, 58)",
        "return_and_resubmit": "outcome = 'returned' AND CAST(due_at AS DATE) - CAST(finished_at AS DATE) = 1",
    }
    for kind, condition in signals.items():
        shares = dict(
            duckdb.connect()
            .execute(
                f"SELECT unit_code, avg(CAST({condition} AS INTEGER)) FROM '{tmp_path}/dossiers.parquet' WHERE finished_at IS NOT NULL GROUP BY 1"
            )
            .fetchall()
        )
        others = max(
            share for unit, share in shares.items() if unit not in planted[kind] and unit in planted["bunching"]
        )
        assert min(shares[unit] for unit in planted[kind]) > others
