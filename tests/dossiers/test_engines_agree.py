"""The same report on one machine and on a cluster of processes: equal to the last digit, from the same files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from thangdo.dossiers.engines import ENGINES, Engine, open_engine
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.gaming import detection_rates
from thangdo.dossiers.generate import generate
from thangdo.dossiers.ingest import ingest
from thangdo.dossiers.report import Report, report
from thangdo.dossiers.store import Store

ROWS = 100_000
JUNE = date(2023, 6, 30)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A generated year, and an export of June that comes late: 2,000 of its dossiers were still open then."""
    folder = tmp_path_factory.mktemp("engines")
    generate(ROWS, 11, folder / "files", form="parquet")
    ingest(sorted((folder / "files").glob("*.parquet")), folder / "store")
    june = folder / "june.parquet"
    duckdb.sql(
        f"COPY (SELECT * REPLACE (NULL AS finished_at, 'open' AS outcome, NULL AS apology_at) "
        f"FROM read_parquet('{folder}/files/dossiers.parquet') WHERE received_at < TIMESTAMP '2023-06-30' "
        f"ORDER BY dossier_code LIMIT 2000) TO '{june}' (FORMAT parquet)"
    )
    ingest([june], folder / "store", as_of=JUNE)
    opened = Store.open(folder / "store")
    assert opened.relation("dossiers", JUNE).superseded
    return opened


@pytest.fixture(scope="module")
def on_cluster(store: Store) -> Iterator[tuple[Report, tuple[tuple[str, str], ...], dict[str, list[object]]]]:
    """The whole report, the executors' processes, and the counts of the state known at the end of June."""
    with open_engine("spark") as engine:
        then = known_in_june(store, engine)
        yield report(store, 2023, engine), engine.executors, then  # type: ignore[attr-defined]


def known_in_june(store: Store, engine: Engine) -> dict[str, list[object]]:
    """How many dossiers of each outcome and channel were known at the end of June."""
    dossiers = engine.tables(store, JUNE).dossiers
    counted = dossiers.group_by("outcome", "channel").aggregate(
        n=dossiers.count(), finished=dossiers.finished_at.max(), codes=dossiers.dossier_code.nunique()
    )
    frame = engine.run(counted).sort_values(["outcome", "channel"])
    return {name: [str(value) for value in frame[name]] for name in frame.columns}


def test_both_engines_know_the_same_of_an_earlier_day(
    store: Store, on_cluster: tuple[Report, tuple[tuple[str, str], ...], dict[str, list[object]]]
) -> None:
    with open_engine("duckdb") as engine:
        here = known_in_june(store, engine)
    assert here == on_cluster[2]
    relation = store.relation("dossiers", JUNE)
    (count,) = duckdb.connect().execute(f"SELECT count(*) FROM ({relation.sql()})").fetchone() or (0,)
    assert sum(map(int, here["n"])) == sum(map(int, here["codes"])) == count
    assert "open" in here["outcome"]


def test_the_cluster_counts_in_two_processes_that_are_not_this_one(
    on_cluster: tuple[Report, tuple[tuple[str, str], ...], dict[str, list[object]]],
) -> None:
    processes = {process for process, _ in on_cluster[1]}
    print("executor processes:", ", ".join(f"{process} at {host}" for process, host in on_cluster[1]))
    assert len(processes) >= 2
    assert str(os.getpid()) not in processes
    assert all(Path(f"/proc/{process}").exists() for process in processes)


def test_both_engines_give_the_same_report(
    store: Store, on_cluster: tuple[Report, tuple[tuple[str, str], ...], dict[str, list[object]]]
) -> None:
    with open_engine("duckdb") as engine:
        here = report(store, 2023, engine)
    there = on_cluster[0]
    assert (here.engine, there.engine) == ("duckdb", "spark")
    assert here.summary == there.summary
    truth = json.loads((store.root.parent / "files" / "truth.json").read_text(encoding="utf-8"))
    assert {name: here.summary[name] for name in truth["counts"]} == truth["counts"]
    assert set(here.tables) == set(there.tables)
    for name, table in here.tables.items():
        assert len(table), name
        pd.testing.assert_frame_equal(
            table.reset_index(drop=True), there.tables[name].reset_index(drop=True), check_exact=True, obj=name
        )
    pd.testing.assert_frame_equal(here.unit_months, there.unit_months, check_exact=True)
    pd.testing.assert_frame_equal(here.months, there.months, check_exact=True)
    # The same report finds the units whose stamps were made to look better, and hardly anyone else.
    made = json.loads((store.root.parent / "files" / "truth.json").read_text(encoding="utf-8"))["gaming"]
    for rates in detection_rates(here.tables["gaming"], [(row["kind"], row["unit"]) for row in made]):
        print(
            f"{rates.detector}: {rates.hits} of {rates.planted} planted, {rates.false_alarms} false in {rates.innocent}"
        )
        assert rates.hits == rates.planted == 2, rates
        assert rates.false_alarm_rate < 0.01, rates


def test_an_engine_nobody_knows_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(DossiersFailure) as refused, open_engine("abacus"):
        pass
    assert refused.value.code == "DOS302"
    assert all(row.code in str(refused.value.facts["expected"]) for row in ENGINES)


def test_the_state_before_the_first_dossier_was_known_is_empty(store: Store) -> None:
    with open_engine("duckdb") as engine:
        early = report(store, 2023, engine, as_of=date(2020, 1, 1))
    assert early.summary["received"] == 0


def test_an_earlier_day_is_answered_from_the_versions_known_then(tmp_path: Path) -> None:
    """A dossier open at the end of January, finished in February's export: both states can be asked for."""
    header = "dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at,outcome\n"
    row = "Z29.A-230105-0001,Z29.A,1.1,online,2023-01-05 09:00:00,2023-01-10,{},{}\n"
    (tmp_path / "january.csv").write_text(header + row.format("", "open"), encoding="utf-8")
    (tmp_path / "february.csv").write_text(header + row.format("2023-02-03 09:00:00", "granted"), encoding="utf-8")
    for name, day in (("january", date(2023, 1, 31)), ("february", date(2023, 2, 28))):
        ingest([tmp_path / f"{name}.csv"], tmp_path / "store", as_of=day)
    opened = Store.open(tmp_path / "store")
    counts = {}
    for as_of in (date(2022, 12, 31), date(2023, 1, 31), None):
        with open_engine("duckdb") as engine:
            made = report(opened, 2023, engine, as_of=as_of).summary
        counts[as_of] = (made["received"], made["resolved"], made["open_overdue"])
    assert counts == {date(2022, 12, 31): (0, 0, 0), date(2023, 1, 31): (1, 0, 1), None: (1, 1, 0)}
