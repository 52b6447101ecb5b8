"""What makes a configuration unsafe: one small function per subject, all asked before anything starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from thangdo.findings import Finding, Where
from thangdo.web.configuration import Configuration

SECRET_LENGTH = 50


def secret_key(configuration: Configuration) -> Iterator[Finding]:
    """Sessions and reset links are signed with the key (WEB001)."""
    key = configuration.secret_key
    if len(key) < SECRET_LENGTH or len(set(key)) < 10:
        yield Finding("WEB001", Where(column="THANGDO_SECRET_KEY"), found=str(len(key)), expected=str(SECRET_LENGTH))


def host_names(configuration: Configuration) -> Iterator[Finding]:
    """A forged Host header must not enter links (WEB002)."""
    if not configuration.hosts or any("*" in host or host.startswith(".") for host in configuration.hosts):
        yield Finding("WEB002", Where(column="THANGDO_HOSTS"), found=", ".join(configuration.hosts))


def transport(configuration: Configuration) -> Iterator[Finding]:
    """Passwords travel encrypted (WEB003)."""
    if not configuration.is_https:
        yield Finding("WEB003", Where(column="THANGDO_HTTPS"))


def folders(configuration: Configuration) -> Iterator[Finding]:
    """Data folders exist, can be written and are not published (WEB004, WEB005)."""
    for name, folder in (("THANGDO_ROOT", configuration.root), ("THANGDO_EVIDENCE", configuration.evidence)):
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            yield Finding("WEB004", Where(column=name), found=str(folder))
    if configuration.published is not None and _is_inside(configuration.evidence, configuration.published):
        yield Finding("WEB005", Where(column="THANGDO_EVIDENCE"), found=str(configuration.published))


def mail(configuration: Configuration) -> Iterator[Finding]:
    """Reminders reach people who do not sign in (WEB009, a warning)."""
    if not configuration.mail_url:
        yield Finding("WEB009", Where(column="THANGDO_MAIL_URL"), severity="warning")


def embedded_database(configuration: Configuration) -> Iterator[Finding]:
    """SQLite writes one at a time (WEB010, a warning)."""
    if configuration.database_url.startswith("sqlite") and configuration.workers > 1:
        yield Finding("WEB010", Where(column="DATABASE_URL"), found=str(configuration.workers), severity="warning")


CHECKS: tuple[Callable[[Configuration], Iterator[Finding]], ...] = (
    secret_key,
    host_names,
    transport,
    folders,
    mail,
    embedded_database,
)


def unsafe_settings(configuration: Configuration) -> list[Finding]:
    """Everything unsafe about `configuration` as a production platform; empty when it may start."""
    return [finding for check in CHECKS for finding in check(configuration)]


def _is_inside(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents
