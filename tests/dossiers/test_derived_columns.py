"""What ingest derives from a row, what a report computes where it is not stored, and plain Python say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.dossiers.random_city import random_city, write_city
from thangdo.dossiers.derived import NAMES
from thangdo.dossiers.engines import open_engine
from thangdo.dossiers.indicators.derivation import derived
from thangdo.dossiers.ingest import ingest
from thangdo.dossiers.report import report
from thangdo.dossiers.store import Store
from thangdo.dossiers.store_manifest import write_manifest

ROWS = 600
Plain = dict[str, int | None]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A random city, and a second export that supersedes some of its rows and brings one row twice."""
    folder = tmp_path_factory.mktemp("derived")
    city = random_city(21, ROWS)
    ingest(write_city(city, folder / "files"), folder / "store", as_of=date(2024, 3, 31))
    later = [replace(dossier, finished=None, outcome="open") for dossier in city.dossiers[:40]]
    again = write_city(replace(city, dossiers=[*later, later[0]], events=[], facts=[]), folder / "later")
    ingest(again, folder / "store", as_of=date(2024, 6, 30))
    return Store.open(folder / "store")


def day(moment: datetime | None) -> int | None:
    return None if moment is None else (moment.date() - date(1970, 1, 1)).days


def month(moment: datetime | None) -> int | None:
    return None if moment is None else moment.year * 12 + moment.month


def second(moment: datetime | None) -> int | None:
    return None if moment is None else moment.hour * 3600 + moment.minute * 60 + moment.second


def end_of(due: datetime) -> datetime:
    """The first moment at which a due date is over for good: its stamp, or 24:00 of its day."""
    return due + timedelta(days=1) if due.time() == time() else due


def is_after(moment: datetime, due: datetime) -> bool:
    return moment >= end_of(due) if due.time() == time() else moment > due


def judged(finished: datetime | None, due: datetime | None) -> int | None:
    if due is None:
        return None
    if finished is None:
        return 3
    return 2 if is_after(finished, due) else 0 if finished.date() < due.date() else 1


def plain(row: dict[str, object]) -> Plain:
    received, due, again, finished, apology = (
        None if pd.isna(row[name]) else pd.Timestamp(row[name]).to_pydatetime()
        for name in ("received_at", "due_at", "re_due_at", "finished_at", "apology_at")
    )
    assert received is not None
    assert due is not None
    code = str(row["dossier_code"])
    said = code[-11:-5]
    is_coded = int(str(row["flags"])) % 2 == 0
    return {
        "received_day": day(received),
        "received_month": month(received),
        "received_second": second(received),
        "finished_day": day(finished),
        "finished_month": month(finished),
        "finished_second": second(finished),
        "due_day": day(due),
        "over_day": day(end_of(due)),
        "over_month": month(end_of(due)),
        "standing": judged(finished, due),
        "again_standing": judged(finished, again),
        "again_over_month": month(end_of(again)) if again else None,
        "apology": None if apology is None else 2 if is_after(apology, due) else 1,
        "redated": int(said < f"{received:%y%m%d}") if is_coded else None,
    }


def rows_of(frame: pd.DataFrame) -> list[Plain]:
    return [
        {name: None if pd.isna(row[name]) else int(row[name]) for name in NAMES} for row in frame.to_dict("records")
    ]


def test_stored_computed_and_plain_values_agree_in_every_row(store: Store) -> None:
    with open_engine("duckdb") as engine:
        table = engine.tables(store).dossiers
        stored = engine.run(table).sort_values("dossier_code")
        computed = engine.run(table.drop(*NAMES).mutate(**derived(table.drop(*NAMES)))).sort_values("dossier_code")
    expected = [plain(row) for row in stored.to_dict("records")]
    assert len(expected) == ROWS
    assert rows_of(stored) == expected
    assert rows_of(computed) == expected
    for name in NAMES:
        assert len({row[name] for row in expected}) > 1, f"{name} is always the same: the rows try nothing"


def test_a_store_whose_older_files_lack_the_columns_gives_the_same_report(store: Store, tmp_path: Path) -> None:
    older = []
    for place, file in enumerate(store.manifest.files):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = pq.read_table(store.root / file.path)
        # Every second file is one that an earlier release wrote.
        if file.derived and place % 2:
            rows, file = rows.drop_columns(list(NAMES)), replace(file, derived=0)
        pq.write_table(rows, path)
        older.append(file)
    assert {file.derived for file in older if file.table == "dossiers" and file.state == "current"} == {0, 1}
    write_manifest(tmp_path, replace(store.manifest, files=tuple(older)))
    with open_engine("duckdb") as engine:
        new = report(store, 2023, engine)
        old = report(Store.open(tmp_path), 2023, engine)
    assert new.summary == old.summary
    for name, table in new.tables.items():
        pd.testing.assert_frame_equal(table, old.tables[name], check_exact=True, obj=name)
