"""Figures worked by hand on 33 dossiers: where each stands by three due dates, and what the tables say of them all.

The dossiers and their standings are in golden/dossiers_by_hand.csv; P1 takes five working days, P2 four working
hours, P3 two and a half days. Blank = does not count in 2023, or has no legal due date.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.dossiers.random_city import write_rows
from tests.dossiers.test_figures_against_plain_rows import read, report
from thangdo.cli.entry import run
from thangdo.dossiers.indicators.flows import identity_violations

STATES = ("early", "on_time", "overdue", "open_within", "open_overdue")
EVENTS = """\
S1,2023-06-08 10:00:00,supplement_requested,B
S1,2023-06-15 10:00:00,supplement_received,B
S2,2023-06-09 10:00:00,supplement_requested,B
S2,2023-06-15 10:00:00,supplement_received,B
S3,2023-06-08 10:00:00,supplement_requested,B
S3,2023-06-09 10:00:00,supplement_requested,B
"""
PROCEDURES = """\
P1,Một,LV01,so_nganh,5,,full
P2,Hai,LV01,phuong_xa,,4,partial
P3,Ba,LV02,phuong_xa,2.5,,information
P4,Bốn,LV02,phuong_xa,3,,none
"""
UNITS = "A,Sở A,so_nganh,so_nganh,\nB,Phường B,phuong_xa,phuong_xa,A\n"
FACTS = {
    "A": {
        "complaints": 3,
        "complaints_unfounded": 1,
        "contacts_agencies_1": 2,
        "contacts_agencies_more": 1,
        "procedures_listed": 10,
        "procedures_one_stop": 10,
        "procedures_one_stop_whole": 2,
        "procedures_posted": 10,
        "procedures_posted_online": 9,
        "feedback_received": 10,
        "feedback_on_time": 9,
        "procedures_published_on_time": 8,
        "feedback_satisfied_share": 0.8,
    },
    "B": {
        "procedures_listed": 10,
        "procedures_one_stop": 10,
        "procedures_one_stop_whole": 9,
        "feedback_received": 0,
        "feedback_on_time": 0,
    },
}


def by_hand() -> list[dict[str, str]]:
    with (Path(__file__).parent / "golden" / "dossiers_by_hand.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 2023 on these dossiers, with the list behind every standing."""
    folder = tmp_path_factory.mktemp("by-hand")
    dropped = ("case", "recorded", "re_promised", "recomputed", "apology")
    rows: list[dict[str, object]] = [
        {name: text for name, text in row.items() if name not in dropped} for row in by_hand()
    ]
    files = [write_rows(folder / "dossiers.csv", rows)]
    facts: list[dict[str, object]] = [
        {"unit_code": unit, "period_from": "2023-01-01", "period_to": "2023-12-31", "fact": name, "value": value}
        for unit, own in FACTS.items()
        for name, value in own.items()
    ]
    files.append(write_rows(folder / "facts.csv", facts))
    for name, header, text in (
        ("events", "dossier_code,at,kind,unit_code", EVENTS),
        ("procedures", "procedure_code,name,field_code,level,legal_days,legal_hours,service", PROCEDURES),
        ("units", "unit_code,name,level,block,parent", UNITS),
    ):
        files.append(folder / f"{name}.csv")
        files[-1].write_text(f"{header}\n{text}", encoding="utf-8")
    store = str(folder / "store")
    assert run(["dossiers", "ingest", *map(str, files), "--store", store, "--as-of", "2024-01-31"]) == 0
    names = [f"{basis}{state}" for basis in ("", "re_promised.", "recomputed.") for state in STATES]
    names += ["apology_in_time", "apology_late", "overdue_without_apology"]
    return report(Path(store), folder / "out", *(part for name in names for part in ("--list", name)))


def listed(out: Path, name: str) -> set[str]:
    with (out / f"dossiers-{name}.csv").open(encoding="utf-8", newline="") as stream:
        return {row["dossier_code"] for row in csv.DictReader(stream)}


@pytest.mark.parametrize("basis", ["recorded", "re_promised", "recomputed"])
def test_each_dossier_stands_where_the_hand_put_it(out: Path, basis: str) -> None:
    prefix = "" if basis == "recorded" else f"{basis}."
    found = {code: state for state in STATES for code in listed(out, prefix + state)}
    expected = {row["dossier_code"]: row[basis] for row in by_hand() if row[basis]}
    said = {row["dossier_code"]: row["case"] for row in by_hand()}
    wrong = {said[code] for code in found.keys() | expected.keys() if found.get(code) != expected.get(code)}
    assert wrong == set()


