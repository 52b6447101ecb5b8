"""Every filter leaves the figures of the dossiers it names, and every figure leads back to the dossiers it counts."""

from __future__ import annotations

import csv
import dataclasses
import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.dossiers.plain_dossiers import City, Dossier, Period, is_late, months_of, re_promised, state, year_of
from tests.dossiers.plain_figures import form06
from tests.dossiers.plain_signals import gaming_table
from tests.dossiers.random_city import YEAR, random_city
from tests.dossiers.test_figures_against_plain_rows import (
    all_differences,
    ingest,
    read,
    report,
    row_differences,
)
from thangdo.cli.entry import run
from thangdo.dossiers.indicators.dimensions import BY_CODE
from thangdo.dossiers.report_drill import FIGURES

CITY = random_city(11)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ingest(CITY, tmp_path_factory.mktemp("filters"))


def only(city: City, dimension: str, *values: str) -> City:
    """The city with the dossiers, and for what procedures are filtered by, the procedures that a filter leaves."""
    rows = [row for row in city.dossiers if city.place(row, dimension) in values]
    return dataclasses.replace(city, dossiers=rows)


@pytest.mark.parametrize(
    "filters",
    [
        {"block": ("dia_phuong",), "field": ("LV02", "LV01")},
        {"level": ("phuong_xa",), "channel": ("online", "postal")},
        {"unit": ("Z29.S1", "Z29.D1"), "procedure": ("1.000005", "1.000002")},
    ],
    ids=lambda filters: "+".join(filters),
)
def test_a_filtered_report_is_the_report_of_what_the_filters_leave(
    store: Path, tmp_path: Path, filters: dict[str, tuple[str, ...]]
) -> None:
    line, left, offered = [], CITY, list(CITY.procedures)
    for dimension, values in filters.items():
        line += ["--where", f"{dimension}={','.join(values)}"]
        left = only(left, dimension, *values)
        of_procedure = {"field": "field", "level": "level", "procedure": "code"}.get(dimension)
        offered = [row for row in offered if not of_procedure or getattr(row, of_procedure) in values]
    out = report(store, tmp_path / "out", *line, "--by", "channel")
    said = [line for line in all_differences(left, out, ["channel"]) if "procedures" not in line]
    assert said == []
    found = json.loads((out / "summary.json").read_text())
    assert found["procedures_total"] == len(offered)
    assert found["procedures_full"] == sum(row.service == "full" for row in offered)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert all(f"{BY_CODE[dimension].name_vi.lower()}: " in page for dimension in filters)


def quarter(first: int) -> Period:
    months = months_of(YEAR)
    return Period(months[f"{YEAR}-{first:02d}"].start, months[f"{YEAR}-{first + 2:02d}"].end)


def test_months_make_a_quarter_with_its_own_carried_over_and_open_dossiers(store: Path, tmp_path: Path) -> None:
    months = ",".join(f"{YEAR}-{month:02d}" for month in (4, 5, 6))
    out = report(store, tmp_path / "out", "--where", f"month={months}", "--by", "month")
    expected = form06(CITY.dossiers, quarter(4))
    found = json.loads((out / "summary.json").read_text())
    names = ("received", "carried_over", "resolved", "early", "on_time", "overdue", "in_process", "open_overdue")
    assert {name: found[name] for name in names} == {name: expected[name] for name in names}
    # The year before is the same quarter of it.
    before = Period(quarter(4).start.replace(year=YEAR - 1), quarter(4).end.replace(year=YEAR - 1))
    earlier = form06(CITY.dossiers, before)
    assert {name: found[f"previous_{name}"] for name in names} == {name: earlier[name] for name in names}
    table = read(out / "form06.csv", ("month",))
    assert sorted(table) == [(f"{YEAR}-{month:02d}",) for month in (4, 5, 6)]
    for (month,), row in table.items():
        assert row_differences(row, form06(CITY.dossiers, months_of(YEAR)[month]), month) == []
    timed = read(out / "processing_time.csv", ("unit",))
    done = sum(int(row["resolved"] or 0) for row in timed.values())
    assert done == expected["resolved"]


