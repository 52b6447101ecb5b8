"""Gaming signals, processing times and recomputed due dates from plain rows, beside `plain_figures`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from statistics import median

from tests.dossiers.plain_dossiers import ONE_DAY, City, Dossier, is_late, year_of
from tests.dossiers.plain_figures import Row, Table, by_unit, resolved
from thangdo.dossiers.oracle import Case, SessionsOf, judge
from thangdo.dossiers.working_time import public_days

SESSIONS = ((time(7, 30), time(11, 30)), (time(13), time(17)))
CODE = re.compile(r"[A-Z]\d{2}(\.[A-Z0-9]+)*-(\d{6})-\d{4}")
# Least excess over the city's median share that makes a signal.
EXCESS = {
    "bunching": 0.10,
    "redated_receipts": 0.02,
    "return_and_resubmit": 0.03,
    "closing_bursts": 0.10,
    "weekend_stamps": 0.05,
}


def sessions_of(city: City, unit: str) -> SessionsOf:
    """Opening times of a unit: its own days before the city's, those before public days, those before weekdays."""
    own = {row.day.date(): row.is_working for row in city.days if row.unit == ""}
    own.update({row.day.date(): row.is_working for row in city.days if row.unit == unit and unit})

    @cache
    def sessions(day: date) -> tuple[tuple[time, time], ...]:
        return SESSIONS if own.get(day, _public(day.year).get(day, day.weekday() < 5)) else ()

    return sessions


@cache
def _public(year: int) -> dict[date, bool]:
    return {row.day: row.is_working for row in public_days(year, year)}


def recomputed_dues(city: City) -> dict[str, tuple[date, datetime]]:
    """By dossier code: the last day the law gives and the first moment that is too late, as the oracle finds them."""
    terms = {row.code: row for row in city.procedures}
    asked: dict[str, list[datetime]] = defaultdict(list)
    came: dict[str, list[datetime]] = defaultdict(list)
    for event in city.events:
        if event.kind in ("supplement_requested", "supplement_received"):
            (asked if event.kind == "supplement_requested" else came)[event.code].append(event.at)
    sessions = {dossier.unit: sessions_of(city, dossier.unit) for dossier in city.dossiers}
    found = {}
    for dossier in city.dossiers:
        term = terms.get(dossier.procedure)
        if term is None:
            continue
        requested = min(asked[dossier.code], default=None)
        later = [at for at in came[dossier.code] if requested is not None and at >= requested]
        case = Case(dossier.received, term.days, term.hours, requested, min(later, default=None))
        judgement = judge(case, sessions[dossier.unit])
        late_from = judgement.too_late_from
        if late_from is not None:
            last_day = judgement.last_day or (late_from - timedelta(seconds=1)).date()
            found[dossier.code] = (last_day, late_from)
    return found


def gaming_table(city: City, year: int) -> Table:
    """Hits, base, share, the city's median share, deviations from it and whether it stands out, per unit and detector."""
    held = {unit: resolved(dossiers, year) for unit, dossiers in by_unit(city, year).items()}
    held = {unit: done for unit, done in held.items() if done}
    open_on = {unit: sessions_of(city, unit) for unit in held}
    counts: dict[str, dict[str, tuple[int, int, bool]]] = {name: {} for name in EXCESS}
    for unit, done in held.items():
        last = [row for row in done if time(16, 30) <= _at(row).time() < time(17)]
        peak = busiest_three_minutes(last)
        is_burst = peak > 0.5 * len(last)
        new = [row for row in city.dossiers if row.unit == unit and year_of(year).holds(row.received)]
        coded = [(row, match) for row in new if (match := CODE.fullmatch(row.code))]
        counts["bunching"][unit] = (sum(_is_near(row) for row in last), len(done), not is_burst)
        counts["closing_bursts"][unit] = (peak, len(done), is_burst)
        redated = sum(match[2] < row.received.strftime("%y%m%d") for row, match in coded)
        counts["redated_receipts"][unit] = (redated, len(coded), True)
        returned = [row for row in done if row.outcome == "returned"]
        on_eve = sum((row.due.date() - _at(row).date()).days in (0, 1) for row in returned)
        counts["return_and_resubmit"][unit] = (on_eve, len(done), True)
        off = sum(_is_off(row, not open_on[unit](_at(row).date())) for row in done)
        counts["weekend_stamps"][unit] = (off, len(done), True)
    found: Table = {}
    for detector, units in counts.items():
        judged = [hits / base for hits, base, _ in units.values() if base >= 30]
        city_share = median(judged) if judged else None
        spread = 1.4826 * median(abs(value - (city_share or 0)) for value in judged) if judged else None
        bases = sum(base for _, base, _ in units.values())
        pooled = sum(hits for hits, _, _ in units.values()) / bases if bases else 0.0
        for unit, (hits, base, may) in units.items():
            share = hits / base if base else None
            row: Row = {"dossiers": hits, "base": base, "share": share, "city_share": city_share, "is_signal": False}
            row["deviations"] = None
            if share is not None and city_share is not None and spread is not None:
                level = min(max(city_share, pooled, 0.002), 0.998)
                deviation = (share - city_share) / (spread**2 + level * (1 - level) / base) ** 0.5
                row["deviations"] = deviation
                row["is_signal"] = base >= 30 and deviation > 5 and share - city_share > EXCESS[detector] and may
            found[unit, detector] = row
    return found


def _at(dossier: Dossier) -> datetime:
    assert dossier.finished is not None
    return dossier.finished


def _is_near(dossier: Dossier) -> bool:
    return _at(dossier).date() >= dossier.due.date() - ONE_DAY and not is_late(_at(dossier), dossier.due)


def _is_off(dossier: Dossier, is_day_off: bool) -> bool:
    moment = _at(dossier)
    at_night = moment.hour >= 22 or moment.hour < 6
    return is_day_off or (at_night and moment.time() != time())


def busiest_three_minutes(last: Sequence[Dossier]) -> int:
    minutes = [_at(row).hour * 60 + _at(row).minute for row in last]
    return max(sum(first <= minute < first + 3 for minute in minutes) for first in range(990, 1018)) if last else 0


def processing_table(city: City, year: int) -> Table:
    """Percentiles of the working days taken, and of taken over allowed; the first day never counts."""
    sessions = sessions_of(city, "")

    @cache
    def between(first: date, last: date) -> int:
        days = (last - first).days
        step = ONE_DAY if days > 0 else -ONE_DAY
        low, high = min(first, last), max(first, last)
        worked = sum(bool(sessions(low + ONE_DAY * n)) for n in range(1, (high - low).days + 1))
        return worked if step > timedelta() else -worked

    found: Table = {}
    for unit, dossiers in by_unit(city, year).items():
        done = resolved(dossiers, year)
        if not done:
            continue
        spent = [min(400, between(row.received.date(), _at(row).date())) for row in done]
        allowed = [min(400, between(row.received.date(), row.due.date())) for row in done]
        ratios = [took / given for took, given in zip(spent, allowed, strict=True) if given > 0]
        row: Row = {"resolved": len(done), "with_legal_days": len(ratios)}
        for percent in (50, 75, 90, 95, 99):
            row[f"working_days_p{percent}"] = nearest_rank(spent, percent)
            row[f"of_legal_time_p{percent}"] = nearest_rank(ratios, percent) if ratios else None
        found[(unit,)] = row
    return found


def nearest_rank(values: Sequence[float], percent: int) -> float:
    """The smallest value that at least `percent` of all do not exceed."""
    return sorted(values)[max(-(-percent * len(values) // 100), 1) - 1]
