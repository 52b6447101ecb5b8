"""What makes a configuration unsafe or unusable: one small function per subject, all asked before anything starts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from thangdo.findings import Finding, Where
from thangdo.web.configuration import Configuration

SECRET_LENGTH = 50
# What Django takes for a host (a name, an address, IPv6 in brackets); wildcards are WEB002's.
HOST = re.compile(r"[A-Za-z0-9.*-]+|\[[0-9A-Fa-f:.]+\]")


def secret_key(configuration: Configuration) -> Iterator[Finding]:
    """Sessions and reset links are signed with the key (WEB001)."""
    key = configuration.secret_key
    if len(key) < SECRET_LENGTH or len(set(key)) < 10:
        yield Finding("WEB001", Where(column="THANGDO_SECRET_KEY"), found=str(len(key)), expected=str(SECRET_LENGTH))


def host_names(configuration: Configuration) -> Iterator[Finding]:
    """A forged Host header must not enter links (WEB002)."""
    if not configuration.hosts or any("*" in host or host.startswith(".") for host in configuration.hosts):
        yield Finding("WEB002", Where(column="THANGDO_HOSTS"), found=", ".join(configuration.hosts))


def host_forms(configuration: Configuration) -> Iterator[Finding]:
    """A scheme, port or path is no part of a host name: every request would be refused (WEB014)."""
    for host in configuration.hosts:
        if not HOST.fullmatch(host):
            yield Finding("WEB014", Where(column="THANGDO_HOSTS"), found=host)


def transport(configuration: Configuration) -> Iterator[Finding]:
    """Passwords travel encrypted (WEB003)."""
    if not configuration.is_https:
        yield Finding("WEB003", Where(column="THANGDO_HTTPS"))


def redirects(configuration: Configuration) -> Iterator[Finding]:
    """The server itself speaks plain HTTP: unless a proxy says what came over TLS, it redirects without end (WEB013)."""
    if configuration.is_https and not configuration.is_behind_proxy:
        yield Finding("WEB013", Where(column="THANGDO_PROXY"))


def folders(configuration: Configuration) -> Iterator[Finding]:
    """Data folders exist, can be written and are not published (WEB004, WEB005)."""
    for name, folder in (("THANGDO_ROOT", configuration.root), ("THANGDO_EVIDENCE", configuration.evidence)):
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            yield Finding("WEB004", Where(column=name), found=str(folder))
    if configuration.published is not None and _is_inside(configuration.evidence, configuration.published):
        yield Finding("WEB005", Where(column="THANGDO_EVIDENCE"), found=str(configuration.published))


def published(configuration: Configuration) -> Iterator[Finding]:
    """A folder that is not there shows an empty /cong-bo/ (WEB015, a warning: an edition may come later)."""
    if configuration.published is not None and not configuration.published.is_dir():
        yield Finding(
            "WEB015", Where(column="THANGDO_PUBLISHED"), found=str(configuration.published), severity="warning"
        )


def mail(configuration: Configuration) -> Iterator[Finding]:
    """Reminders reach people who do not sign in (WEB009, a warning)."""
    if not configuration.mail_url:
        yield Finding("WEB009", Where(column="THANGDO_MAIL_URL"), severity="warning")


def embedded_database(configuration: Configuration) -> Iterator[Finding]:
    """SQLite writes one at a time (WEB010, a warning)."""
    if configuration.database_url.startswith("sqlite") and configuration.workers > 1:
        yield Finding("WEB010", Where(column="DATABASE_URL"), found=str(configuration.workers), severity="warning")


Check = Callable[[Configuration], Iterator[Finding]]
# With these nobody can use the site in any mode; the others make a production platform unsafe.
UNUSABLE: tuple[Check, ...] = (host_forms, redirects)
CHECKS: tuple[Check, ...] = (
    secret_key,
    host_names,
    *UNUSABLE,
    transport,
    folders,
    published,
    mail,
    embedded_database,
)


def unusable_settings(configuration: Configuration) -> list[Finding]:
    """What keeps everybody out, whatever the mode."""
    return [finding for check in UNUSABLE for finding in check(configuration)]


def unsafe_settings(configuration: Configuration) -> list[Finding]:
    """Everything unsafe about `configuration` as a production platform; empty when it may start."""
    return [finding for check in CHECKS for finding in check(configuration)]


def _is_inside(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents
