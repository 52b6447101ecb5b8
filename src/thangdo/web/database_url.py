"""`DATABASE_URL` as Django's dictionary: the embedded SQLite, or PostgreSQL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from thangdo.web.configuration import ConfigurationError

# WAL lets readers go on while one writes; FULL keeps an acknowledged write through a power cut.
# A row replaced in place fires its delete trigger too, so the ledger sees it.
SQLITE_START = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-20000;PRAGMA recursive_triggers=ON;"

NEVER_BY_ITSELF = 1_000_000_000


def database(url: str) -> dict[str, Any]:
    """Django's `DATABASES["default"]` for `url`. Raises ConfigurationError for another scheme."""
    parts = urlsplit(url)
    try:
        port = str(parts.port or "")
    except ValueError as failure:
        raise ConfigurationError(f"DATABASE_URL: {failure}") from failure
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            # Writers queue from the first statement on instead of failing when they upgrade a read lock.
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_START},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": port,
            "CONN_MAX_AGE": 600,
            # Only what asks to be prepared is: the ORM's statements never repeat to the letter.
            "OPTIONS": {"prepare_threshold": NEVER_BY_ITSELF, **dict(parse_qsl(parts.query))},
        }
    raise ConfigurationError(f"DATABASE_URL: {parts.scheme or url!r} (sqlite, postgresql)")
