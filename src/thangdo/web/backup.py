"""Backup and restore: database and evidence as one folder, each file named with its hash, taken while running.

A backup is `manifest.json` (every file with size and SHA-256), `database.sqlite3` or `database.dump`, and
`evidence/`. The database is copied first: evidence is stored before a row names it and never deleted, so every
file the copy names is there.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from thangdo.proof import file_hash
from thangdo.web.configuration import Configuration
from thangdo.web.database_url import database

FORMAT = "thangdo-backup/1"
MANIFEST = "manifest.json"


class BackupError(Exception):
    """A backup that cannot be made, read, or put back."""


def backup(configuration: Configuration, folder: Path, at: datetime) -> dict[str, object]:
    """Write a backup into a new folder, built beside and renamed; returns its manifest.

    Raises BackupError where the folder exists or the database cannot be copied.
    """
    if folder.exists():
        raise BackupError(f"{folder}: exists")
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        if configuration.database_url.startswith("sqlite"):
            _copy_sqlite(Path(database(configuration.database_url)["NAME"]), part / "database.sqlite3")
        else:
            _dump_postgresql(configuration.database_url, part / "database.dump")
        _copy_evidence(configuration.evidence, part / "evidence")
        manifest: dict[str, object] = {
            "format": FORMAT,
            "made_at": at.isoformat(timespec="seconds"),
            "database": "sqlite" if configuration.database_url.startswith("sqlite") else "postgresql",
            "files": _hashes(part),
        }
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return manifest


def verify(folder: Path) -> dict[str, object]:
    """The manifest of a backup whose every file is there with its hash. Raises BackupError naming what is not."""
    try:
        manifest: dict[str, object] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as failure:
        raise BackupError(f"{folder / MANIFEST}: {failure}") from failure
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{folder / MANIFEST}: format {manifest.get('format')!r}, expected {FORMAT!r}")
    expected, found = manifest["files"], _hashes(folder)
    if expected != found:
        assert isinstance(expected, dict)
        differing = sorted(name for name in {**expected, **found} if expected.get(name) != found.get(name))
        raise BackupError("differs from the manifest: " + ", ".join(differing[:5]))
    return manifest


def restore(configuration: Configuration, folder: Path, *, replace: bool = False) -> dict[str, object]:
    """Put a verified backup back. Refuses to overwrite data unless told to; the platform must not be running."""
    manifest = verify(folder)
    is_sqlite = configuration.database_url.startswith("sqlite")
    if (manifest["database"] == "sqlite") != is_sqlite:
        raise BackupError(f"the backup is of {manifest['database']}, DATABASE_URL is not")
    has_evidence = configuration.evidence.is_dir() and any(configuration.evidence.iterdir())
    if is_sqlite:
        target = Path(database(configuration.database_url)["NAME"])
        if (target.exists() or has_evidence) and not replace:
            raise BackupError(f"{target}: exists; --replace overwrites it")
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        shutil.copyfile(folder / "database.sqlite3", part)
        for ending in ("-wal", "-shm"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
        part.replace(target)
    else:
        _restore_postgresql(configuration.database_url, folder / "database.dump", replace=replace)
    _replace_evidence(folder / "evidence", configuration.evidence)
    return manifest


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BackupError(f"{source}: no database")
    origin, copy = sqlite3.connect(source, timeout=30), sqlite3.connect(target)
    try:
        origin.backup(copy)
        # One plain file: a copy in WAL mode would want its side files.
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
        origin.close()


def _dump_postgresql(url: str, target: Path) -> None:
    _call(["pg_dump", "--format=custom", "--no-owner", f"--file={target}"], url)


def _restore_postgresql(url: str, dump: Path, *, replace: bool) -> None:
    clean = ["--clean", "--if-exists"] if replace else []
    name = urlsplit(url).path[1:]
    _call(
        ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", *clean, f"--dbname={name}", str(dump)],
        url,
    )


def _call(command: list[str], url: str) -> None:
    """Run a PostgreSQL program; the password goes through the environment, never through the command line."""
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(query=""))
    settings = database(bare)
    environment = {
        **os.environ,
        "PGHOST": settings["HOST"],
        "PGPORT": settings["PORT"] or "5432",
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
    }
    if not settings["HOST"]:
        host = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair).get("host")
        if host:
            environment["PGHOST"] = host
        else:
            environment.pop("PGHOST")
    program = shutil.which(command[0]) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{command[0]}"), reverse=True)), ""
    )
    if not program:
        raise BackupError(f"{command[0]}: not installed")
    done = subprocess.run([program, *command[1:]], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{command[0]}: {done.stderr.strip()[-400:]}")


def _copy_evidence(source: Path, target: Path) -> None:
    target.mkdir()
    if not source.is_dir():
        return
    for path in sorted(source.rglob("*")):
        # A file still being received has no name yet that a row could know.
        if path.is_file() and not path.name.startswith("."):
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            if file_hash(copy) != path.name:
                raise BackupError(f"{path}: its bytes are not what its name says")


def _replace_evidence(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    shutil.copytree(source, part, dirs_exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    part.rename(target)
    target.chmod(0o750)


def _hashes(folder: Path) -> dict[str, list[object]]:
    """Size and SHA-256 of every file but the manifest, by relative name."""
    return {
        path.relative_to(folder).as_posix(): [path.stat().st_size, file_hash(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
