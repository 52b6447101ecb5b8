"""The demo platform: the demo's rounds in an SQLite database, one account a role, served on one machine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

DATABASE = "thangdo.sqlite3"
PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class DemoRound:
    """A round folder with the phase of each index (blank: closed) and the evidence files it names."""

    folder: Path
    phases: Mapping[str, str]
    name_vi: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One demo account."""

    login: str
    full_name: str
    role: str
    unit: str


# One person a role; officers and leader of a department that takes part, appraisers of the Department of Home Affairs.
PEOPLE = (
    ("quantri", "Nguyễn Văn Quản", "administrator", ""),
    ("quanly", "Trần Thị Lý", "manager", ""),
    ("canbo", "Lê Thu Hà", "officer", "unit"),
    ("lanhdao", "Phạm Quốc Bình", "leader", "unit"),
    ("thamdinh", "Võ Minh Tâm", "appraiser", "home"),
    ("thamdinh2", "Đặng Ngọc Ánh", "appraiser", "home"),
    ("truongnhom", "Hồ Thanh Sơn", "lead_appraiser", "home"),
    ("hoidong", "Bùi Kim Chi", "council", ""),
    ("hoidong2", "Dương Đức Anh", "council", ""),
    ("thuky", "Phan Thảo Vy", "secretary", ""),
    ("kiemtoan", "Ngô Hải Đăng", "auditor", ""),
)


def configure(root: Path) -> None:
    """Point this process's settings at the demo's folder. Must run before Django is set up."""
    root.mkdir(parents=True, exist_ok=True)
    key = root / "secret.key"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(64), encoding="ascii")
        key.chmod(0o600)
    os.environ.update(
        {
            "THANGDO_MODE": "demo",
            "THANGDO_ROOT": str(root),
            "THANGDO_PUBLISHED": str(root / PUBLISHED),
            "DATABASE_URL": f"sqlite:///{root / DATABASE}",
            "DJANGO_SETTINGS_MODULE": "thangdo.web.settings",
        }
    )
    for name in (
        "THANGDO_SETTINGS",
        "THANGDO_SECRET_KEY",
        "THANGDO_SECRET_KEY_FILE",
        "THANGDO_EVIDENCE",
        "THANGDO_HOSTS",
    ):
        os.environ.pop(name, None)


def prepare(
    root: Path,
    rounds: Sequence[DemoRound],
    *,
    password: str = "minh-hoa-2024",  # noqa: S107
    at: datetime | None = None,
) -> list[Account]:
    """Build the demo database anew from round folders; returns the accounts, all with the same password.

    The folders are read by the one reader; marks, appeals and evidence stand as they say. Published sites lie
    under `root/published/` and are not touched here.
    """
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (root / name).unlink(missing_ok=True)
    configure(root)
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from thangdo.evaluation import read_round
    from thangdo.evaluation.register import load_register
    from thangdo.web.registry.loading import load_units
    from thangdo.web.rounds.loading import store_round

    call_command("migrate", verbosity=0)
    now = at or timezone.localtime()
    load_units(load_register(), actor_id=None, at=now)
    for given in rounds:
        value = read_round(given.folder)
        stored = store_round(
            value, actor_id=None, at=now, phases=given.phases, name_vi=given.name_vi, name_en=given.name_en
        )
        _set_dates(stored, now)
    accounts = _make_people(password, now)
    _attach_files(root, now)
    _draw_intervals()
    return accounts


def publish(root: Path, name: str, results: Path) -> None:
    """Show what `evaluate` wrote for a year, or another report, at /cong-bo/NAME/: a link, so its tables lie once."""
    target = root / PUBLISHED / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.symlink_to(os.path.relpath(results, target.parent), target_is_directory=True)


def _make_people(password: str, at: datetime) -> list[Account]:
    """One account a role, and an officer and a leader for every other unit that takes part, so rounds can move."""
    from django.contrib.auth.hashers import make_password

    from thangdo.web.accounts.models import Grant, Person
    from thangdo.web.ledger.acting import ActInProgress, acting
    from thangdo.web.registry.models import Unit
    from thangdo.web.rounds.models import Member

    units = {unit.code: unit for unit in Unit.objects.all()}
    taking_part = [code for code in dict.fromkeys(Member.objects.values_list("unit", flat=True)) if code in units]
    home = next((code for code in taking_part if "noi vu" in units[code].search), "")
    first = next(
        (code for code in taking_part if "du lich" in units[code].search), taking_part[0] if taking_part else ""
    )
    hashed = make_password(password)
    accounts = []
    with acting(ActInProgress("make_demo", None, at)):
        for login, full_name, role, where in PEOPLE:
            code = {"unit": first, "home": home}.get(where, "")
            person = Person.objects.create(
                login=login, full_name=full_name, password=hashed, unit=units.get(code), is_demo=True
            )
            reach = units.get(code) if role in {"officer", "leader"} else None
            Grant.objects.create(person=person, role=role, unit=reach)
            accounts.append(Account(login, full_name, role, units[code].name_vi if code in units else ""))
        others = [code for code in taking_part if code != first]
        staff = Person.objects.bulk_create(
            [
                Person(
                    login=f"{role[:2]}.{code}".lower(),
                    full_name=f"{title} {units[code].short('vi')}",
                    password=hashed,
                    unit=units[code],
                    is_demo=True,
                )
                for code in others
                for role, title in (("officer", "Cán bộ"), ("leader", "Lãnh đạo"))
            ]
        )
        Grant.objects.bulk_create(
            Grant(person=person, role="officer" if person.login.startswith("of.") else "leader", unit_id=person.unit_id)
            for person in staff
        )
    return accounts


def _set_dates(stored: Any, at: datetime) -> None:
    """Running phases end some weeks from now, so the demo is always under way."""
    from thangdo.web.ledger.acting import ActInProgress, acting
    from thangdo.web.rounds.models import PhaseDate
    from thangdo.web.rounds.phases import ORDER, PHASES

    with acting(ActInProgress("make_demo", None, at, round=stored.code)):
        for part in stored.parts.all():
            for phase in PHASES:
                if phase.locks:
                    weeks = 3 * (ORDER[phase.code] - ORDER[part.phase]) + 1
                    end = (at + timedelta(weeks=weeks)).replace(hour=17, minute=0, second=0, microsecond=0)
                    PhaseDate.objects.create(
                        part=part, phase=phase.code, opens_at=end - timedelta(weeks=3), closes_at=end
                    )


def _attach_files(root: Path, at: datetime) -> None:
    """Evidence for the open rounds: short illustrative PDFs, made here, attached to answered criteria."""
    from thangdo.web.rounds.demo_evidence import attach_demo_evidence

    attach_demo_evidence(at)


def _draw_intervals() -> None:
    """What the worker would do in the first minutes, so that the first page of results is whole."""
    from thangdo.web.rounds.models import Part
    from thangdo.web.rounds.results import settle

    for part in Part.objects.exclude(set_text="").select_related("round"):
        settle(part)


def serve(root: Path, port: int = 8000, workers: int = 1) -> None:
    """Serve the prepared demo on this machine until interrupted."""
    configure(root)
    from thangdo.web.serving import run_server

    run_server("127.0.0.1", port, workers)
