"""The person behind a session, and how a session begins and ends."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY, get_user, login, logout

from thangdo.web.accounts.models import Person


def signed_in_person(request: Any) -> Person | None:
    """The active person of this session, or None. A changed password ends every earlier session."""
    if SESSION_KEY not in request.session:
        return None
    user = get_user(request)
    return user if isinstance(user, Person) else None


def begin_session(request: Any, person: Person) -> None:
    """Sign `person` in under a fresh session key."""
    login(request, person, backend="thangdo.web.accounts.sign_in.PasswordBackend")


def end_session(request: Any) -> None:
    logout(request)
