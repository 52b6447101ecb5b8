"""The legal clock: cases worked by hand with their articles, and the plain judge against the fast one.

`golden/clock_by_hand.csv` was worked with a wall calendar of 2023 and 2024 (Tết 20–26/1/2023; make-up Saturday
4/5/2024) and the office hours 7:30–11:30, 13:00–17:00. `last` is the last day, or the last moment of a term in
hours; blank where no legal time runs. BLDS = Civil Code 91/2015/QH13; NĐ 61/2018 = Nghị định 61/2018/NĐ-CP.
"""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

from thangdo.dossiers.clock import UNKNOWN, Dossiers, Integers, is_promised_in_time, legal_due
from thangdo.dossiers.clock_rules import clock_rules
from thangdo.dossiers.oracle import Case, is_notice_in_time, judge
from thangdo.dossiers.working_time import DAY, Hours, SpecialDay, WorkingCalendar, calendar_of, public_days

FIRST, LAST = date(2022, 1, 1), date(2025, 12, 31)
MORNING, AFTERNOON = (time(7, 30), time(11, 30)), (time(13), time(17))
EPOCH = datetime(1970, 1, 1)
# Two days of a city's own, beside the public ones: a day off in the week and a working Sunday.
OWN = (SpecialDay(date(2023, 6, 14), is_working=False), SpecialDay(date(2023, 6, 18), is_working=True))


def rows_by_hand() -> list[dict[str, str]]:
    path = Path(__file__).parent / "golden" / "clock_by_hand.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def calendar(own: tuple[SpecialDay, ...] = ()) -> WorkingCalendar:
    hours = Hours(date(2000, 1, 1), 27_000, 41_400, 46_800, 61_200)
    return calendar_of(FIRST, LAST, (*public_days(2022, 2025), *own), (hours,))


def sessions(day: date, own: tuple[SpecialDay, ...] = ()) -> tuple[tuple[time, time], ...]:
    """Opening times from a list of special days, without the running totals that the fast clock uses."""
    special = {row.day: row.is_working for row in (*public_days(day.year, day.year), *own)}
    return (MORNING, AFTERNOON) if special.get(day, day.weekday() < 5) else ()


def seconds(moment: datetime | None) -> int:
    return UNKNOWN if moment is None else int((moment - EPOCH).total_seconds())


