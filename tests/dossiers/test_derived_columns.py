"""What ingest derives from a row, what a report computes where it is not stored, and plain Python say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.dossiers.random_city import random_city, write_city
from thangdo.dossiers.derived import NAMES, PART, PARTS, STORED, VERSION, part
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
    in_time = judged(finished, due) in (0, 1)
    again_in_time = judged(finished, again) in (None, 0, 1)
    is_near = finished is not None and finished.date() >= due.date() - timedelta(days=1)
    is_returned = row["outcome"] == "returned" and finished is not None and finished.date() <= due.date()
    return {
        "received_day": day(received),
        "received_second": second(received),
        "day_in_code": 0 if not is_coded else 2 if said < f"{received:%y%m%d}" else 1,
        "finished_day": day(finished),
        "finished_second": second(finished),
        "near_due": None if finished is None else int(is_near and in_time),
        "returned_near_due": None if finished is None else int(is_near and is_returned),
        "due_day": day(due),
        "finished_month": month(finished) or 32_767,
        "channel_code": ["online", "counter", "postal"].index(str(row["channel"])),
        "received_month": month(received),
        "over_month": 0 if in_time else month(end_of(due)),
        "standing": judged(finished, due),
        "again_standing": None
        if again is None and apology is None
        else 4
        if again is None
        else judged(finished, again),
        "again_over_month": None
        if again is None and apology is None
        else 0
        if again is None or again_in_time
        else month(end_of(again)),
        "apology": None
        if again is None and apology is None
        else 0
        if apology is None
        else 2
        if is_after(apology, due)
        else 1,
    }


PLAIN_COLUMNS = tuple(name for name in NAMES if name not in {part.column for part in PARTS})
SHOWN = (*PLAIN_COLUMNS, *PART)


def rows_of(frame: pd.DataFrame) -> list[Plain]:
    """The plain derived columns and the parts of the packed ones."""

    def whole(value: object) -> int | None:
        return None if pd.isna(value) else int(str(value).removesuffix(".0"))

    found = []
    for row in frame.to_dict("records"):
        shown = {name: whole(row[name]) for name in PLAIN_COLUMNS}
        for name, its in PART.items():
            packed = whole(row[its.column])
            shown[name] = None if packed is None else part(packed, name)
        found.append(shown)
    return found


def test_stored_computed_and_plain_values_agree_in_every_row(store: Store) -> None:
    with open_engine("duckdb") as engine:
        table = engine.tables(store).dossiers
        stored = engine.run(table).sort_values("dossier_code")
        computed = engine.run(table.drop(*NAMES).mutate(**derived(table.drop(*NAMES)))).sort_values("dossier_code")
    expected = [plain(row) for row in stored.to_dict("records")]
    assert len(expected) == ROWS
    assert rows_of(stored) == expected
    assert rows_of(computed) == expected
    for name in SHOWN:
        assert len({row[name] for row in expected}) > 1, f"{name} is always the same: the rows try nothing"


def test_a_hash_of_the_code_stands_for_the_code_in_both_tables(store: Store) -> None:
    with open_engine("duckdb") as engine:
        tables = engine.tables(store)
        assert tables.events is not None
        both = [engine.run(table.select("dossier_code", "code_hash")) for table in (tables.dossiers, tables.events)]
    assert not set(both[1]["dossier_code"]).isdisjoint(both[0]["dossier_code"])
    pairs = pd.concat(both).drop_duplicates()
    assert pairs["dossier_code"].is_unique
    assert pairs["code_hash"].is_unique


def test_parts_of_one_column_do_not_overlap() -> None:
    for column in {its.column for its in PARTS}:
        bits = [bit for its in PARTS if its.column == column for bit in range(its.shift, its.shift + its.bits)]
        assert len(bits) == len(set(bits))
        assert max(bits) < 31 if column != "flow" else max(bits) < 63


def test_a_store_whose_older_files_lack_the_columns_gives_the_same_report(store: Store, tmp_path: Path) -> None:
    older = []
    for place, file in enumerate(store.manifest.files):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = pq.read_table(store.root / file.path)
        # Every second file is one that an earlier release wrote.
        if file.derived and place % 2:
            rows, file = rows.drop_columns([column.name for column in STORED[file.table]]), replace(file, derived=0)
        pq.write_table(rows, path)
        older.append(file)
    assert {file.derived for file in older if file.table == "dossiers" and file.state == "current"} == {0, VERSION}
    write_manifest(tmp_path, replace(store.manifest, files=tuple(older)))
    with open_engine("duckdb") as engine:
        new = report(store, 2023, engine)
        old = report(Store.open(tmp_path), 2023, engine)
    assert new.summary == old.summary
    for name, table in new.tables.items():
        pd.testing.assert_frame_equal(table, old.tables[name], check_exact=True, obj=name)
