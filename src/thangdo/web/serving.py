"""Starting the server: what must hold first, the database brought up to date, then granian."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from thangdo.findings import Finding, Where
from thangdo.web.configuration import Configuration, ConfigurationError, read
from thangdo.web.database_url import database
from thangdo.web.safety import unsafe_settings

SETTINGS_MODULE = "thangdo.web.settings"


def configuration_findings() -> tuple[Configuration | None, list[Finding]]:
    """The configuration of this process and everything unsafe about it, without touching the database."""
    try:
        configuration = read()
        # Read here as well, so that a wrong address is a finding and not a traceback of Django's.
        database(configuration.database_url)
    except ConfigurationError as failure:
        return None, [Finding("WEB012", Where(), found=str(failure))]
    return configuration, unsafe_settings(configuration)


def start_django() -> None:
    """Set Django up in this process."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    django.setup()


def unreachable() -> list[Finding]:
    """Whether the database answers at all (WEB006): asked before it is migrated."""
    start_django()
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except DatabaseError as failure:
        return [Finding("WEB006", Where(column="DATABASE_URL"), found=str(failure).strip().splitlines()[0])]
    return []


def database_findings(configuration: Configuration) -> list[Finding]:
    """What the database itself says: reachable, migrated, triggers in place, no demo account in production."""
    start_django()
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from thangdo.web.accounts.models import Person
    from thangdo.web.ledger.triggers import missing_tables

    where = Where(column="DATABASE_URL")
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as failure:
        return [Finding("WEB006", where, found=str(failure).strip().splitlines()[0])]
    if plan:
        return [Finding("WEB011", where, found=", ".join(f"{m.app_label}.{m.name}" for m, _ in plan[:5]))]
    found = [Finding("WEB008", where, found=table) for table in missing_tables(connection)]
    demo = list(Person.objects.filter(is_demo=True).values_list("login", flat=True)[:3])
    if demo and not configuration.is_demo:
        found.append(Finding("WEB007", where, found=", ".join(demo)))
    return found


def migrate() -> None:
    """Bring the database up to date and install the ledger's triggers."""
    start_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def ensure_development_key(configuration: Configuration) -> None:
    """Outside production a key is made once beside the data, so that sessions live on after a restart."""
    configuration.root.mkdir(parents=True, exist_ok=True)
    path = configuration.root / "secret.key"
    if not configuration.secret_key and not configuration.is_production:
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
        path.chmod(0o600)


def appoint_administrator(login: str, full_name: str) -> str:
    """A system administrator with a new password, which is returned. Raises ValueError for blanks."""
    start_django()
    from django.utils import timezone

    from thangdo.web.registry.access import appoint_administrator

    return appoint_administrator(login, full_name, timezone.localtime())


def do_background_work(*, once: bool, every_seconds: float) -> int:
    """What is due (`once`), or everything until stopped; returns how many pieces were done."""
    start_django()
    from django.utils import timezone

    from thangdo.web.background.worker import run_due, run_until_stopped

    if once:
        return run_due(timezone.localtime)
    run_until_stopped(timezone.localtime, every_seconds)
    return 0


def start_worker() -> subprocess.Popen[bytes]:
    """A worker beside the server. It leaves by itself when the server is gone, however that ended."""
    code = "import sys; from thangdo.cli import main; sys.exit(main())"
    return subprocess.Popen([sys.executable, "-c", code, "work"])


def run_server(address: str, port: int, workers: int, socket: Path | None = None, *, with_work: bool = True) -> None:
    """Serve until stopped, with a worker for background work beside where asked.

    Two threads a server process: the interpreter lock makes more of them wait for each other.
    """
    from granian import Granian
    from granian.constants import Interfaces

    # Each process knows how many share the work, whoever decided it.
    os.environ["THANGDO_WORKERS"] = str(workers)
    worker = start_worker() if with_work else None
    try:
        Granian(
            "thangdo.web.wsgi:application",
            address=address,
            port=port,
            uds=socket,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=2,
            backlog=2048,
            websockets=False,
            log_access=False,
            respawn_failed_workers=True,
            workers_kill_timeout=20,
        ).serve()
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait(timeout=30)
