"""`dossiers report` through the command line against the plain evaluator, on random dossiers full of awkward moments."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from tests.dossiers.plain_dossiers import DIMENSIONS, City, Dossier, re_promised, recorded
from tests.dossiers.plain_figures import (
    Row,
    Table,
    adjusted_table,
    apologies_table,
    form06_table,
    on_time_table,
    online_dossiers_table,
    online_procedures_table,
    qd766_table,
    summary,
    survival_table,
    tt01_table,
)
from tests.dossiers.plain_signals import gaming_table, processing_table, recomputed_dues
from tests.dossiers.random_city import YEAR, random_city, write_city
from thangdo.cli.entry import run

# What a report is split by -> the random city it is tried on.
SPLITS = {
    "unit": 1,
    "unit,month": 2,
    "block,level,field": 4,
    "procedure,channel,month": 5,
    "": 6,
}


def ingest(city: City, folder: Path) -> Path:
    files = [str(path) for path in write_city(city, folder / "files")]
    assert run(["dossiers", "ingest", *files, "--store", str(folder / "store"), "--as-of", "2024-06-30"]) == 0
    return folder / "store"


def report(store: Path, out: Path, *more: str, year: int = YEAR) -> Path:
    assert run(["dossiers", "report", "--store", str(store), "--year", str(year), "--out", str(out), *more]) == 0
    return out


def read(path: Path, key: Sequence[str], **only: str) -> Table:
    """A CSV of the report by its key columns; a number is a number, a blank is None."""
    found: Table = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if all(row[name] == value for name, value in only.items()):
                place = tuple(row[name] for name in key)
                assert place not in found, f"{path.name}: {place} twice"
                found[place] = {name: value(text) for name, text in row.items() if name not in (*key, *only)}
    return found


def value(text: str) -> float | str | bool | None:
    if text in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[text]
    try:
        return float(text)
    except ValueError:
        return text


def differences(found: Table, expected: Table, name: str) -> list[str]:
    """What differs, cell by cell; a column the evaluator does not know is no difference."""
    said = [f"{name}: {key} only in the report" for key in found.keys() - expected.keys()]
    said += [f"{name}: {key} only by hand" for key in expected.keys() - found.keys()]
    for key in found.keys() & expected.keys():
        said += row_differences(found[key], expected[key], f"{name} {key}")
    return sorted(said)


def row_differences(found: Row, expected: Row, name: str) -> list[str]:
    said = []
    for column, wanted in expected.items():
        got = found.get(column, "no such column")
        got = "" if got is None and isinstance(wanted, str) else got
        is_same = got == wanted
        if isinstance(got, int | float) and isinstance(wanted, int | float):
            is_same = math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-9)
        if not is_same:
            said.append(f"{name} {column}: report {got!r}, by hand {wanted!r}")
    return said


def all_differences(city: City, out: Path, by: Sequence[str] | None = None, year: int = YEAR) -> list[str]:
    """Cells that differ; without a split form 06 is by level and field, the others by unit."""
    form_by = ["field", "level"] if by is None else [name for name in DIMENSIONS if name in by]
    form_key = ["level", "field"] if by is None else form_by
    by = ["unit"] if by is None else form_by
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    said = row_differences(found, summary(city, year), "summary.json")
    form = form06_table(city, year, form_by)
    if form_key != form_by:
        form = {(level, field): row for (field, level), row in form.items()}
    said += differences(read(out / "form06.csv", form_key), form, "form06.csv")
    for basis, due_of in (("recorded", recorded), ("re_promised", re_promised)):
        table = read(out / "on_time.csv", by, basis=basis)
        said += differences(table, on_time_table(city, year, by, due_of), f"on_time.csv {basis}")
    if city.procedures:
        dues = recomputed_dues(city)

        def legal(dossier: Dossier) -> datetime | None:
            """The oracle's due date as the evaluator judges one: a day ends at 24:00, a term of hours at its second."""
            if dossier.code not in dues:
                return None
            last_day, late_from = dues[dossier.code]
            whole_day = datetime.combine(last_day, time())
            return whole_day if late_from.time() == time() else late_from - timedelta(seconds=1)

        table = read(out / "on_time.csv", by, basis="recomputed")
        said += differences(table, on_time_table(city, year, by, legal), "on_time.csv recomputed")
        table = read(out / "online_services.csv", ("level", "field"), base="procedures")
        said += differences(table, online_procedures_table(city), "online_services.csv procedures")
    said += differences(read(out / "apologies.csv", by), apologies_table(city, year, by), "apologies.csv")
    table = read(out / "online_services.csv", by, base="dossiers")
    said += differences(table, online_dossiers_table(city, year, by), "online_services.csv dossiers")
    said += differences(read(out / "tt01.csv", ("unit",)), tt01_table(city, year), "tt01.csv")
    said += differences(read(out / "qd766.csv", ("unit", "group")), qd766_table(city, year), "qd766.csv")
    said += differences(read(out / "gaming.csv", ("unit", "detector")), gaming_table(city, year), "gaming.csv")
    said += differences(read(out / "adjusted.csv", ("unit",)), adjusted_table(city, year), "adjusted.csv")
    said += differences(read(out / "survival.csv", ("unit",)), survival_table(city, year), "survival.csv")
    said += differences(
        read(out / "processing_time.csv", ("unit",)), processing_table(city, year), "processing_time.csv"
    )
    return said