def test_apologies_before_and_after_the_due_date_are_told_apart(out: Path) -> None:
    rows = by_hand()
    for name, word in (("apology_in_time", "in_time"), ("apology_late", "late"), ("overdue_without_apology", "none")):
        assert listed(out, name) == {row["dossier_code"] for row in rows if row["apology"] == word}, name
    total = dict.fromkeys(("overdue", "overdue_with_apology", "with_new_date", "new_date_late"), 0.0)
    for row in read(out / "apologies.csv", ("unit",)).values():
        for name in total:
            total[name] += float(row[name] or 0)
    # New dates of late dossiers: R1 (promised in time), R2 (a second too late), N5 (open, without a word).
    assert total == {"overdue": 11, "overdue_with_apology": 5, "with_new_date": 3, "new_date_late": 2}


def test_the_summary_has_the_counts_of_the_hand(out: Path) -> None:
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert {name: value for name, value in found.items() if not name.startswith("previous_")} == {
        "received": 31,
        "received_in_period": 29,
        "carried_over": 2,
        "resolved": 25,
        "in_process": 6,
        "early": 6,
        "on_time": 8,
        "overdue": 11,
        "open_overdue": 3,
        "on_time_share": 14 / 25,
        "overdue_with_apology": 5,
        "online_dossiers": 14,
        "procedures_total": 4,
        "procedures_online": 2,
        "procedures_full": 1,
        "procedures_partial": 1,
    }
    before = {
        name: found[f"previous_{name}"] for name in ("received", "resolved", "early", "in_process", "open_overdue")
    }
    # C1, C2 and Y1 came in 2022: Y1 was finished early, C2 was overdue at its end, C1 was not yet due.
    assert before == {"received": 3, "resolved": 1, "early": 1, "in_process": 2, "open_overdue": 1}
    assert found["previous_on_time_share"] == 1.0


def test_online_services_have_two_bases(out: Path) -> None:
    dossiers = read(out / "online_services.csv", ("unit",), base="dossiers")
    assert [dossiers[(unit,)]["online"] for unit in "AB"] == [8, 6]
    assert [dossiers[(unit,)]["total"] for unit in "AB"] == [16, 13]
    procedures = read(out / "online_services.csv", ("level", "field"), base="procedures")
    # P2 of the ward's three is offered in part; P1 of the department's one in full.
    assert procedures["phuong_xa", "LV01"]["online_share"] == 1.0
    assert procedures["phuong_xa", "LV02"]["online_share"] == 0.0
    assert (procedures["so_nganh", "LV01"]["full"], procedures["phuong_xa", "LV01"]["partial"]) == (1, 1)


def test_the_nine_indicators_of_circular_01_2018_and_both_bands(out: Path) -> None:
    """A resolved 12: early E1 E2 W1 X1, on time O1 O2 O3 O4 W2, overdue L1 L2 W3."""
    found = read(out / "tt01.csv", ("unit",))
    a = found[("A",)]
    assert a["resolved"] == 12
    assert a["tt01_1"] == 1.1  # (2 × 4 + 5) / 12 = 1.083
    assert a["tt01_2"] is None  # no data hold the term of each agency
    assert a["tt01_3"] == 2.0  # no request for supplement at A
    assert a["tt01_4"] == 1.7  # (2 × (12 − 2 − 1) + 2) / 12 = 1.667
    assert a["tt01_5"] == 2  # 2 of 10 wholly at the one-stop unit: 20 % is enough for a department
    assert a["tt01_6"] == 1  # all posted, 9 of 10 electronic
    assert a["tt01_7"] == 0.9  # 13 points less 2 founded complaints of 12: 13 × 10/12 / 12 = 0.903
    assert a["tt01_8"] == 1  # 9 of 10 in time
    assert a["tt01_9"] == 0  # half of the dossiers online, but W3 was late
    # Official: 1.1 + 2.0 + 1.7 + 0.9 = 5.7 of 8; agency: 5.7 + 2 + 1 + 1 + 0 = 9.7 of 16.
    assert (a["official_points"], a["official_maximum"], a["official_class"]) == (5.7, 8, "100 %")
    assert (a["agency_points"], a["agency_maximum"], a["agency_class"]) == (9.7, 16, "Khá")
    b = found[("B",)]
    # B resolved 13: early C1 H3, on time R4 H1 H2, overdue R1 R2 R3 C2 S1 S2 S3 D1.
    assert (b["resolved"], b["tt01_1"]) == (13, 0.5)  # (2 × 2 + 3) / 13 = 0.538
    assert b["tt01_3"] == 1.7  # S1 and S2 asked once, S3 twice: (2 × 10 + 2) / 13 = 1.692
    assert (b["tt01_4"], b["tt01_6"], b["tt01_7"]) == (None, None, None)
    assert b["tt01_5"] == 1  # a ward needs all of them; all are received and returned there
    assert b["tt01_8"] == 2  # no feedback came
    assert b["tt01_9"] == 0
    assert (b["official_points"], b["official_maximum"], b["official_class"]) == (2.2, 4, "<70 %")
    assert (b["agency_points"], b["agency_maximum"], b["agency_class"]) == (5.2, 10, "Yếu")