@pytest.mark.parametrize("months", ["2023-01,2023-03", "2024-01", "3", "2022-12,2023-01"])
def test_months_that_are_no_span_of_the_year_are_refused(
    store: Path, tmp_path: Path, months: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["dossiers", "report", "--store", str(store), "--year", str(YEAR), "--where", f"month={months}"]
    assert run([*line, "--out", str(tmp_path / "out")]) == 3
    assert "DOS309" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_every_figure_leads_to_as_many_dossiers_as_it_counts(store: Path, tmp_path: Path) -> None:
    out = report(store, tmp_path / "out", "--by", "", *(part for figure in FIGURES for part in ("--list", figure)))
    behind = {figure: codes(out / f"dossiers-{figure}.csv") for figure in FIGURES}
    year = year_of(YEAR)
    counted = form06(CITY.dossiers, year)
    for name, count in counted.items():
        assert len(behind[name]) == count, name
    for basis in ("re_promised", "recomputed"):
        table = read(out / "on_time.csv", (), basis=basis)[()]
        for name in ("resolved", "early", "on_time", "overdue", "open_within", "open_overdue"):
            assert len(behind[f"{basis}.{name}"]) == table[name], (basis, name)
    for name, count in read(out / "apologies.csv", ())[()].items():
        if name in behind:
            assert len(behind[name]) == count, name
    assert behind["overdue"] == {row.code for row in CITY.dossiers if state(row, year) == "overdue"}
    late = {row.code for row in CITY.dossiers if state(row, year, re_promised) in ("overdue", "open_overdue")}
    assert behind["re_promised.overdue"] | behind["re_promised.open_overdue"] == late
    done = [row for row in CITY.dossiers if year.holds(row.finished)]
    assert behind["fee_online"] == {row.code for row in done if row.fee}
    assert behind["result_known"] == {row.code for row in done if row.digital is not None}
    assert behind["satisfaction_known"] == {row.code for row in done if row.satisfaction is not None}
    assert behind["apology_late"] == {row.code for row in done if is_apology_late(row)}
    for detector in {detector for _, detector in gaming_table(CITY, YEAR)}:
        hits = sum(int(row["dossiers"] or 0) for (_, name), row in gaming_table(CITY, YEAR).items() if name == detector)
        assert len(behind[detector]) == hits, detector
    asked = [
        sum(event.code == row.code and event.kind == "supplement_requested" for event in CITY.events) for row in done
    ]
    assert (len(behind["asked_once"]), len(behind["asked_more"])) == (asked.count(1), sum(count > 1 for count in asked))


def is_apology_late(row: Dossier) -> bool:
    late = row.finished is not None and is_late(row.finished, row.due)
    return late and row.apology is not None and is_late(row.apology, row.due)


def codes(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        found = [row["dossier_code"] for row in csv.DictReader(stream)]
    assert found == sorted(set(found)), path.name
    return set(found)


def test_a_list_is_filtered_as_the_report_is(store: Path, tmp_path: Path) -> None:
    months = [f"{YEAR}-{month:02d}" for month in (7, 8, 9)]
    line = ("--where", f"month={','.join(months)}", "--where", "channel=online", "--list", "overdue")
    out = report(store, tmp_path / "out", *line)
    wanted = {row.code for row in only(CITY, "channel", "online").dossiers if state(row, quarter(7)) == "overdue"}
    assert codes(out / "dossiers-overdue.csv") == wanted
    table = read(out / "on_time.csv", ("unit",), basis="recorded")
    assert sum(int(row["overdue"] or 0) for row in table.values()) == len(wanted)


def test_an_unknown_figure_is_refused_with_the_names_of_those_there_are(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["dossiers", "report", "--store", str(store), "--year", str(YEAR), "--out", str(tmp_path / "out")]
    assert run([*line, "--list", "beautiful"]) == 3
    said = capsys.readouterr().err
    assert "DOS305" in said and "overdue_with_apology" in said


def test_a_list_leaves_blank_what_a_dossier_does_not_have_and_says_where_it_stops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [datetime(2023, 3, day, 8) for day in (1, 2, 3)]
    city = City([Dossier(f"D{n}", "U1", "P1", "online", day, datetime(2023, 3, 10)) for n, day in enumerate(days)])
    store = ingest(city, tmp_path)
    whole = report(store, tmp_path / "whole", "--list", "open_overdue")
    assert "DOS314" not in capsys.readouterr().err
    first = "D0,U1,P1,online,2023-03-01 08:00:00,2023-03-10 00:00:00,,,,"
    assert (whole / "dossiers-open_overdue.csv").read_text().splitlines()[1] == first
    monkeypatch.setattr("thangdo.dossiers.report_drill.LONGEST_LIST", 2)
    cut = report(store, tmp_path / "cut", "--list", "open_overdue")
    assert "DOS314" in capsys.readouterr().err
    assert len((cut / "dossiers-open_overdue.csv").read_text().splitlines()) == 3
