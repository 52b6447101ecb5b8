"""The act in progress: set around a change so that the database can write who did it and why.

PostgreSQL keeps it as a setting of the transaction, SQLite asks a function of the connection. A change made
outside any act is still written, with a blank act; a SQLite connection that is not the platform's has no such
function, and its change is refused.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

SETTING = "thangdo.act"
FUNCTION = "ledger_act"
TABLE = "ledger_entry"


@dataclass(frozen=True, slots=True)
class ActInProgress:
    """Who does what, when, for whom and why; `place` is PART/UNIT/CRITERION where the act has one."""

    act: str
    actor_id: int | None
    at: datetime
    reason: str = ""
    round: str = ""
    place: str = ""
    acting_for_id: int | None = None

    def as_text(self) -> str:
        return json.dumps(
            {
                "act": self.act,
                "act_id": uuid.uuid4().hex,
                "actor_id": self.actor_id,
                "acting_for_id": self.acting_for_id,
                "at": self.at.isoformat(),
                "reason": self.reason,
                "round": self.round,
                "place": self.place,
            },
            ensure_ascii=False,
        )


_current: ContextVar[str] = ContextVar("ledger_act", default="")


def current_act() -> str:
    """The act in progress as JSON text, or '' outside any."""
    return _current.get()


@contextmanager
def acting(act: ActInProgress) -> Iterator[None]:
    """One transaction whose every change is recorded as `act`. An act inside an act keeps its own name."""
    if act.at.tzinfo is None:
        raise ValueError("the moment of an act must be aware")
    is_inner = connection.in_atomic_block
    outer = _current.get()
    token = _current.set(act.as_text())
    try:
        with transaction.atomic():
            tell_database(_current.get())
            yield
            if is_inner:
                tell_database(outer)
    finally:
        _current.reset(token)


def tell_database(text: str) -> None:
    """Give PostgreSQL the act for the rest of this transaction; SQLite asks for it itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT set_config('{SETTING}', %s, true)", [text])


def offer_act_to_sqlite(sender: Any, connection: Any, **_: Any) -> None:
    """Every SQLite connection of the platform can answer which act is in progress."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 0, current_act)
        connection.connection.set_authorizer(only_triggers_write)


def only_triggers_write(
    action: int, table: str | None, _column: str | None, _database: str | None, trigger: str | None
) -> int:
    """SQLite asks this when it prepares a statement: an entry of the ledger comes from a trigger or not at all."""
    is_forged = action == sqlite3.SQLITE_INSERT and table == TABLE and trigger is None
    return sqlite3.SQLITE_DENY if is_forged else sqlite3.SQLITE_OK
