"""Random exports for the report: every awkward moment of a dossier's life, in files as a city would send them."""

from __future__ import annotations

import csv
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from tests.dossiers.plain_dossiers import ONE_DAY, City, Dossier, Event, Fact, Procedure, SpecialDay, Unit

YEAR = 2023
UNITS = (
    Unit("Z29.S1", "so_nganh", "so_nganh"),
    Unit("Z29.S1.P1", "so_nganh", "so_nganh", "Z29.S1"),
    Unit("Z29.D1", "dia_phuong", "dia_phuong"),
    Unit("Z29.D1.W1", "", "phuong_xa", "Z29.D1"),
    Unit("Z29.D1.W1.T1", "dia_phuong", "", "Z29.D1.W1"),
)
PROCEDURES = (
    Procedure("1.000001", "LV01", "so_nganh", "full", days=5),
    Procedure("1.000002", "LV01", "dia_phuong", "partial", days=0),
    Procedure("1.000003", "LV02", "dia_phuong", "information", hours=4),
    Procedure("1.000004", "LV02", "phuong_xa", "none", days=2.5),
    Procedure("1.000005", "", "", "", days=30),
    Procedure("1.000006", "LV03", "phuong_xa", "full", hours=12.5),
)
FACTS = (
    *("complaints", "complaints_unfounded", "contacts_agencies_1", "contacts_agencies_more"),
    *("procedures_listed", "procedures_one_stop", "procedures_one_stop_whole", "procedures_posted"),
    *("procedures_posted_online", "feedback_received", "feedback_on_time", "feedback_dragging"),
    *("feedback_satisfied_share", "procedures_published_on_time", "contacts_back_1", "contacts_back_more"),
)
CHANNELS = ("online", "counter", "postal")
OUTCOMES = ("granted", "refused", "returned", "withdrawn", "open", "")
# Where years, months, holidays and weekends meet.
CORNERS = [
    datetime(2021, 12, 31),
    datetime(2022, 1, 1),
    datetime(2022, 12, 30),
    datetime(2022, 12, 31),
    datetime(2023, 1, 1),
    datetime(2023, 1, 19),
    datetime(2023, 2, 28),
    datetime(2023, 4, 28),
    datetime(2023, 12, 29),
    datetime(2023, 12, 30),
    datetime(2023, 12, 31),
    datetime(2024, 1, 1),
]
MOMENTS = (time(), time(0, 0, 1), time(8, 0), time(16, 45), time(16, 46, 30), time(17), time(22, 10), time(23, 59, 59))


def random_city(seed: int, dossiers: int = 250, *, catalogues: bool = True, events: bool = True) -> City:
    """A city's exports; contradictions that ingest lets pass are among them, those it rejects are not."""
    rng = Random(seed)
    rows = [_dossier(rng, place) for place in range(dossiers)]
    asked = [event for row in rows if events and rng.random() < 0.25 for event in _events(rng, row)]
    if not catalogues:
        return City(rows, events=asked)
    facts = [
        Fact(unit.code, year, name, round(rng.random(), 2) if name.endswith("_share") else float(rng.randrange(0, 12)))
        for unit in UNITS
        for year in (YEAR - 1, YEAR)
        for name in (FACTS if seed % 2 else FACTS[:-2])
        if rng.random() < 0.7
    ]
    days = [
        SpecialDay(datetime(2023, 6, 14), is_working=False),
        SpecialDay(datetime(2023, 6, 18), is_working=True),
        SpecialDay(datetime(2023, 12, 29), is_working=False, unit="Z29.D1"),
        SpecialDay(datetime(2023, 12, 30), is_working=True, unit="Z29.D1"),
    ]
    return City(rows, UNITS, PROCEDURES, asked, facts, days)


def _moment(rng: Random, around: datetime, days: int) -> datetime:
    day = around.replace(hour=0, minute=0, second=0) + ONE_DAY * rng.randint(-days, days)
    if rng.random() < 0.6:
        return datetime.combine(day.date(), rng.choice(MOMENTS))
    return day + timedelta(seconds=rng.randrange(86_400))


def _not_before(first: datetime, moment: datetime) -> datetime:
    """Ingest rejects a stamp before receipt, except a bare day that is the day of receipt."""
    is_same_day = moment.time() == time() and moment.date() == first.date()
    return moment if moment >= first or is_same_day else first