def moment_of(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def case_of(row: dict[str, str]) -> Case:
    return Case(
        datetime.fromisoformat(row["received_at"]),
        float(row["legal_days"]) if row["legal_days"] else None,
        float(row["legal_hours"]) if row["legal_hours"] else None,
        moment_of(row["supplement_requested_at"]),
        moment_of(row["supplement_received_at"]),
    )


def columns_of(cases: list[Case]) -> Dossiers:
    def numbers(values: list[float | None]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def moments(values: list[datetime | None]) -> Integers:
        return np.array([seconds(value) for value in values], dtype=np.int64)

    return Dossiers(
        moments([case.received_at for case in cases]),
        numbers([case.legal_days for case in cases]),
        numbers([case.legal_hours for case in cases]),
        moments([case.supplement_requested_at for case in cases]),
        moments([case.supplement_received_at for case in cases]),
    )


def too_late_by_hand(row: dict[str, str]) -> int:
    """The first second too late: a term of days ends at 24:00, one of hours with its last second."""
    if not row["last"]:
        return UNKNOWN
    last = datetime.fromisoformat(row["last"])
    return seconds(last + timedelta(days=1)) if len(row["last"]) == 10 else seconds(last) + 1


def test_there_are_at_least_fifty_cases_and_each_is_named_once() -> None:
    names = [row["case"] for row in rows_by_hand()]
    assert len(names) >= 50
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", rows_by_hand(), ids=lambda row: row["case"])
def test_the_plain_judge_agrees_with_the_hand(row: dict[str, str]) -> None:
    judgement = judge(case_of(row), sessions)
    assert seconds(judgement.too_late_from) == too_late_by_hand(row)
    given = row["articles"].replace("BLDS ", "BLDS điều ").replace("NĐ 61/2018 ", "NĐ 61/2018 điều ")
    cited = [article for article in given.split("; ") if article and article != "BLDS điều 148.5"]
    # 148.5 moves a last day that is off; the judge cites the articles that make a term.
    assert set(cited) <= set(judgement.articles)


def test_the_fast_clock_agrees_with_the_hand_on_every_case() -> None:
    rows = rows_by_hand()
    due = legal_due(calendar(), columns_of([case_of(row) for row in rows]))
    expected = [too_late_by_hand(row) for row in rows]
    assert {row["case"] for row, ours, theirs in zip(rows, due.tolist(), expected) if ours != theirs} == set()


def random_cases(count: int, seed: int) -> list[Case]:
    """Dossiers at any second of two years, with days, hours, half days, no term, and supplements early and late."""
    rng = np.random.default_rng(seed)
    start = datetime(2022, 6, 1)
    cases = []
    for kind, at, days, half_hours, asks, wait, comes, back in zip(
        rng.integers(0, 10, count).tolist(),
        rng.integers(0, 2 * 365 * DAY, count).tolist(),
        rng.integers(0, 46, count).tolist(),
        rng.integers(0, 81, count).tolist(),
        rng.random(count).tolist(),
        rng.integers(0, 9 * DAY, count).tolist(),
        rng.random(count).tolist(),
        rng.integers(0, 20 * DAY, count).tolist(),
        strict=True,
    ):
        received = start + timedelta(seconds=at)
        requested = received + timedelta(seconds=wait) if asks < 0.3 else None
        completed = requested + timedelta(seconds=back) if requested is not None and comes < 0.8 else None
        legal_days = None if kind >= 7 else float(days) + (0.5 if kind == 0 else 0)
        cases.append(Case(received, legal_days, None if kind == 9 else half_hours / 2, requested, completed))
    return cases


def test_the_plain_judge_and_the_fast_clock_agree_on_random_dossiers() -> None:
    # A tenth of the 100,000 of the benchmark.
    cases = random_cases(10_000, 61)
    known: dict[date, tuple[tuple[time, time], ...]] = {}

    def sessions_of(day: date) -> tuple[tuple[time, time], ...]:
        if day not in known:
            known[day] = sessions(day, OWN)
        return known[day]

    expected = np.array([seconds(judge(case, sessions_of).too_late_from) for case in cases])
    due = legal_due(calendar(OWN), columns_of(cases))
    assert (expected != UNKNOWN).sum() > 6_000
    np.testing.assert_array_equal(due, expected)


@pytest.mark.parametrize(
    ("reading", "promised", "in_time"),
    [
        # Received 6/3/2023, five days: due 13/3 (Monday), so its first second too late is 14/3 00:00.
        ("off", "2023-03-13 23:59:59", True),
        ("off", "2023-03-14 00:00:00", False),
        ("calendar", "2023-03-12 10:00:00", True),
        ("calendar", "2023-03-13 08:00:00", False),
        ("working", "2023-03-10 16:00:00", True),
        ("working", "2023-03-12 10:00:00", True),
        ("working", "2023-03-13 08:00:00", False),
    ],
)
def test_a_new_date_is_promised_in_time_under_each_reading_of_one_day_before(
    reading: str, promised: str, in_time: bool
) -> None:
    case = Case(datetime(2023, 3, 6, 9), 5.0)
    due = legal_due(calendar(), columns_of([case]))
    rules = clock_rules() if reading == "off" else clock_rules().with_reading(one_day_before=reading)
    at = datetime.fromisoformat(promised)
    assert is_promised_in_time(calendar(), np.array([seconds(at)]), due, rules).tolist() == [in_time]
    if reading == "off":
        assert is_notice_in_time(at, judge(case, sessions)) is in_time


def test_what_no_text_settles_is_off_by_default_and_changes_the_clock_only_when_turned_on() -> None:
    assert {point.value for point in clock_rules().unsettled} == {"off"}
    half = columns_of([Case(datetime(2023, 3, 6, 9), 2.5)])
    assert legal_due(calendar(), half).tolist() == [UNKNOWN]
    rounded = legal_due(calendar(), half, clock_rules().with_reading(half_days="round_up"))
    assert rounded.tolist() == [seconds(datetime(2023, 3, 10))]


def test_an_unknown_reading_is_refused() -> None:
    with pytest.raises(ValueError, match="one_day_before"):
        clock_rules().with_reading(one_day_before="lunar")
