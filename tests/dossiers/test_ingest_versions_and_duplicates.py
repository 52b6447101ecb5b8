"""Twice is once, the newest as-of wins whatever the order, contradictions are rejected, older versions stay."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.dossiers import Store
from thangdo.dossiers.ingest import Ingested, ingest
from thangdo.dossiers.rejects import read_rejects

HEADER = "dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at,outcome"
OPEN = "D1,U1,P1,online,2023-01-10 08:00:00,2023-03-20,,open"
DONE = "D1,U1,P1,online,2023-01-10 08:00:00,2023-03-20,2023-03-01 09:00:00,granted"


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def state(
    store: Path, as_of: date | None = None, columns: str = "dossier_code, finished_at, outcome"
) -> list[tuple[object, ...]]:
    query = Store.open(store).relation("dossiers", as_of).sql()
    return duckdb.connect().execute(f"SELECT {columns} FROM ({query}) ORDER BY ALL").fetchall()


def account(done: Ingested) -> tuple[int, int, int, int]:
    read, accepted, rejected, duplicate = (done.total(name) for name in ("read", "accepted", "rejected", "duplicate"))
    assert read == accepted + rejected + duplicate
    return read, accepted, rejected, duplicate


def files_of(store: Path) -> dict[str, bytes]:
    return {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*") if path.is_file()}


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    file = write(tmp_path / "d.csv", OPEN, OPEN.replace("D1", "D2").replace("open", "lost"))
    assert account(ingest([file], store)) == (2, 1, 1, 0)
    before = files_of(store)
    assert account(ingest([file], store)) == (2, 0, 1, 1)
    assert files_of(store) == before


def test_the_same_rows_in_another_file_are_duplicates(tmp_path: Path) -> None:
    store = tmp_path / "store"
    rows = [OPEN.replace("D1", f"D{n}") for n in range(5)]
    ingest([write(tmp_path / "a.csv", *rows)], store)
    before = files_of(store)
    assert account(ingest([write(tmp_path / "b.csv", *reversed(rows))], store)) == (5, 0, 0, 5)
    assert files_of(store) == before


def test_identical_rows_of_a_batch_count_once(tmp_path: Path) -> None:
    # The same content written in two styles is the same content.
    twin = OPEN.replace("2023-01-10 08:00:00", "10/01/2023 08:00").replace("online", "ONLINE")
    done = ingest([write(tmp_path / "d.csv", OPEN, OPEN.replace("D1", "D2"), OPEN, twin)], tmp_path / "store")
    assert account(done) == (4, 2, 0, 2)
    assert [row[0] for row in state(tmp_path / "store")] == ["D1", "D2"]


def test_the_same_code_with_other_content_in_a_batch_rejects_both(tmp_path: Path) -> None:
    store = tmp_path / "store"
    done = ingest([write(tmp_path / "d.csv", OPEN, OPEN.replace("D1", "D2"), DONE)], store)
    assert account(done) == (3, 1, 2, 0)
    rejects = read_rejects(store / done.batches[0].rejects)
    assert [(row["row"], row["column"], row["code"], row["found"]) for row in rejects] == [
        ("2", "dossier_code", "DOS025", "D1"),
        ("4", "dossier_code", "DOS025", "D1"),
    ]


def test_files_of_one_call_and_one_as_of_are_one_batch(tmp_path: Path) -> None:
    files = [write(tmp_path / "a.csv", OPEN), write(tmp_path / "b.csv", DONE)]
    assert account(ingest(files, tmp_path / "s", as_of=date(2023, 3, 31))) == (2, 0, 2, 0)


def test_an_impossible_row_does_not_taint_the_right_one_of_its_code(tmp_path: Path) -> None:
    done = ingest([write(tmp_path / "d.csv", OPEN, OPEN.replace("2023-03-20", "2022-03-20"))], tmp_path / "store")
    assert account(done) == (2, 1, 1, 0)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("in_one_call", [False, True])
def test_the_newest_as_of_wins_whatever_the_order(tmp_path: Path, order: tuple[int, ...], in_one_call: bool) -> None:
    store = tmp_path / "store"
    january = write(tmp_path / "1.csv", OPEN, OPEN.replace("D1", "D2").replace("2023-01-10", "2023-01-31"))
    february = write(
        tmp_path / "2.csv",
        OPEN.replace("2023-03-20", "2023-03-25"),
        OPEN.replace("D1", "D3").replace("2023-01-10", "2023-02-28"),
    )
    march = write(tmp_path / "3.csv", DONE.replace("2023-03-01", "2023-03-30"))
    files = [[january, february, march][position] for position in order]
    done = [ingest(files, store)] if in_one_call else [ingest([file], store) for file in files]
    assert sum(account(one)[1] for one in done) == 5
    columns = "dossier_code, CAST(due_at AS DATE), outcome"
    assert state(store, columns=columns) == [
        ("D1", date(2023, 3, 20), "granted"),
        ("D2", date(2023, 3, 20), "open"),
        ("D3", date(2023, 3, 20), "open"),
    ]
    assert state(store, date(2023, 3, 1), columns) == [
        ("D1", date(2023, 3, 25), "open"),
        ("D2", date(2023, 3, 20), "open"),
        ("D3", date(2023, 3, 20), "open"),
    ]
    assert state(store, date(2023, 2, 1), columns) == [
        ("D1", date(2023, 3, 20), "open"),
        ("D2", date(2023, 3, 20), "open"),
    ]
    assert state(store, date(2023, 1, 1), columns) == []


def test_a_receipt_moved_to_another_month_is_still_the_same_dossier(tmp_path: Path) -> None:
    store = tmp_path / "store"
    ingest([write(tmp_path / "1.csv", OPEN)], store)
    ingest([write(tmp_path / "2.csv", OPEN.replace("2023-01-10", "2023-02-10"))], store)
    assert state(store, columns="dossier_code, month(received_at)") == [("D1", 2)]


def test_other_content_at_the_same_as_of_is_settled_the_same_in_any_order(tmp_path: Path) -> None:
    first, second = write(tmp_path / "1.csv", OPEN), write(tmp_path / "2.csv", DONE)
    found = []
    for name, files in (("a", (first, second)), ("b", (second, first))):
        notes = [
            finding.code
            for file in files
            for finding in ingest([file], tmp_path / name, as_of=date(2023, 4, 1)).findings
        ]
        assert "DOS109" in notes
        found.append(state(tmp_path / name))
    assert found[0] == found[1]
    assert found[0][0][2] == "granted"


def test_events_are_kept_once(tmp_path: Path) -> None:
    store = tmp_path / "store"
    header = "dossier_code,at,kind,unit_code"
    rows = [
        "D1,2023-01-11 09:00:00,transferred,U1",
        "D1,2023-01-12 09:00:00,apology_sent,",
        "D1,2023-01-11 09:00:00,transferred,U1",
    ]
    assert account(ingest([write(tmp_path / "1.csv", *rows, header=header)], store)) == (3, 2, 0, 1)
    more = ["D1,2023-01-12 09:00:00,apology_sent,", "D1,2023-02-12 09:00:00,extended,U1"]
    assert account(ingest([write(tmp_path / "2.csv", *more, header=header)], store)) == (2, 1, 0, 1)
    assert Store.open(store).rows("events") == 3


def test_a_catalogue_is_replaced_key_by_key(tmp_path: Path) -> None:
    store = tmp_path / "store"
    header = "unit_code,name"
    ingest([write(tmp_path / "1.csv", "U1,One", "U2,Two", header=header)], store)
    done = ingest([write(tmp_path / "2.csv", "U2,Deux", "U3,Trois", "U1,One", header=header)], store)
    assert account(done) == (3, 2, 0, 1)
    query = Store.open(store).relation("units").sql(("unit_code", "name"))
    assert duckdb.connect().execute(query + " ORDER BY 1").fetchall() == [
        ("U1", "One"),
        ("U2", "Deux"),
        ("U3", "Trois"),
    ]


VERSION = st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 5))


@settings(max_examples=12, deadline=None)
@given(
    exports=st.lists(st.lists(VERSION, min_size=1, max_size=12), min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_order_of_files_does_not_matter_and_nothing_is_lost(
    exports: list[list[tuple[int, int, int]]], order: object
) -> None:
    """Exports at different as-ofs, with repeats and contradictions, in two orders: the same store at every as-of."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for position, rows in enumerate(exports):
            lines = [
                f"D{code},U{unit},P1,online,2023-01-{10 + code},2023-03-20,{'' if day == 0 else f'2023-02-{day:02d}'},"
                for code, unit, day in rows
            ]
            files.append((write(folder / f"{position}.csv", *lines), date(2023, 3, 1) + timedelta(days=position)))
        shuffled = list(files)
        order.shuffle(shuffled)  # type: ignore[attr-defined]
        for store, sequence in (("a", files), ("b", shuffled)):
            for file, as_of in sequence:
                account(ingest([file], folder / store, as_of=as_of))
            ingest([sequence[0][0]], folder / store, as_of=sequence[0][1])
        if not (folder / "a" / "manifest.json").exists():
            return
        for _, as_of in files:
            columns = "dossier_code, unit_code, finished_at"
            assert state(folder / "a", as_of, columns) == state(folder / "b", as_of, columns)
        codes = [row[0] for row in state(folder / "a")]
        assert len(codes) == len(set(codes))