def test_the_groups_of_decision_766(out: Path) -> None:
    found = read(out / "qd766.csv", ("unit", "group"))
    assert found["A", "CKMB"]["points"] == pytest.approx(8 / 10 * 18)
    assert found["A", "TDGQ"]["points"] == pytest.approx(9 / 12 * 20)
    assert found["A", "DVCTT"]["points"] == pytest.approx(8 / 16 * 12)
    assert found["A", "MDHL"]["points"] == pytest.approx((9 / 10 + 0.8) / 2 * 18)
    assert (found["A", "SHHS"]["points"], found["A", "SHHS"]["parts"]) == (None, 0)
    assert found["B", "TDGQ"]["points"] == pytest.approx(5 / 13 * 20)


def test_processing_time_in_working_days_against_what_was_allowed(out: Path) -> None:
    """A, in working days: E1 4, O1–O4 and L1 5, L2 6, E2 4 (a Sunday counts nothing), W1 1, W2 5, W3 6, X1 4."""
    row = read(out / "processing_time.csv", ("unit",))[("A",)]
    assert [row[f"working_days_p{percent}"] for percent in (50, 75, 90, 95, 99)] == [5, 5, 6, 6, 6]
    assert [row[f"of_legal_time_p{percent}"] for percent in (50, 90)] == [1.0, 1.2]


def test_late_dossiers_and_how_long_they_wait(out: Path) -> None:
    """A: late L1 0, L2 1, W3 1 days when finished; open N5 0 and X2 230 days after the due day at the year's end."""
    row = read(out / "survival.csv", ("unit",))[("A",)]
    assert (row["late"], row["finished_late"], row["open_late"]) == (5, 3, 2)
    assert row["median_days_of_finished"] == 1
    # Day 0: one of five finished, 0.8; N5 leaves; day 1: two of three, 0.8 / 3 = 0.267.
    assert row["median_days"] == 1
    assert row["open_after_10_days"] == pytest.approx(0.8 / 3)
    assert row["mean_days_within_60"] == pytest.approx(0.8 + 59 * 0.8 / 3)


def test_every_column_of_every_file_is_explained_on_the_reference_page(out: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "dossiers-figures.md").read_text(encoding="utf-8")
    for path in sorted(out.glob("*.csv")):
        if path.name.startswith("dossiers-"):
            continue
        section = page.partition(f"## `{path.name}`")[2].partition("\n## ")[0]
        with path.open(encoding="utf-8", newline="") as stream:
            columns = next(csv.reader(stream))
        split = {"unit", "level", "field"}
        plain = [name for name in columns if not name.startswith(("previous_", "tt01_")) and name not in split]
        missing = [name for name in plain if f"`{name}`" not in section and not name.endswith("_change")]
        assert missing == [], path.name


def test_an_identity_that_does_not_hold_is_named_and_nothing_is_mended() -> None:
    """Thừa Thiên Huế publishes 257,141 resolved, of which 124,907 early, 102,770 on time and 19,852 late."""
    row = {
        "received": 268_763,
        "received_online": 100_000,
        "received_direct": 160_000,
        "carried_over": 8_763,
        "resolved": 257_141,
        "early": 124_907,
        "on_time": 102_770,
        "overdue": 19_852,
        "in_process": 11_622,
        "open_within": 11_600,
        "open_overdue": 22,
    }
    whole = {**row, "on_time": 112_382}
    lost = {**whole, "received": 268_762, "open_overdue": 23}
    found = identity_violations(pd.DataFrame([row, whole, lost]))
    assert found.tolist() == ["7=8+9+10", "", "3=4+5+6 11=12+13 3=7+11"]
