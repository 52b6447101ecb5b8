"""The person behind a session with what they hold, and how a session begins and ends."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user, login, logout
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils.crypto import constant_time_compare

from thangdo.web.accounts.holders import holder_of
from thangdo.web.accounts.models import Person
from thangdo.web.accounts.permissions import Held, Holder

# Person and grants in one statement, past the ORM: every request asks this, 300 times a second at the deadline.
# In the order of the model's columns, as `from_db` wants them; the others are read when a page asks.
PERSON_FIELDS = ("id", "password", "login", "full_name", "email", "unit_id", "language", "is_active")
ONE_LOOK = f"""
SELECT {", ".join(f"p.{name}" for name in PERSON_FIELDS)}, u.code,
       g.role, gu.code, g.round, g."index", g.criterion, g.phases, g.on_behalf_of_id
  FROM accounts_person p
  LEFT JOIN registry_unit u ON u.id = p.unit_id
  LEFT JOIN accounts_grant g ON g.person_id = p.id
        AND (g.valid_from IS NULL OR g.valid_from <= %s) AND (g.valid_to IS NULL OR g.valid_to >= %s)
  LEFT JOIN registry_unit gu ON gu.id = g.unit_id
 WHERE p.id = %s AND p.is_active"""  # noqa: S608  # names of columns, written above


def signed_in(request: Any, on: date) -> tuple[Person | None, Holder]:
    """The active person of this session and what they hold on a day; nobody holds nothing.

    A changed password ends every earlier session.
    """
    key = request.session.get(SESSION_KEY)
    if key is None:
        return None, Holder()
    found = one_look(int(key), on)
    if found is not None:
        person, holder = found
        session_hash = request.session.get(HASH_SESSION_KEY, "")
        if constant_time_compare(session_hash, person.get_session_auth_hash()):
            return person, holder
    # A key of an older secret, a person switched off, or a forged session: Django's own, slower way decides.
    user = get_user(request)
    return (user, holder_of(user, on)) if isinstance(user, Person) else (None, Holder())


def one_look(person_id: int, on: date) -> tuple[Person, Holder] | None:
    """A person and their grants in one statement; None where there is no such active person."""
    day = on.isoformat() if connection.vendor == "sqlite" else on
    with connection.cursor() as cursor:
        cursor.execute(ONE_LOOK, [day, day, person_id])
        rows = cursor.fetchall()
    if not rows:
        return None
    count = len(PERSON_FIELDS)
    person = Person.from_db(DEFAULT_DB_ALIAS, list(PERSON_FIELDS), rows[0][:count])
    held = tuple(
        Held(role, unit or "", round_, index, criterion, tuple(filter(None, phases.split(","))), behalf)
        for role, unit, round_, index, criterion, phases, behalf in (row[count + 1 :] for row in rows)
        if role is not None
    )
    return person, Holder(person.pk, rows[0][count] or "", held)


def begin_session(request: Any, person: Person) -> None:
    """Sign `person` in under a fresh session key."""
    login(request, person, backend="thangdo.web.accounts.sign_in.PasswordBackend")


def end_session(request: Any) -> None:
    logout(request)
