"""The person behind a session with what they hold, and how a session begins and ends."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user, login, logout
from django.utils.crypto import constant_time_compare

from thangdo.web.accounts.holders import holder_of
from thangdo.web.accounts.models import Person
from thangdo.web.accounts.permissions import Holder


def signed_in(request: Any, on: date) -> tuple[Person | None, Holder]:
    """The active person of this session and what they hold on a day; nobody holds nothing.

    A changed password ends every earlier session.
    """
    key = request.session.get(SESSION_KEY)
    if key is None:
        return None, Holder()
    # The session has brought them along: every request asks this, 300 times a second at the deadline.
    found = getattr(request.session, "found", None)
    if found is not None and found[0] == on and found[1].pk == int(key):
        _, person, holder = found
        session_hash = request.session.get(HASH_SESSION_KEY, "")
        if constant_time_compare(session_hash, person.get_session_auth_hash()):
            return person, holder
    # A key of an older secret, a person switched off, midnight, or a forged session: Django's own, slower way decides.
    user = get_user(request)
    return (user, holder_of(user, on)) if isinstance(user, Person) else (None, Holder())


def begin_session(request: Any, person: Person) -> None:
    """Sign `person` in under a fresh session key."""
    login(request, person, backend="thangdo.web.accounts.sign_in.PasswordBackend")


def renew_session(request: Any, person: Person) -> None:
    """Go on under a fresh key after the password changed; every other session of `person` has ended with it."""
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = person.get_session_auth_hash()


def end_session(request: Any) -> None:
    logout(request)
