"""Figures where there is little to divide by, worked by hand: units without late dossiers, facts given twice, odd exports."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.dossiers.plain_dossiers import City, Dossier, Event, Fact, SpecialDay
from tests.dossiers.random_city import random_city, write_city
from tests.dossiers.test_figures_against_plain_rows import ingest, read, report
from thangdo.cli.entry import run
from thangdo.dossiers.adjusted import adjusted_table, shrunk_ratios
from thangdo.dossiers.gaming import gaming_table
from thangdo.dossiers.indicators.tt01 import attitude

MORNING, NINTH, TENTH, LATE = (datetime(2023, 3, day, 9) for day in (1, 9, 10, 14))
DUE = datetime(2023, 3, 10)


def dossier(
    code: str,
    unit: str,
    finished: datetime | None,
    procedure: str = "P1",
    components: Sequence[int | None] = (None,) * 3,
) -> Dossier:
    parts = dict(zip(("components", "components_digital", "components_reused"), components, strict=True))
    return Dossier(code, unit, procedure, "counter", MORNING, DUE, finished=finished, outcome="granted", **parts)


def cells(*rows: tuple[str, str, int, int]) -> pd.DataFrame:
    """Rows of unit, procedure, resolved, late."""
    frame = pd.DataFrame(rows, columns=["unit", "procedure", "n", "late"])
    return frame.assign(in_time=frame["n"] - frame["late"]).drop(columns="late")


def test_a_unit_of_which_nothing_late_is_expected_is_compared_with_nothing() -> None:
    """Its procedure was never late anywhere: 0 of 0 expected is no share, and no place in a funnel."""
    table = adjusted_table(cells(("A", "slow", 50, 10), ("B", "slow", 50, 2), ("C", "never", 50, 0))).set_index("unit")
    blank = ["standardised_share", *(f"funnel_{side}_{name}" for side in ("low", "high") for name in ("95", "998"))]
    assert table.loc["C", blank].isna().all() and table.loc[["A", "B"], blank].notna().all(axis=None)
    assert (table.at["C", "on_time_share"], table.at["C", "signal"]) == (1, "")
    # What little is known of it is the city's share: 12 late of 150.
    assert table.at["C", "shrunk_share"] == pytest.approx(1 - 12 / 150)


def test_units_of_which_nothing_is_expected_change_no_others_shrinkage() -> None:
    late, expected = np.array([20.0, 5.0, 2.0]), np.array([10.0, 10.0, 0.5])
    more = shrunk_ratios(np.append(late, [0.0] * 9), np.append(expected, [0.0] * 9))
    assert more[:3].tolist() == pytest.approx(shrunk_ratios(late, expected).tolist())


def test_shrinkage_goes_from_the_city_to_the_unit_as_the_unit_grows() -> None:
    """Thirty units that differ, one more with twice the late dossiers of its ever larger expectation."""
    rng = np.random.default_rng(5)
    expected = np.full(30, 40.0)
    late = rng.poisson(40 * rng.choice([0.5, 1.5], 30)).astype(np.float64)
    drawn = [
        shrunk_ratios(np.append(late, 2 * size), np.append(expected, size))[-1] for size in (1e-9, 0.1, 1.0, 10.0, 1e9)
    ]
    assert drawn == sorted(drawn)
    assert drawn[0] == pytest.approx(late.sum() / expected.sum(), rel=1e-6)
    assert drawn[-1] == pytest.approx(2, rel=1e-6)


def test_a_standardised_share_ends_at_0() -> None:
    """One late of one where the city has one in ten: ten times a late share of 0.46 would leave less than nothing."""
    table = adjusted_table(cells(("A", "quick", 1, 1), ("B", "quick", 9, 0), ("B", "slow", 10, 9))).set_index("unit")
    assert table.at["A", "expected_late"] == pytest.approx(0.1)
    assert table["standardised_share"].between(0, 1).all() and table["shrunk_share"].between(0, 1).all()
    assert table.at["A", "standardised_share"] == 0


def test_with_one_mix_of_procedures_the_standardised_share_is_the_crude_one() -> None:
    rows = [(unit, name, n, n // 5 + k) for k, unit in enumerate("ABC") for name, n in (("P", 40), ("Q", 25), ("R", 9))]
    table = adjusted_table(cells(*rows))
    assert table["standardised_share"].tolist() == pytest.approx(table["on_time_share"].tolist(), abs=1e-15)


def test_deviations_are_numbers_where_all_large_units_agree() -> None:
    """Every finish of two large units is on a Sunday, one of two of a small one: chance is never nothing."""
    finishes = [("A", -1, 40, 0, 0, 40), ("B", -1, 40, 0, 0, 40), ("C", -1, 2, 0, 0, 1)]
    frame = pd.DataFrame(finishes, columns=["unit", "minute", "n", "near_due", "returned_on_eve", "off_hours"])
    table = gaming_table(frame, pd.DataFrame({"unit": [], "coded": [], "redated": []}), 1_020)
    weekends = table[table["detector"] == "weekend_stamps"].set_index("unit")
    assert weekends["city_share"].tolist() == [1, 1, 1]
    assert weekends["deviations"].tolist() == pytest.approx([0, 0, -0.5 / (0.002 * 0.998 / 2) ** 0.5])


def test_a_unit_that_works_on_saturdays_is_not_told_of_working_on_saturdays(tmp_path: Path) -> None:
    saturday, sunday = datetime(2023, 3, 4, 9), datetime(2023, 3, 5, 9)
    city = City(
        [dossier(f"{unit}{day.day}", unit, day) for unit in ("OPEN", "SHUT") for day in (saturday, sunday, NINTH)],
        days=[SpecialDay(datetime(2023, 3, 4), is_working=True, unit="OPEN")],
    )
    out = report(ingest(city, tmp_path), tmp_path / "out", "--list", "weekend_stamps")
    table = read(out / "gaming.csv", ("unit", "detector"))
    assert (table["OPEN", "weekend_stamps"]["dossiers"], table["SHUT", "weekend_stamps"]["dossiers"]) == (1, 2)
    listed = {code for (code,) in read(out / "dossiers-weekend_stamps.csv", ("dossier_code",))}
    assert listed == {"OPEN5", "SHUT4", "SHUT5"}


def test_a_share_told_for_each_half_year_is_averaged_and_counts_are_added(tmp_path: Path) -> None:
    """Satisfied 0.8 and 0.6: 0.7; handled on time 3 + 5 of 4 + 6: 0.8. The group's share is their mean, 0.75."""
    store = ingest(City([dossier("D1", "U1", NINTH)]), tmp_path)
    facts = [("feedback_satisfied_share", 0.8, 0.6), ("feedback_on_time", 3, 5), ("feedback_received", 4, 6)]
    lines = ["unit_code,period_from,period_to,fact,value"]
    for name, first, second in facts:
        lines += [f"U1,2023-01-01,2023-06-30,{name},{first}", f"U1,2023-07-01,2023-12-31,{name},{second}"]
    (tmp_path / "facts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run(["dossiers", "ingest", str(tmp_path / "facts.csv"), "--store", str(store)]) == 0
    row = read(report(store, tmp_path / "out") / "qd766.csv", ("unit", "group"))["U1", "MDHL"]
    assert (row["share"], row["points"], row["parts"]) == (pytest.approx(0.75), pytest.approx(13.5), 2)


def test_no_group_has_more_points_than_its_maximum(tmp_path: Path) -> None:
    """Three of two components digitised, none reused: 1 and 0, not 1.5 and 0."""
    city = City([dossier("D1", "U1", NINTH, components=(2, 3, 0))])
    table = read(report(ingest(city, tmp_path), tmp_path / "out") / "qd766.csv", ("unit", "group"))
    assert table["U1", "SHHS"]["share"] == 0.5


def test_a_unit_without_facts_is_judged_by_its_requests_whatever_facts_others_give(tmp_path: Path) -> None:
    """A's facts: one of two came back once, 1.5. B has one request for two dossiers: the same; C half of its facts: none."""
    rows = [dossier(f"{unit}{n}", unit, NINTH) for unit in "ABC" for n in (1, 2)]
    facts = [Fact("A", 2023, "contacts_back_1", 1), Fact("A", 2023, "contacts_back_more", 0)]
    facts += [Fact("C", 2023, "contacts_back_1", 1)]
    asked = [Event(code, datetime(2023, 3, 2, 9), "supplement_requested") for code in ("B1", "A1", "A2", "C1")]
    city = City(rows, events=asked, facts=facts)
    table = read(report(ingest(city, tmp_path), tmp_path / "out") / "tt01.csv", ("unit",))
    assert [table[unit,]["tt01_3"] for unit in "ABC"] == [1.5, 1.5, None]


def test_neither_the_order_of_rows_nor_the_cut_into_files_changes_a_figure(
    tmp_path: Path,
) -> None:
    city = random_city(11, 400)
    rows = list(city.dossiers)
    random.Random(1).shuffle(rows)
    shuffled = City(rows, city.units, city.procedures, city.events[::-1], city.facts[::-1], city.days)
    one, other = report(ingest(city, tmp_path / "a"), tmp_path / "a/out"), ingest(shuffled, tmp_path / "b")
    other = report(other, tmp_path / "b/out")
    written = write_city(city, tmp_path / "c" / "files")
    months: dict[str, list[str]] = {}
    (whole,) = (path for path in written if path.name == "dossiers.csv")
    head, *lines = whole.read_text(encoding="utf-8").splitlines()
    for line in lines:
        months.setdefault(line.split(",")[4][:7], [head]).append(line)
    assert len(months) > 12
    cut = [path for path in written if path != whole]
    for month, part in months.items():
        cut.append(whole.with_name(f"{month}.csv"))
        cut[-1].write_text("\n".join(part) + "\n", encoding="utf-8")
    store = tmp_path / "c" / "store"
    assert run(["dossiers", "ingest", *map(str, cut), "--store", str(store), "--as-of", "2024-06-30"]) == 0
    third = report(store, tmp_path / "c/out")
    names = sorted(path.name for path in one.glob("*.csv"))
    assert len(names) == 10
    for name in (*names, "summary.json"):
        assert (one / name).read_bytes() == (other / name).read_bytes() == (third / name).read_bytes(), name


def test_names_of_procedures_change_no_digit() -> None:
    rows = [(unit, n, 7 + n + 3 * k, (n + k) % 4) for k, unit in enumerate("UVWX") for n in range(1, 20)]
    first = cells(*((unit, f"P{n:02d}", resolved, late) for unit, n, resolved, late in rows))
    again = cells(*((unit, f"Q{7 * n % 20:02d}", resolved, late) for unit, n, resolved, late in rows))
    again = again.sort_values(["unit", "procedure"], ignore_index=True)
    pd.testing.assert_frame_equal(adjusted_table(first), adjusted_table(again), check_exact=True)


@pytest.mark.parametrize(
    ("resolved", "points", "complaints", "rounded"),
    [(10, 5, 9, "0.1"), (6, 9, 5, "0.3"), (3, 3, 1, "0.7"), (4, 8, 9, "0")],
)
def test_a_half_is_rounded_up_where_complaints_take_their_share(
    resolved: int, points: int, complaints: int, rounded: str
) -> None:
    """5 × (1 − 9/10) / 10 is 0.05 exactly, though no sum of floats is."""
    sums = {"early": float(points // 2), "on_time": float(points % 2), "resolved": float(resolved)}
    score = attitude({**sums, "fact_complaints": float(complaints)}, "")
    assert score is not None and score.points == Decimal(rounded)
    assert score.denominator == resolved and score.numerator / resolved == pytest.approx(
        float(score.points), abs=0.05001
    )