@pytest.mark.parametrize("by", SPLITS)
def test_every_cell_of_every_table_is_what_plain_rows_give(by: str, tmp_path: Path) -> None:
    city = random_city(SPLITS[by])
    store = ingest(city, tmp_path)
    assert all_differences(city, report(store, tmp_path / "out", "--by", by), by.split(",")) == []
    if by == "unit":
        assert all_differences(city, report(store, tmp_path / "unsplit")) == []


ONE = City([Dossier("D1", "U1", "P1", "online", datetime(2023, 3, 1, 8), datetime(2023, 3, 10))])


def test_a_city_without_catalogues_and_events_has_the_same_figures(tmp_path: Path) -> None:
    city = random_city(7, 120, catalogues=False, events=False)
    out = report(ingest(city, tmp_path), tmp_path / "out")
    assert all_differences(city, out) == []
    assert json.loads((out / "summary.json").read_text())["procedures_total"] is None


def test_one_open_dossier_is_a_report(tmp_path: Path) -> None:
    out = report(ingest(ONE, tmp_path), tmp_path / "out")
    assert all_differences(ONE, out) == []
    found = json.loads((out / "summary.json").read_text())
    assert (found["received"], found["resolved"], found["on_time_share"], found["open_overdue"]) == (1, 0, None, 1)
    assert found["previous_received"] is None


def test_catalogues_without_a_dossier_are_a_report(tmp_path: Path) -> None:
    city = City([], *(getattr(random_city(1, 1), name) for name in ("units", "procedures")))
    out = report(ingest(city, tmp_path), tmp_path / "out")
    assert all_differences(city, out) == []
    assert json.loads((out / "summary.json").read_text())["procedures_online"] == 3


def test_a_due_date_beyond_every_calendar_is_counted(tmp_path: Path) -> None:
    """ "Due in 2098" is how some systems write "no limit"."""
    done = datetime(2023, 3, 3, 9)
    city = City(
        [
            Dossier("D1", "U1", "P1", "online", datetime(2023, 3, 1, 8), datetime(2098, 12, 31), finished=done),
            Dossier("D3", "U1", "P1", "counter", datetime(2023, 3, 1, 8), datetime(2023, 3, 8), finished=done),
        ]
    )
    out = report(ingest(city, tmp_path), tmp_path / "out")
    assert all_differences(city, out) == []
    assert read(out / "processing_time.csv", ("unit",))[("U1",)]["resolved"] == 2