def _dossier(rng: Random, place: int) -> Dossier:
    received = _moment(rng, rng.choice(CORNERS), 3) if rng.random() < 0.4 else _moment(rng, datetime(2023, 2, 1), 400)
    due = _not_before(received, _moment(rng, received + ONE_DAY * rng.randint(0, 40), 4))
    finished: datetime | None = None
    if rng.random() < 0.85:
        at = {
            0: due,
            1: due.replace(hour=0, minute=0, second=0) + ONE_DAY,
            2: due + timedelta(seconds=1),
            3: due - timedelta(seconds=1),
            4: _moment(rng, due, 1),
            5: _moment(rng, due, 12),
            6: _moment(rng, rng.choice(CORNERS[4:]), 1),
            7: _moment(rng, received, 3),
        }[rng.randrange(8)]
        finished = _not_before(received, at)
    said = received - ONE_DAY * rng.choice((0, 0, 0, 1, 3))
    code = f"{'Z29.S1' if rng.random() < 0.9 else 'hs'}-{said:%y%m%d}-{place:04d}"
    has_parts = rng.random() < 0.7
    components = rng.randrange(6) if has_parts else None
    return Dossier(
        code,
        rng.choice(UNITS).code,
        rng.choice(PROCEDURES).code,
        rng.choice(CHANNELS),
        received,
        due,
        _moment(rng, due + ONE_DAY * 4, 8) if rng.random() < 0.25 else None,
        finished,
        rng.choice(OUTCOMES),
        _moment(rng, due, 3) if rng.random() < 0.4 else None,
        rng.choice((True, False, None)),
        rng.choice((True, False, None)),
        components,
        rng.choice((None, rng.randrange(6))),
        rng.choice((None, rng.randrange(3))),
        rng.choice((None, 1.0, 3.5, 4.25, 5.0)),
    )


def _events(rng: Random, dossier: Dossier) -> list[Event]:
    found = []
    for _ in range(rng.choice((1, 1, 1, 2))):
        at = dossier.received + timedelta(seconds=rng.randrange(8 * 86_400))
        found.append(Event(dossier.code, at, "supplement_requested", dossier.unit))
        if rng.random() < 0.7:
            later = at + timedelta(seconds=rng.randrange(15 * 86_400))
            found.append(Event(dossier.code, later, "supplement_received", dossier.unit))
    if rng.random() < 0.3:
        found.append(Event(dossier.code, dossier.received + ONE_DAY, "transferred", dossier.unit))
    return list(dict.fromkeys(found))


def write_city(city: City, folder: Path) -> list[Path]:
    """One CSV a table; a stamp at midnight is written as a bare day."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, list[dict[str, object]]] = {
        "units": [
            {"unit_code": u.code, "name": u.code, "level": u.level, "block": u.block, "parent": u.parent}
            for u in city.units
        ],
        "procedures": [
            {
                "procedure_code": p.code,
                "name": p.code,
                "field_code": p.field,
                "level": p.level,
                "legal_days": p.days,
                "legal_hours": p.hours,
                "service": p.service,
            }
            for p in city.procedures
        ],
        "calendar": [
            {"day": d.day, "kind": "working" if d.is_working else "holiday", "unit_code": d.unit} for d in city.days
        ],
        "agency_facts": [
            {
                "unit_code": f.unit,
                "period_from": f"{f.year}-01-01",
                "period_to": f"{f.year}-12-31",
                "fact": f.name,
                "value": f.value,
            }
            for f in city.facts
        ],
        "dossiers": [dossier_cells(dossier) for dossier in city.dossiers],
        "events": [{"dossier_code": e.code, "at": e.at, "kind": e.kind, "unit_code": e.unit} for e in city.events],
    }
    written = []
    for name, rows in tables.items():
        if rows:
            written.append(write_rows(folder / f"{name}.csv", rows))
    return written


def write_rows(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return path


def dossier_cells(d: Dossier) -> dict[str, object]:
    return {
        "dossier_code": d.code,
        "unit_code": d.unit,
        "procedure_code": d.procedure,
        "channel": d.channel,
        "received_at": d.received,
        "due_at": d.due,
        "re_due_at": d.re_due,
        "finished_at": d.finished,
        "outcome": d.outcome,
        "apology_at": d.apology,
        "fee_paid_online": d.fee,
        "result_digital": d.digital,
        "components": d.components,
        "components_digital": d.components_digital,
        "components_reused": d.components_reused,
        "satisfaction": d.satisfaction,
    }


def cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    return str(value)
